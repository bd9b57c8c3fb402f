#include "monitor/drift_watch.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "core/error.h"
#include "core/text.h"
#include "monitor/monitor.h"

namespace bakeoff {
namespace {

std::string period_text(const DriftWatch::Period& period) {
  return format_time(period.begin) + " to " + format_time(period.end);
}

bool is_empty(const TableView& table, const DriftWatch::Period& period, DriftWatch& watch) {
  if (table.rows == 0) watch.reason = "not judged: " + table.source + " has no rows from " + period_text(period);
  return table.rows == 0;
}

DriftOptions options_of(const DriftTriggerSpec& spec, std::uint64_t seed) {
  DriftOptions options;
  for (const auto& [test, effect] : spec.effects) options.tests.push_back(test);
  options.effects = spec.effects;
  options.fdr = spec.fdr;
  options.seed = seed;
  return options;
}

DriftReport compare(const Execution& execution, const PeriodPair& pair, const DriftOptions& options) {
  const bool distances = options.effects.count("wasserstein") > 0;
  const bool values = distances || options.effects.count("ks") > 0;
  const ReferenceOptions fit{10, values, options.seed, distances};
  if (!pair.units.none()) return drift_by_unit(execution, pair.reference, pair.current, pair.units, fit, options);
  return drift(execution, DriftReference::fit(execution, pair.reference, fit), pair.current, options);
}

// "dep_delay (psi 0.31, p 0.002)": the test of the column that is furthest beyond its least effect.
std::string describe(const ColumnDrift& column, const DriftTriggerSpec& spec) {
  const auto beyond = [&](const DriftTest& test) {
    const double share = std::abs(test.effect) / spec.effects.at(test.test);
    return test.p_adjusted <= spec.fdr && !std::isnan(share) ? share : -1;
  };
  const DriftTest& test =
      *std::max_element(column.tests.begin(), column.tests.end(),
                        [&](const DriftTest& a, const DriftTest& b) { return beyond(a) < beyond(b); });
  char figures[80];
  std::snprintf(figures, sizeof figures, " %.3g, p %.2g)", test.effect, test.p_adjusted);
  return printable(column.name) + " (" + test.test + figures;
}

}  // namespace

DriftWatch drift_periods(const MonitorSpec& spec, Micros since, Micros at) {
  DriftWatch watch{{since, since + spec.window, 0}, {at - spec.window, at, 0}, {}, {}, ""};
  if (watch.current.begin < watch.reference.end)
    watch.reason = "not judged before " + format_time(watch.reference.end + spec.window) +
                   ", when this champion has served two windows";
  return watch;
}

void watch_drift(const Execution& execution, const std::vector<PeriodPair>& pairs, const DriftTriggerSpec& spec,
                 std::uint64_t seed, DriftWatch& watch) {
  const DriftOptions options = options_of(spec, seed);
  watch.reference.rows = pairs.at(0).reference.rows;
  watch.current.rows = pairs.at(0).current.rows;
  for (const PeriodPair& pair : pairs)
    if (is_empty(pair.reference, watch.reference, watch) || is_empty(pair.current, watch.current, watch)) return;
  for (const PeriodPair& pair : pairs)
    for (ColumnDrift& column : compare(execution, pair, options).columns)
      if (!column.tests.empty()) watch.report.columns.push_back(std::move(column));
  conclude(watch.report, options);
  std::string found;
  for (const ColumnDrift& column : watch.report.columns) {
    if (!column.drifted) continue;
    watch.drifted.push_back(column.name);
    found += (found.empty() ? "" : ", ") + describe(column, spec);
  }
  watch.reason =
      (found.empty() ? "none in " + std::to_string(watch.report.columns.size()) + " columns" : "of " + found) + ", " +
      std::to_string(watch.current.rows) + " rows against " + std::to_string(watch.reference.rows) + " from " +
      period_text(watch.reference);
}

void add_drift(TriggerDecision& decision, DriftWatch watch, const TriggerSpec& spec, Micros at,
               std::optional<Micros> last_decision) {
  decision.reason += "; drift " + watch.reason;
  // A decline of the metric has met the cooldown before.
  if (!watch.drifted.empty() && decision.declined_in_a_row < spec.patience) trigger(decision, spec, at, last_decision);
  decision.drift = std::move(watch);
}

}  // namespace bakeoff
