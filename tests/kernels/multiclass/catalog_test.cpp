// Every metric of the catalog, whatever it is.
#include "kernels/multiclass/catalog.h"

#include <gtest/gtest.h>

#include <set>
#include <vector>

namespace bakeoff::kernels {
namespace {

struct Sums {
  std::vector<double> actual, predicted, hit;
  ClassSums sums;

  Sums(std::vector<double> a, std::vector<double> p, std::vector<double> h, bool multilabel = false)
      : actual(std::move(a)), predicted(std::move(p)), hit(std::move(h)) {
    sums.classes = static_cast<int>(actual.size());
    sums.actual = actual.data();
    sums.predicted = predicted.data();
    sums.hit = hit.data();
    for (const double x : actual) sums.weight += x;
    for (const double x : hit) sums.exact += x;
    sums.top = sums.exact;
    sums.rows = 10;
    sums.multilabel = multilabel;
  }
};

TEST(ClassCatalog, NamesAreDistinctAndFound) {
  std::set<std::pair<std::string_view, ClassTask>> names;
  for (const ClassMetric* metric : kClassMetrics) {
    EXPECT_TRUE(names.insert({metric->name, metric->task}).second) << metric->name;
    if (metric->task != ClassTask::multilabel)
      EXPECT_EQ(find_class_metric(metric->name, ClassTask::multiclass), metric);
    if (metric->task != ClassTask::multiclass)
      EXPECT_EQ(find_class_metric(metric->name, ClassTask::multilabel), metric);
    EXPECT_EQ(metric->formula == nullptr, metric->source == ClassSource::ordered) << metric->name;
  }
  EXPECT_EQ(find_class_metric("nothing", ClassTask::multiclass), nullptr);
}

TEST(ClassCatalog, EmptyAndWeightlessRowsAreNaNWithTheirReason) {
  Sums none({0, 0}, {0, 0}, {0, 0});
  for (const ClassMetric* metric : kClassMetrics) {
    if (!metric->formula) continue;
    none.sums.rows = 3;
    EXPECT_EQ(finish(*metric, none.sums, 0).reason, Reason::no_weight) << metric->name;
    none.sums.rows = 0;
    const MetricValue empty = finish(*metric, none.sums, 0);
    EXPECT_EQ(empty.reason, Reason::empty) << metric->name;
    EXPECT_TRUE(std::isnan(empty.value)) << metric->name;
  }
}

TEST(ClassCatalog, APerfectCandidateHasTheBestValueAndAWrongOneAWorse) {
  const Sums good({4, 3, 3}, {4, 3, 3}, {4, 3, 3}), bad({4, 3, 3}, {3, 3, 4}, {1, 0, 1});
  for (const ClassMetric* metric : kClassMetrics) {
    if (!metric->formula || metric->source == ClassSource::log_loss || metric->source == ClassSource::squared) continue;
    const double best = finish(*metric, good.sums, 0).value, worse = finish(*metric, bad.sums, 0).value;
    EXPECT_DOUBLE_EQ(best, metric->direction == Direction::maximize ? 1 : 0) << metric->name;
    EXPECT_TRUE(metric->direction == Direction::maximize ? worse < best : worse > best) << metric->name;
  }
}

TEST(ClassCatalog, WhatIsZeroByZeroCountsAsUndefinedAndSaysSo) {
  const Sums s({5, 5, 0}, {10, 0, 0}, {5, 0, 0});  // class 1 is never predicted, class 2 does not occur
  const MetricValue precision = finish(kPrecisionMacro, s.sums, 1.0);
  EXPECT_DOUBLE_EQ(precision.value, (0.5 + 1.0) / 2);
  EXPECT_EQ(precision.reason, Reason::zero_division);
  EXPECT_DOUBLE_EQ(finish(kRecallMacro, s.sums, 1.0).value, 0.5);
  EXPECT_EQ(finish(kRecallMacro, s.sums, 1.0).reason, Reason::ok);
  EXPECT_EQ(finish(kClassMcc, s.sums, 0.25).value, 0.25);
}

TEST(ClassCatalog, AllLabelsCountWhereThereAreSeveral) {
  const Sums s({5, 0}, {5, 0}, {5, 0}, true);
  EXPECT_DOUBLE_EQ(finish(kF1Macro, s.sums, 0.0).value, 0.5);
  EXPECT_EQ(finish(kF1Macro, s.sums, 0.0).reason, Reason::zero_division);
}

}  // namespace
}  // namespace bakeoff::kernels
