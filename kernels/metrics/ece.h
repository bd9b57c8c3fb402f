#pragma once
#include "kernels/metrics/calibration_metric.h"

namespace bakeoff::kernels {

inline constexpr Metric kEce{
    calibration_metric("ece",
                       "sum over bins of |sum w (p - y)| / sum w: expected calibration error over equally wide "
                       "bins ((k - 1)/K, k/K], 0 in the first",
                       "Naeini, Cooper, Hauskrecht, Obtaining well calibrated probabilities using Bayesian "
                       "binning, AAAI 2015",
                       Binning::equal_width, BinSummary::mean)};

}  // namespace bakeoff::kernels
