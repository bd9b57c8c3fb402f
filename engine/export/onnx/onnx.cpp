#include "export/onnx/onnx.h"

#include <algorithm>
#include <filesystem>
#include <map>

#include "core/error.h"
#include "core/file.h"
#include "core/json_text.h"
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

using AllParts = std::vector<const LinearModel::Parts*>;  // one, or one a class over the same columns
using Clocks = std::map<std::string, onnx::LocalTime>;

// [batch, outputs]: the sum of coefficient * (x - mean), 0 where x is missing, in float64 like predict().
Value numeric_terms(Graph& graph, const AllParts& all) {
  std::vector<Value> columns;
  std::vector<double> means, coefficients;
  for (std::size_t j = 0; j < all[0]->numeric.size(); ++j) {
    columns.push_back(graph.input(all[0]->numeric[j].column, Element::float64));
    means.push_back(all[0]->numeric[j].mean);
    for (const auto* parts : all) coefficients.push_back(parts->numeric[j].coefficient);
  }
  const Value raw = graph.node("Concat", columns, {{"axis", std::int64_t{1}}});
  const Value centred = graph.node("Sub", {raw, graph.constant(means, {1, count(columns)})});
  const Value known = graph.node("Where", {graph.node("IsNaN", {raw}), graph.scalar(0.0), centred});
  return graph.node("MatMul",
                    {known, graph.constant(coefficients, {count(columns), static_cast<std::int64_t>(all.size())})});
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

std::vector<Value> categorical_terms(Graph& graph, const LinearModel::Parts& parts, Clocks& clocks) {
  std::vector<Value> texts, terms;
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

// [batch, classes].
Value categorical_terms_of_classes(Graph& graph, const AllParts& all) {
  Clocks clocks;
  std::vector<Value> sums;
  for (const auto* parts : all) sums.push_back(graph.node("Sum", categorical_terms(graph, *parts, clocks)));
  return graph.node("Concat", sums, {{"axis", std::int64_t{1}}});
}

AllParts parts_of(const Model& model) {
  if (model.linear()) return {&model.linear()->parts()};
  if (!model.softmax())
    throw SpecError("export onnx: expected a linear model, got the family '" + model.family() +
                    "'; leave onnx out of `export`");
  AllParts all;
  for (const LinearModel& one : model.softmax()->logits()) all.push_back(&one.parts());
  return all;
}

}  // namespace

std::string onnx_bytes(const Model& model) {
  const AllParts all = parts_of(model);
  const auto& parts = *all[0];
  const bool many = model.outputs() > 1;
  Graph graph;
  std::vector<Value> terms;
  Clocks clocks;
  if (!many) terms = categorical_terms(graph, parts, clocks);
  if (many && !parts.categorical.empty()) terms.push_back(categorical_terms_of_classes(graph, all));
  if (!parts.numeric.empty()) terms.push_back(numeric_terms(graph, all));
  if (terms.empty())
    throw SpecError(
        "export onnx: a model without columns has no input to take the number of rows from; train it on at "
        "least one column");
  std::vector<double> intercepts;
  for (const auto* one : all) intercepts.push_back(one->intercept);
  terms.push_back(many ? graph.constant(intercepts, {1, model.outputs()}) : graph.scalar(intercepts[0]));
  Value score = graph.node("Sum", terms);
  if (parts.link == LinearModel::Link::logistic) score = graph.node("Sigmoid", {score});
  if (parts.link == LinearModel::Link::log) score = graph.node("Exp", {score});
  if (many) score = graph.node("Softmax", {score}, {{"axis", std::int64_t{1}}});
  score = graph.node("Cast", {score}, {{"to", kFloat}});
  std::vector<std::pair<std::string, std::string>> metadata = {{"bakeoff_version", BAKEOFF_VERSION},
                                                               {"family", parts.family},
                                                               {"task", task_name(model.task())},
                                                               {"zone", parts.zone}};
  if (many) metadata.emplace_back("classes", json_line(Json(model.classes())));
  return graph.model(score, metadata, model.outputs());
}

void write_onnx(const Model& model, const std::string& folder) {
  write_file((std::filesystem::path(folder) / kOnnxFile).string(), onnx_bytes(model));
}

}  // namespace bakeoff
