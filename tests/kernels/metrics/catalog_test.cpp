// Walks the catalog: a metric without an oracle here fails, so that none is added untested.
#include "kernels/metrics/catalog.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "metric_oracles.h"

namespace bakeoff::kernels {
namespace {

using testing::oracles;
using testing::Rows;
using testing::value_of;

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
  // Both classes and both predictions: without them some of binary are undefined
  for (Index i = 0; metric.task == Task::binary && i < std::min<Index>(n, 2); ++i) {
    d.labels[i] = static_cast<double>(i == 0);
    d.scores[i] = i == 0 ? .75 : .25;
    d.weights[i] = 1;
  }
  return d;
}

bool contains(Range range, double x) {
  if (range == Range::probability) return x >= 0 && x <= 1;
  if (range == Range::not_negative) return x >= 0;
  if (range == Range::positive) return x > 0;
  return range == Range::any || x > -1;
}
bool is_defined_for(const Metric& metric, double score, double label) {
  const Domain domain = metric.domain ? metric.domain(metric.parameter.preset) : Domain{};
  return contains(domain.labels, label) && contains(domain.scores, score);
}

class EveryMetric : public ::testing::TestWithParam<const Metric*> {
 protected:
  const Metric& metric() const { return *GetParam(); }
};
class EverySumMetric : public EveryMetric {};  // those of kind ordered are tested with their kernel

TEST_P(EveryMetric, IsFoundByItsName) { EXPECT_EQ(find_metric(metric().name), GetParam()); }

TEST_P(EveryMetric, HasWhatItsKindNeeds) {
  const bool sums = metric().kind == MetricKind::sums;
  EXPECT_EQ(metric().formula != nullptr, sums);
  EXPECT_EQ(metric().terms.count() > 0, sums || metric().kind == MetricKind::calibration);
}

TEST_P(EveryMetric, SaysWhatItIsAndWhereThatComesFrom) {
  EXPECT_GT(std::string(metric().definition).size(), 10u);
  EXPECT_GT(std::string(metric().source).size(), 5u);
}

TEST_P(EveryMetric, AllowsThePresetOfItsParameter) {
  if (!metric().parameter.name) return;
  EXPECT_TRUE(metric().parameter.allows(metric().parameter.preset));
  EXPECT_FALSE(metric().parameter.allows(std::numeric_limits<double>::quiet_NaN()));
  EXPECT_GT(std::string(metric().parameter.range).size(), 0u);
}

TEST_P(EverySumMetric, AgreesWithItsOracle) {
  ASSERT_TRUE(oracles().contains(metric().name)) << "a new metric needs a line in oracles()";
  std::uint64_t seed = 0;
  for (const Index n : {2, 3, 7, 100, 4095, 4096, 4097, 20'000})
    for (int repeat = 0; repeat < 5; ++repeat) {
      const Rows d = random_rows(metric(), n, ++seed);
      if (value_of(metric(), d).reason == Reason::constant_target) continue;
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
        if (!is_defined_for(metric(), score, label)) continue;
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
  const double want = value_of(metric(), kept).value;
  EXPECT_NEAR(value_of(metric(), d).value, want, 1e-12 * std::max(1.0, std::fabs(want)));
}

TEST_P(EverySumMetric, PrefersPerfectScoresInItsDirection) {
  if (metric().direction == Direction::neither) return;
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

std::string name_of(const ::testing::TestParamInfo<const Metric*>& info) { return info.param->name; }

std::vector<const Metric*> sum_metrics() {
  std::vector<const Metric*> some;
  for (const Metric* metric : kMetrics)
    if (metric->kind == MetricKind::sums) some.push_back(metric);
  return some;
}

INSTANTIATE_TEST_SUITE_P(Catalog, EveryMetric, ::testing::ValuesIn(kMetrics), name_of);
INSTANTIATE_TEST_SUITE_P(Catalog, EverySumMetric, ::testing::ValuesIn(sum_metrics()), name_of);

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

}  // namespace
}  // namespace bakeoff::kernels
