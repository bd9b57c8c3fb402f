// p-values by permuting whole units.
#include "drift/unit_tails.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "core/error.h"

namespace bakeoff {
namespace {

using ::testing::HasSubstr;

struct Side {
  Dataset data;
  std::vector<std::int64_t> units;
};

// Rows of a unit share an effect of size `shared`.
Side side(int units, int rows, double shared, double shift, unsigned seed) {
  std::mt19937_64 rng(seed);
  std::normal_distribution<double> normal;
  NumericColumn number;
  CategoricalColumn text{{}, {"a", "b", "c"}};
  std::vector<std::int64_t> ids;
  for (int unit = 0; unit < units; ++unit) {
    const double effect = shared * normal(rng) + shift;
    for (int row = 0; row < rows; ++row) {
      ids.push_back(unit * 7919 + static_cast<int>(seed));
      const double value = effect + normal(rng);
      number.values.push_back(rng() % 50 == 0 ? kNaN : value);
      text.codes.push_back(value < -0.5 ? 0 : value < 0.5 ? 1 : 2);
    }
  }
  return {Dataset({{"number", number}, {"text", text}}, "table"), ids};
}

DriftReport by_unit(const Side& before, const Side& now, const DriftOptions& options = {}, int threads = 1) {
  return drift_by_unit(Execution(Device::cpu, threads), view_of(before.data), view_of(now.data),
                       {before.units, now.units}, {}, options);
}

template <class F>
void for_each_test(const DriftReport& report, const F& f) {
  for (const ColumnDrift& column : report.columns)
    for (const DriftTest& test : column.tests) f(test);
}

TEST(UnitTails, KeepTheReportsStatisticsAndAdjustTheirOwnP) {
  const Side before = side(20, 40, 0.3, 0, 1), now = side(25, 30, 0.3, 2, 2);
  const DriftReport rows =
      drift(Execution(), DriftReference::fit(Execution(), view_of(before.data)), view_of(now.data), {});
  const DriftReport units = by_unit(before, now);
  ASSERT_EQ(units.columns.size(), 2u);
  for (std::size_t c = 0; c < 2; ++c) {
    EXPECT_TRUE(units.columns[c].drifted);
    for (std::size_t t = 0; t < units.columns[c].tests.size(); ++t) {
      const DriftTest &a = rows.columns[c].tests[t], &b = units.columns[c].tests[t];
      EXPECT_EQ(a.statistic, b.statistic) << a.test;
      EXPECT_EQ(a.effect, b.effect) << a.test;
      EXPECT_EQ(b.method, "units") << b.test;
      EXPECT_GE(b.p_adjusted, b.p) << b.test;
      if (b.test == "missing" || b.test == "new_categories") continue;
      EXPECT_EQ(b.p, 0.001) << b.test;  // no deal is as far
    }
  }
}

// Rows of one unit are alike and nothing has changed: by rows, nearly every time a drift; by units, at the level.
TEST(UnitTails, HoldTheirLevelWhereRowsAreAlike) {
  DriftOptions options;
  options.tests = {"ks", "psi", "chi2"};
  options.permutations = 99;
  int by_rows = 0, by_units[3] = {};
  constexpr int kRuns = 200;
  for (unsigned run = 0; run < kRuns; ++run) {
    const Side before = side(12, 10, 1, 0, 2 * run), now = side(12, 10, 1, 0, 2 * run + 1);
    const DriftReport rows =
        drift(Execution(), DriftReference::fit(Execution(), view_of(before.data)), view_of(now.data), options);
    by_rows += rows.columns[0].tests[0].p <= 0.05;
    const DriftReport units = by_unit(before, now, options);
    by_units[0] += units.columns[0].tests[0].p <= 0.05;
    by_units[1] += units.columns[0].tests[1].p <= 0.05;
    by_units[2] += units.columns[1].tests[1].p <= 0.05;
  }
  EXPECT_GT(by_rows, kRuns / 4);
  for (const int found : by_units) {  // 99.9 % bounds of 200 draws at .05
    EXPECT_GE(found, 1);
    EXPECT_LE(found, 23);
  }
}

// Two units against two: of the six ways to deal them, two are as far as what was seen.
TEST(UnitTails, AreSharesOfDeals) {
  NumericColumn low{{0, 0, 1, 1}, {}, {}}, high{{10, 10, 11, 11}, {}, {}};
  const Side before{Dataset({{"x", low}}, "before"), {1, 1, 2, 2}}, now{Dataset({{"x", high}}, "now"), {3, 3, 4, 4}};
  DriftOptions options;
  options.tests = {"ks"};
  options.permutations = 6000;
  EXPECT_NEAR(by_unit(before, now, options).columns[0].tests[0].p, 2. / 6, 0.025);
  // A unit that is on both sides is two.
  const Side same{now.data, {1, 1, 2, 2}};
  EXPECT_EQ(by_unit(before, same, options).columns[0].tests[0].p, by_unit(before, now, options).columns[0].tests[0].p);
}

TEST(UnitTails, DontDependOnThreadsOrOrder) {
  const Side before = side(20, 20, 1, 0, 5);
  Side now = side(20, 20, 1, 0.5, 6);
  const DriftReport one = by_unit(before, now), many = by_unit(before, now, {}, 8);
  std::vector<double> p;
  for_each_test(one, [&](const DriftTest& test) { p.push_back(test.p_adjusted); });
  std::size_t at = 0;
  for_each_test(many, [&](const DriftTest& test) { EXPECT_EQ(test.p_adjusted, p[at++]); });
  EXPECT_EQ(at, p.size());
}

TEST(UnitTails, LeaveUndefinedWhatIs) {
  const NumericColumn none{{kNaN, kNaN, kNaN}, {}, {}}, ends{{-INFINITY, 1, INFINITY}, {}, {}}, same{{2, 2, 2}, {}, {}};
  const auto table = [&](const char* name) {
    return Side{Dataset({{"none", none}, {"ends", ends}, {"same", same}}, name), {1, 2, 3}};
  };
  const DriftReport report = by_unit(table("before"), table("now"));
  for_each_test(report, [](const DriftTest& test) { EXPECT_FALSE(test.p <= 0.05) << test.test; });
  for (const DriftTest& test : report.columns[0].tests)
    if (test.test == "ks" || test.test == "wasserstein") {
      EXPECT_TRUE(std::isnan(test.p)) << test.test;
    }
  EXPECT_TRUE(std::none_of(report.columns.begin(), report.columns.end(), [](const auto& c) { return c.drifted; }));
}

TEST(UnitTails, NameWhatIsWrong) {
  const Side before = side(3, 3, 1, 0, 1);
  const auto said = [&](std::vector<std::int64_t> units, const DriftOptions& options) -> std::string {
    try {
      by_unit(before, {before.data, std::move(units)}, options);
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_THAT(said({1, 2}, {}), HasSubstr("expected an id for each of 9 rows, got 2"));
  DriftOptions none;
  none.permutations = 0;
  EXPECT_THAT(said(before.units, none), HasSubstr("expected at least 1 with units"));
}

}  // namespace
}  // namespace bakeoff
