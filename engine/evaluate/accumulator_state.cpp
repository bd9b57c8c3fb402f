// An accumulator as bytes: a heading, the options that it was made with, the state, and a checksum.
#include "core/error.h"
#include "core/text.h"
#include "evaluate/accumulator.h"
#include "evaluate/state_bytes.h"

namespace bakeoff {
namespace {

constexpr std::string_view kHeading = "bakeoff accumulator 1\n";

// FNV-1a: cut and changed bytes are seen; it is no protection against somebody who means to.
std::uint64_t checksum(std::string_view bytes) {
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (const char c : bytes) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  return hash;
}

}  // namespace

// What two accumulators must have alike so that their states mean the same.
std::string Accumulator::signature() const {
  const EvaluateOptions& o = options_;
  const auto number = [](double value) { return shortest(value); };
  return join(
      {o.task == Task::binary ? "binary" : "regression", join(o.metrics.empty() ? default_metrics(o.task) : o.metrics),
       std::to_string(o.resamples), number(o.confidence), o.interval, o.resampling, std::to_string(o.min_slice_rows),
       number(o.threshold), number(o.undefined), o.compat, o.drop_nan ? "drop" : "raise", std::to_string(o.seed),
       std::to_string(static_cast<int>(keep_))},
      "; ");
}

template <class Archive>
void Accumulator::fields(Archive& archive) {
  bool any = shape_.has_value();
  BatchShape shape = shape_.value_or(BatchShape{});
  archive(first_row_), archive(any), archive(shape), archive(rows_needed_), archive(numbers_);
  archive(rows_), archive(positives_), archive(units_), archive(runs_), archive(passes_);
  if (any) shape_ = shape;
}

std::string Accumulator::save() const {
  StateWriter writer;
  Accumulator copy = *this;
  copy.fields(writer);
  std::string heading(kHeading), options = signature();
  StateWriter whole;
  whole(heading), whole(options);
  std::string bytes = whole.take() + writer.take();
  std::uint64_t sum = checksum(bytes);
  StateWriter end;
  end(sum);
  return bytes + end.take();
}

void Accumulator::load(std::string_view bytes) {
  std::uint64_t expected = 0;
  if (bytes.size() < sizeof(expected)) throw DataError("state: expected the bytes of an accumulator, got too few");
  StateReader end(bytes.substr(bytes.size() - sizeof(expected)));
  end(expected);
  bytes.remove_suffix(sizeof(expected));
  if (checksum(bytes) != expected)
    throw DataError("state: expected the bytes of an accumulator, got others: they were cut or changed");
  StateReader reader(bytes);
  std::string heading, options;
  reader(heading), reader(options);
  if (heading != kHeading)
    throw DataError("state: expected '" + printable(kHeading) + "', got '" + printable(heading) + "'");
  if (options != signature())
    throw DataError("state: expected that of an accumulator with the options '" + printable(signature(), 400) +
                    "', got '" + printable(options, 400) + "'");
  Accumulator loaded(options_, first_row_, keep_);
  loaded.fields(reader);
  if (!reader.done()) throw DataError("state: it goes on behind its end");
  *this = std::move(loaded);
}

}  // namespace bakeoff
