// Names of metrics as people write them, whatever the task: NAME, NAME@PARAMETER, NAME:COLUMN. One wording for what is
// wrong with them.
#pragma once
#include <optional>
#include <string>
#include <vector>

namespace bakeoff {

struct MetricName {
  std::string text, base;
  std::optional<std::string> parameter, column;  // what stands behind the @ and the colon

  explicit MetricName(const std::string& text);

  // The number behind the @. SpecError that says `expected` unless it is one that is allowed.
  double number(const std::string& expected, bool (*allows)(double)) const;
  // SpecError if there is an @, or a colon.
  void refuse_parameter() const;
  void refuse_column() const;
  // SpecError: "metrics: 'NAME': " and what.
  [[noreturn]] void fail(const std::string& what) const;
  // SpecError that it is none of `of` ("task binary"); names the nearest of `known`, as people write them.
  [[noreturn]] void fail_unknown(const std::string& of, const std::vector<std::string>& known) const;
  // SpecError that it is there already, in the spelling `first`.
  [[noreturn]] void fail_twice(const std::string& first) const;
};

// Whether a number may be the k of a metric@k.
inline bool is_positive_integer(double k) { return k >= 1 && k < 0x1p31 - 1 && k == static_cast<double>(int(k)); }

}  // namespace bakeoff
