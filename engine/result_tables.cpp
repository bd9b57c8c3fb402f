// The tables among the result files, through Arrow.
#include <arrow/api.h>
#include <arrow/csv/writer.h>
#include <arrow/io/memory.h>
#include <parquet/arrow/writer.h>
#include <algorithm>

#include "core/error.h"
#include "core/file.h"
#include "result_files.h"

namespace bakeoff {
namespace {

void check(const arrow::Status& status, const std::string& what) {
  if (!status.ok()) throw RetryableError("writing " + what + ": " + status.ToString());
}

template <class Builder, class Values, class Get>
std::shared_ptr<arrow::Array> column(const Values& values, const Get& get) {
  Builder builder;
  for (const auto& value : values) check(builder.Append(get(value)), "a column");
  std::shared_ptr<arrow::Array> out;
  check(builder.Finish(&out), "a column");
  return out;
}

class TableBuilder {
 public:
  template <class Builder, class Values, class Get>
  void add(const std::string& name, const std::shared_ptr<arrow::DataType>& type, const Values& values,
           const Get& get) {
    fields_.push_back(arrow::field(name, type));
    arrays_.push_back(column<Builder>(values, get));
  }
  bool has(const std::string& name) const {
    return std::any_of(fields_.begin(), fields_.end(), [&](const auto& field) { return field->name() == name; });
  }
  void add_times(const std::string& name, const std::vector<Micros>& times) {
    const auto type = arrow::timestamp(arrow::TimeUnit::MICRO, "UTC");
    arrow::TimestampBuilder builder(type, arrow::default_memory_pool());
    check(builder.AppendValues(times), name);
    fields_.push_back(arrow::field(name, type));
    arrays_.emplace_back();
    check(builder.Finish(&arrays_.back()), name);
  }
  std::shared_ptr<arrow::Table> finish() const { return arrow::Table::Make(arrow::schema(fields_), arrays_); }

