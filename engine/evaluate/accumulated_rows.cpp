#include "evaluate/accumulated_rows.h"

#include <algorithm>

#include "core/error.h"
#include "core/text.h"
#include "kernels/order.h"

namespace bakeoff {
namespace {

template <class T>
void append_to(std::vector<T>& to, const std::vector<T>& from) {
  to.insert(to.end(), from.begin(), from.end());
}

template <class T>
std::vector<T> slice_of(const std::vector<T>& from, std::int64_t begin, std::int64_t end) {
  return from.empty() ? from : std::vector<T>(from.begin() + begin, from.begin() + end);
}

template <class T>
std::int64_t bytes_of(const std::vector<T>& values) {
  return static_cast<std::int64_t>(values.size() * sizeof(T));
}

std::string range_of(std::int64_t begin, std::int64_t end) {
  return end - begin == 1 ? "row " + std::to_string(begin)
                          : "rows " + std::to_string(begin) + " to " + std::to_string(end - 1);
}

}  // namespace

BatchShape::BatchShape(const EvaluateInput& batch)
    : candidates(batch.candidates()),
      narrow(batch.scores.index() == 0),
      weights(batch.weights),
      units(batch.units),
      strata(batch.strata),
      slices(!batch.slices.empty()),
      names(batch.names),
      values(batch.value_names()) {}

void BatchShape::expect(const BatchShape& other) const {
  const auto differ = [](const std::string& what, const std::string& before, const std::string& now) {
    throw DataError("accumulator: " + what + ": expected " + before + " like before, got " + now);
  };
  if (candidates != other.candidates)
    differ("scores", std::to_string(candidates) + " candidates", std::to_string(other.candidates));
  if (narrow != other.narrow) differ("scores", narrow ? "float32" : "float64", other.narrow ? "float32" : "float64");
  if (!other.names.empty() && names != other.names) differ("names", join(names), join(other.names));
  const auto both = [&](const char* what, bool before, bool now) {
    if (before != now) differ(what, before ? "them" : "none", now ? "some" : "none");
  };
  both("weights", weights, other.weights);
  both("units", units, other.units);
  both("strata", strata, other.strata);
  if (values != other.values) differ("values", "columns " + join(values), join(other.values));
}

// ---- numbers ----
void RowNumbers::expect_apart(const RowNumbers& other) const {
  for (const auto& [begin, end] : other.ranges_) {
    auto after = ranges_.lower_bound(end);  // the first that begins at `end` or later
    if (after == ranges_.begin()) continue;
    const auto& [b, e] = *--after;
    if (e > begin)
      throw DataError("accumulator: got " + range_of(std::max(b, begin), std::min(e, end)) +
                      " twice; a row has one number over all batches and shards: say with first_row where those of a "
                      "batch, or of an accumulator, begin");
  }
}

void RowNumbers::add(std::int64_t begin, std::int64_t end) {
  if (begin == end) return;
  auto next = ranges_.lower_bound(begin);
  if (next != ranges_.end() && next->first == end) {
    end = next->second;
    next = ranges_.erase(next);
  }
  if (next != ranges_.begin() && std::prev(next)->second == begin)
    std::prev(next)->second = end;
  else
    ranges_[begin] = end;
}

void RowNumbers::add(const RowNumbers& other) {
  for (const auto& [begin, end] : other.ranges_) add(begin, end);
}

void RowNumbers::expect_whole() const {
  std::int64_t from = 0;
  for (const auto& [begin, end] : ranges_) {
    if (begin != from)
      throw DataError("accumulator: expected " + range_of(from, begin) + " before row " + std::to_string(begin) +
                      "; merge the accumulator that has them");
    from = end;
  }
}

// ---- rows ----
RowRun::RowRun(const EvaluateInput& batch, std::int64_t at) : first(at), count(batch.rows()) {
  const auto n = static_cast<std::size_t>(count);
  const auto copy = [&](const auto* from, auto& to) {
    if (from) to.assign(from, from + n);
  };
  const auto by_row = [&](const auto& scores, auto& to) {
    const Index m = scores.extent(0);
    to.resize(n * static_cast<std::size_t>(m));
    for (Index i = 0; i < count; ++i)
      for (Index candidate = 0; candidate < m; ++candidate) to[i * m + candidate] = scores(candidate, i);
  };
  if (const auto* scores = std::get_if<0>(&batch.scores))
    by_row(*scores, narrow);
  else
    by_row(std::get<1>(batch.scores), wide);
  copy(batch.labels, labels);
  copy(batch.weights, weights);
  copy(batch.units, units);
  copy(batch.strata, strata);
  for (const ValueColumn& column : batch.values) copy(column.values, values.emplace_back());
  for (const Slice& slice : batch.slices) {
    slice_names.push_back(slice.name);
    slice_rows.push_back(slice.rows);
    for (std::int64_t& row : slice_rows.back()) row += first;
  }
}

void RowRun::append(const RowRun& next) {
  append_to(narrow, next.narrow);
  append_to(wide, next.wide);
  append_to(labels, next.labels);
  append_to(weights, next.weights);
  append_to(units, next.units);
  append_to(strata, next.strata);
  values.resize(std::max(values.size(), next.values.size()));
  for (std::size_t v = 0; v < next.values.size(); ++v) append_to(values[v], next.values[v]);
  for (std::size_t s = 0; s < next.slice_names.size(); ++s) {
    const auto found = std::find(slice_names.begin(), slice_names.end(), next.slice_names[s]);
    const std::size_t at = found - slice_names.begin();
    if (found == slice_names.end()) {
      slice_names.push_back(next.slice_names[s]);
      slice_rows.emplace_back();
    }
    append_to(slice_rows[at], next.slice_rows[s]);
  }
  count += next.count;
}

RowRun RowRun::part(std::int64_t begin, std::int64_t end) const {
  const std::int64_t from = begin - first, to = end - first;
  const std::int64_t m = count == 0 ? 0 : static_cast<std::int64_t>(narrow.size() + wide.size()) / count;
  RowRun out;
  out.first = begin;
  out.count = end - begin;
  out.narrow = slice_of(narrow, from * m, to * m);
  out.wide = slice_of(wide, from * m, to * m);
  out.labels = slice_of(labels, from, to);
  out.weights = slice_of(weights, from, to);
  out.units = slice_of(units, from, to);
  out.strata = slice_of(strata, from, to);
  for (const std::vector<double>& column : values) out.values.push_back(slice_of(column, from, to));
  return out;
}

void RowRun::keep(std::int64_t end) {
  const auto left = static_cast<std::size_t>(end - first);
  const std::size_t m = count == 0 ? 0 : (narrow.size() + wide.size()) / static_cast<std::size_t>(count);
  const auto cut = [](auto& column, std::size_t size) {
    if (!column.empty()) column.resize(size);
  };
  cut(narrow, left * m);
  cut(wide, left * m);
  cut(labels, left);
  cut(weights, left);
  cut(units, left);
  cut(strata, left);
  for (std::vector<double>& column : values) cut(column, left);
  count = end - first;
}

std::int64_t RowRun::bytes() const {
  std::int64_t sum =
      bytes_of(narrow) + bytes_of(wide) + bytes_of(labels) + bytes_of(weights) + bytes_of(units) + bytes_of(strata);
  for (const auto& column : values) sum += bytes_of(column);
  for (const auto& rows : slice_rows) sum += bytes_of(rows);
  return sum;
}

void RunsOfRows::add(RowRun run) {
  if (run.count == 0) return;
  auto next = runs_.lower_bound(run.first);
  if (next != runs_.end() && next->first == run.end()) {
    run.append(next->second);
    next = runs_.erase(next);
  }
  if (next != runs_.begin() && std::prev(next)->second.end() == run.first)
    std::prev(next)->second.append(run);
  else
    runs_[run.first] = std::move(run);
}

std::optional<RowRun> RunsOfRows::take_chunks(std::int64_t most) {
  constexpr std::int64_t kChunk = kernels::kChunkRows;
  most = std::max(most / kChunk, std::int64_t{1}) * kChunk;
  for (auto at = runs_.begin(); at != runs_.end(); ++at) {
    RowRun& run = at->second;
    const std::int64_t end = run.end() / kChunk * kChunk;
    const std::int64_t begin = std::max((run.first + kChunk - 1) / kChunk * kChunk, end - most);
    if (end <= begin) continue;
    RowRun taken = run.part(begin, end), after = run.part(end, run.end());
    run.keep(begin);
    if (run.count == 0) runs_.erase(at);
    if (after.count > 0) runs_[after.first] = std::move(after);
    return taken;
  }
  return std::nullopt;
}

std::int64_t RunsOfRows::bytes() const {
  std::int64_t sum = 0;
  for (const auto& [first, run] : runs_) sum += run.bytes();
  return sum;
}

std::unique_ptr<JoinedRows> joined(const RowRun& run, const BatchShape& shape) {
  auto out = std::make_unique<JoinedRows>();
  const Index m = shape.candidates, n = run.count;
  const auto by_candidate = [&](const auto& from, auto& to) {
    to.resize(from.size());
    for (Index candidate = 0; candidate < m && !from.empty(); ++candidate)
      for (Index i = 0; i < n; ++i) to[candidate * n + i] = from[i * m + candidate];
  };
  by_candidate(run.narrow, out->narrow);
  by_candidate(run.wide, out->wide);
  EvaluateInput& input = out->input;
  if (shape.narrow)
    input.scores = kernels::matrix_view(static_cast<const float*>(out->narrow.data()), m, n);
  else
    input.scores = kernels::matrix_view(static_cast<const double*>(out->wide.data()), m, n);
  input.labels = run.labels.data();
  if (shape.weights) input.weights = run.weights.data();
  if (shape.units) input.units = run.units.data();
  if (shape.strata) input.strata = run.strata.data();
  for (std::size_t v = 0; v < run.values.size(); ++v) input.values.push_back({shape.values[v], run.values[v].data()});
  for (std::size_t s = 0; s < run.slice_names.size(); ++s) {
    input.slices.push_back({run.slice_names[s], run.slice_rows[s]});
    for (std::int64_t& row : input.slices.back().rows) row -= run.first;
  }
  input.names = shape.names;
  return out;
}

}  // namespace bakeoff
