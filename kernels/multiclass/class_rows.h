// What the metrics of many classes need of a row: which class was predicted, how far up the true one stood, and its
// probability. The scores are read once.
#pragma once
#include "kernels/execute_tbb.h"
#include "kernels/launch.h"
#include "kernels/metrics/coded_rows.h"

namespace bakeoff::kernels {

// One candidate's scores of every class. T is float or double; finite.
template <class T>
struct ClassScores {
  TensorView<const T, 2> scores;        // N x C, any strides
  const std::int32_t* label = nullptr;  // N, in [0, C)

  BAKEOFF_HD Index rows() const { return scores.extent(0); }
  BAKEOFF_HD int classes() const { return static_cast<int>(scores.extent(1)); }
};

// Any of them may be nullptr.
template <class T>
struct ClassRowsOut {
  std::int16_t* predicted = nullptr;  // N: the class of the highest score, the first of equals (NumPy's argmax)
  std::int16_t* outcome = nullptr;    // N: the label where it was predicted, else C + label
  std::int32_t* above = nullptr;  // N: classes that stand before the true one; of equals the higher number comes first
  T* probability = nullptr;       // N: the score of the true class
  double* squared = nullptr;      // N: sum over classes of (score - (class == label))^2
};

/// One row. The tie rules are scikit-learn's: argmax takes the first, top_k_accuracy_score the last.
template <class T>
BAKEOFF_HD BAKEOFF_INLINE void class_row(const ClassScores<T>& in, Index row, const ClassRowsOut<T>& out) {
  const std::int32_t label = in.label[row];
  const T truth = in.scores(row, label);
  T best = in.scores(row, 0);
  std::int32_t predicted = 0, above = 0;
  double squared = 0;
  for (std::int32_t c = 0; c < in.classes(); ++c) {
    const T score = in.scores(row, c);
    if (score > best) {
      best = score;
      predicted = c;
    }
    above += score > truth || (score == truth && c > label);
    const double error = static_cast<double>(score) - (c == label ? 1.0 : 0.0);
    squared += error * error;
  }
  if (out.predicted) out.predicted[row] = static_cast<std::int16_t>(predicted);
  if (out.outcome) out.outcome[row] = static_cast<std::int16_t>(predicted == label ? label : in.classes() + label);
  if (out.above) out.above[row] = above;
  if (out.probability) out.probability[row] = truth;
  if (out.squared) out.squared[row] = squared;
}

inline constexpr int kMaxClasses = kMaxCodes / 2;

/// All rows; 1 to kMaxClasses classes. On the GPU all pointers are the device's.
template <class T>
void class_rows(const Workers& workers, const ClassScores<T>& in, const ClassRowsOut<T>& out);
template <class T>
void class_rows(Stream stream, const ClassScores<T>& in, const ClassRowsOut<T>& out);

}  // namespace bakeoff::kernels
