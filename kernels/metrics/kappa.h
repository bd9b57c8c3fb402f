#pragma once
#include "kernels/metrics/metric.h"

namespace bakeoff::kernels {

inline constexpr Metric kKappa{
    .name = "kappa",
    .task = Task::binary,
    .direction = Direction::maximize,
    .definition =
        "Cohen's kappa: 1 - W (fp + fn) / ((tp + fp) (fp + tn) + (tp + fn) (fn + tn)), agreement "
        "beyond what the shares of the classes give by chance",
    .source = "scikit-learn cohen_kappa_score",
    .edges =
        "All labels and all predictions the same class is 0/0, NaN in scikit-learn. 0/0: "
        "`undefined`, 0 unless said otherwise, with reason zero_division.",
    .terms = TermSet(Term::true_positive, Term::false_positive, Term::true_negative, Term::false_negative),
    .formula = [](const TermSums& s, const MetricContext& c) -> MetricValue {
      const double tp = s[Term::true_positive], fp = s[Term::false_positive];
      const double tn = s[Term::true_negative], fn = s[Term::false_negative];
      const double all = tp + fp + tn + fn;
      // Divided by W, so that no product of two sums of 1e160 is infinite
      const double by_chance = (tp + fp) / all * (fp + tn) + (tp + fn) / all * (fn + tn);
      if (by_chance == 0) return {c.undefined, Reason::zero_division};
      return {1 - (fp + fn) / by_chance};
    },
};

}  // namespace bakeoff::kernels
