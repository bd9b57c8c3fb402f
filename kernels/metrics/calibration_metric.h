// What ece, ece_mass and mce share.
#pragma once
#include "kernels/metrics/metric.h"

namespace bakeoff::kernels {

constexpr Metric calibration_metric(const char* name, const char* definition, const char* source, Binning binning,
                                    BinSummary bin_summary) {
  return {
      .name = name,
      .task = Task::binary,
      .direction = Direction::minimize,
      .kind = MetricKind::calibration,
      .definition = definition,
      .source = source,
      .edges =
          "Replicates keep the bins of the sample. Biased upwards, the more bins the more: "
          "reliability() gives the noise floor.",
      .parameter = {"bins", 15, "a whole number from 1 to 10000",
                    [](double x) { return x >= 1 && x <= 10000 && x == static_cast<int>(x); }},
      .domain = [](double) -> Domain {
        return {Range::any, Range::probability};
      },
      .terms = TermSet(Term::error),
      .binning = binning,
      .bin_summary = bin_summary,
  };
}

}  // namespace bakeoff::kernels
