#include "train/splits.h"

#include <gmock/gmock.h>

#include <numeric>
#include <random>

#include "core/error.h"

namespace bakeoff {
namespace {

using Rows = std::vector<Index>;

struct Given {
  std::vector<double> x, labels;
  std::vector<Rows> train, test;
  std::vector<Split> splits;
  ArrayInput input;

  explicit Given(Index rows) : x(static_cast<std::size_t>(rows), 0.0), labels(x) {
    input.x = kernels::matrix_view(static_cast<const double*>(x.data()), rows, Index{1});
    input.labels = labels.data();
  }
  void add(Rows train_rows, Rows test_rows) {
    train.push_back(std::move(train_rows));
    test.push_back(std::move(test_rows));
  }
  const ArrayInput& done() {
    for (std::size_t s = 0; s < train.size(); ++s)
      splits.push_back({{train[s].data(), static_cast<Index>(train[s].size())},
                        {test[s].data(), static_cast<Index>(test[s].size())}});
    input.splits = &splits;
    input.fold_count = static_cast<int>(splits.size());
    return input;
  }
};

Rows range(Index begin, Index end) {
  Rows out(static_cast<std::size_t>(end - begin));
  std::iota(out.begin(), out.end(), begin);
  return out;
}
Rows without(const Rows& rows, Index count) {
  Rows out;
  for (Index i = 0; i < count; ++i)
    if (std::find(rows.begin(), rows.end(), i) == rows.end()) out.push_back(i);
  return out;
}

// The rows that a part trains on, as the families read it.
Rows trained_on(const Splits::Round& round, const Splits::Part& part) {
  Rows out;
  for (Index i = part.begin; i < part.end; ++i)
    if (part.left_out < 0 || round.folds[i] != part.left_out) out.push_back(i);
  return out;
}
void expect_faithful(const Splits& splits, Given& given) {
  std::vector<int> seen(given.train.size(), 0);
  for (const Splits::Round& round : splits.rounds())
    for (const Splits::Part& part : round.parts) {
      ++seen[part.split];
      Rows train = given.train[part.split], test = given.test[part.split];
      std::sort(train.begin(), train.end());
      std::sort(test.begin(), test.end());
      EXPECT_EQ(trained_on(round, part), train);
      EXPECT_EQ(splits.test(part.split), test);
      if (splits.tests_what_is_left_out(part.split)) {
        EXPECT_EQ(without(train, given.input.rows()), test);
      }
      for (Index i = 0; round.folds && i < given.input.rows(); ++i) {
        EXPECT_GE(round.folds[i], 0);
        EXPECT_LT(round.folds[i], round.fold_count);
      }
    }
  EXPECT_THAT(seen, testing::Each(1));
}

TEST(Splits, KFoldIsOneRoundAndTenRepetitionsAreTen) {
  Given given(60);
  std::mt19937_64 random(1);
  for (int repetition = 0; repetition < 10; ++repetition) {
    Rows order = range(0, 60);
    std::shuffle(order.begin(), order.end(), random);
    for (int f = 0; f < 5; ++f) {
      const Rows test(order.begin() + f * 12, order.begin() + (f + 1) * 12);
      given.add(without(test, 60), test);
    }
  }
  const Splits splits(given.done());
  EXPECT_EQ(splits.rounds().size(), 10u);
  expect_faithful(splits, given);
  for (int s = 0; s < 50; ++s) EXPECT_TRUE(splits.tests_what_is_left_out(s));
}

TEST(Splits, TimeSeriesAreOneRoundThatLeavesNothingOut) {
  Given given(50);
  for (int f = 1; f < 5; ++f) given.add(range(0, f * 10 - 3), range(f * 10, f * 10 + 10));
  const Splits splits(given.done());
  ASSERT_EQ(splits.rounds().size(), 1u);
  EXPECT_EQ(splits.rounds()[0].folds, nullptr);
  expect_faithful(splits, given);
}

TEST(Splits, OverlappingTestsAndRowsThatAreNeitherWork) {
  Given given(40);
  std::mt19937_64 random(2);
  for (int s = 0; s < 7; ++s) {
    Rows order = range(0, 40);
    std::shuffle(order.begin(), order.end(), random);
    given.add(Rows(order.begin(), order.begin() + 20 + s), Rows(order.begin() + 30, order.end()));
  }
  given.add(range(10, 30), range(0, 5));
  const Splits splits(given.done());
  expect_faithful(splits, given);
}

TEST(Splits, ATestRowMayBeATrainingRow) {
  Given given(10);
  given.add(range(0, 10), range(0, 10));
  given.add({0, 1, 2, 7, 8}, {7, 8, 9});
  const Splits splits(given.done());
  expect_faithful(splits, given);
  EXPECT_FALSE(splits.tests_what_is_left_out(0));
  EXPECT_FALSE(splits.tests_what_is_left_out(1));
}

TEST(Splits, AnIdOfMinusOneIsTrainedOnByAllAndTestedByNone) {
  Given given(9);
  const std::vector<std::int32_t> ids = {0, 1, -1, 0, 1, -1, 0, 1, 1};
  given.input.folds = ids.data();
  given.input.fold_count = 2;
  const Splits splits(given.input);
  ASSERT_EQ(splits.rounds().size(), 1u);
  const Splits::Round& round = splits.rounds()[0];
  EXPECT_EQ(trained_on(round, round.parts[0]), (Rows{1, 2, 4, 5, 7, 8}));
  EXPECT_EQ(trained_on(round, round.parts[1]), (Rows{0, 2, 3, 5, 6}));
  EXPECT_EQ(splits.test(1), (Rows{1, 4, 7, 8}));
}

TEST(Splits, SaysWhichSplitIsWrongAndHow) {
  const auto error = [](Rows train, Rows test) {
    Given given(5);
    given.add({0, 1}, {2});
    given.add(std::move(train), std::move(test));
    try {
      const Splits splits(given.done());
    } catch (const DataError& e) {
      return std::string(e.what());
    }
    return std::string("no error");
  };
  EXPECT_THAT(error({0, 5}, {1}), testing::HasSubstr("split 1: expected training rows in [0, 5), got 5"));
  EXPECT_THAT(error({0}, {-1, 2}), testing::HasSubstr("split 1: expected test rows in [0, 5), got -1"));
  EXPECT_THAT(error({0, 3, 3}, {1}), testing::HasSubstr("names training row 3 twice"));
  EXPECT_THAT(error({}, {1}), testing::HasSubstr("at least one training row"));
  EXPECT_THAT(error({1}, {}), testing::HasSubstr("at least one test row"));
}

}  // namespace
}  // namespace bakeoff
