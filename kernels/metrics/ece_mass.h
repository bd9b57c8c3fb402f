#pragma once
#include "kernels/metrics/calibration_metric.h"

namespace bakeoff::kernels {

inline constexpr Metric kEceMass{
    calibration_metric("ece_mass",
                       "sum over bins of |sum w (p - y)| / sum w over bins of equally many rows, tied scores "
                       "kept together (adaptive ECE)",
                       "Nguyen, O'Connor, Posterior calibration and exploratory analysis for NLP models, EMNLP "
                       "2015",
                       Binning::equal_mass, BinSummary::mean)};

}  // namespace bakeoff::kernels
