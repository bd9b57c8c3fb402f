// All slices at once say what each slice says alone.
#include "evaluate/slice_set.h"

#include <gtest/gtest.h>

#include <utility>

#include "core/error.h"
#include "rows.h"

namespace bakeoff {
namespace {

using test::random_rows;
using test::Rows;

EvaluateOptions options_with(int resamples) {
  EvaluateOptions options;
  options.metrics = {"roc_auc", "log_loss", "brier", "accuracy", "f1", "mcc"};
  options.resamples = resamples;
  options.seed = 11;
  return options;
}

// Codes, two overlapping masks, a slice with one row and one with none.
std::vector<Slice> some_slices(std::int64_t rows) {
  std::vector<Slice> slices = {{"a", {}},     {"b", {}},           {"c", {}},   {"even", {}},
                               {"first", {}}, {"one", {rows / 2}}, {"none", {}}};
  for (std::int64_t i = 0; i < rows; ++i) {
    slices[i * i % 7 % 3].rows.push_back(i);
    if (i % 2 == 0) slices[3].rows.push_back(i);
    if (i < rows / 2) slices[4].rows.push_back(i);
  }
  return slices;
}

bool same(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }

void expect_slices_alone(Rows rows, int threads) {
  rows.slices = some_slices(rows.rows());
  const EvaluateOptions options = options_with(70);
  const Execution execution(Device::cpu, threads);
  const Scoreboard board = evaluate(execution, rows.input(), options);
  const auto k = static_cast<std::int64_t>(board.metric_names.size());
  for (std::int64_t s = 1; s < static_cast<std::int64_t>(board.slice_names.size()); ++s) {
    const Rows alone = rows.only(rows.slices[s - 1].rows);
    const Scoreboard expected = evaluate(execution, alone.input(), options);
    EXPECT_EQ(board.count[s], alone.rows());
    EXPECT_EQ(board.units[s], expected.units[0]);
    EXPECT_EQ(board.positives[s], expected.positives[0]);
    for (std::int64_t m = 0; m < rows.candidates; ++m)
      for (std::int64_t j = 0; j < k; ++j) {
        const Cell &a = board.cell(m, s, j), &b = expected.cell(m, 0, j);
        ASSERT_TRUE(same(a.value, b.value) && same(a.low, b.low) && same(a.high, b.high) && a.reason == b.reason &&
                    a.resampling == b.resampling)
            << board.slice_names[s] << " " << board.metric_names[j] << ": " << a.value << " " << b.value;
        for (std::int64_t r = 0; r < options.resamples; ++r)
          ASSERT_TRUE(same(board.replicates[r * static_cast<std::int64_t>(board.cells.size()) + board.index(m, s, j)],
                           expected.replicates[r * rows.candidates * k + m * k + j]))
              << board.slice_names[s] << " " << board.metric_names[j] << " resample " << r;
      }
  }
}

TEST(SliceSet, GivesTheBitsOfEachSliceAloneByRow) { expect_slices_alone(random_rows(2, 9001, 1), 2); }

TEST(SliceSet, GivesTheBitsOfEachSliceAloneByUnit) {
  Rows rows = random_rows(3, 9001, 2);
  std::mt19937_64 random(5);  // unsorted, repeated, negative
  for (std::int64_t i = 0; i < rows.rows(); ++i) rows.units.push_back(static_cast<std::int64_t>(random() % 4500) - 70);
  expect_slices_alone(rows, 3);
}

TEST(SliceSet, GivesTheBitsOfEachSliceAloneWithWeights) {
  Rows rows = random_rows(2, 4200, 3);
  for (std::int64_t i = 0; i < rows.rows(); ++i) rows.weights.push_back(i % 5 == 0 ? 0 : 1.0 / static_cast<double>(i));
  expect_slices_alone(rows, 2);
}

TEST(SliceSet, GivesTheBitsOfEachSliceAloneWhereAClassIsRare) { expect_slices_alone(random_rows(2, 600, 4, .05), 2); }

TEST(SliceSet, CutsManyCandidatesIntoBlocks) {
  Rows rows = random_rows(40, 700, 6);
  expect_slices_alone(rows, 2);
}

// A run that is cut so that a stop is heard draws what an uncut one draws.
TEST(SliceSet, DrawsTheSameInAnyNumberOfPieces) {
  Rows by_row = random_rows(2, 700, 12), by_unit = by_row, weighted = by_row;
  for (std::int64_t i = 0; i < 700; ++i) {
    by_unit.units.push_back(i * i % 90);
    weighted.weights.push_back(static_cast<double>(i % 4));
  }
  for (Rows* rows : {&by_row, &by_unit, &weighted}) {
    rows->slices = some_slices(700);
    EvaluateOptions options = options_with(200);
    options.metrics = {"roc_auc", "gini"};
    const EvaluateInput input = rows->input();
    const UnitIndex units = make_unit_index(input);
    const SliceSet set = make_slice_set(input.slices, units, {0, 1, 4, 6});
    const MetricPlan plan = make_plan(options.metrics, options.task);
    int asked = 0;
    const auto replicates = [&](Index draws_at_once) {
      Execution execution(Device::cpu, 2);
      execution.set_stop_check([&] { return ++asked, false; });
      Scoreboard board = evaluate(Execution(), input, options);
      std::fill(board.replicates.begin(), board.replicates.end(), -1.0);
      auc_values(execution, input, set, units, plan, options, true, board, draws_at_once);
      return board.replicates;
    };
    const std::vector<double> whole = replicates(0);
    const int asked_whole = std::exchange(asked, 0);
    const std::vector<double> pieces = replicates(1);
    EXPECT_EQ(asked - asked_whole, 3);  // pieces of 64, 64, 64 and 8
    ASSERT_EQ(whole.size(), pieces.size());
    for (std::size_t i = 0; i < whole.size(); ++i) ASSERT_TRUE(same(whole[i], pieces[i])) << i;
    EXPECT_NE(whole[0], -1.0);
  }
}

TEST(SliceSet, ReportsASmallSliceWithItsReason) {
  Rows rows = random_rows(1, 100, 7);
  rows.slices = {{"small", {3, 4}}, {"large", {}}};
  for (std::int64_t i = 0; i < 50; ++i) rows.slices[1].rows.push_back(i);
  EvaluateOptions options = options_with(10);
  options.min_slice_rows = 3;
  const Scoreboard board = evaluate(Execution(), rows.input(), options);
  EXPECT_EQ(board.count, (std::vector<std::int64_t>{100, 2, 50}));
  for (std::int64_t k = 0; k < 6; ++k) {
    EXPECT_TRUE(std::isnan(board.cell(0, 1, k).value));
    EXPECT_TRUE(std::isnan(board.cell(0, 1, k).low));
    EXPECT_STREQ(name(board.cell(0, 1, k).reason), "too_few_rows");
    EXPECT_STREQ(name(board.cell(0, 2, k).reason), "ok");
  }
}

TEST(SliceSet, DropsRowsFromSlicesToo) {
  Rows rows = random_rows(1, 200, 8);
  rows.slices = {{"half", {}}};
  for (std::int64_t i = 0; i < 100; ++i) rows.slices[0].rows.push_back(2 * i);
  rows.scores[4] = kNaN, rows.scores[5] = kNaN;
  EvaluateOptions options = options_with(10);
  EXPECT_THROW(evaluate(Execution(), rows.input(), options), DataError);
  options.drop_nan = true;
  const Scoreboard board = evaluate(Execution(), rows.input(), options);
  EXPECT_EQ(board.count, (std::vector<std::int64_t>{198, 99}));
  EXPECT_EQ(board.rows_dropped, 2);
}

TEST(SliceSet, SaysWhatIsUndefined) {
  Rows rows = random_rows(1, 40, 9);
  rows.weights.assign(40, 0.0);
  rows.slices = {{"none", {}}};
  const Scoreboard weightless = evaluate(Execution(), rows.input(), options_with(5));
  EXPECT_STREQ(name(weightless.cell(0, 0, 0).reason), "no_weight");
  EXPECT_STREQ(name(weightless.cell(0, 0, 3).reason), "no_weight");
  EXPECT_STREQ(name(weightless.cell(0, 1, 0).reason), "empty");
  EXPECT_STREQ(name(weightless.cell(0, 1, 3).reason), "empty");
  rows.weights.clear();
  rows.labels.assign(40, 1.0);
  const Scoreboard one_class = evaluate(Execution(), rows.input(), options_with(5));
  EXPECT_STREQ(name(one_class.cell(0, 0, 0).reason), "one_class");
  EXPECT_EQ(one_class.cell(0, 0, 0).valid_resamples, 0);
}

TEST(SliceSet, RefusesRowsThatAreNotAscending) {
  Rows rows = random_rows(1, 40, 10);
  rows.slices = {{"mixed", {3, 2}}};
  EXPECT_THROW(evaluate(Execution(), rows.input(), options_with(5)), DataError);
}

TEST(SliceSet, TakesCodes) {
  const std::int32_t codes[] = {1, -1, 0, 1};
  const std::vector<Slice> slices = slices_of_codes({"a", "b", "c"}, codes, 4);
  EXPECT_EQ(slices[0].rows, std::vector<std::int64_t>{2});
  EXPECT_EQ(slices[1].rows, (std::vector<std::int64_t>{0, 3}));
  EXPECT_TRUE(slices[2].rows.empty());
  EXPECT_THROW(slices_of_codes({"a"}, codes, 4), DataError);
}

}  // namespace
}  // namespace bakeoff
