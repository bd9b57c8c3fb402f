#include "evaluate/evaluate.h"

#include <algorithm>
#include <iostream>
#include <map>
#include <optional>

#include "cli/command.h"
#include "cli/evaluate_ranking.h"
#include "cli/evaluate_report.h"
#include "core/error.h"
#include "core/text.h"
#include "evaluate/compare.h"
#include "ingest/feature.h"
#include "ingest/read.h"
#include "ingest/unit.h"

namespace bakeoff::cli {
namespace {

struct EvaluateArguments {
  std::string file, label, positive, weights, strata, baseline, task = "binary", nan = "raise", format = "table", out;
  std::string every;
  std::vector<std::string> scores, slices, values;
  UnitSpec unit;
  std::string units;
  EvaluateOptions options;
  CompareOptions comparison;
  MachineOptions machine;
  RankingArguments ranking;
};

// "origin*carrier" is a slice for each pair of values.
std::vector<std::string> crossed(const std::string& slicing) {
  std::vector<std::string> columns;
  for (std::size_t begin = 0; begin <= slicing.size();) {
    const std::size_t end = std::min(slicing.find('*', begin), slicing.size());
    columns.push_back(slicing.substr(begin, end - begin));
    begin = end + 1;
  }
  return columns;
}

std::vector<std::string> columns_of(const EvaluateArguments& arguments) {
  std::vector<std::string> names = {arguments.label};
  const auto add = [&](const std::string& name) {
    if (!name.empty() && std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  };
  for (const std::string& name : arguments.scores) add(name);
  for (const std::string& slicing : arguments.slices)
    for (const std::string& name : crossed(slicing)) add(name);
  for (const std::string& name : arguments.values) add(name);
  add(arguments.weights);
  add(arguments.strata);
  add(arguments.units);
  add(arguments.ranking.queries);
  add(arguments.ranking.documents);
  return names;
}

// Of two texts `positive` is 1.
std::vector<double> labels_of(const Dataset& data, const std::string& name, Task task, const std::string& positive) {
  const auto* text = std::get_if<CategoricalColumn>(&data.column(name).data);
  if (!text || task != Task::binary) return data.numeric(name).values;
  if (text->categories.size() != 2)
    throw DataError(data.source() + ": column '" + name + "': expected two classes, got " +
                    std::to_string(text->categories.size()) + " different texts");
  const auto found = std::find(text->categories.begin(), text->categories.end(), positive);
  if (found == text->categories.end())
    throw SpecError("--positive: expected '" + text->categories[0] + "' or '" + text->categories[1] +
                    "', the one of column '" + name + "' that scores are high for, got '" + printable(positive) + "'");
  const auto one = static_cast<std::int32_t>(found - text->categories.begin());
  std::vector<double> labels(text->codes.size());
  for (std::size_t i = 0; i < labels.size(); ++i) labels[i] = text->codes[i] < 0 ? kNaN : text->codes[i] == one;
  return labels;
}

// One a value of a column, or a pair of values of crossed columns that occurs; by name. No value, no slice.
std::vector<Slice> slices_of(const Dataset& data, const std::vector<std::string>& slicings) {
  std::vector<Slice> slices;
  for (const std::string& slicing : slicings) {
    // A pair's number is counted anew after each column, so that no product of categories overflows.
    std::vector<std::string> names = {""};
    std::vector<std::int64_t> number(static_cast<std::size_t>(data.rows()), 0);
    for (const std::string& name : crossed(slicing)) {
      const CategoricalColumn column = categorical_feature(data, name, "UTC");
      std::map<std::pair<std::int64_t, std::int64_t>, std::int64_t> seen;
      std::vector<std::string> longer;
      for (std::size_t row = 0; row < number.size(); ++row) {
        const std::int64_t code = column.codes[row];
        if (number[row] < 0 || code < 0) {
          number[row] = -1;
          continue;
        }
        const auto [place, is_new] = seen.try_emplace({number[row], code}, static_cast<std::int64_t>(longer.size()));
        if (is_new) {
          const std::string& before = names[static_cast<std::size_t>(number[row])];
          longer.push_back(before + (before.empty() ? "" : " & ") + name + "=" +
                           column.categories[static_cast<std::size_t>(code)]);
        }
        number[row] = place->second;
      }
      names = std::move(longer);
    }
    std::vector<Slice> named;
    for (std::string& name : names) named.push_back({std::move(name), {}});
    for (std::size_t row = 0; row < number.size(); ++row)
      if (number[row] >= 0) named[static_cast<std::size_t>(number[row])].rows.push_back(static_cast<Index>(row));
    std::sort(named.begin(), named.end(), [](const Slice& x, const Slice& y) { return x.name < y.name; });
    slices.insert(slices.end(), std::make_move_iterator(named.begin()), std::make_move_iterator(named.end()));
  }
  return slices;
}

std::vector<std::int64_t> strata_of(const Dataset& data, const std::string& name) {
  if (name.empty()) return {};
  const CategoricalColumn column = categorical_feature(data, name, "UTC");
  return {column.codes.begin(), column.codes.end()};
}

// A time column needs the length of its periods; any other column is the id itself.
UnitSpec unit_of(const EvaluateArguments& arguments) {
  UnitSpec unit = arguments.unit;
  if (arguments.every.empty()) {
    unit.column = arguments.units;
  } else {
    if (arguments.units.empty()) throw SpecError("--every: expected --units with the time column that it divides");
    unit.time = arguments.units;
    unit.every = parse_period(arguments.every);
  }
  return unit;
}

void run(const EvaluateArguments& arguments) {
  const Execution execution = make_execution(arguments.machine);
  const Dataset data = read_dataset(execution, arguments.file, columns_of(arguments));
  EvaluateOptions options = arguments.options;
  options.drop_nan = arguments.nan == "drop";
  if (!arguments.ranking.queries.empty()) {
    const RankingRows rows{arguments.label, arguments.weights, arguments.scores, unit_ids(data, unit_of(arguments)),
                           slices_of(data, arguments.slices)};
    const Scoreboard board = evaluate_ranking(execution, data, arguments.ranking, rows, options);
    std::optional<Comparison> comparison;
    if (!arguments.baseline.empty()) comparison = compare(board, arguments.baseline, arguments.comparison);
    return report(board, comparison, arguments.format, arguments.out);
  }
  options.task = arguments.task == "binary" ? Task::binary : Task::regression;
  const auto rows = static_cast<std::size_t>(data.rows());

  std::vector<double> scores;
  scores.reserve(rows * arguments.scores.size());
  for (const std::string& name : arguments.scores) {
    const std::vector<double>& values = data.numeric(name).values;
    scores.insert(scores.end(), values.begin(), values.end());
  }
  const std::vector<double> labels = labels_of(data, arguments.label, options.task, arguments.positive);
  const std::vector<std::int64_t> units = unit_ids(data, unit_of(arguments));
  const std::vector<std::int64_t> strata = strata_of(data, arguments.strata);
  EvaluateInput input;
  input.scores = kernels::matrix_view(static_cast<const double*>(scores.data()),
                                      static_cast<Index>(arguments.scores.size()), data.rows());
  input.labels = labels.data();
  if (!arguments.weights.empty()) input.weights = data.numeric(arguments.weights).values.data();
  if (!units.empty()) input.units = units.data();
  if (!strata.empty()) input.strata = strata.data();
  input.slices = slices_of(data, arguments.slices);
  input.names = arguments.scores;
  for (const std::string& name : arguments.values) input.values.push_back({name, data.numeric(name).values.data()});
  const Scoreboard board = evaluate(execution, input, options);
  std::optional<Comparison> comparison;
  if (!arguments.baseline.empty())
    comparison = compare(execution, input, options, board, arguments.baseline, arguments.comparison);
  report(board, comparison, arguments.format, arguments.out);
}

void check(const EvaluateArguments& arguments) {
  const bool known =
      std::find(arguments.scores.begin(), arguments.scores.end(), arguments.baseline) != arguments.scores.end();
  if (!arguments.baseline.empty() && !known)
    throw SpecError("--baseline: expected one of the scores, got '" + printable(arguments.baseline) + "'" +
                    hint(arguments.baseline, arguments.scores));
  for (const std::string& name : arguments.scores)
    if (std::count(arguments.scores.begin(), arguments.scores.end(), name) > 1)
      throw SpecError("--scores: '" + printable(name) + "' is named twice");
  if (!arguments.baseline.empty() && arguments.options.resamples == 0 && arguments.comparison.method == "bootstrap")
    throw SpecError("--baseline: differences need --resamples above 0, or --method delong, mcnemar or permutation");
  if (arguments.format == "parquet" && arguments.out.empty())
    throw SpecError("--format parquet: expected --out FILE.parquet, since a terminal can't show it");
}

}  // namespace

void add_evaluate(CLI::App& app) {
  CLI::App* command = app.add_subcommand("evaluate", "Metrics with intervals for columns of scores");
  const auto a = std::make_shared<EvaluateArguments>();
  a->options.resamples = 2000;
  a->options.interval = "auto";
  command->add_option("FILE", a->file, "Parquet, CSV or Arrow IPC: a file, a folder or a glob")->required();
  command->add_option("--label", a->label, "the column with the label")->required();
  command->add_option("--positive", a->positive, "of a label of two texts, the one that scores are high for");
  add_list(*command, "--scores", a->scores, "columns with scores: a,b")->required();
  add_list(*command, "--metrics", a->options.metrics, "names of docs/metrics.md; by default the task's usual ones");
  add_list(*command, "--slices", a->slices, "columns whose values are evaluated one by one; a*b: each pair of values");
  add_list(*command, "--values", a->values, "columns of what a row is worth, for mean:COLUMN and total:COLUMN");
  command->add_option("--min-slice-rows", a->options.min_slice_rows, "smaller slices are named, not evaluated")
      ->capture_default_str();
  command->add_option("--units", a->units, "the column of the unit of resampling; by default the row");
  command->add_option("--every", a->every, "the units are periods of that time column: 1d");
  command->add_option("--zone", a->unit.zone, "whose calendar days")->capture_default_str();
  command->add_option("--weights", a->weights, "the column with the weights of rows");
  command->add_option("--task", a->task, "binary or regression")
      ->check(CLI::IsMember({"binary", "regression"}))
      ->capture_default_str();
  command->add_option("--resamples", a->options.resamples, "of the bootstrap; 0: no intervals")
      ->check(CLI::Range(0, kMostResamples))
      ->capture_default_str();
  command->add_option("--confidence", a->options.confidence, "of the intervals")->capture_default_str();
  command
      ->add_option(
          "--interval", a->options.interval,
          "auto, percentile, basic, bca, jackknife, wilson, delong or delong_logit; docs/intervals.md: which, by size")
      ->capture_default_str();
  command->add_option("--resampling", a->options.resampling, "poisson or multinomial")->capture_default_str();
  command->add_option("--strata", a->strata, "the column whose values are resampled one by one (multinomial)");
  command->add_option("--threshold", a->options.threshold, "a score from here on is a positive prediction")
      ->capture_default_str();
  command
      ->add_option("--nan", a->nan,
                   "of what is not finite: raise, or drop the row; with --queries such a document was not retrieved")
      ->check(CLI::IsMember({"raise", "drop"}))
      ->capture_default_str();
  command->add_option("--compat", a->options.compat, "sklearn: its conventions where ours differ");
  command->add_option("--seed", a->options.seed, "of the resamples")->capture_default_str();
  command->add_option("--baseline", a->baseline, "the score to compare the others with");
  command
      ->add_option("--method", a->comparison.method,
                   "of the comparison: bootstrap, delong, mcnemar, mcnemar_mid_p, mcnemar_chi2 or permutation")
      ->capture_default_str();
  command->add_option("--adjust", a->comparison.adjust, "of its p-values: max_t, holm or bh");
  command->add_option("--margin", a->comparison.margin, "of non-inferiority: p is of a loss of that much or more");
  command->add_option("--format", a->format, "table, json or parquet")
      ->check(CLI::IsMember({"table", "json", "parquet"}))
      ->capture_default_str();
  command->add_option("--out", a->out, "a file instead of the terminal");
  add_ranking_options(*command, a->ranking);
  add_machine_options(*command, a->machine);
  command->callback([a] {
    check(*a);
    run(*a);
  });
}

}  // namespace bakeoff::cli
