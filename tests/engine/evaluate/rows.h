// Small data for the tests of evaluate, and what a plain loop says of it.
#pragma once
#include <cmath>
#include <random>
#include <vector>

#include "evaluate/evaluate.h"

namespace bakeoff::test {

struct Rows {
  std::int64_t candidates = 0;
  std::vector<double> scores, labels, weights, values;  // values: column v
  std::vector<std::int64_t> units, strata;
  std::vector<Slice> slices;

  std::int64_t rows() const { return static_cast<std::int64_t>(labels.size()); }
  EvaluateInput input() const {
    EvaluateInput in;
    in.scores = kernels::matrix_view(scores.data(), candidates, rows());
    in.labels = labels.data();
    if (!weights.empty()) in.weights = weights.data();
    if (!units.empty()) in.units = units.data();
    if (!strata.empty()) in.strata = strata.data();
    in.slices = slices;
    if (!values.empty()) in.values = {{"v", values.data()}};
    return in;
  }
  // A copy of some rows; a row without a unit keeps its number as one.
  Rows only(const std::vector<std::int64_t>& kept) const {
    Rows out;
    out.candidates = candidates;
    for (std::int64_t m = 0; m < candidates; ++m)
      for (const std::int64_t row : kept) out.scores.push_back(scores[m * rows() + row]);
    for (const std::int64_t row : kept) {
      out.labels.push_back(labels[row]);
      out.units.push_back(units.empty() ? row : units[row]);
      if (!weights.empty()) out.weights.push_back(weights[row]);
      if (!values.empty()) out.values.push_back(values[row]);
    }
    return out;
  }
};

// Scores on a grid of 50 values, so that many are tied; better for later candidates.
inline Rows random_rows(std::int64_t candidates, std::int64_t rows, std::uint64_t seed, double share = .4) {
  std::mt19937_64 random(seed);
  const auto uniform = [&] { return static_cast<double>(random() >> 11) * 0x1p-53; };
  Rows out;
  out.candidates = candidates;
  for (std::int64_t i = 0; i < rows; ++i) out.labels.push_back(uniform() < share);
  for (std::int64_t m = 0; m < candidates; ++m)
    for (std::int64_t i = 0; i < rows; ++i)
      out.scores.push_back(
          std::round(50 * (.8 * uniform() + std::min(.2, .05 + .03 * static_cast<double>(m)) * out.labels[i])) / 50);
  return out;
}

inline double auc_of(const Rows& rows, std::int64_t candidate, const std::vector<double>& weight) {
  double above = 0, pairs = 0;
  for (std::int64_t i = 0; i < rows.rows(); ++i)
    for (std::int64_t j = 0; rows.labels[i] == 1 && j < rows.rows(); ++j) {
      if (rows.labels[j] == 1) continue;
      const double a = rows.scores[candidate * rows.rows() + i], b = rows.scores[candidate * rows.rows() + j];
      above += weight[i] * weight[j] * (a > b ? 1 : a == b ? .5 : 0);
      pairs += weight[i] * weight[j];
    }
  return above / pairs;
}

}  // namespace bakeoff::test
