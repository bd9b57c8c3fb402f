#include "decide/gate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <random>

#include "core/error.h"

namespace bakeoff {
namespace {

using ::testing::HasSubstr;

// Labels are 0, so a score is the row's error and mae is its mean: every figure below can be done by hand.
struct Holdout {
  std::vector<double> scores, labels;
  std::vector<std::int64_t> units;
  std::vector<Slice> slices;

  EvaluateInput input() const {
    EvaluateInput out;
    out.scores = kernels::matrix_view(scores.data(), 2, static_cast<Index>(labels.size()));
    out.labels = labels.data();
    if (!units.empty()) out.units = units.data();
    out.slices = slices;
    out.names = {"old", "new"};
    return out;
  }
};
using OfRow = std::function<double(int unit, int row)>;

constexpr int kRows = 4;  // of a unit

Holdout holdout(int units, const OfRow& champion, const OfRow& challenger) {
  Holdout out;
  for (const OfRow* score : {&champion, &challenger})
    for (int u = 0; u < units; ++u)
      for (int r = 0; r < kRows; ++r) out.scores.push_back((*score)(u, r));
  out.labels.assign(static_cast<std::size_t>(units * kRows), 0.0);
  for (int u = 0; u < units; ++u) out.units.insert(out.units.end(), kRows, 1000 + u);
  return out;
}

Slice units_from(const std::string& name, int first, int last) {
  Slice slice{name, {}};
  for (std::int64_t row = first * kRows; row < last * kRows; ++row) slice.rows.push_back(row);
  return slice;
}

double noise(int unit, int row) { return 0.1 * std::sin(7.0 * unit + 3.0 * row); }
OfRow about(double level) {
  return [level](int u, int r) { return level + noise(u, r); };
}
// Its noise is another, so that differences vary.
OfRow other_about(double level) {
  return [level](int u, int r) { return level + noise(u + 50, r); };
}

Verdict judge(const Holdout& data, const GateSpec& gate = {}, Task task = Task::regression,
              const std::string& metric = "mae") {
  return decide(Execution(), data.input(), task, metric, gate, 1);
}

TEST(Gate, PromotesKeepsOrCannotTell) {
  const Verdict better = judge(holdout(60, about(1.0), other_about(0.5)));
  EXPECT_EQ(better.outcome, Outcome::promote);
  EXPECT_GT(better.difference.low, 0);  // mae is minimised: less is signed as more
  EXPECT_NEAR(better.difference.value, 0.5, 0.02);
  EXPECT_LT(better.p_adjusted, 0.01);
  EXPECT_THAT(better.reasons.front(), HasSubstr("lies above min_gain 0"));

  const Verdict worse = judge(holdout(60, about(0.5), other_about(1.0)));
  EXPECT_EQ(worse.outcome, Outcome::keep);
  EXPECT_LT(worse.difference.high, 0);

  const Verdict level = judge(holdout(60, about(1.0), other_about(1.0)));
  EXPECT_EQ(level.outcome, Outcome::inconclusive);
  EXPECT_THAT(level.reasons.front(), HasSubstr("covers min_gain"));
}

TEST(Gate, TheSameScoresAreKept) {
  const Verdict verdict = judge(holdout(60, about(1.0), about(1.0)));
  EXPECT_EQ(verdict.outcome, Outcome::keep);  // high = 0 <= min_gain
  EXPECT_EQ(verdict.difference.low, 0);
  EXPECT_EQ(verdict.difference.high, 0);
}

TEST(Gate, AMaximisedMetricIsTakenAsItIs) {
  Holdout data = holdout(
      60, [](int u, int r) { return (u + r) % 3 * 0.3; }, [](int u, int r) { return r % 2 + 0.4 * ((u * 7 + r) % 3); });
  for (std::size_t i = 0; i < data.labels.size(); ++i) data.labels[i] = i % 2;
  const Verdict verdict = judge(data, {}, Task::binary, "roc_auc");
  EXPECT_EQ(verdict.outcome, Outcome::promote);
  EXPECT_GT(verdict.challenger_value.value, verdict.champion_value.value);
  EXPECT_DOUBLE_EQ(verdict.difference.value, verdict.challenger_value.value - verdict.champion_value.value);
}

TEST(Gate, TheIntervalMustLieAboveMinGain) {
  const Holdout data = holdout(60, about(1.0), other_about(0.5));
  GateSpec gate;
  gate.min_gain = 0.4;
  EXPECT_EQ(judge(data, gate).outcome, Outcome::promote);
  gate.min_gain = 0.6;
  EXPECT_EQ(judge(data, gate).outcome, Outcome::keep);
  gate.min_gain = judge(data).difference.value;
  EXPECT_EQ(judge(data, gate).outcome, Outcome::inconclusive);
}

TEST(Gate, TheNumberOfUnitsChoosesTheMethod) {
  const auto of = [](int units) { return judge(holdout(units, about(1.0), other_about(0.5))); };
  const Verdict nine = of(9);
  EXPECT_EQ(nine.outcome, Outcome::inconclusive);
  EXPECT_THAT(nine.reasons.front(), HasSubstr("9 units"));
  EXPECT_TRUE(std::isnan(nine.difference.low));
  for (const int units : {10, 49}) {
    EXPECT_EQ(of(units).method, "delete-one-unit jackknife t") << units;
    EXPECT_EQ(of(units).outcome, Outcome::promote) << units;
  }
  EXPECT_EQ(of(50).method, "paired unit bootstrap");
}

TEST(Gate, WithoutUnitsTheRowIsOne) {
  Holdout data = holdout(2, about(1.0), other_about(0.5));
  data.units.clear();
  EXPECT_EQ(judge(data).units, 2 * kRows);
  EXPECT_EQ(judge(data).outcome, Outcome::inconclusive);
  data = holdout(5, about(1.0), other_about(0.5));
  data.units.clear();
  EXPECT_EQ(judge(data).method, "delete-one-unit jackknife t");
}

// With units of one size the jackknife's error of a mean is the textbook's, s / sqrt(G).
TEST(Gate, TheJackknifeIsThatOfTheMeanOfUnits) {
  constexpr int kUnits = 20;
  constexpr double kT19 = 2.093024054408263;  // 97.5 %, 19 degrees of freedom
  const OfRow champion = about(1.0), challenger = other_about(0.97);
  std::vector<double> of_unit;
  for (int u = 0; u < kUnits; ++u) {
    double sum = 0;
    for (int r = 0; r < kRows; ++r) sum += champion(u, r) - challenger(u, r);
    of_unit.push_back(sum / kRows);
  }
  double mean = 0, squares = 0;
  for (const double d : of_unit) mean += d / kUnits;
  for (const double d : of_unit) squares += (d - mean) * (d - mean);
  const double half = kT19 * std::sqrt(squares / (kUnits - 1) / kUnits);
  const Verdict verdict = judge(holdout(kUnits, champion, challenger));
  EXPECT_NEAR(verdict.difference.value, mean, 1e-12);
  EXPECT_NEAR(verdict.difference.low, mean - half, 1e-10);
  EXPECT_NEAR(verdict.difference.high, mean + half, 1e-10);
}

TEST(Gate, NaNNeverPasses) {
  GateSpec gate;
  gate.min_gain = -1;  // anything that is a number would pass
  for (const int units : {20, 60}) {
    Holdout data = holdout(units, about(1.0), other_about(0.5));
    EXPECT_EQ(judge(data, gate, Task::binary, "roc_auc").outcome, Outcome::inconclusive) << "one class";
    data.labels[5] = 1;  // without its unit there is one class
    const Outcome outcome = judge(data, gate, Task::binary, "roc_auc").outcome;
    if (units < kFewUnits) EXPECT_EQ(outcome, Outcome::inconclusive);
  }
}

TEST(Gate, FallsBackBelowTheFloorUnlessSomebodyPasses) {
  GateSpec gate;
  gate.floor = 0.8;  // of mae: above it is too bad
  const Verdict nobody = judge(holdout(60, about(1.0), other_about(1.0)), gate);
  EXPECT_EQ(nobody.outcome, Outcome::fallback);
  EXPECT_THAT(nobody.reasons.back(), HasSubstr("floor 0.8"));
  EXPECT_EQ(judge(holdout(60, about(1.0), other_about(0.9)), gate).outcome, Outcome::promote);
  EXPECT_EQ(judge(holdout(60, about(0.7), other_about(0.7)), gate).outcome, Outcome::inconclusive);
  EXPECT_EQ(judge(holdout(9, about(1.0), other_about(0.5)), gate).outcome, Outcome::fallback) << "too few to promote";
}

// The challenger is better on units below `turn` and worse from there on.
Holdout turning(int units, int turn) {
  return holdout(units, about(1.0), [turn](int u, int r) { return (u < turn ? 0.4 : 1.3) + noise(u + 50, r); });
}

TEST(Gate, ASliceThatLosesVetoes) {
  for (const int units : {200, 60}) {  // by max-T, by the jackknife
    Holdout data = turning(units, units * 7 / 10);
    data.slices = {units_from("s=good", 0, units * 7 / 10), units_from("s=bad", units * 7 / 10, units)};
    const Verdict verdict = judge(data);
    EXPECT_GT(verdict.difference.low, 0);
    EXPECT_EQ(verdict.outcome, Outcome::keep);
    EXPECT_THAT(verdict.reasons.front(), HasSubstr("slice s=bad loses more than 0.01"));
    ASSERT_EQ(verdict.slices.size(), 2u);
    EXPECT_FALSE(verdict.slices[0].vetoes);
    EXPECT_TRUE(verdict.slices[1].vetoes);
    EXPECT_NEAR(verdict.slices[1].difference.value, -0.3, 0.05);
    GateSpec lenient;
    lenient.max_slice_loss = 0.5;
    EXPECT_EQ(judge(data, lenient).outcome, Outcome::promote);
  }
}

TEST(Gate, ASliceOfFewUnitsIsNotJudgedButNotShownToBeNoWorseEither) {
  Holdout data = turning(200, 195);
  data.slices = {units_from("s=few", 195, 200)};
  const Verdict verdict = judge(data);
  EXPECT_EQ(verdict.outcome, Outcome::promote);
  EXPECT_THAT(verdict.slices[0].reason, HasSubstr("not judged: 5 units"));
  GateSpec strict;
  strict.slice_rule = "noninferior";
  EXPECT_EQ(judge(data, strict).outcome, Outcome::keep);
}

TEST(Gate, NoninferiorAsksForMoreThanNoProofOfALoss) {
  Holdout data = holdout(200, about(1.0), [](int u, int r) {
    return u < 140 ? 0.4 + noise(u + 50, r) : 1.0 + (u % 2 ? 0.3 : -0.3);  // level there, but it varies
  });
  data.slices = {units_from("s=level", 140, 200)};
  GateSpec gate;
  EXPECT_EQ(judge(data, gate).outcome, Outcome::promote);
  gate.slice_rule = "noninferior";
  EXPECT_EQ(judge(data, gate).outcome, Outcome::keep);
  gate.max_slice_loss = 0.5;
  EXPECT_EQ(judge(data, gate).outcome, Outcome::promote);
}

// A slice with one positive row has no AUC in a third of the resamples; a slice of one unit has replicates that differ
// from its value by rounding alone. Neither may take the veto from a slice that can be judged.
TEST(Gate, ASliceThatCannotBeJudgedDoesNotDisarmTheOthers) {
  Holdout data = turning(200, 140);
  data.slices = {units_from("s=bad", 140, 200), units_from("s=one", 0, 1)};
  EXPECT_EQ(judge(data).outcome, Outcome::keep);

  Holdout classes = holdout(
      300, [](int u, int r) { return r % 2 * 0.5 + std::sin(11.0 * u + r); },
      [](int u, int r) { return r % 2 * (u < 200 ? 9.0 : -9.0) + std::sin(13.0 * u + r); });
  for (std::size_t i = 0; i < classes.labels.size(); ++i) classes.labels[i] = i % 2;
  classes.slices = {units_from("s=bad", 200, 300)};
  EXPECT_EQ(judge(classes, {}, Task::binary, "roc_auc").outcome, Outcome::keep);
  for (int rare = 0; rare < 30; ++rare) {
    Slice slice{"s=rare" + std::to_string(rare), {}};
    for (std::int64_t i = 0; i < 200 * kRows; ++i)
      if (i % 2 == 0 || i == 26 * rare + 1) slice.rows.push_back(i);
    classes.slices.push_back(slice);
  }
  const Verdict verdict = judge(classes, {}, Task::binary, "roc_auc");
  EXPECT_EQ(verdict.outcome, Outcome::keep);
  EXPECT_THAT(verdict.slices[1].reason, HasSubstr("not judged: roc_auc is undefined in"));
}

TEST(Gate, DoesNotPromoteOnNoise) {
  constexpr int kTrials = 300;  // 14 units each
  std::mt19937_64 random(5);
  std::normal_distribution<double> normal;
  int promoted = 0;
  for (int trial = 0; trial < kTrials; ++trial) {
    std::vector<double> of_unit(14);
    for (double& v : of_unit) v = 0.3 * normal(random);
    const auto drawn = [&](int u, int) { return 5 + of_unit[u] + normal(random); };
    promoted += judge(holdout(
                          14, [&](int, int) { return 5 + normal(random); }, drawn))
                    .outcome == Outcome::promote;
  }
  EXPECT_LE(promoted, 18);  // 2.5 % of 300 are 7.5; more than 18 come once in 2,000
  EXPECT_GE(promoted, 1);
}

TEST(Gate, TakesTwoCandidates) {
  Holdout data = holdout(20, about(1), about(1));
  EvaluateInput input = data.input();
  input.names = {"alone"};
  EXPECT_THROW(decide(Execution(), input, Task::regression, "mae", {}, 1), SpecError);
}

}  // namespace
}  // namespace bakeoff
