#pragma once
#include "kernels/metrics/metric.h"

namespace bakeoff::kernels {

inline constexpr Metric kMce{
    .name = "mce",
    .task = Task::binary,
    .direction = Direction::minimize,
    .kind = MetricKind::calibration,
    .definition =
        "max over bins of |sum w (p - y)| / (sum w of the bin): maximum calibration error over "
        "the bins of ece",
    .source = "Naeini, Cooper, Hauskrecht, AAAI 2015",
    .edges =
        "Replicates keep the bins of the sample. Biased upwards, the more bins the more: "
        "reliability() gives the noise floor.",
    .parameter = {"bins", 15, "a whole number from 1 to 10000",
                  [](double x) { return x >= 1 && x <= 10000 && x == static_cast<int>(x); }},
    .domain = [](double) -> Domain {
      return {Range::any, Range::probability};
    },
    .terms = TermSet(Term::error),
    .binning = Binning::equal_width,
    .bin_summary = BinSummary::largest,
};

}  // namespace bakeoff::kernels
