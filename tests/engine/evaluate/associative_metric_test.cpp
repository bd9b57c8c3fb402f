#include "evaluate/associative_metric.h"

#include <gmock/gmock.h>

#include "core/error.h"
#include "rows.h"

namespace bakeoff {
namespace {

struct SquaredError {
  double sum = 0, weight = 0;
  void add(double label, double score, double w) {
    sum += w * (score - label) * (score - label);
    weight += w;
  }
  void merge(const SquaredError& other) {
    sum += other.sum;
    weight += other.weight;
  }
  double value() const { return sum / weight; }
};

struct Largest {  // no sum, still associative
  double most = -1;
  void add(double, double score, double) { most = std::max(most, score); }
  void merge(const Largest& other) { most = std::max(most, other.most); }
  double value() const { return most < 0 ? std::numeric_limits<double>::quiet_NaN() : most; }
};

test::Rows rows(bool weighted, bool units) {
  test::Rows data;
  data.candidates = 2;
  std::mt19937_64 random(3);
  std::uniform_real_distribution<double> uniform;
  for (int i = 0; i < 9000; ++i) {
    data.labels.push_back(random() % 3 == 0);
    if (weighted) data.weights.push_back(uniform(random));
    if (units) data.units.push_back(static_cast<std::int64_t>(random() % 200));
  }
  for (int i = 0; i < 2 * 9000; ++i) data.scores.push_back(uniform(random));
  Slice some{"some", {}};
  for (std::int64_t i = 0; i < 9000; i += 3) some.rows.push_back(i);
  data.slices = {some};
  return data;
}

EvaluateOptions options() {
  EvaluateOptions out;
  out.metrics = {"brier"};
  out.custom = {associative_metric<SquaredError>("squared", Direction::minimize),
                associative_metric<Largest>("largest", Direction::maximize)};
  out.resamples = 20;
  return out;
}

TEST(AssociativeMetric, HasTheValuesAndResamplesOfTheCatalogs) {
  for (const bool weighted : {false, true})
    for (const bool units : {false, true}) {
      const test::Rows data = rows(weighted, units);
      const Scoreboard board = evaluate(Execution(Device::cpu, 2), data.input(), options());
      EXPECT_THAT(board.metric_names, ::testing::ElementsAre("brier", "squared", "largest"));
      const auto cells = static_cast<std::int64_t>(board.cells.size());
      for (std::int64_t m = 0; m < 2; ++m)
        for (std::int64_t s = 0; s < 2; ++s) {
          const std::int64_t own = board.index(m, s, 0), mine = board.index(m, s, 1);
          EXPECT_NEAR(board.cells[mine].value, board.cells[own].value, 1e-12);
          EXPECT_NEAR(board.cells[mine].low, board.cells[own].low, 1e-9);
          for (std::int64_t b = 0; b < board.resamples; ++b)
            EXPECT_NEAR(board.replicates[b * cells + mine], board.replicates[b * cells + own], 1e-9);
          EXPECT_LE(board.cells[board.index(m, s, 2)].high, board.cells[board.index(m, s, 2)].value);
        }
    }
}

TEST(AssociativeMetric, HasTheSameBitsForAnyNumberOfThreads) {
  const test::Rows data = rows(true, true);
  const Scoreboard one = evaluate(Execution(Device::cpu, 1), data.input(), options());
  for (const int threads : {2, 3, 8})
    EXPECT_EQ(evaluate(Execution(Device::cpu, threads), data.input(), options()).replicates, one.replicates) << threads;
}

TEST(AssociativeMetric, IsUndefinedWhereItSays) {
  test::Rows data = rows(true, false);
  std::fill(data.weights.begin(), data.weights.end(), 0.0);
  const Scoreboard board = evaluate(Execution(Device::cpu, 1), data.input(), options());
  EXPECT_TRUE(std::isnan(board.cells[board.index(0, 0, 1)].value));
  EXPECT_EQ(board.cells[board.index(0, 0, 1)].reason, Reason::no_weight);
}

TEST(AssociativeMetric, ANameThatIsThereIsRefused) {
  EvaluateOptions twice = options();
  twice.custom[0].name = "brier";
  EXPECT_THROW(evaluate(Execution(Device::cpu, 1), rows(false, false).input(), twice), SpecError);
}

}  // namespace
}  // namespace bakeoff
