#pragma once
#include "kernels/metrics/metric.h"

namespace bakeoff::kernels {

inline constexpr Metric kEceMass{
    .name = "ece_mass",
    .task = Task::binary,
    .direction = Direction::minimize,
    .kind = MetricKind::calibration,
    .definition =
        "sum over bins of |sum w (p - y)| / sum w over bins of equally many rows, tied scores "
        "kept together (adaptive ECE)",
    .source =
        "Nguyen, O'Connor, Posterior calibration and exploratory analysis for NLP models, EMNLP "
        "2015",
    .edges =
        "Replicates keep the bins of the sample. Biased upwards, the more bins the more: "
        "reliability() gives the noise floor.",
    .parameter = {"bins", 15, "a whole number from 1 to 10000",
                  [](double x) { return x >= 1 && x <= 10000 && x == static_cast<int>(x); }},
    .domain = [](double) -> Domain {
      return {Range::any, Range::probability};
    },
    .terms = TermSet(Term::error),
    .binning = Binning::equal_mass,
    .bin_summary = BinSummary::mean,
};

}  // namespace bakeoff::kernels
