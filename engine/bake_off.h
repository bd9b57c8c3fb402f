// The stations of run_bakeoff, in its order.
#pragma once
#include <chrono>
#include <string>
#include <vector>

#include "budget.h"
#include "champion.h"
#include "core/checkpoint.h"
#include "design/design.h"
#include "evaluate/task_evaluate.h"
#include "pipeline.h"
#include "run_folder.h"
#include "run_table.h"
#include "train/batch_trainer.h"

namespace bakeoff {

class Stopwatch {
 public:
  double seconds() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count(); }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

// What is tried on which rows. With split.at the candidates are chosen on `periods.select` and judged on its holdout;
// with split.folds they are chosen by cross-validation over all rows, and there is no holdout.
struct Plan {
  CandidateSet candidates;
  bool cross_validated = false;
  Periods periods;
  std::vector<std::int32_t> folds;  // one a row if cross-validated
  RowRange train;
  std::string cut_short;  // why a search in rungs ended before its last one, if it did
};
Plan make_plan(const Spec& spec, const RunTable& table, const Champion& champion);
// The configuration of today's champion, if this spec can train it and it is not among the candidates.
void add_champion(const Spec& spec, const Champion& champion, CandidateSet& candidates);
// With a strategy in rungs: fits its candidates on growing shares of the training units and leaves in the plan those of
// the last rung, which compete on all of them, and the champion's configuration. Where the budget ends it earlier, the
// best of the rung that was fitted last compete. Other plans stay as they are.
void halve_candidates(const Execution& execution, const Spec& spec, const RunTable& table, const RawDesign& design,
                      const Champion& champion, Plan& plan, Budget& budget, Checkpoint& checkpoint, EventSink& events);
// In the run folder; of this spec, these data, this program and the processor that it runs on.
Checkpoint::Options checkpoint_options(const Execution& execution, const Spec& spec, const RunFolder& folder,
                                       const RunTable& table);
// Borrows from all of them.
TrainingInput training_input(const Spec& spec, const RunTable& table, const RawDesign& design, const Plan& plan,
                             CheckpointSection memory);

// All candidates in one batch; where the time is limited, batch after batch until the budget doesn't allow the next.
// The champion's configuration is in the first, which always is trained.
TrainedBatch train_candidates(const Execution& execution, const Spec& spec, const RunTable& table,
                              const RawDesign& design, const Plan& plan, Budget& budget, Checkpoint& checkpoint,
                              EventSink& events);

// M x outputs x N `scores` of a batch's candidates, or of some of them, on rows of the table.
TaskRows task_rows(const Spec& spec, const RunTable& table, const RowRange& rows, const float* scores,
                   std::size_t candidates);

struct Selection {
  Scoreboard board;                   // all candidates; NaN for those that diverged
  std::vector<std::int64_t> ranking;  // indices of candidates, best first; diverged ones last
  std::int64_t best = -1;
  double value = kNaN;  // of the objective
  std::string label;
};
// DataError if no candidate could be trained.
Selection select_best(const Execution& execution, const Spec& spec, const RunTable& table, const RawDesign& design,
                      const TrainedBatch& batch, const Plan& plan);

struct Exported {
  bool proved = false;
  std::string reason;  // if not
};
// The model folder, with the proof of its parity on the holdout.
Exported export_best(const Execution& execution, const Spec& spec, const RunTable& table, const Model& model,
                     const Plan& plan, const std::string& folder);

// The chosen one meets the champion on the holdout; holdout.parquet keeps what was read. Without a holdout: none.
Verdict judge(const Execution& execution, const Spec& spec, const RunTable& table, const Champion& champion,
              const Model& challenger, const std::string& label, const Plan& plan, const std::string& folder);

// Nothing is promoted whose export was not proved to say what the model says.
void require_proof(const Exported& exported, Verdict& verdict);

// A decision among fewer candidates than were asked for says so.
void tell_budget(const Plan& plan, const TrainedBatch& batch, Verdict& verdict);

// decision.json, metrics.prom.
void write_decision(const Spec& spec, const RunFolder& folder, const Champion& champion, const TrainedBatch& batch,
                    const Selection& selection, const Plan& plan, const Verdict& verdict, const Budget& budget);

// Of a published folder: registers its model and, if that was the verdict, promotes it, once, whatever was interrupted
// before. Throws PromotionConflict (after the verdict was set to none) if the champion is not the one it was judged
// against.
RunResult finish_promotion(const Spec& spec, const RunFolder& folder, EventSink& events);

}  // namespace bakeoff
