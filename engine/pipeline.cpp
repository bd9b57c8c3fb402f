// The whole way of a bake-off on one screen. Each stage is a library of its own; none calls back.
#include "pipeline.h"

#include "bake_off.h"
#include "core/file.h"
#include "result_files.h"

namespace bakeoff {

RunResult run_bakeoff(const Execution& execution, const Spec& spec, const RunOptions& options, EventSink& events) {
  RunFolder folder(options.out, options.run_id, spec.name);
  const Stopwatch clock;
  // What was decided stays decided, whoever is champion now.
  const Champion champion = folder.finished() ? Champion{} : find_champion(spec);
  const RunTable table = read_run_table(execution, spec, champion.columns());
  folder.claim({content_hash(spec), table.hash});
  if (folder.finished()) return finish_promotion(spec, folder, events);  // nothing to do, or only to promote

  events.open(folder.path("events.jsonl"));
  events.emit("started", {{"run_id", folder.id()}, {"spec", spec.name}, {"rows", table.labels.size()}});
  write_file(folder.path("spec.yaml"), spec.text);
  write_file(folder.path("provenance.json"), json_pretty(provenance(execution, spec, table)));

  Checkpoint checkpoint(checkpoint_options(execution, spec, folder, table), events);
  Budget budget(spec.budget, checkpoint, clock.seconds());
  Plan plan = make_plan(spec, table, champion);
  const RawDesign design =
      make_raw_design(execution, table.data, spec.data.features, spec.data.unit.zone, plan.train.end);
  halve_candidates(execution, spec, table, design, champion, plan, budget, checkpoint, events);
  const TrainedBatch batch = train_candidates(execution, spec, table, design, plan, budget, checkpoint, events);
  events.emit("trained", {{"candidates", batch.candidates.size() - batch.not_run}, {"seconds", batch.seconds}});
  execution.check_stop();

  const Selection selection = select_best(execution, spec, table, design, batch, plan);
  write_leaderboard(folder.aside(), batch, selection.board, selection.ranking);
  events.emit("selected", {{"candidate", selection.label}, {"value", selection.value}});
  const Model& challenger = *batch.candidates[static_cast<std::size_t>(selection.best)].model;

  const Exported exported = export_best(execution, spec, table, challenger, plan, folder.path("model"));
  Verdict verdict = judge(execution, spec, table, champion, challenger, selection.label, plan, folder.aside());
  require_proof(exported, verdict);
  tell_budget(plan, batch, verdict);
  write_decision(spec, folder, champion, batch, selection, plan, verdict, budget);
  events.emit("decided", {{"verdict", name(verdict.outcome)}, {"reasons", verdict.reasons}});
  checkpoint.close();
  folder.publish();
  return finish_promotion(spec, folder, events);
}

}  // namespace bakeoff
