// ONNX Runtime, reached through a Python process (`python -m bakeoff.onnx`): its wheel brings the library without C
// headers.
#pragma once
#include <string>
#include <vector>

#include "core/execution.h"
#include "ingest/dataset.h"
#include "train/model.h"

namespace bakeoff {

struct OnnxScores {
  std::vector<float> scores;  // one a row, or row by row `outputs`
  std::string judge;          // "onnxruntime 1.32.0"
};

// The Python that has onnxruntime and bakeoff: $BAKEOFF_PYTHON if it is set (and no other), the `python` beside this
// program, `python3` in PATH; looked for once for each value of BAKEOFF_PYTHON.
struct OnnxInterpreter {
  std::string path;    // empty if there is none
  std::string reason;  // then why, and what to do
};
OnnxInterpreter find_onnx_interpreter(const Execution& execution);

inline constexpr double kOnnxSeconds = 600;  // after which the process is stopped

// Scores of a model file that Bakeoff need not have written. Columns are fed by the names of its inputs (float, double,
// int32, int64, string, bool); a model with one input of several columns is fed `columns`, in that order. The score is
// the output "score", which has `outputs` columns, or the second class of the probabilities (tensor or map). DataError
// if model and data don't fit; SpecError if no interpreter is found; RetryableError if the process fails.
OnnxScores predict_onnx(const Execution& execution, const std::string& file, const Dataset& data,
                        const std::vector<std::string>& columns = {}, double seconds = kOnnxSeconds, int outputs = 1);

// What the exported graph of `model` reads from `data`: numbers as they are, categorical features as text, times.
Dataset onnx_inputs(const LinearModel& model, const Dataset& data);

}  // namespace bakeoff
