// Whether an export says what the model says, by an independent judge.
#pragma once
#include <string>

#include "core/execution.h"
#include "ingest/dataset.h"
#include "train/model.h"

namespace bakeoff {

struct ParityProof {
  static constexpr double kTolerance = 1e-5;
  bool proved = false;
  // The largest |exported - model| / max(1, |model|) over the rows: absolute for probabilities, relative for large
  // predictions, where a float32 has no more digits. NaN if nothing was compared, infinity if one side is not finite.
  double max_difference = kNaN;
  std::int64_t rows = 0;
  std::string judge;   // "onnxruntime 1.32.0"; empty if none was found
  std::string reason;  // "parity not proved: ..."; empty if it was
};

// Runs model.onnx in `folder` on the rows of `data`, compares with model.predict(), and writes parity.json there (with
// the SHA-256 of the file it judged). What keeps the proof from being made (no interpreter, no file, no rows, a judge
// that refuses) is in `reason`; only what says nothing about the export is thrown: RetryableError, Interrupted.
ParityProof prove_parity(const Execution& execution, const Model& model, const std::string& folder,
                         const Dataset& data);

}  // namespace bakeoff
