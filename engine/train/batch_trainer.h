// All candidates of a bake-off trained at once: the raw matrix is read once a pass for all of them.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "core/execution.h"
#include "design/design.h"
#include "train/families/catalog.h"
#include "train/trained_batch.h"

namespace bakeoff {

// Rows and what they mean. Nothing is copied; all of it must live as long as train() runs.
struct TrainingInput {
  const RawDesign* design = nullptr;
  const std::vector<double>* labels = nullptr;  // one a row of the design; 0 or 1 for binary, class numbers
  Task task = Task::binary;
  std::vector<std::string> classes;  // names, of task multiclass
  std::string zone = "UTC";          // of time parts: the models carry it
  // Training rows of the longest window, kAllHistory: [begin, end). A candidate's window ends at `end` too and begins
  // at the first row with a time of at least cutoff - window.
  Index begin = 0, end = 0;
  const std::vector<Micros>* times = nullptr;  // one a row, ascending; null: all windows are all history
  Micros cutoff = 0;                           // the time that windows are counted back from
  std::map<std::string, std::vector<std::string>> feature_sets;  // by name; the empty name is all features
  // One fold id a row, from 0 on: each candidate is trained once more for each fold, without it. Null: no folds.
  const std::vector<std::int32_t>* folds = nullptr;
  CheckpointSection memory;  // of these rows, folds and labels: what was found out before is not computed again
};

// SpecError: an unknown family or parameter (names the nearest), a value out of its range, a family of another task, an
// unknown feature set, windows without times. DataError: a label that is not 0 or 1 (names the row) in a binary task.
TrainedBatch train(const Execution& execution, const TrainingInput& input, const CandidateSet& candidates,
                   const TrainProgress& progress = {});

// M x outputs x N scores of rows [begin, end) of the design, candidates in the batch's order, outputs one or (task
// multiclass) one a class; NaN for those without a model. From the raw matrix in float32: within 1e-6 of predict().
std::vector<float> batch_scores(const Execution& execution, const RawDesign& design, const TrainedBatch& batch,
                                Index begin, Index end);
// The same, each row scored by the model that left its fold out. `folds`: one a row of the design. SpecError if the
// batch was not cross-validated.
std::vector<float> out_of_fold_scores(const Execution& execution, const RawDesign& design, const TrainedBatch& batch,
                                      const std::vector<std::int32_t>& folds, Index begin, Index end);

}  // namespace bakeoff
