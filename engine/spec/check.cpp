#include "spec/check.h"

#include <algorithm>
#include <cmath>

#include "core/text.h"
#include "spec/vocabulary.h"

namespace bakeoff::spec_reading {
namespace {

using Names = std::vector<std::string>;

bool contains(const Names& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

Names all_features(const FeatureSpec& features) {
  Names all = features.numeric;
  all.insert(all.end(), features.categorical.begin(), features.categorical.end());
  all.insert(all.end(), features.time_parts.begin(), features.time_parts.end());
  return all;
}

// "time_hour.hour" -> "time_hour" if that is a time column of the spec, else "".
std::string time_column_of(const DataSpec& data, const std::string& name) {
  const std::size_t dot = name.rfind('.');
  if (dot == std::string::npos || dot == 0) return "";
  const std::string column = name.substr(0, dot);
  return column == data.time || column == data.unit.time ? column : "";
}

class Rules {
 public:
  Rules(const Spec& spec, const Node& tree) : spec_(spec), tree_(tree) {}

  Names broken() {
    unit();
    features();
    split();
    monitor();
    candidates();
    gate();
    budget();
    return std::move(broken_);
  }

 private:
  void breaks(const std::string& path, const std::string& text) {
    broken_.push_back(at_or_above(tree_, path).place + ": " + path + ": " + text);
  }

  void unit() {
    const UnitSpec& unit = spec_.data.unit;
    if (!unit.column.empty() && !unit.time.empty())
      breaks("data.unit", "expected column or time with every, got both; remove one");
    if (!unit.time.empty() && unit.every == 0)
      breaks("data.unit.every", "expected the period of the units such as 1d, got nothing");
    if (unit.time.empty() && unit.every > 0)
      breaks("data.unit.time", "expected the time column that `every` divides, got nothing");
  }

  void features() {
    const DataSpec& data = spec_.data;
    const Names all = all_features(data.features);
    if (all.empty()) breaks("data.features", "expected at least one numeric or categorical column, got none");
    for (const std::string& name : data.features.categorical)
      if (contains(data.features.numeric, name))
        breaks("data.features.categorical", "'" + printable(name) + "' is numeric, too; remove one");
    for (const std::string& name : data.features.time_parts)
      if (const std::string part = name.substr(name.rfind('.') + 1); !contains(known_time_parts(), part))
        breaks("data.features.categorical",
               "'" + printable(name) + "': expected a part of the time column" + hint(part, known_time_parts()));
    if (contains(all, data.target))
      breaks(contains(data.features.numeric, data.target) ? "data.features.numeric" : "data.features.categorical",
             "the target '" + printable(data.target) + "' is among the features; remove it, it gives the label away");
  }

  void split() {
    const SplitSpec& split = spec_.split;
    if (split.at && split.folds > 0) breaks("split.folds", "expected at or folds, got both; remove one");
    if (!split.at && split.folds == 0)
      breaks(
          "split",
          "expected at (a time: training before it, select and holdout after it) or folds (at least 2), got neither");
    if (split.folds == 1) breaks("split.folds", "expected at least 2 folds, got 1");
    if (split.at && spec_.data.time.empty())
      breaks("data.time", "expected the time column that split.at divides, got nothing");
    if (split.folds > 0 && split.by == "time" && spec_.data.time.empty())
      breaks("data.time", "expected the time column for split.by: time, got nothing");
    if (split.folds > 0 && split.by == "group" && spec_.data.unit.none())
      breaks("data.unit", "expected the unit for split.by: group, got nothing");
  }

  void monitor() {
    if (!spec_.monitor) return;
    if (spec_.data.task == Task::multiclass)
      breaks("monitor", "watches one score a row, but data.task is multiclass; remove it");
    if (spec_.data.time.empty())
      breaks("data.time", "expected the time column that monitor.window divides, got nothing");
    const Micros cooldown = spec_.monitor->trigger.cooldown;
    if (spec_.split.at && cooldown < spec_.split.holdout)
      breaks("monitor.trigger.cooldown",
             "expected at least split.holdout (" + format_period(spec_.split.holdout) + "), got " +
                 format_period(cooldown) +
                 ": a bake-off sooner than that would judge on a holdout that was used before");
  }

  void candidates() {
    const CandidatesSpec& candidates = spec_.candidates;
    const Names all = all_features(spec_.data.features);
    for (const auto& [name, columns] : candidates.feature_sets)
      for (const std::string& column : columns)
        if (!contains(all, column))
          breaks("candidates.feature_sets." + name,
                 "'" + printable(column) + "' is not among data.features" + hint(column, all));
    for (const Micros window : candidates.windows)
      if (window != CandidatesSpec::kAllHistory && !spec_.split.at)
        breaks("candidates.windows",
               "expected split.at with windows: with folds every candidate trains on all rows of its folds");
    for (const FamilySpec& family : candidates.families) {
      const FamilyWords& words = *family_words(family.name);
      const bool fits = std::find(words.tasks.begin(), words.tasks.end(), spec_.data.task) != words.tasks.end();
      if (!fits)
        breaks("candidates.families." + family.name, "is for " + std::string(task_name(words.tasks.front())) +
                                                         ", but data.task is " + task_name(spec_.data.task) +
                                                         hint("", families_for(spec_.data.task)));
      for (const auto& [name, values] : family.parameters)
        if (candidates.strategy == "grid" && std::holds_alternative<Range>(values))
          breaks("candidates.families." + family.name + "." + name,
                 "strategy grid needs a list of values, got a range; list them, or use sobol");
    }
  }

  void gate() {
    const GateSpec& gate = spec_.gate;
    // Fewer, and the ends of the interval are the extreme replicates themselves.
    const double least = std::ceil(2 / (1 - gate.confidence) - 1e-6);
    if (gate.resamples < least)
      breaks("gate.resamples", "expected at least " + shortest(least) + " for confidence " + shortest(gate.confidence) +
                                   ", got " + std::to_string(gate.resamples));
    if (contains(gate.slices, spec_.data.target))
      breaks("gate.slices", "slices of the target have one class each; name another column");
  }

  void budget() {
    if (spec_.budget.cost > 0 && spec_.budget.price_per_hour == 0)
      breaks("budget.price_per_hour", "expected the machine's price, which budget.cost is counted in, got nothing");
  }

  static Names families_for(Task task) {
    Names out;
    for (const FamilyWords& words : known_families())
      if (std::find(words.tasks.begin(), words.tasks.end(), task) != words.tasks.end()) out.push_back(words.name);
    return out;
  }

  const Spec& spec_;
  const Node& tree_;
  Names broken_;
};

}  // namespace

void complete(Spec& spec, const Node& tree) {
  FeatureSpec& features = spec.data.features;
  for (const std::string& name : features.categorical)
    if (!time_column_of(spec.data, name).empty()) features.time_parts.push_back(name);
  std::erase_if(features.categorical,
                [&](const std::string& name) { return !time_column_of(spec.data, name).empty(); });
  if (spec.registry.name.empty()) spec.registry.name = spec.name;
  const std::string path = "monitor.trigger.cooldown";
  const Node& cooldown = at_or_above(tree, path);
  const bool given = cooldown.path == path && cooldown.kind != Node::Kind::null;
  if (spec.monitor && spec.split.at && !given) spec.monitor->trigger.cooldown = spec.split.holdout;
}

std::vector<std::string> broken_rules(const Spec& spec, const Node& tree) { return Rules(spec, tree).broken(); }

}  // namespace bakeoff::spec_reading
