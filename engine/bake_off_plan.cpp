#include <algorithm>

#include "bake_off.h"
#include "core/error.h"
#include "core/hash.h"
#include "core/text.h"
#include "kernels/isa.h"
#include "version.h"

namespace bakeoff {
namespace {

bool known_configuration(const Spec& spec, const Candidate& candidate) {
  const bool features = candidate.feature_set.empty() ? spec.candidates.feature_sets.empty()
                                                      : spec.candidates.feature_sets.contains(candidate.feature_set);
  return features && std::any_of(spec.candidates.families.begin(), spec.candidates.families.end(),
                                 [&](const FamilySpec& f) { return f.name == candidate.family; });
}

bool same(const Candidate& a, const Candidate& b) {
  return a.family == b.family && a.parameters == b.parameters && a.window == b.window && a.feature_set == b.feature_set;
}

// A class that no training row has can't be learnt, and a challenger without it would be judged on rows of it.
void require_classes(const RunTable& table, const RowRange& train) {
  std::vector<bool> seen(table.classes.size());
  for (std::int64_t i = train.begin; i < train.end && !seen.empty(); ++i)
    seen[static_cast<std::size_t>(table.labels[i])] = true;
  const auto unseen = std::find(seen.begin(), seen.end(), false);
  if (unseen != seen.end())
    throw DataError(table.data.source() + ": no training row has the class '" +
                    printable(table.classes[unseen - seen.begin()]) +
                    "', which later rows have; take a longer training period, or leave its rows out");
}

}  // namespace

// The configuration of today's champion always enters, if this spec can train it.
void add_champion(const Spec& spec, const Champion& champion, CandidateSet& candidates) {
  const std::optional<Candidate> configuration = champion.configuration();
  if (!configuration || !known_configuration(spec, *configuration)) return;
  const auto found =
      std::find_if(candidates.begin(), candidates.end(), [&](const Candidate& c) { return same(c, *configuration); });
  if (found == candidates.end())
    candidates.push_back(*configuration);
  else
    found->champion_configuration = true;
}

TaskRows task_rows(const Spec& spec, const RunTable& table, const RowRange& rows, const float* scores,
                   std::size_t candidates) {
  TaskRows out;
  out.task = spec.data.task;
  out.outputs = std::max(1, static_cast<int>(table.classes.size()));
  out.scores = scores;
  out.candidates = static_cast<Index>(candidates);
  out.rows = rows.size();
  out.labels = table.labels.data() + rows.begin;
  // Without units the row is one: its index in the data, so that the replicates don't depend on where the rows begin.
  if (!table.units.empty()) out.units = table.units.data() + rows.begin;
  return out;
}

Plan make_plan(const Spec& spec, const RunTable& table, const Champion& champion) {
  task_metric_direction(spec.data.task, spec.objective);  // known before anything is trained for it
  Plan plan;
  plan.candidates = make_candidates(spec.candidates, spec.compute.seed);
  add_champion(spec, champion, plan.candidates);
  plan.cross_validated = !spec.split.at.has_value();
  if (plan.cross_validated) {
    plan.folds = fold_ids(table, spec.split, spec.compute.seed);
    plan.train = {0, static_cast<std::int64_t>(table.labels.size())};
  } else {
    if (table.times.empty()) throw SpecError("split.at needs data.time, the column that says when a row happened");
    plan.periods = split_periods(table, spec);
    plan.train = plan.periods.train;
  }
  require_classes(table, plan.train);
  return plan;
}

Checkpoint::Options checkpoint_options(const Execution& execution, const Spec& spec, const RunFolder& folder,
                                       const RunTable& table) {
  // Sums of the training passes differ in their last bits between the device and the CPU's instruction sets.
  const std::string unit =
      execution.device() == Device::cuda ? "cuda" : "cpu " + std::to_string(static_cast<int>(kernels::best_isa()));
  const std::string identity =
      Fingerprint().add(content_hash(spec)).add(table.hash).add(kVersion).add(kCompiler).add(unit).text();
  return {folder.path("checkpoints"), identity, spec.checkpoint.every};
}

TrainingInput training_input(const Spec& spec, const RunTable& table, const RawDesign& design, const Plan& plan,
                             CheckpointSection memory) {
  TrainingInput input;
  input.design = &design;
  input.labels = &table.labels;
  input.task = spec.data.task;
  input.classes = table.classes;
  input.zone = spec.data.unit.zone;
  input.begin = plan.train.begin;
  input.end = plan.train.end;
  if (!table.times.empty()) {
    input.times = &table.times;
    input.cutoff = plan.cross_validated ? table.times.back() + 1 : plan.periods.trained_until;
  }
  input.feature_sets = spec.candidates.feature_sets;
  if (plan.cross_validated) input.folds = &plan.folds;
  input.memory = std::move(memory);
  return input;
}

}  // namespace bakeoff
