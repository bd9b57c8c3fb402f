// The exported graph as ONNX Runtime sees it, against sums made by hand.
#include "export/onnx/onnx.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "../registry/temporary_folder.h"
#include "core/error.h"
#include "export/onnx/local_time.h"
#include "export/onnx/runtime.h"
#include "ingest/feature.h"
#include "models.h"

namespace bakeoff {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::FloatNear;
using ::testing::HasSubstr;
using ::testing::Pointwise;

class OnnxTest : public ::testing::Test {
 protected:
  void SetUp() override { use_project_python(); }

  std::vector<float> run(const LinearModel::Parts& parts, const Dataset& data) {
    const LinearModel model(parts);
    write_onnx(model, folder_.path().string());
    return predict_onnx(execution_, folder_ / kOnnxFile, onnx_inputs(model, data)).scores;
  }

  TemporaryFolder folder_;
  Execution execution_{Device::cpu, 2};
};

// Identity link, so that every term can be read off the score.
LinearModel::Parts sum_of(std::vector<LinearModel::Numeric> numeric,
                          std::vector<LinearModel::Categorical> categorical) {
  LinearModel::Parts parts;
  parts.family = "ridge";
  parts.task = Task::regression;
  parts.link = LinearModel::Link::identity;
  parts.zone = kNewYork;
  parts.numeric = std::move(numeric);
  parts.categorical = std::move(categorical);
  return parts;
}

TEST_F(OnnxTest, NumbersAreCentredAndMissingOnesCountNothing) {
  auto parts = sum_of({{"distance", 200.f, 2.f}, {"seats", 100.f, -1.f}}, {});
  parts.intercept = 10;
  EXPECT_THAT(run(parts, flights()),
              ElementsAre(10, 10 - 50, 10 + 2401, 10 - 2000400 + 98, 10 - 400 + 97, 10 + 4550 + 96));
}

TEST_F(OnnxTest, CategoriesAreKnownOtherOrMissing) {
  const auto parts =
      sum_of({}, {{"origin", {"JFK", "EWR"}, {1, 2}, 30, 400}, {"carrier", {"AA", "ü\n\"x\""}, {.5, .25}, 0, .125}});
  EXPECT_THAT(run(parts, flights()), ElementsAre(1.25, 2.5, 400.5, 30.125, 30, 1));
}

TEST_F(OnnxTest, TheEmptyTextMayBeACategoryThatCountsAsMissing) {
  const Dataset data({{"c", text_column({"", nullptr, "a"})}}, "t");
  EXPECT_THAT(run(sum_of({}, {{"c", {"", "a"}, {300, 1}, 20, 300}}), data), ElementsAre(300, 300, 1));
}

TEST_F(OnnxTest, IntegersMayBeCategories) {
  const auto parts = sum_of({}, {{"seats", {"100", "3"}, {1, 2}, 30, 400}});
  EXPECT_THAT(run(parts, flights()), ElementsAre(1, 30, 400, 30, 2, 30));
}

TEST_F(OnnxTest, TheSigmoidIsExactAtBothEnds) {
  auto parts = sum_of({{"x", 0, 1}}, {});
  parts.link = LinearModel::Link::logistic;
  NumericColumn x{{0, 1, -1, 800, -800, 20}, false, {}};
  EXPECT_THAT(run(parts, Dataset({{"x", x}}, "x")),
              Pointwise(FloatNear(1e-7), {0.5, 1 / (1 + std::exp(-1.0)), 1 / (1 + std::exp(1.0)), 1.0, 0.0, 1.0}));
}

TEST_F(OnnxTest, TheLogLinkGivesMeans) {
  auto parts = sum_of({{"x", 0, 1}}, {});
  parts.family = "poisson";
  parts.link = LinearModel::Link::log;
  NumericColumn x{{0, 1, -30, 80}, false, {}};
  const auto got = run(parts, Dataset({{"x", x}}, "x"));
  for (std::size_t i = 0; i < got.size(); ++i) EXPECT_NEAR(got[i] / std::exp(x.values[i]), 1, 1e-6);
}

// hour + 100 weekday + 10000 month; -1 where missing.
LinearModel::Parts clock(const std::string& zone) {
  std::vector<float> hours, weekdays, months;
  for (int i = 0; i < 24; ++i) hours.push_back(static_cast<float>(i));
  for (int i = 0; i < 7; ++i) weekdays.push_back(100.f * static_cast<float>(i));
  for (int i = 1; i < 13; ++i) months.push_back(10000.f * static_cast<float>(i));
  auto parts = sum_of({}, {{"t.hour", numbers(0, 23), hours, -5, -1},
                           {"t.weekday", numbers(0, 6), weekdays, -5, 0},
                           {"t.month", numbers(1, 12), months, -5, 0}});
  parts.zone = zone;
  return parts;
}

TEST_F(OnnxTest, TimePartsFollowTheClockOfNewYork) {
  const TimeColumn t{{at(2013, 3, 10, 6, 59, 59), at(2013, 3, 10, 7),  // a Sunday: 1:59 winter, 3:00 summer time
                      at(2013, 11, 3, 5, 59, 59), at(2013, 11, 3, 6),  // a Sunday: 1:59 summer, 1:00 winter time
                      at(2013, 1, 1, 4, 59, 59), at(2013, 1, 1, 5),    // Monday 23:59 in December, Tuesday 0:00
                      at(2012, 2, 29, 17), at(2012, 3, 1, 4, 59), -1,  // leap day; 1969-12-31 18:59:59.999999
                      at(1955, 7, 4, 12), TimeColumn::kMissingTime}};
  EXPECT_THAT(run(clock(kNewYork), Dataset({{"t", t}}, "t")),
              ElementsAre(30601, 30603, 110601, 110601, 120023, 10100, 20212, 20223, 120218, 70008, -1));
}

TEST_F(OnnxTest, TimePartsFollowEveryClockAtAnyTime) {
  std::mt19937_64 random(11);
  std::uniform_int_distribution<Micros> any(at(1935, 1, 1), at(2037, 12, 31));
  for (const char* zone : {"Australia/Lord_Howe", "Africa/Casablanca"}) {
    TimeColumn t;
    for (int i = 0; i < 4000; ++i) t.micros.push_back(any(random));
    // And on, before and after each change of the clock.
    for (const auto change : onnx::zone_steps(zone).changes)
      for (const Micros near : {-1, 0, 1})
        if (change > -1e9 && change < 2'145'000'000) t.micros.push_back(change * kSecond + near);
    const Dataset data({{"t", t}}, "t");
    const auto hour = time_part(t, "hour", zone), weekday = time_part(t, "weekday", zone),
               month = time_part(t, "month", zone);
    std::vector<float> expected;
    for (std::size_t i = 0; i < t.micros.size(); ++i)
      expected.push_back(static_cast<float>(hour.codes[i] + 100 * weekday.codes[i] + 10000 * (month.codes[i] + 1)));
    EXPECT_THAT(run(clock(zone), data), ElementsAreArray(expected)) << zone;
  }
}

TEST_F(OnnxTest, ACategoryOfATimeThatWasNeverSeenIsOther) {
  auto parts = clock("UTC");
  parts.categorical[1] = {"t.weekday", {"6"}, {100}, 700, 0};
  EXPECT_THAT(run(parts, Dataset({{"t", TimeColumn{{at(2013, 3, 10, 5), at(2013, 3, 11, 5)}}}}, "t")),
              ElementsAre(30105, 30705));
}

TEST_F(OnnxTest, TheSameModelGivesTheSameBytes) {
  const LinearModel model(flight_parts());
  EXPECT_EQ(onnx_bytes(model), onnx_bytes(LinearModel(flight_parts())));
}

TEST_F(OnnxTest, AFeatureMayBeCalledScore) {
  EXPECT_THAT(run(sum_of({{"score", 0, 2}}, {}), Dataset({{"score", NumericColumn{{1, 2}, false, {}}}}, "t")),
              ElementsAre(2, 4));
}

// Seconds since 1970, where float32 has steps of 128; and more rows than a batch of the file holds.
TEST_F(OnnxTest, LargeNumbersKeepTheirDigitsInManyRows) {
  NumericColumn seconds;
  for (int i = 0; i < 150'000; ++i) seconds.values.push_back(1.6e9 + i);
  const auto scores = run(sum_of({{"t", 1.6e9f, 0.5f}}, {}), Dataset({{"t", seconds}}, "t"));
  ASSERT_EQ(scores.size(), 150'000u);
  for (std::size_t i = 0; i < scores.size(); ++i) ASSERT_EQ(scores[i], 0.5f * static_cast<float>(i));
}

TEST_F(OnnxTest, RefusesWhatAGraphCannotSay) {
  const auto refused = [](LinearModel::Parts parts) {
    return error_text<SpecError>([&] { onnx_bytes(LinearModel(std::move(parts))); });
  };
  EXPECT_THAT(refused(sum_of({}, {})), HasSubstr("without columns"));
  EXPECT_THAT(refused(sum_of({}, {{"c", {"", "a"}, {1, 2}, 0, 3}})), HasSubstr("both empty texts and missing values"));
  EXPECT_THAT(refused(sum_of({{"c", 0, 1}}, {{"c", {"a"}, {1}, 0, 0}})), HasSubstr("read in two ways"));
  EXPECT_THAT(refused(sum_of({{"bakeoff/1", 0, 1}}, {})), HasSubstr("rename"));
  auto parts = clock("America/Newyork");
  EXPECT_THAT(refused(parts), HasSubstr("America/Newyork"));
}

}  // namespace
}  // namespace bakeoff
