// A whole spec to change one thing in.
#pragma once
#include <string>

#include "core/error.h"
#include "spec/spec.h"

namespace bakeoff {

inline const std::string kSpecText = R"(apiVersion: bakeoff/v1
kind: Bakeoff
metadata: {name: flights-late}
data:
  source: data/flights.parquet
  target: late
  task: binary
  time: time_hour
  unit: {time: time_hour, every: 1d, zone: America/New_York}
  label_delay: 1d
  features:
    numeric: [temp, distance]
    categorical: [origin, carrier, time_hour.hour, time_hour.weekday]
monitor:
  predictions: data/log.parquet
  window: 28d
  trigger: {drop: 0.02, patience: 2, cooldown: 28d}
split: {at: 2013-07-01, select: 14d, holdout: 14d}
candidates:
  count: 256
  strategy: sobol
  windows: [60d, 90d, all]
  feature_sets: {all: [temp, distance, origin, carrier], schedule: [origin, time_hour.hour]}
  families:
    logistic: {l2: {log: [1e-6, 10]}}
objective: {metric: roc_auc}
gate: {slices: [origin], floor: 0.6}
registry: {store: build/bakeoff.db}
)";

inline Spec parse(const std::string& text, const Overrides& overrides = {}) {
  return parse_spec(text, "flights.yaml", overrides);
}
inline Spec parse_with(const std::string& path, const std::string& value) { return parse(kSpecText, {{path, value}}); }

// The text of the SpecError that f throws.
template <class F>
std::string spec_error(const F& f) {
  try {
    f();
  } catch (const SpecError& error) {
    return error.what();
  }
  return "accepted";
}

}  // namespace bakeoff
