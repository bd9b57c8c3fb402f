#include "evaluate/metric_name.h"

#include <charconv>

#include "core/error.h"
#include "core/text.h"

namespace bakeoff {

MetricName::MetricName(const std::string& given) : text(given), base(given) {
  if (const std::size_t mark = given.find_first_of("@:"); mark != std::string::npos) {
    base = given.substr(0, mark);
    (given[mark] == '@' ? parameter : column) = given.substr(mark + 1);
  }
}

double MetricName::number(const std::string& expected, bool (*allows)(double)) const {
  double value = 0;
  const char *const first = parameter->data(), *const last = first + parameter->size();
  const auto [end, error] = std::from_chars(first, last, value);
  if (error != std::errc() || end != last || !allows(value))
    fail("expected " + expected + " behind the @, got '" + printable(*parameter) + "'");
  return value;
}

void MetricName::refuse_parameter() const {
  if (parameter) fail(base + " takes no parameter; leave out the @");
}

void MetricName::refuse_column() const {
  if (column) fail("expected " + base + " without a column");
}

void MetricName::fail(const std::string& what) const { throw SpecError("metrics: '" + printable(text) + "': " + what); }

void MetricName::fail_unknown(const std::string& of, const std::vector<std::string>& known) const {
  // Bases are compared, whatever stands behind them; of the known spellings the like one is named.
  std::vector<std::string> bases;
  for (const std::string& name : known) bases.push_back(MetricName(name).base);
  const std::string near = nearest(base, bases);
  std::string meant;
  for (std::size_t i = 0; i < known.size(); ++i)
    if (!near.empty() && bases[i] == near &&
        (meant.empty() || MetricName(known[i]).parameter.has_value() == parameter.has_value()))
      meant = known[i];
  throw SpecError("metrics: '" + printable(text) + "' is not a metric of " + of +
                  hint(meant.empty() ? base : meant, known));
}

void MetricName::fail_twice(const std::string& first) const {
  throw SpecError("metrics: '" + printable(text) + "' is named twice" +
                  (first == text ? "" : ", first as '" + printable(first) + "'"));
}

}  // namespace bakeoff
