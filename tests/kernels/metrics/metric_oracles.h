// The definition of each metric of kind sums, serial and in long double.
#pragma once
#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "kernels/metrics/catalog.h"
#include "kernels/metrics/pointwise.h"

namespace bakeoff::kernels::testing {

struct Rows {
  std::vector<double> scores, labels, weights;
};
using Oracle = std::function<long double(const Rows&)>;

// Serial and in long double, each from scikit-learn's definition rather than from terms.
inline long double mean_of(const Rows& d, const std::function<long double(long double s, long double y)>& f) {
  long double sum = 0, total = 0;
  for (std::size_t i = 0; i < d.scores.size(); ++i) {
    sum += d.weights[i] * f(d.scores[i], d.labels[i]);
    total += d.weights[i];
  }
  return sum / total;
}
inline long double weight_where(const Rows& d, bool positive, bool predicted) {
  long double sum = 0;
  for (std::size_t i = 0; i < d.scores.size(); ++i)
    if ((d.labels[i] != 0) == positive && (d.scores[i] >= .5) == predicted) sum += d.weights[i];
  return sum;
}
inline long double or_zero(long double a, long double b) { return b == 0 ? 0 : a / b; }

inline long double r2(const Rows& d) {
  const long double mean = mean_of(d, [](auto, auto y) { return y; });
  const long double residual = mean_of(d, [](auto s, auto y) { return (y - s) * (y - s); });
  return 1 - residual / mean_of(d, [&](auto, auto y) { return (y - mean) * (y - mean); });
}
// The correlation of two 0/1 variables.
inline long double mcc(const Rows& d) {
  const auto y = [](long double, long double label) -> long double { return label != 0; };
  const auto p = [](long double score, long double) -> long double { return score >= .5; };
  const long double my = mean_of(d, y), mp = mean_of(d, p);
  const long double both = mean_of(d, [&](auto s, auto label) { return (y(s, label) - my) * (p(s, label) - mp); });
  return or_zero(both, std::sqrt(my * (1 - my) * mp * (1 - mp)));
}

inline long double squared_log_error(const Rows& d) {
  return mean_of(d, [](auto s, auto y) { return std::pow(std::log1p(y) - std::log1p(s), 2); });
}
inline long double variance_of(const Rows& d, const std::function<long double(long double s, long double y)>& f) {
  const long double mean = mean_of(d, f);
  return mean_of(d, [&](auto s, auto y) { return (f(s, y) - mean) * (f(s, y) - mean); });
}

inline const std::map<std::string, Oracle>& oracles() {
  static const std::map<std::string, Oracle> all = {
      {"log_loss",
       [](const Rows& d) {
         return mean_of(d, [](auto s, auto y) {
           const double p = y != 0 ? static_cast<double>(s) : 1 - static_cast<double>(s);
           return -std::log(static_cast<long double>(std::min(std::max(p, 0x1p-52), 1 - 0x1p-52)));
         });
       }},
      {"brier", [](const Rows& d) { return mean_of(d, [](auto s, auto y) { return (s - y) * (s - y); }); }},
      {"accuracy", [](const Rows& d) { return mean_of(d, [](auto s, auto y) { return (s >= .5) == (y != 0); }); }},
      {"precision",
       [](const Rows& d) {
         const long double tp = weight_where(d, true, true);
         return or_zero(tp, tp + weight_where(d, false, true));
       }},
      {"recall",
       [](const Rows& d) {
         const long double tp = weight_where(d, true, true);
         return or_zero(tp, tp + weight_where(d, true, false));
       }},
      {"f1",
       [](const Rows& d) {
         const long double tp = weight_where(d, true, true);
         const long double p = or_zero(tp, tp + weight_where(d, false, true));
         const long double r = or_zero(tp, tp + weight_where(d, true, false));
         return or_zero(2 * p * r, p + r);
       }},
      {"balanced_accuracy",
       [](const Rows& d) {
         const long double tp = weight_where(d, true, true), fn = weight_where(d, true, false);
         const long double tn = weight_where(d, false, false), fp = weight_where(d, false, true);
         if (tp + fn == 0) return tn / (tn + fp);
         if (tn + fp == 0) return tp / (tp + fn);
         return (tp / (tp + fn) + tn / (tn + fp)) / 2;
       }},
      {"mcc", mcc},
      {"specificity",
       [](const Rows& d) {
         const long double tn = weight_where(d, false, false);
         return or_zero(tn, tn + weight_where(d, false, true));
       }},
      {"kappa",
       [](const Rows& d) {
         const long double tp = weight_where(d, true, true), fn = weight_where(d, true, false);
         const long double tn = weight_where(d, false, false), fp = weight_where(d, false, true);
         const long double all = tp + fn + tn + fp, agreed = (tp + tn) / all;
         const long double chance = ((tp + fp) / all) * ((tp + fn) / all) + ((fn + tn) / all) * ((fp + tn) / all);
         return or_zero(agreed - chance, 1 - chance);
       }},
      {"true_positives", [](const Rows& d) { return weight_where(d, true, true); }},
      {"false_positives", [](const Rows& d) { return weight_where(d, false, true); }},
      {"true_negatives", [](const Rows& d) { return weight_where(d, false, false); }},
      {"false_negatives", [](const Rows& d) { return weight_where(d, true, false); }},
      {"positive_rate", [](const Rows& d) { return mean_of(d, [](auto s, auto) { return s >= .5; }); }},
      {"bias_ratio",
       [](const Rows& d) {
         return mean_of(d, [](auto s, auto) { return s; }) / mean_of(d, [](auto, auto y) { return y; });
       }},
      {"normalized_entropy",
       [](const Rows& d) {
         const long double q = mean_of(d, [](auto, auto y) { return y; });
         return oracles().at("log_loss")(d) / -(q * std::log(q) + (1 - q) * std::log(1 - q));
       }},
      {"mean",
       [](const Rows& d) {
         return mean_of(d, [](auto s, auto y) { return s >= .5 ? y : 0; }) /
                mean_of(d, [](auto s, auto) { return s >= .5; });
       }},
      {"total", [](const Rows& d) { return weight_where(d, true, true); }},
      {"mape",
       [](const Rows& d) { return mean_of(d, [](auto s, auto y) { return std::fabs(y - s) / std::fabs(y); }); }},
      {"pinball", [](const Rows& d) { return mean_of(d, [](auto s, auto y) { return std::fabs(y - s) / 2; }); }},
      {"msle", squared_log_error},
      {"rmsle", [](const Rows& d) { return std::sqrt(squared_log_error(d)); }},
      {"explained_variance",
       [](const Rows& d) {
         return 1 -
                variance_of(d, [](auto s, auto y) { return y - s; }) / variance_of(d, [](auto, auto y) { return y; });
       }},
      {"poisson_deviance",
       [](const Rows& d) { return mean_of(d, [](auto s, auto y) { return 2 * (y * std::log(y / s) - y + s); }); }},
      {"gamma_deviance",
       [](const Rows& d) { return mean_of(d, [](auto s, auto y) { return 2 * (std::log(s / y) + y / s - 1); }); }},
      {"tweedie_deviance",
       [](const Rows& d) {  // of power 1.5
         return mean_of(d, [](auto s, auto y) { return 4 * (y / std::sqrt(s) - 2 * std::sqrt(y) + std::sqrt(s)); });
       }},
      {"mse", [](const Rows& d) { return mean_of(d, [](auto s, auto y) { return (s - y) * (s - y); }); }},
      {"rmse", [](const Rows& d) { return std::sqrt(mean_of(d, [](auto s, auto y) { return (s - y) * (s - y); })); }},
      {"mae", [](const Rows& d) { return mean_of(d, [](auto s, auto y) { return std::fabs(s - y); }); }},
      {"r2", r2},
  };
  return all;
}

inline MetricValue value_of(const Metric& metric, const Rows& d, MetricContext context = {}, int threads = 2) {
  const auto n = static_cast<Index>(d.scores.size());
  const Metric* one[] = {&metric};
  const TermSet terms = terms_for(one, 1);
  context.label_shift = label_centre(d.labels.data(), d.weights.data(), n);
  const double error_shift = error_centre(d.scores.data(), 1, d.labels.data(), d.weights.data(), n);
  context.error_shifts = &error_shift;
  context.parameter = context.power = metric.parameter.preset;
  std::vector<double> sums(terms.count()), largest(terms.count());
  std::vector<double> scratch(partials_bytes(terms.count(), n) / sizeof(double));
  const ScoredRows<double> rows{matrix_view(d.scores.data(), 1, n), vector_view(d.labels.data(), n),
                                vector_view(d.weights.data(), n)};
  pointwise_sums(Workers(threads), rows, terms, context, sums.data(), largest.data(), scratch.data());
  return finish(metric, unpack(terms, sums.data(), n), context);
}

inline MetricValue value_of(const char* name, const Rows& d, const MetricContext& context = {}) {
  return value_of(*find_metric(name), d, context);
}

}  // namespace bakeoff::kernels::testing
