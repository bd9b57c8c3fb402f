// Predicted against observed frequencies, in bins of the scores.
#pragma once
#include <cstdint>
#include <vector>

#include "evaluate/evaluate.h"
#include "kernels/metrics/metric.h"

namespace bakeoff {

using kernels::Binning;

// K + 1 ends of K bins: bin k holds the scores in (edges[k], edges[k + 1]], the first one edges[0], too. Equal width:
// k * (1 / K). Equal mass: the quantiles k / K of the scores, linear between neighbours; bins between equal quantiles
// stay empty. Both as scikit-learn's calibration_curve has them (strategy "uniform" and "quantile").
template <class T>
std::vector<double> bin_edges(const Execution& execution, kernels::TensorView<const T, 1> scores, int bins,
                              Binning binning);
// The bin of each score.
template <class T>
std::vector<std::int32_t> bins_of(const Execution& execution, kernels::TensorView<const T, 1> scores,
                                  const std::vector<double>& edges);

// One row a bin. Empty bins have NaN means.
struct Reliability {
  std::vector<double> low, high;    // ends of the bin
  std::vector<std::int64_t> count;  // rows
  std::vector<double> weight;       // their weights' sum
  std::vector<double> predicted;    // weighted mean score
  std::vector<double> observed;     // weighted share of positives
  double ece = kNaN, mce = kNaN;    // as the metrics of the catalog have them
  // The ece to expect of a perfectly calibrated model with these scores: in each bin sum w (y - p) is then nearly
  // normal with variance V = sum w^2 p (1 - p), so its mean size is sqrt(2 V / pi).
  double noise_floor = kNaN;
};

// Of one candidate; SpecError for bins outside 1 ... 10000, DataError for scores that are no probabilities.
Reliability reliability(const Execution& execution, const EvaluateInput& input, std::int64_t candidate, int bins,
                        Binning binning);

}  // namespace bakeoff
