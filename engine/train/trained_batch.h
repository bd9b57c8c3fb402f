// What training gives: every candidate with its model, its state and its cost.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "candidates/candidate.h"
#include "train/model.h"

namespace bakeoff {

enum class FitStatus : std::uint8_t { converged, iteration_limit, diverged, not_run };  // not_run: beyond the budget

struct TrainedCandidate {
  Candidate candidate;
  FitStatus status = FitStatus::converged;  // a diverged candidate has no model; the batch goes on
  std::string reason;                       // why it diverged or stopped
  int iterations = 0;
  double objective = kNaN;  // of the family's definition in CONTRACT, on its training rows
  std::int64_t training_rows = 0;
  double seconds = 0;     // its share of the measured time of the batch
  double peak_bytes = 0;  // its share of the process's measured peak while its batch trained
  std::shared_ptr<const Model> model;
  // For scores of the whole batch at once (batch_trainer.h): parameters of the raw columns, empty if it diverged; and
  // of the model that left fold f out, one a fold if the batch was cross-validated.
  std::vector<float> theta;
  std::vector<std::vector<float>> fold_theta;
};

struct TrainedBatch {
  std::vector<TrainedCandidate> candidates;  // in the order of the CandidateSet
  double seconds = 0;                        // measured
  int outputs = 1;                           // scores of a row; theta has its parameters output by output
  std::int64_t peak_bytes = 0;               // measured: the process's, rows and all
  int not_run = 0;                           // candidates, and why
  std::string why_not_run;
};

}  // namespace bakeoff
