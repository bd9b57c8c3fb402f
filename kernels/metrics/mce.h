#pragma once
#include "kernels/metrics/calibration_metric.h"

namespace bakeoff::kernels {

inline constexpr Metric kMce{
    calibration_metric("mce",
                       "max over bins of |sum w (p - y)| / (sum w of the bin): maximum calibration error over "
                       "the bins of ece",
                       "Naeini, Cooper, Hauskrecht, AAAI 2015", Binning::equal_width, BinSummary::largest)};

}  // namespace bakeoff::kernels
