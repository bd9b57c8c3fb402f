#include <gmock/gmock.h>

#include <cmath>

#include "core/error.h"
#include "train/model.h"

namespace bakeoff {
namespace {

LinearModel::Parts parts() {
  LinearModel::Parts p;
  p.zone = "America/New_York";
  p.intercept = 0.25f;
  p.numeric = {{"speed", 300, 0.5f}, {"height", 2, -1}};
  p.categorical = {{"city", {"JFK", "EWR"}, {1, 2}, 4, 8}, {"when.hour", {"23", "5"}, {16, 32}, 64, 128}};
  return p;
}

Dataset rows() {
  NumericColumn speed{{302, kNaN, 300, 300}}, height{{2, 3, kNaN, 2}};
  CategoricalColumn city{{0, 1, 2, -1}, {"EWR", "JFK", "LGA"}};
  // 2013-07-01 03:30 UTC is 23:30 in New York, 09:00 UTC is 5:00
  const Micros start = 1372636800 * kSecond;
  TimeColumn when{
      {start + 3 * 3600 * kSecond + 1800 * kSecond, start + 9 * 3600 * kSecond, start, TimeColumn::kMissingTime}};
  return Dataset({{"speed", speed}, {"height", height}, {"city", city}, {"when", when}}, "test");
}

TEST(LinearModel, AddsNumbersAndTablesWithOtherAndMissing) {
  LinearModel::Parts p = parts();
  p.link = LinearModel::Link::identity;
  const std::vector<float> scores = LinearModel(p).predict(Execution(Device::cpu, 2), rows());
  EXPECT_THAT(scores, testing::ElementsAre(0.25f + 1 + 2 + 16, 0.25f - 1 + 1 + 32, 0.25f + 4 + 64, 0.25f + 8 + 128));
}

TEST(LinearModel, TheLogLinkGivesMeans) {
  LinearModel::Parts p;
  p.link = LinearModel::Link::log;
  p.intercept = 0.5;
  p.numeric = {{"x", 1, 2}};
  const NumericColumn x{{1, 2, kNaN, -40}, false, {}};
  const auto got = LinearModel(p).predict(Execution(Device::cpu, 1), Dataset({{"x", x}}, "t"));
  EXPECT_FLOAT_EQ(got[0], static_cast<float>(std::exp(0.5)));
  EXPECT_FLOAT_EQ(got[1], static_cast<float>(std::exp(2.5)));
  EXPECT_FLOAT_EQ(got[2], got[0]);
  EXPECT_FLOAT_EQ(got[3], static_cast<float>(std::exp(-81.5)));
}

TEST(LinearModel, TheLogisticLinkIsSymmetricAndReachesBothEnds) {
  LinearModel::Parts p;
  p.numeric = {{"x", 0, 1}};
  const Dataset data({{"x", NumericColumn{{0, 1, -1, 800, -800, -20}}}}, "test");
  const std::vector<float> scores = LinearModel(p).predict(Execution(Device::cpu, 1), data);
  EXPECT_EQ(scores[0], 0.5f);
  EXPECT_FLOAT_EQ(scores[1], static_cast<float>(1 / (1 + std::exp(-1.0))));
  EXPECT_FLOAT_EQ(scores[1] + scores[2], 1.0f);
  EXPECT_EQ(scores[3], 1.0f);
  EXPECT_EQ(scores[4], 0.0f);
  EXPECT_FLOAT_EQ(scores[5], static_cast<float>(std::exp(-20.0) / (1 + std::exp(-20.0))));
}

TEST(LinearModel, NamesTheColumnsThatItReads) {
  EXPECT_THAT(LinearModel(parts()).columns(), testing::ElementsAre("speed", "height", "city", "when"));
  const Dataset partial({{"speed", NumericColumn{{1}}}}, "test");
  EXPECT_THROW(LinearModel(parts()).predict(Execution(Device::cpu, 1), partial), DataError);
}

TEST(LinearModel, HasTheSameBitsForAnyNumberOfThreads) {
  NumericColumn x;
  for (int i = 0; i < 20000; ++i) x.values.push_back(std::sin(i) * 5);
  LinearModel::Parts p;
  p.intercept = 0.1f;
  p.numeric = {{"x", 0.3f, 1.7f}};
  const Dataset data({{"x", x}}, "test");
  const std::vector<float> once = LinearModel(p).predict(Execution(Device::cpu, 1), data);
  for (int threads : {2, 3, 8}) EXPECT_EQ(LinearModel(p).predict(Execution(Device::cpu, threads), data), once);
}

}  // namespace
}  // namespace bakeoff
