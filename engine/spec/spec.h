// The spec of a bake-off (CONTRACT: `apiVersion: bakeoff/v1`), as data. Defaults stand here and nowhere else.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/types.h"

namespace bakeoff {

struct UnitSpec {            // the unit of resampling: a column, or periods of a time column in a zone
  std::string column;        // its ids are integers or strings
  std::string time;          // a time column
  Micros every = 0;          // 1d: calendar days of `zone`
  std::string zone = "UTC";  // an IANA name
  bool none() const { return column.empty() && time.empty(); }
};
struct FeatureSpec {
  std::vector<std::string> numeric, categorical;
  // Parts of a time column as categoricals: "time_hour.hour", ".weekday", ".month", in the unit's zone.
  std::vector<std::string> time_parts;
};
struct DataSpec {
  std::string source, target, time;
  Task task = Task::binary;
  UnitSpec unit;
  Micros label_delay = 0;
  FeatureSpec features;
};
// A column has drifted if one of these tests is significant at `fdr` over all columns and its effect is at least what
// stands here.
struct DriftTriggerSpec {
  std::map<std::string, double> effects;
  double fdr = 0.05;
};
struct TriggerSpec {
  double drop = 0.02, confidence = 0.95;
  int patience = 1;
  Micros cooldown = 0;
  std::optional<DriftTriggerSpec> drift = {};
};
struct MonitorSpec {
  std::string predictions, score = "score", metric = "roc_auc";
  Micros window = 28 * kDay;
  TriggerSpec trigger;
};
struct SplitSpec {
  std::optional<Micros> at;  // set: select = [at, at + select), holdout after it; training before at - gap
  Micros gap = 0, select = 14 * kDay, holdout = 14 * kDay;
  int folds = 0;              // set instead of `at`: cross-validation, verdict none
  std::string by = "random";  // group | time | random
};
// A parameter of a family: a list of values, or a range on a linear or logarithmic scale.
struct Range {
  enum class Scale : std::uint8_t { linear, log } scale = Scale::linear;
  double low = 0, high = 0;
};
using ParameterSpec = std::variant<std::vector<double>, Range>;
// A parameter counts where another one has one of these values; elsewhere it takes its default.
struct Condition {
  std::string parameter;
  std::vector<double> values;
};
struct FamilySpec {
  std::string name;
  std::map<std::string, ParameterSpec> parameters;
  std::map<std::string, Condition> conditions = {};  // by parameter; the one that decides has none itself
};
struct CandidatesSpec {
  int count = 256;
  std::string strategy = "sobol";                                // grid | random | sobol | halving | hyperband
  double eta = 3;                                                // of halving and hyperband
  std::vector<Micros> windows;                                   // kAllHistory = everything; empty: all history only
  std::map<std::string, std::vector<std::string>> feature_sets;  // a candidate dimension; empty: all features
  std::vector<FamilySpec> families;
  static constexpr Micros kAllHistory = std::numeric_limits<Micros>::max();
};
struct GateSpec {
  std::string baseline = "champion";  // champion | constant
  double min_gain = 0.0, confidence = 0.95;
  int resamples = 2000;
  std::vector<std::string> slices;  // categorical columns
  double max_slice_loss = 0.01;
  std::string slice_rule = "veto";  // or noninferior
  std::optional<double> floor;      // the champion's floor: below it and nobody passes -> fallback
};
struct RegistrySpec {
  std::string store = "bakeoff.db", name;
};
struct BudgetSpec {
  Micros time = 0;  // 0: no limit
  double cost = 0, price_per_hour = 0;
  int candidates = 0;  // trained on all rows; 0: no limit
};
struct CheckpointSpec {
  Micros every = 30 * kSecond;
};
struct ComputeSpec {
  std::string device = "auto", precision = "fp32";
  int threads = 0;
  std::uint64_t seed = 1;
};
struct Spec {
  std::string name;
  DataSpec data;
  std::optional<MonitorSpec> monitor;
  SplitSpec split;
  CandidatesSpec candidates;
  std::string objective = "roc_auc";
  GateSpec gate;
  std::vector<std::string> exports = {"onnx", "safetensors"};
  RegistrySpec registry;
  BudgetSpec budget;
  CheckpointSpec checkpoint;
  ComputeSpec compute;
  std::string text;    // the resolved spec as YAML, overrides applied: what the run folder keeps and the hash covers
  std::string folder;  // relative paths in the spec are relative to the working directory, as the shell's are
};

using Overrides = std::vector<std::pair<std::string, std::string>>;  // {"split.at", "2013-07-01"}
// Reads YAML or JSON, applies overrides, validates. SpecError names file, line and field, what was expected, and for an
// unknown field the nearest known name.
Spec read_spec(const std::string& path, const Overrides& overrides = {});
Spec parse_spec(const std::string& text, const std::string& path, const Overrides& overrides = {});

// "split.at=2013-07-01", the argument of --set; SpecError without a path or a '='.
std::pair<std::string, std::string> parse_override(const std::string& argument);
// SHA-256 of what the answer depends on: the text without checkpoint, compute.device and compute.threads, so that a run
// can be resumed on another machine.
std::string content_hash(const Spec& spec);
// The JSON Schema of a spec (configs/schema.json), made from the table that reads it.
std::string spec_schema();

// Families with their parameters as candidates.families of a spec writes them, YAML or JSON. SpecError as read_spec().
std::vector<FamilySpec> parse_families(const std::string& text, const std::string& path);

// "14d", "10m", "1h", "30s", "2w" -> microseconds; SpecError otherwise.
Micros parse_period(const std::string& text);
// The largest unit that is exact, up to days: "14d", "36h", "90s"; SpecError below a second.
std::string format_period(Micros period);
// "2013-07-01" or "2013-07-01T12:00:00[Z|+02:00]" in `zone` unless it says its own offset -> UTC microseconds.
Micros parse_time(const std::string& text, const std::string& zone = "UTC");
// ISO 8601 in UTC, for people and JSON.
std::string format_time(Micros time);

}  // namespace bakeoff
