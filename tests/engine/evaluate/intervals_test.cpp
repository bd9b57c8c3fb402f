// Ends of intervals against formulas that are written out, leave-one-out against the data without the rows.
#include "evaluate/intervals.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "core/error.h"
#include "evaluate/draw.h"
#include "evaluate/jackknife.h"
#include "rows.h"

namespace bakeoff {
namespace {

using test::auc_of;
using test::random_rows;
using test::Rows;

TEST(Intervals, NormalQuantileInvertsTheCdf) {
  EXPECT_NEAR(normal_quantile(.975), 1.959963984540054, 1e-12);
  for (const double p : {1e-6, .1, .5, .9}) EXPECT_NEAR(normal_cdf(normal_quantile(p)), p, 1e-12);
}

TEST(Intervals, WilsonIsThePublishedOne) {
  // statsmodels.stats.proportion.proportion_confint(8, 10, method="wilson")
  const Interval ends = wilson_interval(.8, 10, .95);
  EXPECT_NEAR(ends.low, .49016247153664183, 1e-12);
  EXPECT_NEAR(ends.high, .9433178485456247, 1e-12);
  EXPECT_EQ(wilson_interval(0, 20, .95).low, 0);
  EXPECT_TRUE(std::isnan(wilson_interval(0, 0, .95).low));
}

TEST(Intervals, BasicTurnsThePercentileIntervalRound) {
  std::vector<double> sorted(101);
  std::iota(sorted.begin(), sorted.end(), 0.0);
  const Interval basic = basic_interval(60, sorted, .9);
  EXPECT_DOUBLE_EQ(basic.low, 120 - 95);
  EXPECT_DOUBLE_EQ(basic.high, 120 - 5);
}

TEST(Intervals, BcaWithoutBiasAndSkewIsThePercentileInterval) {
  std::vector<double> sorted(1001);
  std::iota(sorted.begin(), sorted.end(), -500.0);
  bool accelerated = false;
  const Interval bca = bca_interval(0, sorted, {-1, 0, 1}, .95, accelerated),
                 plain = percentile_interval(0, sorted, .95);
  EXPECT_TRUE(accelerated);
  EXPECT_NEAR(bca.low, plain.low, 1e-9);
  EXPECT_NEAR(bca.high, plain.high, 1e-9);
}

TEST(Intervals, BcaShiftsByBiasAndSkew) {
  std::vector<double> sorted(1001);
  std::iota(sorted.begin(), sorted.end(), 0.0);
  const std::vector<double> left = {1, 1, 1, 1, 5};
  bool accelerated = false;
  const Interval ends = bca_interval(600.5, sorted, left, .9, accelerated);
  // Written out: mean 1.8, d = .8 (four times) and -3.2
  const double squares = 4 * .64 + 10.24, cubes = 4 * .512 - 32.768, a = cubes / (6 * std::pow(squares, 1.5));
  const double z0 = normal_quantile(601.0 / 1001), z = normal_quantile(.95);
  EXPECT_NEAR(ends.low, 1000 * normal_cdf(z0 + (z0 - z) / (1 - a * (z0 - z))), 1e-9);
  EXPECT_NEAR(ends.high, 1000 * normal_cdf(z0 + (z0 + z) / (1 - a * (z0 + z))), 1e-9);
  bca_interval(600.5, sorted, {1, kNaN}, .9, accelerated);
  EXPECT_FALSE(accelerated);
  EXPECT_EQ(bca_interval(2000, sorted, left, .9, accelerated).low, 1000);
}

TEST(Intervals, NamesWhatACellGot) {
  Rows rows = random_rows(1, 300, 1);
  EvaluateOptions options;
  options.metrics = {"accuracy", "f1"};
  options.interval = "wilson";
  Scoreboard board = evaluate(Execution(), rows.input(), options);
  EXPECT_EQ(board.cell(0, 0, 0).method, IntervalMethod::wilson);
  EXPECT_EQ(board.cell(0, 0, 1).method, IntervalMethod::none);
  options.resamples = 50;
  options.interval = "bca";
  board = evaluate(Execution(), rows.input(), options);
  EXPECT_EQ(board.cell(0, 0, 1).method, IntervalMethod::bca);
  EXPECT_EQ(board.left_out_groups, kJackknifeGroups);
}

TEST(Intervals, RefuseWhatTheyAreNotFor) {
  Rows rows = random_rows(1, 50, 1);
  EvaluateOptions options;
  const auto expect_refused = [&](const std::string& interval, const std::string& metric) {
    options.interval = interval;
    options.metrics = {metric};
    EXPECT_THROW(evaluate(Execution(), rows.input(), options), SpecError) << interval << " " << metric;
  };
  expect_refused("wilson", "f1");
  expect_refused("delong", "accuracy");
  expect_refused("bcaa", "f1");
  rows.weights.assign(50, 2.0);
  expect_refused("wilson", "accuracy");
  expect_refused("delong", "roc_auc");
}

void expect_left_out(const Rows& rows, const std::string& metric, Task task = Task::binary) {
  EvaluateOptions options;
  options.task = task;
  options.metrics = {metric};
  const LeaveOneOut left = leave_one_unit_out(Execution(), rows.input(), options, metric);
  for (std::size_t g = 0; g < left.units.size(); ++g) {
    std::vector<std::int64_t> kept;
    for (std::int64_t i = 0; i < rows.rows(); ++i)
      if ((rows.units.empty() ? i : rows.units[i]) != left.units[g]) kept.push_back(i);
    const Rows alone = rows.only(kept);
    const Scoreboard expected = evaluate(Execution(), alone.input(), options);
    for (std::int64_t m = 0; m < rows.candidates; ++m) {
      const double value = expected.cell(m, 0, 0).value;
      if (std::isnan(value))
        EXPECT_TRUE(std::isnan(left.values[m][g])) << metric << " " << g;
      else
        EXPECT_NEAR(left.values[m][g], value, 1e-12) << metric << " " << g;
    }
  }
}

TEST(LeaveOut, SaysWhatTheOtherRowsSay) {
  Rows rows = random_rows(2, 60, 2);
  for (const char* metric : {"roc_auc", "log_loss", "f1", "mcc"}) expect_left_out(rows, metric);
  for (std::int64_t i = 0; i < 60; ++i) rows.units.push_back(7 - i % 9);
  for (const char* metric : {"roc_auc", "log_loss", "f1"}) expect_left_out(rows, metric);
  for (std::int64_t i = 0; i < 60; ++i) rows.weights.push_back(i % 4 == 0 ? 0 : .1 * static_cast<double>(i));
  for (const char* metric : {"roc_auc", "brier", "recall", "gini", "average_precision"}) expect_left_out(rows, metric);
  for (std::int64_t i = 0; i < 60; ++i) rows.values.push_back(std::cos(static_cast<double>(i)));
  for (const char* metric : {"mean:v", "total:v"}) expect_left_out(rows, metric);
  rows.labels = rows.values;
  for (const char* metric : {"explained_variance", "r2", "mae"}) expect_left_out(rows, metric, Task::regression);
}

TEST(Jackknife, IsOfEveryMetricThatIsEvaluatedInOnePass) {
  Rows rows = random_rows(2, 120, 4);
  for (std::int64_t i = 0; i < 120; ++i) rows.values.push_back(std::cos(static_cast<double>(i)));
  rows.slices = {{"half", {}}};
  for (std::int64_t i = 0; i < 60; ++i) rows.slices[0].rows.push_back(2 * i);
  EvaluateOptions options;
  options.metrics = {"roc_auc", "gini", "mean:v", "brier"};
  options.interval = "jackknife";
  const Scoreboard board = evaluate(Execution(), rows.input(), options);
  for (const std::int64_t s : {0, 1}) {
    const Cell &auc = board.cell(1, s, 0), &gini = board.cell(1, s, 1), &mean = board.cell(1, s, 2);
    EXPECT_NEAR(gini.low, 2 * auc.low - 1, 1e-12);
    EXPECT_NEAR(gini.high, 2 * auc.high - 1, 1e-12);
    EXPECT_LT(mean.low, mean.value);
  }
}

TEST(LeaveOut, IsUndefinedWithoutTheOnlyPositive) {
  Rows rows = random_rows(1, 20, 3);
  rows.labels.assign(20, 0.0);
  rows.labels[4] = 1;
  expect_left_out(rows, "roc_auc");
}

TEST(Jackknife, IsTheTInterval) {
  const JackknifeInterval found = jackknife(2, {1, 2, 3}, .95);
  // Squares 2, times 2/3; t(2) at 97.5 %: 4.302652729911275
  EXPECT_NEAR(found.standard_error, std::sqrt(4.0 / 3), 1e-12);
  EXPECT_NEAR(found.interval.high, 2 + 4.302652729911275 * std::sqrt(4.0 / 3), 1e-9);
  EXPECT_TRUE(std::isnan(jackknife(2, {1}, .95).interval.low));
  EXPECT_TRUE(std::isnan(jackknife(2, {1, kNaN}, .95).interval.low));
}

TEST(Draw, DrawsEachStratumAsOftenAsItHasUnits) {
  Strata strata;
  strata.places = {{0, 2, 4, 6, 8}, {1, 3}, {}, {5, 7, 9}};
  const DrawnTile tile = draw_tile(Execution(), strata, 10, 42, 64, 64);
  for (std::int64_t r = 0; r < 64; ++r)
    for (const auto& places : strata.places) {
      std::int64_t drawn = 0;
      for (const std::int64_t place : places) drawn += tile.counts[r * 10 + place];
      EXPECT_EQ(drawn, static_cast<std::int64_t>(places.size()));
    }
}

TEST(Draw, FollowsTheLawOfItsHeader) {
  Strata strata;
  strata.places = {{0, 1, 2}, {3, 4, 5, 6, 7}};
  const DrawnTile tile = draw_tile(Execution(Device::cpu, 2), strata, 8, 0x123456789ull, 128, 3);
  for (std::uint32_t r = 0; r < 3; ++r) {
    std::vector<int> expected(8);
    for (std::uint32_t h = 0; h < 2; ++h)
      for (std::uint32_t j = 0; j < strata.places[h].size(); ++j) {
        const auto block = kernels::philox(kernels::RngKey::from_seed(0x123456789ull), {{j / 2, h, 128 + r, 5}});
        const double u = (block.word[j % 2 * 2] + 0x1p32 * block.word[j % 2 * 2 + 1]) * 0x1p-64;
        ++expected[strata.places[h][static_cast<std::size_t>(u * static_cast<double>(strata.places[h].size()))]];
      }
    for (int u = 0; u < 8; ++u) EXPECT_EQ(tile.counts[r * 8 + u], expected[u]);
  }
}

TEST(Draw, ReplicatesAreTheMetricsUnderItsCounts) {
  Rows rows = random_rows(2, 80, 5);
  for (std::int64_t i = 0; i < 80; ++i) rows.units.push_back((i * 37) % 23);
  EvaluateOptions options;
  options.metrics = {"roc_auc", "accuracy"};
  options.resamples = 70;
  options.resampling = "multinomial";
  options.seed = 3;
  const Scoreboard board = evaluate(Execution(), rows.input(), options);
  EXPECT_EQ(board.cell(0, 0, 0).resampling, Resampling::multinomial);
  Strata all;
  all.places.resize(1);
  for (std::int64_t u = 0; u < 23; ++u) all.places[0].push_back(u);
  for (const std::int64_t b : {0, 63, 64, 69}) {
    const DrawnTile tile = draw_tile(Execution(), all, 23, 3, b / 64 * 64, b % 64 + 1);
    std::vector<double> weight;
    double right = 0, total = 0;
    for (std::int64_t i = 0; i < 80; ++i) {
      weight.push_back(tile.counts[b % 64 * 23 + rows.units[i]]);  // unit ids 0 ... 22 are their own ranks
      right += weight[i] * ((rows.scores[i] >= .5) == (rows.labels[i] == 1));
      total += weight[i];
    }
    EXPECT_NEAR(board.replicates[b * 4], auc_of(rows, 0, weight), 1e-12);
    EXPECT_NEAR(board.replicates[b * 4 + 1], right / total, 1e-12);
  }
}

TEST(Draw, DrawsForGiniAndColumnsOfValuesToo) {
  Rows rows = random_rows(2, 90, 8);
  for (std::int64_t i = 0; i < 90; ++i) rows.values.push_back(static_cast<double>(i));
  EvaluateOptions options;
  options.metrics = {"roc_auc", "gini", "mean:v"};
  options.resamples = 66;
  options.resampling = "multinomial";
  const Scoreboard board = evaluate(Execution(), rows.input(), options);
  for (const std::int64_t b : {0, 65}) {
    const double* const at = board.replicates.data() + b * 6;
    EXPECT_DOUBLE_EQ(at[1], 2 * at[0] - 1);
    EXPECT_TRUE(at[2] > 0 && at[2] < 89 && at[2] != board.cell(0, 0, 2).value);
  }
  options.metrics = {"average_precision"};
  EXPECT_THROW(evaluate(Execution(), rows.input(), options), SpecError);
}

TEST(Draw, KeepsBothClassesWhereOneIsRare) {
  Rows rows = random_rows(1, 400, 6);
  for (std::int64_t i = 0; i < 400; ++i) rows.labels[i] = i < 3;
  EvaluateOptions options;
  options.metrics = {"roc_auc", "average_precision"};
  options.resamples = 500;
  Scoreboard board = evaluate(Execution(), rows.input(), options);
  EXPECT_EQ(board.cell(0, 0, 0).resampling, Resampling::stratified);
  EXPECT_EQ(board.cell(0, 0, 1).resampling, Resampling::poisson);
  EXPECT_EQ(board.cell(0, 0, 0).valid_resamples, 500);
  options.resamples = 0;
  board = evaluate(Execution(), rows.input(), options);
  EXPECT_EQ(board.cell(0, 0, 0).resampling, Resampling::none);
}

TEST(Draw, RefusesAUnitInTwoStrata) {
  Rows rows = random_rows(1, 10, 7);
  rows.units.assign(10, 1);
  for (std::int64_t i = 0; i < 10; ++i) rows.strata.push_back(i % 2);
  EvaluateOptions options;
  options.resamples = 5;
  EXPECT_THROW(evaluate(Execution(), rows.input(), options), SpecError);  // strata need the multinomial law
  options.resampling = "multinomial";
  EXPECT_THROW(evaluate(Execution(), rows.input(), options), DataError);
}

}  // namespace
}  // namespace bakeoff