 private:
  std::vector<std::shared_ptr<arrow::Field>> fields_;
  std::vector<std::shared_ptr<arrow::Array>> arrays_;
};

void write_parquet(const arrow::Table& table, const std::string& path) {
  const auto sink = arrow::io::BufferOutputStream::Create().ValueOrDie();
  check(parquet::arrow::WriteTable(table, arrow::default_memory_pool(), sink), path);
  const auto bytes = sink->Finish().ValueOrDie();
  write_file(path, {reinterpret_cast<const char*>(bytes->data()), static_cast<std::size_t>(bytes->size())});
}

void write_csv(const arrow::Table& table, const std::string& path) {
  const auto sink = arrow::io::BufferOutputStream::Create().ValueOrDie();
  check(arrow::csv::WriteCSV(table, arrow::csv::WriteOptions::Defaults(), sink.get()), path);
  const auto bytes = sink->Finish().ValueOrDie();
  write_file(path, {reinterpret_cast<const char*>(bytes->data()), static_cast<std::size_t>(bytes->size())});
}

const char* name(FitStatus status) {
  switch (status) {
    case FitStatus::converged:
      return "converged";
    case FitStatus::iteration_limit:
      return "iteration_limit";
    case FitStatus::not_run:
      return "not_run";
    case FitStatus::diverged:
      break;
  }
  return "diverged";
}

// One column a class of scores that stand row by row.
void add_classes(const std::string& prefix, const std::vector<std::string>& classes, const std::vector<float>& scores,
                 TableBuilder& table) {
  for (std::size_t k = 0; k < classes.size(); ++k) {
    std::vector<float> of;
    for (std::size_t at = k; at < scores.size(); at += classes.size()) of.push_back(scores[at]);
    table.add<arrow::FloatBuilder>(prefix + classes[k], arrow::float32(), of, [](float value) { return value; });
  }
}

}  // namespace

void write_leaderboard(const std::string& folder, const TrainedBatch& batch, const Scoreboard& select,
                       const std::vector<std::int64_t>& ranking) {
  const auto of = [&](std::int64_t i) -> const TrainedCandidate& { return batch.candidates[i]; };
  TableBuilder table;
  std::int64_t rank = 0;
  table.add<arrow::Int64Builder>("rank", arrow::int64(), ranking, [&](auto) { return ++rank; });
  table.add<arrow::StringBuilder>("candidate", arrow::utf8(), ranking, [&](auto i) { return of(i).candidate.label(); });
  table.add<arrow::StringBuilder>("family", arrow::utf8(), ranking, [&](auto i) { return of(i).candidate.family; });
  table.add<arrow::StringBuilder>("window", arrow::utf8(), ranking, [&](auto i) {
    const Micros w = of(i).candidate.window;
    return w == CandidatesSpec::kAllHistory ? std::string("all") : format_period(w);
  });
  table.add<arrow::StringBuilder>("features", arrow::utf8(), ranking,
                                  [&](auto i) { return of(i).candidate.feature_set; });
  table.add<arrow::StringBuilder>("parameters", arrow::utf8(), ranking,
                                  [&](auto i) { return json_line(Json(of(i).candidate.parameters)); });
  for (std::size_t k = 0; k < select.metric_names.size(); ++k)
    table.add<arrow::DoubleBuilder>("select_" + select.metric_names[k], arrow::float64(), ranking,
                                    [&](auto i) { return select.cell(i, 0, static_cast<std::int64_t>(k)).value; });
  table.add<arrow::DoubleBuilder>("low", arrow::float64(), ranking, [&](auto i) { return select.cell(i, 0, 0).low; });
  table.add<arrow::DoubleBuilder>("high", arrow::float64(), ranking, [&](auto i) { return select.cell(i, 0, 0).high; });
  table.add<arrow::StringBuilder>("status", arrow::utf8(), ranking, [&](auto i) { return name(of(i).status); });
  table.add<arrow::StringBuilder>("reason", arrow::utf8(), ranking, [&](auto i) { return of(i).reason; });
  table.add<arrow::Int64Builder>("iterations", arrow::int64(), ranking, [&](auto i) { return of(i).iterations; });
  table.add<arrow::DoubleBuilder>("objective", arrow::float64(), ranking, [&](auto i) { return of(i).objective; });
  table.add<arrow::Int64Builder>("training_rows", arrow::int64(), ranking, [&](auto i) { return of(i).training_rows; });
  table.add<arrow::DoubleBuilder>("seconds", arrow::float64(), ranking, [&](auto i) { return of(i).seconds; });
  table.add<arrow::DoubleBuilder>("peak_bytes", arrow::float64(), ranking, [&](auto i) { return of(i).peak_bytes; });
  table.add<arrow::BooleanBuilder>("champion_configuration", arrow::boolean(), ranking,
                                   [&](auto i) { return of(i).candidate.champion_configuration; });
  const auto done = table.finish();
  write_parquet(*done, folder + "/leaderboard.parquet");
  write_csv(*done, folder + "/leaderboard.csv");
}

void write_holdout(const std::string& folder, const RunTable& run, const RowRange& rows,
                   const std::vector<std::string>& slices, const std::vector<float>& champion,
                   const std::vector<float>& challenger) {
  const auto part = [&](const auto& values) {
    return std::vector(values.begin() + rows.begin, values.begin() + rows.end);
  };
  const auto same = [](const auto& value) { return value; };
  TableBuilder table;
  if (!run.times.empty()) table.add_times("time", part(run.times));
  if (!run.units.empty()) table.add<arrow::Int64Builder>("unit", arrow::int64(), part(run.units), same);
  if (run.classes.empty()) {
    table.add<arrow::DoubleBuilder>("label", arrow::float64(), part(run.labels), same);
    table.add<arrow::FloatBuilder>("champion", arrow::float32(), champion, same);
    table.add<arrow::FloatBuilder>("challenger", arrow::float32(), challenger, same);
  } else {
    table.add<arrow::StringBuilder>("label", arrow::utf8(), part(run.labels),
                                    [&](double y) { return run.classes[static_cast<std::size_t>(y)]; });
    add_classes("champion.", run.classes, champion, table);
    add_classes("challenger.", run.classes, challenger, table);
  }
  for (const std::string& slice : slices) {
    const CategoricalColumn& column = run.data.categorical(slice);
    std::string name = slice;
    while (table.has(name)) name.insert(0, "slice:");
    table.add<arrow::StringBuilder>(name, arrow::utf8(), part(column.codes),
                                    [&](auto code) { return code < 0 ? std::string() : column.categories[code]; });
  }
  write_parquet(*table.finish(), folder + "/holdout.parquet");
}

}  // namespace bakeoff
