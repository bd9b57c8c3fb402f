#include "export/onnx/onnx.h"

#include <algorithm>
#include <filesystem>
#include <map>

#include "core/error.h"
#include "core/file.h"
#include "core/text.h"
#include "export/onnx/graph.h"
#include "export/onnx/local_time.h"
#include "ingest/feature.h"

namespace bakeoff {
namespace {

using onnx::Element;
using onnx::Graph;
using onnx::Value;
using Categorical = LinearModel::Categorical;

constexpr std::int64_t kDouble = static_cast<std::int64_t>(Element::float64);
constexpr std::int64_t kFloat = static_cast<std::int64_t>(Element::float32);

std::int64_t count(const std::vector<Value>& values) { return static_cast<std::int64_t>(values.size()); }

// [batch, 1]: the sum of coefficient * (x - mean), 0 where x is missing, in float64 like predict().
Value numeric_terms(Graph& graph, const std::vector<LinearModel::Numeric>& terms) {
  std::vector<Value> columns;
  std::vector<double> means, coefficients;
  for (const auto& term : terms) {
    columns.push_back(graph.input(term.column, Element::float64));
    means.push_back(term.mean);
    coefficients.push_back(term.coefficient);
  }
  const Value raw = graph.node("Concat", columns, {{"axis", std::int64_t{1}}});
  const Value centred = graph.node("Sub", {raw, graph.constant(means, {1, count(columns)})});
  const Value known = graph.node("Where", {graph.node("IsNaN", {raw}), graph.scalar(0.0), centred});
  return graph.node("MatMul", {known, graph.constant(coefficients, {count(columns), 1})});
}

// The coefficient of each row's category, float32 [batch, 1].
Value text_term(Graph& graph, const Categorical& term) {
  std::vector<std::string> keys = term.categories;
  std::vector<float> values = term.coefficients;
  const auto empty = std::find(keys.begin(), keys.end(), "");
  if (empty == keys.end()) {
    keys.emplace_back();
    values.push_back(term.missing);
  } else if (values[static_cast<std::size_t>(empty - keys.begin())] != term.missing) {
    throw SpecError(
        "column '" + printable(term.column) +
        "' has both empty texts and missing values, which count differently, and ONNX can't tell them apart; "
        "make one of them the other in the data");
  }
  return graph.node("LabelEncoder", {graph.input(term.column, Element::text)},
                    {{"keys_strings", keys}, {"values_floats", values}, {"default_float", term.other}}, "ai.onnx.ml");
}

// The same for a part of a time, float64: a table over its numbers.
Value time_term(Graph& graph, const Categorical& term, const onnx::LocalTime& time, const std::string& part) {
  std::vector<double> table;
  const int first = part == "month" ? 1 : 0, last = part == "hour" ? 23 : part == "month" ? 12 : 6;
  for (int value = 0; value <= last; ++value) {
    const auto at = std::find(term.categories.begin(), term.categories.end(), std::to_string(value));
    const bool known = value >= first && at != term.categories.end();
    table.push_back(known ? term.coefficients[static_cast<std::size_t>(at - term.categories.begin())] : term.other);
  }
  const Value found = graph.node(
      "Gather", {graph.constant(table, {static_cast<std::int64_t>(table.size())}), onnx::part_of(graph, time, part)});
  return graph.node("Where", {time.missing, graph.scalar(static_cast<double>(term.missing)), found});
}

std::vector<Value> categorical_terms(Graph& graph, const LinearModel::Parts& parts) {
  std::vector<Value> texts, terms;
  std::map<std::string, onnx::LocalTime> clocks;
  for (const auto& term : parts.categorical) {
    const auto part = parse_time_part(term.column);
    if (!part) {
      texts.push_back(text_term(graph, term));
      continue;
    }
    auto clock = clocks.find(part->column);
    if (clock == clocks.end())
      clock = clocks
                  .emplace(part->column, onnx::local_time(graph, graph.input(part->column, Element::int64),
                                                          onnx::zone_steps(parts.zone)))
                  .first;
    terms.push_back(time_term(graph, term, clock->second, part->part));
  }
  if (!texts.empty()) {
    const Value all = graph.node("Cast", {graph.node("Concat", texts, {{"axis", std::int64_t{1}}})}, {{"to", kDouble}});
    terms.push_back(graph.node("ReduceSum", {all, graph.constant(std::vector<std::int64_t>{1}, {1})}));
  }
  return terms;
}

}  // namespace

std::string onnx_bytes(const Model& model) {
  const LinearModel* linear = model.linear();
  if (!linear)
    throw SpecError("export onnx: expected a linear model, got the family '" + model.family() +
                    "'; leave onnx out of `export`");
  const auto& parts = linear->parts();
  Graph graph;
  std::vector<Value> terms = categorical_terms(graph, parts);
  if (!parts.numeric.empty()) terms.push_back(numeric_terms(graph, parts.numeric));
  if (terms.empty())
    throw SpecError(
        "export onnx: a model without columns has no input to take the number of rows from; train it on at "
        "least one column");
  terms.push_back(graph.scalar(static_cast<double>(parts.intercept)));
  Value score = graph.node("Sum", terms);
  if (parts.link == LinearModel::Link::logistic) score = graph.node("Sigmoid", {score});
  if (parts.link == LinearModel::Link::log) score = graph.node("Exp", {score});
  score = graph.node("Cast", {score}, {{"to", kFloat}});
  return graph.model(score, {{"bakeoff_version", BAKEOFF_VERSION},
                             {"family", parts.family},
                             {"task", parts.task == Task::binary ? "binary" : "regression"},
                             {"zone", parts.zone}});
}

void write_onnx(const Model& model, const std::string& folder) {
  write_file((std::filesystem::path(folder) / kOnnxFile).string(), onnx_bytes(model));
}

}  // namespace bakeoff
