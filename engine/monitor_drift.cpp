#include "monitor_drift.h"

#include <algorithm>

#include "core/error.h"
#include "drift/files.h"
#include "ingest/read.h"
#include "ingest/unit.h"
#include "monitor/drift_watch.h"

namespace bakeoff {
namespace {

using Names = std::vector<std::string>;

void add_new(Names& names, const Names& more) {
  for (const std::string& name : more)
    if (!name.empty() && std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
}

Names compared_features(const Spec& spec) {
  Names names = spec.data.features.numeric;
  add_new(names, spec.data.features.categorical);
  return names;
}

// Whether the file has all of the columns; its first block tells.
bool has_all(const Execution& execution, const std::string& source, const Names& columns) {
  bool all = true;
  read_dataset_blocks(execution, source, {}, [&](const Dataset& data) {
    for (const std::string& name : columns) all &= data.has(name);
    return false;
  });
  return all;
}

Dataset read_columns(const Execution& execution, const Spec& spec, const std::string& source, const Names& columns) {
  Names names = {spec.data.time};
  add_new(names, {spec.data.unit.time, spec.data.unit.column});
  add_new(names, columns);
  return read_dataset(execution, source, names);
}

Dataset rows_of(const Dataset& all, const Spec& spec, const DriftWatch::Period& period) {
  const std::vector<Micros>& times = all.time(spec.data.time).micros;
  std::vector<std::int64_t> rows;
  for (std::size_t i = 0; i < times.size(); ++i)
    if (times[i] != TimeColumn::kMissingTime && times[i] >= period.begin && times[i] < period.end)
      rows.push_back(static_cast<std::int64_t>(i));
  return all.take(rows);
}

// The two periods of one file.
class Periods {
 public:
  Periods(const Dataset& all, const Spec& spec, const Names& columns, const DriftWatch& watch)
      : reference_(rows_of(all, spec, watch.reference)),
        current_(rows_of(all, spec, watch.current)),
        before_(reference_, {columns, spec.data.features.categorical}),
        now_(current_, {columns, spec.data.features.categorical}),
        unit_(spec.data.unit) {}
  Periods(const Periods&) = delete;
  PeriodPair pair() const {
    if (unit_.none() || reference_.rows() == 0 || current_.rows() == 0) return {before_.view(), now_.view(), {}};
    return {before_.view(), now_.view(), {unit_ids(reference_, unit_), unit_ids(current_, unit_)}};
  }

 private:
  Dataset reference_, current_;
  DriftView before_, now_;
  const UnitSpec& unit_;
};

Micros first_time(const Dataset& log, const Spec& spec) {
  Micros first = std::numeric_limits<Micros>::max();
  for (const Micros time : log.time(spec.data.time).micros)
    if (time != TimeColumn::kMissingTime) first = std::min(first, time);
  if (first == std::numeric_limits<Micros>::max())
    throw DataError(log.source() + ": column '" + spec.data.time + "': expected times, all are missing");
  return first;
}

}  // namespace

DriftWatch served_drift(const Execution& execution, const Spec& spec, std::optional<Micros> since, Micros at) {
  const MonitorSpec& monitor = *spec.monitor;
  const Names features = compared_features(spec);
  const bool logged = has_all(execution, monitor.predictions, features);
  Names from_log = {monitor.score};
  if (logged) add_new(from_log, features);
  const Dataset log = read_columns(execution, spec, monitor.predictions, from_log);
  DriftWatch watch = drift_periods(monitor, since ? *since : first_time(log, spec), at);
  if (!watch.reason.empty()) return watch;

  const Periods served(log, spec, from_log, watch);
  std::vector<PeriodPair> pairs = {served.pair()};
  std::optional<Periods> source;
  if (!logged) {
    source.emplace(read_columns(execution, spec, spec.data.source, features), spec, features, watch);
    pairs.push_back(source->pair());
  }
  watch_drift(execution, pairs, *monitor.trigger.drift, spec.compute.seed, watch);
  return watch;
}

}  // namespace bakeoff
