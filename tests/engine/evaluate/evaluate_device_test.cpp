// evaluate() with Device::cuda against Device::cpu: the same bits of every value, interval end and replicate.
#include <gtest/gtest.h>

#include <cstring>

#include "evaluate/evaluate.h"
#include "rows.h"

namespace bakeoff {
namespace {

using test::random_rows;
using test::Rows;

bool same_bits(double a, double b) { return std::memcmp(&a, &b, sizeof a) == 0; }

void expect_same(const Scoreboard& cpu, const Scoreboard& device) {
  ASSERT_EQ(cpu.cells.size(), device.cells.size());
  for (std::size_t c = 0; c < cpu.cells.size(); ++c) {
    EXPECT_TRUE(same_bits(cpu.cells[c].value, device.cells[c].value))
        << "cell " << c << ": " << cpu.cells[c].value << " and " << device.cells[c].value;
    EXPECT_TRUE(same_bits(cpu.cells[c].low, device.cells[c].low)) << "cell " << c;
    EXPECT_TRUE(same_bits(cpu.cells[c].high, device.cells[c].high)) << "cell " << c;
    EXPECT_EQ(cpu.cells[c].reason, device.cells[c].reason) << "cell " << c;
    EXPECT_EQ(cpu.cells[c].valid_resamples, device.cells[c].valid_resamples) << "cell " << c;
  }
  ASSERT_EQ(cpu.replicates.size(), device.replicates.size());
  for (std::size_t r = 0; r < cpu.replicates.size(); ++r)
    ASSERT_TRUE(same_bits(cpu.replicates[r], device.replicates[r])) << "replicate " << r;
}

void expect_same(const EvaluateInput& input, const EvaluateOptions& options) {
  expect_same(evaluate(Execution(Device::cpu, 2), input, options),
              evaluate(Execution(Device::cuda, 2), input, options));
}

EvaluateOptions binary(int resamples) {
  EvaluateOptions options;
  options.metrics = {"roc_auc",
                     "gini",
                     "log_loss",
                     "brier",
                     "accuracy",
                     "f1",
                     "mcc",
                     "average_precision",
                     "ks_statistic",
                     "partial_auc@0.2",
                     "recall_at_precision@0.5"};
  options.resamples = resamples;
  options.seed = 11;
  return options;
}

Slice every(std::int64_t step, std::int64_t from, std::int64_t rows) {
  Slice slice{"every " + std::to_string(step), {}};
  for (std::int64_t i = from; i < rows; i += step) slice.rows.push_back(i);
  return slice;
}

class EvaluateOnDevice : public ::testing::Test {
 protected:
  Rows rows = random_rows(3, 700, 5);
  // Units of two or three rows whose ids are neither sorted nor small.
  void group() {
    for (std::int64_t i = 0; i < rows.rows(); ++i) rows.units.push_back((i * 7919) % 251 * 1'000'003 - 17);
  }
  void weigh() {
    for (std::int64_t i = 0; i < rows.rows(); ++i) rows.weights.push_back(static_cast<double>(i % 5) / 3);
  }
  // Overlapping ones, one with a single class, one with few rows of a class, an empty one.
  void slice() {
    Slice positives{"positives", {}};
    for (std::int64_t i = 0; i < rows.rows(); ++i)
      if (rows.labels[i] == 1) positives.rows.push_back(i);
    rows.slices = {every(2, 0, rows.rows()), every(3, 1, rows.rows()), every(40, 0, rows.rows()), positives,
                   Slice{"empty", {}}};
  }
};

TEST_F(EvaluateOnDevice, PointValues) { expect_same(rows.input(), binary(0)); }
TEST_F(EvaluateOnDevice, ReplicatesByRow) { expect_same(rows.input(), binary(72)); }
TEST_F(EvaluateOnDevice, ReplicatesByUnit) {
  group();
  expect_same(rows.input(), binary(72));
}
TEST_F(EvaluateOnDevice, SampleWeights) {
  weigh();
  expect_same(rows.input(), binary(16));
  group();
  expect_same(rows.input(), binary(16));
}
TEST_F(EvaluateOnDevice, Slices) {
  slice();
  expect_same(rows.input(), binary(24));
  expect_same(rows.input(), binary(0));
  group();
  expect_same(rows.input(), binary(24));
  weigh();
  expect_same(rows.input(), binary(16));
}

TEST_F(EvaluateOnDevice, NarrowScoresWithStrides) {
  std::vector<float> columns;  // candidates side by side in a row
  for (std::int64_t i = 0; i < rows.rows(); ++i)
    for (std::int64_t m = 0; m < rows.candidates; ++m)
      columns.push_back(static_cast<float>(rows.scores[m * rows.rows() + i]));
  EvaluateInput input = rows.input();
  input.scores = kernels::TensorView<const float, 2>{
      columns.data(), {rows.candidates, rows.rows()}, {1, rows.candidates}, Device::cpu};
  expect_same(input, binary(16));
}

TEST_F(EvaluateOnDevice, Regression) {
  for (double& label : rows.labels) label = 3 * label + .25;
  for (double& score : rows.scores) score += .5;
  slice();
  EvaluateOptions options = binary(24);
  options.task = Task::regression;
  options.metrics = {"mse", "mae", "r2", "rmse", "explained_variance", "tweedie_deviance@0", "tweedie_deviance@1.5"};
  expect_same(rows.input(), options);
  weigh();
  expect_same(rows.input(), options);
}

TEST_F(EvaluateOnDevice, ValueColumns) {
  std::vector<double> revenue;
  for (std::int64_t i = 0; i < rows.rows(); ++i) revenue.push_back(static_cast<double>(i % 17) - 4.5);
  slice();
  EvaluateInput input = rows.input();
  input.values = {{"revenue", revenue.data()}};
  EvaluateOptions options = binary(24);
  options.metrics = {"accuracy", "mean:revenue", "total:revenue"};
  expect_same(input, options);
}

TEST_F(EvaluateOnDevice, OtherIntervalsAndLaws) {
  EvaluateOptions options = binary(64);
  options.metrics = {"roc_auc", "log_loss"};
  for (const char* interval : {"basic", "bca"}) {
    options.interval = interval;
    expect_same(rows.input(), options);
  }
  options.interval = "percentile";
  options.resampling = "multinomial";
  expect_same(rows.input(), options);
}

TEST_F(EvaluateOnDevice, FewRows) {
  for (const std::int64_t count : {0, 1, 2}) {
    std::vector<std::int64_t> kept;
    for (std::int64_t i = 0; i < count; ++i) kept.push_back(i);
    Rows few = rows.only(kept);
    few.units.clear();
    expect_same(few.input(), binary(8));
  }
}

}  // namespace
}  // namespace bakeoff
