// Scores of many classes, with ties, and the answers by the definitions.
#pragma once
#include <algorithm>
#include <random>
#include <vector>

#include "kernels/multiclass/class_rows.h"

namespace bakeoff::kernels {

struct ClassCase {
  Index rows;
  int classes;
  std::vector<float> scores;  // N x C
  std::vector<std::int32_t> labels;
  ClassScores<float> view() const { return {matrix_view(scores.data(), rows, classes), labels.data()}; }
};

inline ClassCase make_classes(Index rows, int classes, unsigned seed = 5) {
  std::mt19937_64 random(seed);
  ClassCase out{rows, classes, {}, {}};
  for (Index i = 0; i < rows * classes; ++i) out.scores.push_back(static_cast<float>(random() % 4) / 4);
  for (Index i = 0; i < rows; ++i) out.labels.push_back(static_cast<std::int32_t>(random() % classes));
  return out;
}

struct ClassAnswer {
  std::vector<std::int16_t> predicted, outcome;
  std::vector<std::int32_t> above;
  std::vector<float> probability;
  std::vector<double> squared;

  explicit ClassAnswer(Index rows)
      : predicted(rows, -9), outcome(rows, -9), above(rows, -9), probability(rows, -9), squared(rows, -9) {}
  ClassRowsOut<float> out() {
    return {predicted.data(), outcome.data(), above.data(), probability.data(), squared.data()};
  }
  bool operator==(const ClassAnswer&) const = default;
};

inline ClassAnswer class_oracle(const ClassCase& c) {
  ClassAnswer out(c.rows);
  for (Index i = 0; i < c.rows; ++i) {
    const float* const s = c.scores.data() + i * c.classes;
    const int label = c.labels[i];
    std::vector<int> order(c.classes);
    for (int k = 0; k < c.classes; ++k) order[k] = k;
    std::stable_sort(order.begin(), order.end(), [&](int a, int b) { return s[a] < s[b]; });
    std::reverse(order.begin(), order.end());
    out.above[i] = static_cast<std::int32_t>(std::find(order.begin(), order.end(), label) - order.begin());
    out.predicted[i] = static_cast<std::int16_t>(std::max_element(s, s + c.classes) - s);
    out.outcome[i] = static_cast<std::int16_t>(out.predicted[i] == label ? label : c.classes + label);
    out.probability[i] = s[label];
    out.squared[i] = 0;
    for (int k = 0; k < c.classes; ++k) out.squared[i] += (s[k] - (k == label)) * double(s[k] - (k == label));
  }
  return out;
}

}  // namespace bakeoff::kernels
