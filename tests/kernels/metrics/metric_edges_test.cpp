// What each metric says where it is not defined, and at its limits.
#include "kernels/metrics/metric.h"

#include <gtest/gtest.h>

#include <cmath>

#include "metric_oracles.h"

namespace bakeoff::kernels {
namespace {

using testing::r2;
using testing::Rows;
using testing::value_of;

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

TEST(MetricEdges, OneClassHasNoEntropyAndNoBias) {
  for (const char* name : {"normalized_entropy", "bias_ratio"}) {
    const MetricValue got = value_of(name, {{.9, .2}, {0, 0}, {1, 1}});
    EXPECT_TRUE(std::isnan(got.value)) << name;
    EXPECT_EQ(got.reason, Reason::one_class) << name;
  }
  EXPECT_EQ(value_of("bias_ratio", {{.9, .6}, {1, 1}, {1, 1}}).value, .75);
}

TEST(MetricEdges, KappaOfOneClassAndPredictionIsUndefined) {
  EXPECT_EQ(value_of("kappa", {{.1, .2}, {0, 0}, {1, 1}}).reason, Reason::zero_division);
  EXPECT_EQ(value_of("kappa", {{.1, .7}, {0, 0}, {1, 1}}).value, 0);
  EXPECT_EQ(value_of("kappa", {{.1, .7}, {0, 1}, {1e160, 1e160}}).value, 1);
}

TEST(MetricEdges, TheMeanOfNoActionIsNotANumber) {
  EXPECT_TRUE(std::isnan(value_of("mean", {{.1, .2}, {3, 4}, {1, 1}}).value));
  EXPECT_EQ(value_of("total", {{.1, .2}, {3, 4}, {1, 1}}).value, 0);
  EXPECT_EQ(value_of("mean", {{.5, .6, .1}, {3, 5, 9}, {1, 3, 1}}).value, 4.5);
  EXPECT_EQ(value_of("total", {{.5, .6, .1}, {3, 5, 9}, {1, 3, 1}}).value, 18);
}

TEST(MetricEdges, ReplicatesOfTotalsAreOnTheScaleOfTheSample) {
  TermSums drawn;
  drawn.rows = 10;
  drawn[Term::weight] = 8;
  drawn[Term::true_positive] = 4;
  MetricContext context;
  context.total_weight = 10;
  EXPECT_EQ(finish(*find_metric("true_positives"), drawn, context).value, 5);
}

TEST(MetricEdges, ExplainedVarianceForgivesAnOffset) {
  Rows d;
  for (int i = 0; i < 10'000; ++i) {
    d.labels.push_back(i % 7);
    d.scores.push_back(1e9 + i % 7 + (i % 3 - 1) * .25);
    d.weights.push_back(1);
  }
  const double left = .25 * .25 * 2 / 3, total = 4;
  EXPECT_NEAR(value_of("explained_variance", d).value, 1 - left / total, 1e-5);
  EXPECT_EQ(value_of("explained_variance", {{3, 3}, {1, 1}, {1, 1}}).value, 1);
  EXPECT_EQ(value_of("explained_variance", {{3, 4}, {1, 1}, {1, 1}}).value, 0);
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
