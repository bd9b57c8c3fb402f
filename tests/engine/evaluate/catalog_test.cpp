// Walks the catalog through evaluate(): what holds for every metric, whatever its kind, so that no new one escapes.
#include "kernels/metrics/catalog.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "core/error.h"
#include "evaluate/evaluate.h"

namespace bakeoff {
namespace {

using kernels::Metric;

struct Data {
  Task task;
  std::vector<double> labels, scores, weights, value;
  std::vector<std::int64_t> units;

  EvaluateInput input() const {
    EvaluateInput in;
    in.scores = kernels::matrix_view(scores.data(), 1, static_cast<std::int64_t>(labels.size()));
    in.labels = labels.data();
    if (!weights.empty()) in.weights = weights.data();
    if (!units.empty()) in.units = units.data();
    in.values = {{"v", value.data()}};
    return in;
  }
};

// Both classes, ties; regression above 0, as the deviances want it.
Data random_data(Task task, std::size_t n, bool weighted, std::uint64_t seed = 1) {
  std::mt19937_64 rng(seed);
  const auto uniform = [&] { return static_cast<double>(rng() >> 11) * 0x1p-53; };
  Data d{task, {}, {}, {}, {}, {}};
  for (std::size_t i = 0; i < n; ++i) {
    const double label = i < 2 ? static_cast<double>(i) : uniform() < .4;
    d.labels.push_back(task == Task::binary ? label : .5 + 3 * uniform());
    d.scores.push_back(i == 1 ? .9 : std::floor(uniform() * 100) / 100 + (task == Task::binary ? 0 : .25));
    d.value.push_back(uniform() * 10 - 3);
    if (weighted) d.weights.push_back(i < 2 ? 1 : uniform() < .2 ? 0 : uniform() * 3);
  }
  return d;
}

class EveryMetric : public testing::TestWithParam<const Metric*> {
 protected:
  Task task() const { return GetParam()->task; }
  std::string name() const { return GetParam()->of_column ? GetParam()->name + std::string(":v") : GetParam()->name; }
  Scoreboard run(const Data& d, int resamples = 0, int threads = 2) const {
    EvaluateOptions options;
    options.task = d.task;
    options.metrics = {name()};
    options.resamples = resamples;
    options.seed = 11;
    return evaluate(Execution(Device::cpu, threads), d.input(), options);
  }
};

TEST_P(EveryMetric, IsEmptyWithoutRows) {
  const Scoreboard board = run({task(), {}, {}, {}, {}, {}}, 9);
  EXPECT_TRUE(std::isnan(board.cells[0].value));
  EXPECT_EQ(board.cells[0].reason, Reason::empty);
  for (const double replicate : board.replicates) EXPECT_TRUE(std::isnan(replicate));
}

TEST_P(EveryMetric, IsUndefinedWithoutWeight) {
  Data d = random_data(task(), 50, true);
  d.weights.assign(50, 0);
  const Scoreboard board = run(d, 9);
  EXPECT_TRUE(std::isnan(board.cells[0].value));
  EXPECT_EQ(board.cells[0].reason, Reason::no_weight);
}

TEST_P(EveryMetric, OfOneRowIsANumberOrSaysWhyNot) {
  for (const std::size_t which : {0, 1}) {
    const Data two = random_data(task(), 2, false);
    const Data one{task(), {two.labels[which]}, {two.scores[which]}, {}, {two.value[which]}, {}};
    const Cell cell = run(one, 9).cells[0];
    EXPECT_TRUE(std::isfinite(cell.value) || cell.reason != Reason::ok);
  }
}

TEST_P(EveryMetric, HasTheSameBitsForAnyNumberOfThreads) {
  for (const bool weighted : {false, true})
    for (const std::size_t n : {4095, 4096, 4097, 20'000}) {
      const Data d = random_data(task(), n, weighted);
      const Scoreboard one = run(d, 20, 1), three = run(d, 20, 3);
      EXPECT_EQ(one.cells[0].value, three.cells[0].value) << n;
      EXPECT_EQ(one.replicates, three.replicates) << n;
    }
}

TEST_P(EveryMetric, IgnoresRowsWithoutWeight) {
  const Data d = random_data(task(), 5000, true);
  Data kept{task(), {}, {}, {}, {}, {}}, whole = d;
  for (std::size_t i = 0; i < d.labels.size(); ++i) {
    whole.units.push_back(static_cast<std::int64_t>(i));
    if (d.weights[i] == 0) continue;
    kept.labels.push_back(d.labels[i]);
    kept.scores.push_back(d.scores[i]);
    kept.weights.push_back(d.weights[i]);
    kept.value.push_back(d.value[i]);
    kept.units.push_back(static_cast<std::int64_t>(i));
  }
  // Bins of equally many rows count the rows, not their weights
  if (name() == "ece_mass") return;
  const Scoreboard all = run(whole, 12), some = run(kept, 12);
  const auto near = [](double a, double b) { return std::fabs(a - b) <= 1e-9 * std::max(1.0, std::fabs(b)); };
  EXPECT_PRED2(near, all.cells[0].value, some.cells[0].value);
  for (std::size_t b = 0; b < 12; ++b) EXPECT_PRED2(near, all.replicates[b], some.replicates[b]) << b;
}

// Rows that are equal to weights of whole numbers: the same value, and with the unit of the row the same replicates.
TEST_P(EveryMetric, CountsARowOfWeightTwoTwice) {
  if (name() == "ece_mass") return;
  Data once = random_data(task(), 3000, false), twice{task(), {}, {}, {}, {}, {}};
  for (std::size_t i = 0; i < once.labels.size(); ++i) {
    const int weight = 1 + static_cast<int>(i % 3);
    once.weights.push_back(weight);
    once.units.push_back(static_cast<std::int64_t>(i));
    for (int k = 0; k < weight; ++k) {
      twice.labels.push_back(once.labels[i]);
      twice.scores.push_back(once.scores[i]);
      twice.value.push_back(once.value[i]);
      twice.units.push_back(static_cast<std::int64_t>(i));
    }
  }
  const Scoreboard a = run(once, 12), b = run(twice, 12);
  const auto near = [](double x, double y) { return std::fabs(x - y) <= 1e-8 * std::max(1.0, std::fabs(y)); };
  EXPECT_PRED2(near, a.cells[0].value, b.cells[0].value);
  for (std::size_t r = 0; r < 12; ++r) EXPECT_PRED2(near, a.replicates[r], b.replicates[r]) << r;
}

TEST_P(EveryMetric, OfASliceIsThatOfItsRowsAlone) {
  const Data d = random_data(task(), 6000, true);
  EvaluateOptions options;
  options.task = task();
  options.metrics = {name()};
  options.resamples = 10;
  EvaluateInput input = d.input();
  Slice slice{"third", {}};
  for (std::int64_t i = 0; i < 6000; i += 3) slice.rows.push_back(i);
  input.slices = {slice};
  const Execution execution(Device::cpu, 2);
  const Scoreboard both = evaluate(execution, input, options);
  const Scoreboard alone = evaluate(execution, Subset(input, slice.rows).input(), options);
  EXPECT_EQ(both.cell(0, 1, 0).value, alone.cells[0].value);
  for (int b = 0; b < 10; ++b) EXPECT_EQ(both.replicates[b * 2 + 1], alone.replicates[b]);
}

TEST_P(EveryMetric, HasAJackknifeOfItsUnits) {
  Data d = random_data(task(), 240, true, 3);
  for (std::size_t i = 0; i < d.labels.size(); ++i) d.units.push_back(static_cast<std::int64_t>(i % 12));
  EvaluateOptions options;
  options.task = task();
  options.metrics = {name()};
  options.interval = "jackknife";
  const Scoreboard board = evaluate(Execution(Device::cpu, 2), d.input(), options);
  const LeaveOneOut left = leave_one_unit_out(Execution(Device::cpu, 2), d.input(), options, name());
  const Cell& cell = board.cells[0];
  EXPECT_EQ(cell.method, IntervalMethod::jackknife);
  EXPECT_EQ(board.left_out, left.values[0]);
  EXPECT_TRUE(cell.low <= cell.value && cell.value <= cell.high) << cell.low << " " << cell.value << " " << cell.high;
}

TEST_P(EveryMetric, RefusesNaN) {
  Data d = random_data(task(), 20, true);
  d.scores[7] = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THROW(run(d), DataError);
}

std::string name_of(const testing::TestParamInfo<const Metric*>& info) { return info.param->name; }
INSTANTIATE_TEST_SUITE_P(Catalog, EveryMetric, testing::ValuesIn(kernels::kMetrics), name_of);

}  // namespace
}  // namespace bakeoff
