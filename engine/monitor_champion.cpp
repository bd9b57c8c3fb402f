#include <algorithm>
#include <chrono>
#include <cmath>

#include "champion.h"
#include "core/error.h"
#include "ingest/read.h"
#include "ingest/unit.h"
#include "monitor/drift_watch.h"
#include "monitor/monitor.h"
#include "monitor_drift.h"
#include "pipeline.h"
#include "result_files.h"

namespace bakeoff {
namespace {

Micros now() {
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

std::vector<std::string> log_columns(const Spec& spec) {
  std::vector<std::string> names = {spec.data.time, spec.data.target, spec.monitor->score};
  for (const std::string& name : {spec.data.unit.time, spec.data.unit.column})
    if (!name.empty() && std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  return names;
}

// Predictions whose label is known by `known`; a label that is missing is not known yet.
ServedLog read_log(const Execution& execution, const Spec& spec, Micros known) {
  const Dataset all = read_dataset(execution, spec.monitor->predictions, log_columns(spec));
  const std::vector<Micros>& times = all.time(spec.data.time).micros;
  const std::vector<double>& labels = all.numeric(spec.data.target).values;
  const std::vector<double>& scores = all.numeric(spec.monitor->score).values;
  std::vector<std::int64_t> rows;
  for (std::size_t i = 0; i < times.size(); ++i) {
    if (times[i] == TimeColumn::kMissingTime || times[i] >= known || std::isnan(labels[i])) continue;
    if (std::isnan(scores[i]))
      throw DataError(all.place(spec.monitor->score, static_cast<std::int64_t>(i)) +
                      ": expected a score, it is missing");
    rows.push_back(static_cast<std::int64_t>(i));
  }
  ServedLog log;
  log.units = rows.empty() ? std::vector<std::int64_t>() : unit_ids(all.take(rows), spec.data.unit);
  for (const std::int64_t i : rows) {
    log.times.push_back(times[i]);
    log.labels.push_back(labels[i]);
    log.scores.push_back(scores[i]);
  }
  return log;
}

}  // namespace

TriggerDecision monitor_champion(const Execution& execution, const Spec& spec, const MonitorOptions& options,
                                 EventSink& events) {
  if (!spec.monitor)
    throw SpecError("monitor: the spec has no `monitor` part; add predictions, metric, window, trigger");
  if (spec.data.time.empty())
    throw SpecError("monitor: data.time is needed, the column that says when a row was scored");
  const Champion champion = find_champion(spec);
  if (!champion.registered)
    throw SpecError("monitor: '" + spec.registry.name + "' has no champion in " + spec.registry.store +
                    "; promote one with `bakeoff registry promote`");
  const std::optional<double> reference = champion.reference(spec.monitor->metric);
  if (!reference)
    throw SpecError("monitor: the champion " + champion.label() + " has no reference value of " + spec.monitor->metric +
                    "; add it again with `bakeoff registry add --reference " + spec.monitor->metric + "=VALUE`");
  const Micros at = options.at.value_or(now());
  const ServedLog log = read_log(execution, spec, at - spec.data.label_delay);
  TriggerDecision decision =
      monitor(execution, log, spec.data.task, *spec.monitor, *reference, at, spec.data.label_delay, champion.since(),
              last_decision(spec, at), spec.compute.seed);
  if (spec.monitor->trigger.drift) {
    add_drift(decision, served_drift(execution, spec, champion.since(), at), spec.monitor->trigger, at,
              last_decision(spec, at));
  }
  events.emit("monitored", to_json(decision));
  return decision;
}

std::string monitor_json(const TriggerDecision& decision) { return json_pretty(to_json(decision)); }

}  // namespace bakeoff
