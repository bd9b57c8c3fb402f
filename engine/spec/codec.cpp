#include "spec/codec.h"

#include <charconv>
#include <cmath>

namespace bakeoff::spec_reading {
namespace {

const std::string& scalar(const Node& node, const std::string& expected) {
  if (node.kind != Node::Kind::scalar) fail(node, "expected " + expected + ", got " + node.describe());
  return node.text;
}

// A whole number or a decimal as JSON writes it; the text of a quoted scalar isn't one.
template <class N>
std::optional<N> parse_number(const Node& node) {
  if (node.kind != Node::Kind::scalar || node.quoted) return std::nullopt;
  N value{};
  const char* end = node.text.data() + node.text.size();
  const auto [at, error] = std::from_chars(node.text.data(), end, value);
  if (error != std::errc() || at != end) return std::nullopt;
  return value;
}

double finite_number(const Node& node, const std::string& expected) {
  const std::optional<double> value = parse_number<double>(node);
  if (!value || !std::isfinite(*value))
    fail(node, "expected " + expected + ", got " + (node.quoted ? "the text " : "") + node.describe());
  return *value;
}

std::string range_text(double low, double high, const std::string& between) {
  if (std::isinf(low) && std::isinf(high)) return "";
  if (std::isinf(high)) return between.empty() ? " of at least " + shortest(low) : " above " + shortest(low);
  return between + " from " + shortest(low) + " to " + shortest(high);
}

Json bounds(Json schema, const char* low_name, double low, const char* high_name, double high) {
  if (std::isfinite(low)) schema[low_name] = low;
  if (std::isfinite(high)) schema[high_name] = high;
  return schema;
}

template <class N>
Codec<N> whole_number(N low, N high, const std::string& expected) {
  return {[=](const Node& node, Reading&) {
            const std::optional<N> value = parse_number<N>(node);
            if (!value || *value < low || *value > high)
              fail(node, "expected " + expected + ", got " + (node.quoted ? "the text " : "") + node.describe());
            return *value;
          },
          [](const N& value) { return Json(value); },
          {{"type", "integer"}, {"minimum", low}, {"maximum", high}}};
}

Micros read_period(const Node& node, const std::string& expected) {
  const std::string& text = scalar(node, expected);
  try {
    return parse_period(text);
  } catch (const SpecError& error) {
    fail(node, error.what());
  }
}

constexpr const char* kPeriodPattern = "^[0-9]+(s|m|h|d|w)$";

Range read_range(const Node& node, double low, double high) {
  const bool one = node.keys.size() == 1;
  if (!one || (node.keys[0] != "log" && node.keys[0] != "linear"))
    fail(node,
         "expected {log: [low, high]} or {linear: [low, high]}" +
             (one ? ", got the scale '" + printable(node.keys[0]) + "'" + hint(node.keys[0], {"log", "linear"}) : ""));
  const Node& ends = node.items[0];
  if (ends.kind != Node::Kind::list || ends.items.size() != 2)
    fail(ends, "expected the two ends [low, high], got " + ends.describe());
  Range range;
  range.scale = node.keys[0] == "log" ? Range::Scale::log : Range::Scale::linear;
  range.low = finite_number(ends.items[0], "a number");
  range.high = finite_number(ends.items[1], "a number");
  if (range.low < low)
    fail(ends.items[0], "expected a number of at least " + shortest(low) + ", got " + shortest(range.low));
  if (range.high > high)
    fail(ends.items[1], "expected a number of at most " + shortest(high) + ", got " + shortest(range.high));
  if (!(range.low < range.high))
    fail(ends, "expected low < high, got [" + shortest(range.low) + ", " + shortest(range.high) + "]");
  if (range.scale == Range::Scale::log && range.low <= 0)
    fail(ends, "a log range needs low > 0, got " + shortest(range.low) + "; use {linear: ...} or a small low end");
  return range;
}

Json write_parameter(const ParameterSpec& spec) {
  if (const auto* values = std::get_if<std::vector<double>>(&spec)) return *values;
  const Range& range = std::get<Range>(spec);
  return {{range.scale == Range::Scale::log ? "log" : "linear", {range.low, range.high}}};
}

}  // namespace

Codec<std::string> text() {
  return {[](const Node& node, Reading&) {
            const std::string& value = scalar(node, "a text");
            if (value.empty()) fail(node, "expected a text, got an empty one");
            return value;
          },
          [](const std::string& value) { return value.empty() ? Json() : Json(value); },
          {{"type", "string"}, {"minLength", 1}}};
}

Codec<std::string> one_of(std::vector<std::string> words, std::vector<std::string> later) {
  Json schema = {{"enum", words}};
  return {[words, later](const Node& node, Reading&) {
            const std::string expected = words.size() == 1 ? "'" + words[0] + "'" : "one of " + join(words);
            const std::string& value = scalar(node, expected);
            if (std::find(later.begin(), later.end(), value) != later.end())
              fail(node, "'" + value + "' is not available in this version; expected " + expected);
            if (std::find(words.begin(), words.end(), value) == words.end()) {
              const std::string meant = nearest(value, words);
              fail(node, "expected " + expected + ", got " + node.describe() +
                             (meant.empty() ? "" : "; did you mean '" + meant + "'?"));
            }
            return value;
          },
          [](const std::string& value) { return Json(value); }, std::move(schema)};
}

Codec<double> number(double low, double high) {
  const std::string expected = "a number" + range_text(low, high, "");
  return {[=](const Node& node, Reading&) {
            const double value = finite_number(node, expected);
            if (value < low || value > high) fail(node, "expected " + expected + ", got " + node.describe());
            return value;
          },
          [](const double& value) { return Json(value); },
          bounds({{"type", "number"}}, "minimum", low, "maximum", high)};
}

Codec<double> number_between(double low, double high) {
  const std::string expected = "a number" + range_text(low, high, " strictly");
  return {[=](const Node& node, Reading&) {
            const double value = finite_number(node, expected);
            if (value <= low || value >= high) fail(node, "expected " + expected + ", got " + node.describe());
            return value;
          },
          [](const double& value) { return Json(value); },
          bounds({{"type", "number"}}, "exclusiveMinimum", low, "exclusiveMaximum", high)};
}

Codec<int> integer(int low, int high) {
  return whole_number<int>(low, high, "a whole number from " + std::to_string(low) + " to " + std::to_string(high));
}

Codec<std::uint64_t> seed() {
  return whole_number<std::uint64_t>(0, std::numeric_limits<std::uint64_t>::max(), "a whole number from 0 to 2^64 - 1");
}

Codec<Micros> period(bool zero_allowed) {
  return {[=](const Node& node, Reading&) {
            const Micros value = read_period(node, "a period such as 14d, 12h, 10m or 30s");
            if (value == 0 && !zero_allowed) fail(node, "expected a period longer than zero, got " + node.describe());
            return value;
          },
          [=](const Micros& value) { return value == 0 && !zero_allowed ? Json() : Json(format_period(value)); },
          {{"type", "string"}, {"pattern", kPeriodPattern}}};
}

Codec<Micros> window() {
  return {[](const Node& node, Reading&) {
            if (node.kind == Node::Kind::scalar && node.text == "all") return CandidatesSpec::kAllHistory;
            const Micros value = read_period(node, "a period such as 60d, or all");
            if (value == 0) fail(node, "expected a period longer than zero, or all, got " + node.describe());
            return value;
          },
          [](const Micros& value) { return Json(value == CandidatesSpec::kAllHistory ? "all" : format_period(value)); },
          {{"type", "string"}, {"pattern", "^(all|[0-9]+(s|m|h|d|w))$"}}};
}

Codec<std::optional<Micros>> time() {
  return {[](const Node& node, Reading& reading) -> std::optional<Micros> {
            const std::string& value = scalar(node, "a time such as 2013-07-01 or 2013-07-01T12:00:00Z");
            try {
              return parse_time(value, reading.zone);
            } catch (const SpecError& error) {
              fail(node, error.what());
            }
          },
          [](const std::optional<Micros>& value) { return value ? Json(format_time(*value)) : Json(); },
          {{"type", "string"}, {"pattern", "^[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}.*)?$"}}};
}

Codec<Task> task() {
  const Codec<std::string> word = one_of({"binary", "regression", "multiclass"}, {"multilabel"});
  return {[word](const Node& node, Reading& reading) {
            const std::string given = word.read(node, reading);
            return given == "binary" ? Task::binary : given == "regression" ? Task::regression : Task::multiclass;
          },
          [](const Task& value) { return Json(task_name(value)); }, word.schema};
}

Codec<ParameterSpec> parameter(double low, double high) {
  const Codec<double> one = number(low, high);
  const Codec<std::vector<double>> values = list_of(one, 1);
  const Json ends = {{"type", "array"}, {"items", one.schema}, {"minItems", 2}, {"maxItems", 2}};
  const auto scale = [&](const char* name) {
    return Json{{"type", "object"},
                {"properties", {{name, ends}}},
                {"required", Json::array({name})},
                {"additionalProperties", false}};
  };
  return {[one, values, low, high](const Node& node, Reading& reading) -> ParameterSpec {
            if (node.kind == Node::Kind::map) return read_range(node, low, high);
            if (node.kind == Node::Kind::list) return values.read(node, reading);
            finite_number(node, "a number, a list of them, {log: [low, high]} or {linear: [low, high]}");
            return std::vector<double>{one.read(node, reading)};
          },
          write_parameter,
          {{"anyOf", Json::array({one.schema, values.schema, scale("log"), scale("linear")})}}};
}

}  // namespace bakeoff::spec_reading
