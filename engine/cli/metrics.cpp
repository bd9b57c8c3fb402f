// The catalog for people: a table for the terminal, and docs/metrics.md.
#include <iostream>
#include <memory>

#include "cli/command.h"
#include "cli/text_table.h"
#include "core/text.h"
#include "kernels/metrics/catalog.h"

namespace bakeoff::cli {
namespace {

using kernels::Metric;
using kernels::MetricKind;

std::string name_of(const Metric& metric) {
  if (metric.of_column) return metric.name + std::string(":COLUMN");
  if (!metric.parameter.name) return metric.name;
  return metric.name + ("@" + shortest(metric.parameter.preset));
}

const char* better(Direction direction) {
  if (direction == Direction::neither) return "neither";
  return direction == Direction::maximize ? "more" : "less";
}

const char* cost(MetricKind kind) {
  switch (kind) {
    case MetricKind::sums:
      return "a share of one pass over the rows for all such metrics; a resample: one multiply-add a row and term";
    case MetricKind::area:
      return "one sort, shared by the metrics of the ranking; a resample: one exact integer fold along it";
    case MetricKind::curve:
      return "the same sort, two walks along it; a resample: one walk (two for ks_statistic and partial_auc)";
    case MetricKind::maximum:
      return "one pass; a resample: on average 1.6 draws";
    case MetricKind::calibration:
      break;
  }
  return "one pass into bins (ece_mass: one sort); a resample: one multiply-add a row and two terms";
}

std::string as_table() {
  TextTable table({"metric", "task", "better", "definition"});
  for (const Metric* metric : kernels::kMetrics)
    table.add({name_of(*metric),
               metric->of_column              ? "any"
               : metric->task == Task::binary ? "binary"
                                              : "regression",
               better(metric->direction), metric->definition});
  return table.text();
}

void print_entry(const Metric& metric) {
  std::cout << "### " << name_of(metric) << "\n" << metric.definition << ".\n\n";
  if (metric.parameter.name)
    std::cout << "- **Parameter**: " << metric.parameter.name << ", " << metric.parameter.range << "; "
              << shortest(metric.parameter.preset) << " unless said otherwise\n";
  std::cout << "- **Better**: " << better(metric.direction) << "\n";
  if (*metric.edges) std::cout << "- **Edges**: " << metric.edges << "\n";
  std::cout << "- **Source**: " << metric.source << "\n- **Cost**: " << cost(metric.kind) << "\n\n";
}

void print_section(const char* title, const auto& belongs) {
  std::cout << "## " << title << "\n\n";
  for (const Metric* metric : kernels::kMetrics)
    if (belongs(*metric)) print_entry(*metric);
}

void print_markdown() {
  std::cout
      << "# Metrics\n\n"
         "Made by `bakeoff metrics --format markdown` from the catalog, `kernels/metrics/catalog.h`; a test "
         "compares.\n\n"
         "y is the label, s the score, p a score that is a probability, w the weight of a row (1 without weights). A "
         "score >= threshold (0.5 unless said otherwise) predicts the positive class; tp, fp, tn, fn are the sums of w "
         "in the four cells. A name takes its parameter behind an @: `recall_at_precision@0.95`. Without rows a value "
         "is "
         "NaN with reason `empty`, with weights that are all 0 `no_weight`. NaN and inf in labels, scores or weights, "
         "and values that a metric is not defined for, are errors that name the candidate and the first row.\n\n";
  print_section("binary", [](const Metric& m) { return m.task == Task::binary && !m.of_column; });
  print_section("regression", [](const Metric& m) { return m.task == Task::regression && !m.of_column; });
  print_section("any task, of a column of values", [](const Metric& m) { return m.of_column; });
}

}  // namespace

void add_metrics(CLI::App& app) {
  CLI::App* command = app.add_subcommand("metrics", "The metrics there are, and what each one is");
  const auto format = std::make_shared<std::string>("table");
  command->add_option("--format", *format, "table or markdown")
      ->check(CLI::IsMember({"table", "markdown"}))
      ->capture_default_str();
  command->callback([format] {
    if (*format == "markdown")
      print_markdown();
    else
      std::cout << as_table();
  });
}

}  // namespace bakeoff::cli
