// Walks the catalog: a metric without an oracle here fails, so that none is added untested.
#include "kernels/metrics/catalog.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "kernels/metrics/pointwise.h"

namespace bakeoff::kernels {
namespace {

struct Rows {
  std::vector<double> scores, labels, weights;
};
using Oracle = std::function<long double(const Rows&)>;

// Serial and in long double, each from scikit-learn's definition rather than from terms.
long double mean_of(const Rows& d, const std::function<long double(long double s, long double y)>& f) {
  long double sum = 0, total = 0;
  for (std::size_t i = 0; i < d.scores.size(); ++i) {
    sum += d.weights[i] * f(d.scores[i], d.labels[i]);
    total += d.weights[i];
  }
  return sum / total;
}
long double weight_where(const Rows& d, bool positive, bool predicted) {
  long double sum = 0;
  for (std::size_t i = 0; i < d.scores.size(); ++i)
    if ((d.labels[i] != 0) == positive && (d.scores[i] >= .5) == predicted) sum += d.weights[i];
  return sum;
}
long double or_zero(long double a, long double b) { return b == 0 ? 0 : a / b; }

long double r2(const Rows& d) {
  const long double mean = mean_of(d, [](auto, auto y) { return y; });
  const long double residual = mean_of(d, [](auto s, auto y) { return (y - s) * (y - s); });
  return 1 - residual / mean_of(d, [&](auto, auto y) { return (y - mean) * (y - mean); });
}
// The correlation of two 0/1 variables.
long double mcc(const Rows& d) {
  const auto y = [](long double, long double label) -> long double { return label != 0; };
  const auto p = [](long double score, long double) -> long double { return score >= .5; };
  const long double my = mean_of(d, y), mp = mean_of(d, p);
  const long double both = mean_of(d, [&](auto s, auto label) { return (y(s, label) - my) * (p(s, label) - mp); });
  return or_zero(both, std::sqrt(my * (1 - my) * mp * (1 - mp)));
}

const std::map<std::string, Oracle>& oracles() {
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
      {"mse", [](const Rows& d) { return mean_of(d, [](auto s, auto y) { return (s - y) * (s - y); }); }},
      {"rmse", [](const Rows& d) { return std::sqrt(mean_of(d, [](auto s, auto y) { return (s - y) * (s - y); })); }},
      {"mae", [](const Rows& d) { return mean_of(d, [](auto s, auto y) { return std::fabs(s - y); }); }},
      {"r2", r2},
  };
  return all;
}

MetricValue value_of(const Metric& metric, const Rows& d, MetricContext context = {}, int threads = 2) {
  const auto n = static_cast<Index>(d.scores.size());
  const Metric* one[] = {&metric};
  const TermSet terms = terms_for(one, 1);
  context.label_shift = label_centre(d.labels.data(), d.weights.data(), n);
  std::vector<double> sums(terms.count()), largest(terms.count());
  std::vector<double> scratch(partials_bytes(terms.count(), n) / sizeof(double));
  const ScoredRows<double> rows{matrix_view(d.scores.data(), 1, n), vector_view(d.labels.data(), n),
                                vector_view(d.weights.data(), n)};
  pointwise_sums(Workers(threads), rows, terms, context, sums.data(), largest.data(), scratch.data());
  return finish(metric, unpack(terms, sums.data(), n), context);
}

Rows random_rows(const Metric& metric, Index n, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  const auto uniform = [&] { return static_cast<double>(random() >> 11) * 0x1p-53; };
  Rows d;
  for (Index i = 0; i < n; ++i) {
    const bool binary = metric.task == Task::binary;
    d.labels.push_back(binary ? uniform() < .3 : 1e3 + 5 * uniform());
    // Ties, exact thresholds, both ends of the clip
    const double u = uniform();
    d.scores.push_back(!binary ? 1e3 + 5 * uniform() : u < .05 ? .5 : u < .1 ? 0 : u < .15 ? 1 : uniform());
    d.weights.push_back(uniform() < .2 ? 0 : std::exp(6 * uniform() - 3));
  }
  d.weights[0] = 1;
  return d;
}

class EveryMetric : public testing::TestWithParam<const Metric*> {
 protected:
  const Metric& metric() const { return *GetParam(); }
};
class EverySumMetric : public EveryMetric {};  // those of kind ordered are tested with their kernel

TEST_P(EveryMetric, IsFoundByItsName) { EXPECT_EQ(find_metric(metric().name), GetParam()); }

TEST_P(EveryMetric, HasWhatItsKindNeeds) {
  const bool sums = metric().kind == MetricKind::sums;
  EXPECT_EQ(metric().formula != nullptr, sums);
  EXPECT_EQ(metric().terms.count() > 0, sums);
}

TEST_P(EverySumMetric, AgreesWithItsOracle) {
  ASSERT_TRUE(oracles().contains(metric().name)) << "a new metric needs a line in oracles()";
  std::uint64_t seed = 0;
  for (const Index n : {2, 3, 7, 100, 4095, 4096, 4097, 20'000})
    for (int repeat = 0; repeat < 5; ++repeat) {
      const Rows d = random_rows(metric(), n, ++seed);
      if (metric().name == std::string("r2") && value_of(metric(), d).reason == Reason::constant_target) continue;
      const auto want = static_cast<double>(oracles().at(metric().name)(d));
      EXPECT_NEAR(value_of(metric(), d).value, want, 1e-12 * std::max(1.0, std::fabs(want))) << n << " rows";
    }
}

TEST_P(EverySumMetric, IsEmptyWithoutRows) {
  const MetricValue got = value_of(metric(), Rows{});
  EXPECT_TRUE(std::isnan(got.value));
  EXPECT_EQ(got.reason, Reason::empty);
}

TEST_P(EverySumMetric, IsUndefinedWithoutWeight) {
  Rows d = random_rows(metric(), 50, 1);
  d.weights.assign(50, 0);
  const MetricValue got = value_of(metric(), d);
  EXPECT_TRUE(std::isnan(got.value));
  EXPECT_EQ(got.reason, Reason::no_weight);
}

TEST_P(EverySumMetric, GivesAReasonWhenItIsNotANumber) {
  for (const double label : {0.0, 1.0})
    for (const double score : {0.0, 1.0})
      for (const std::size_t n : {1, 5}) {
        const MetricValue got = value_of(metric(), {std::vector(n, score), std::vector(n, label), std::vector(n, 1.0)});
        EXPECT_TRUE(std::isfinite(got.value) || got.reason != Reason::ok) << label << score << n;
      }
}

TEST_P(EverySumMetric, IgnoresRowsWithoutWeight) {
  const Rows d = random_rows(metric(), 300, 2);
  Rows kept;
  for (std::size_t i = 0; i < 300; ++i)
    if (d.weights[i] != 0) {
      kept.scores.push_back(d.scores[i]);
      kept.labels.push_back(d.labels[i]);
      kept.weights.push_back(d.weights[i]);
    }
  EXPECT_NEAR(value_of(metric(), d).value, value_of(metric(), kept).value, 1e-12);
}

TEST_P(EverySumMetric, PrefersPerfectScoresInItsDirection) {
  Rows d = random_rows(metric(), 500, 3);
  const double drawn = value_of(metric(), d).value;
  d.scores = d.labels;
  const double perfect = value_of(metric(), d).value;
  EXPECT_TRUE(metric().direction == Direction::maximize ? perfect > drawn : perfect < drawn) << perfect << drawn;
}

TEST_P(EverySumMetric, HasTheSameBitsForAnyNumberOfThreads) {
  const Rows d = random_rows(metric(), 30'000, 4);
  const double one = value_of(metric(), d, {}, 1).value;
  for (const int threads : {2, 3, 8, 16}) EXPECT_EQ(value_of(metric(), d, {}, threads).value, one) << threads;
}

std::string name_of(const testing::TestParamInfo<const Metric*>& info) { return info.param->name; }

std::vector<const Metric*> sum_metrics() {
  std::vector<const Metric*> some;
  for (const Metric* metric : kMetrics)
    if (metric->kind == MetricKind::sums) some.push_back(metric);
  return some;
}

INSTANTIATE_TEST_SUITE_P(Catalog, EveryMetric, testing::ValuesIn(kMetrics), name_of);
INSTANTIATE_TEST_SUITE_P(Catalog, EverySumMetric, testing::ValuesIn(sum_metrics()), name_of);

TEST(Catalog, NamesEveryMetricOnce) {
  std::set<std::string> names;
  for (const Metric* metric : kMetrics) EXPECT_TRUE(names.insert(metric->name).second) << metric->name;
  EXPECT_EQ(find_metric("no_such_metric"), nullptr);
}

TEST(Catalog, SharesTermsBetweenMetrics) {
  const Metric* some[] = {find_metric("f1"), find_metric("precision"), find_metric("recall"), find_metric("mcc")};
  EXPECT_EQ(terms_for(some, 4), TermSet(Term::weight, Term::true_positive, Term::false_positive, Term::true_negative,
                                        Term::false_negative));
}

MetricValue value_of(const char* name, const Rows& d, const MetricContext& context = {}) {
  return value_of(*find_metric(name), d, context);
}

TEST(MetricEdges, ZeroByZeroIsTheUndefinedValueAndCounted) {
  const Rows none_predicted{{.1, .2}, {1, 0}, {1, 1}}, no_positive{{.9, .2}, {0, 0}, {1, 1}};
  const Rows nothing{{.1, .2}, {0, 0}, {1, 1}};
  MetricContext nan;
  nan.undefined = std::numeric_limits<double>::quiet_NaN();
  for (const auto& [name, d] : {std::pair{"precision", none_predicted},
                                {"recall", no_positive},
                                {"f1", nothing},
                                {"mcc", none_predicted},
                                {"mcc", no_positive}}) {
    EXPECT_EQ(value_of(name, d).value, 0) << name;
    EXPECT_EQ(value_of(name, d).reason, Reason::zero_division) << name;
    EXPECT_TRUE(std::isnan(value_of(name, d, nan).value)) << name;
  }
  EXPECT_EQ(value_of("f1", none_predicted).reason, Reason::ok);
}

TEST(MetricEdges, BalancedAccuracyOfOneClassIsItsRecall) {
  EXPECT_EQ(value_of("balanced_accuracy", {{.9, .2, .7}, {1, 1, 1}, {1, 1, 2}}).value, .75);
  EXPECT_EQ(value_of("balanced_accuracy", {{.9, .2, .7}, {0, 0, 0}, {1, 1, 2}}).value, .25);
  EXPECT_EQ(value_of("balanced_accuracy", {{.9, .2}, {0, 0}, {1, 1}}).reason, Reason::one_class);
}

TEST(MetricEdges, R2OfAConstantTargetIsOneOrZero) {
  // 0.1 isn't a binary fraction: a mean that is off by an ulp would make the variance positive
  const Rows perfect{{.1, .1, .1}, {.1, .1, .1}, {1, 1, 1}}, off{{.1, .2, .1}, {.1, .1, .1}, {1, 1, 1}};
  EXPECT_EQ(value_of("r2", perfect).value, 1);
  EXPECT_EQ(value_of("r2", off).value, 0);
  EXPECT_EQ(value_of("r2", off).reason, Reason::constant_target);
  EXPECT_EQ(value_of("r2", {{1, 2}, {5, 7}, {1, 0}}).value, 0);
  EXPECT_TRUE(std::isnan(value_of("r2", {{1}, {2}, {1}}).value));
}

TEST(MetricEdges, R2KeepsItsDigitsFarFromZero) {
  Rows d;
  for (int i = 0; i < 10'000; ++i) {
    d.labels.push_back(1e9 + i % 7);
    d.scores.push_back(1e9 + i % 7 + (i % 3 - 1) * .25);
    d.weights.push_back(1);
  }
  EXPECT_NEAR(value_of("r2", d).value, static_cast<double>(r2(d)), 1e-12);
}

TEST(MetricEdges, AScoreAtTheThresholdIsPositive) {
  EXPECT_EQ(value_of("accuracy", {{.5, .25}, {1, 0}, {1, 1}}).value, 1);
  MetricContext low;
  low.threshold = .25;
  EXPECT_EQ(value_of("accuracy", {{.5, .25}, {1, 0}, {1, 1}}, low).value, .5);
}

TEST(MetricEdges, LogLossClipsByTheEpsOfTheScoresType) {
  const Rows wrong{{0}, {1}, {1}};
  MetricContext single;
  single.eps = 0x1p-23;
  EXPECT_NEAR(value_of("log_loss", wrong).value, 52 * std::log(2.0), 1e-13);
  EXPECT_NEAR(value_of("log_loss", wrong, single).value, 23 * std::log(2.0), 1e-13);
  EXPECT_GT(value_of("log_loss", {{1}, {1}, {1}}).value, 0);
}

}  // namespace
}  // namespace bakeoff::kernels
