#include "ingest/calendar.h"

#include <gmock/gmock.h>

#include <cstdlib>
#include <ctime>
#include <random>

#include "../registry/temporary_folder.h"
#include "core/error.h"
#include "ingest/feature.h"

namespace bakeoff {
namespace {

using testing::HasSubstr;

// The C library's reading of the same zones: another implementation.
class CLibraryZone {
 public:
  explicit CLibraryZone(const std::string& zone) {
    setenv("TZ", zone.c_str(), 1);
    tzset();
  }
  ~CLibraryZone() {
    unsetenv("TZ");
    tzset();
  }
  static std::tm at(Micros utc) {
    const std::time_t seconds = floor_div(utc, kSecond);
    std::tm local{};
    localtime_r(&seconds, &local);
    return local;
  }
};

bool same_day(const std::tm& a, const std::tm& b) { return a.tm_yday == b.tm_yday && a.tm_year == b.tm_year; }

// Zones that skip or repeat an hour at midnight, half an hour, a whole day, and one whose offset has seconds.
class Zones : public testing::TestWithParam<const char*> {
 protected:
  static std::vector<Micros> times() {
    std::mt19937_64 random(11);
    std::uniform_int_distribution<Micros> any(-40 * 365 * kDay, 130 * 365 * kDay);  // 1930 to 2099
    std::vector<Micros> out(20'000);
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = i % 4 ? out[i - 1] + any(random) % (3 * kDay) : any(random);
    return out;
  }
};

TEST_P(Zones, TheClockIsTheCLibrarys) {
  const CLibraryZone zone(GetParam());
  const std::vector<Micros> utc = times();
  const TimeColumn column{utc};
  const auto hours = time_part(column, "hour", GetParam()), weekdays = time_part(column, "weekday", GetParam()),
             months = time_part(column, "month", GetParam());
  for (std::size_t i = 0; i < utc.size(); ++i) {
    const std::tm expected = CLibraryZone::at(utc[i]);
    ASSERT_EQ(hours.categories[hours.codes[i]], std::to_string(expected.tm_hour)) << utc[i];
    ASSERT_EQ(weekdays.categories[weekdays.codes[i]], std::to_string((expected.tm_wday + 6) % 7)) << utc[i];
    ASSERT_EQ(months.categories[months.codes[i]], std::to_string(expected.tm_mon + 1)) << utc[i];
  }
}

TEST_P(Zones, ADayStartsAtItsFirstInstant) {
  const CLibraryZone zone(GetParam());
  ZoneClock clock(GetParam());
  for (const Micros utc : times()) {
    const Micros start = clock.period_start(utc, kDay);
    ASSERT_LE(start, utc);
    ASSERT_TRUE(same_day(CLibraryZone::at(start), CLibraryZone::at(utc))) << utc;
    ASSERT_FALSE(same_day(CLibraryZone::at(start - 1), CLibraryZone::at(utc))) << utc;
  }
}

TEST_P(Zones, PeriodsCoverTimeWithoutOverlap) {
  ZoneClock clock(GetParam());
  for (const Micros every : {kDay / 24, kDay / 4, kDay, 7 * kDay, 28 * kDay})
    for (const Micros utc : times()) {
      const Micros start = clock.period_start(utc, every);
      ASSERT_LE(start, utc);
      ASSERT_LE(utc - start, every + kDay);  // a day may be longer than 24 hours
      ASSERT_EQ(clock.period_start(start, every), start) << utc << " every " << every;
    }
}

INSTANTIATE_TEST_SUITE_P(Calendar, Zones,
                         testing::Values("UTC", "America/New_York", "America/Sao_Paulo", "Asia/Kolkata",
                                         "Australia/Lord_Howe", "Pacific/Apia", "Africa/Monrovia", "Asia/Beirut",
                                         "Europe/Dublin", "Pacific/Auckland"));

TEST(ZoneClock, SevenDaysAreIsoWeeks) {
  ZoneClock clock("UTC");
  for (std::int64_t day = -20; day < 40; ++day) {
    const std::int64_t start = clock.period_start(day * kDay + 1, 7 * kDay) / kDay;
    EXPECT_EQ((start + 3) % 7, 0) << day;  // Monday
    EXPECT_LE(start, day);
    EXPECT_GT(start + 7, day);
  }
}

TEST(ZoneClock, TimesFarAwayHaveAnAnswer) {
  ZoneClock clock("America/New_York");
  for (const Micros utc :
       {std::numeric_limits<Micros>::min() + 400 * kDay, std::numeric_limits<Micros>::max() - 400 * kDay}) {
    EXPECT_LE(std::abs(clock.local(utc) - utc), kDay);
    EXPECT_LE(clock.period_start(utc, kDay), utc);
  }
}

TEST(ZoneClock, AnUnknownZoneNamesTheNearest) {
  EXPECT_THAT(error_text<SpecError>([] { ZoneClock("America/New_Yrok"); }),
              HasSubstr("did you mean 'America/New_York'?"));
  EXPECT_THROW(ZoneClock(""), SpecError);
  EXPECT_THROW(ZoneClock("../../etc/passwd"), SpecError);
}

TEST(ZoneClock, APeriodIsDaysOrDividesADay) {
  ZoneClock clock("UTC");
  for (const Micros every : {Micros{0}, -kDay, 36 * kDay / 24, 7 * kDay / 24})
    EXPECT_THAT(error_text<SpecError>([&] { clock.period_start(0, every); }),
                HasSubstr("every: expected a whole number"));
}

TEST(Feature, TimePartsAreToldByTheirEnding) {
  EXPECT_EQ(parse_time_part("t.hour")->column, "t");
  EXPECT_EQ(parse_time_part("a.b.weekday")->column, "a.b");
  EXPECT_EQ(parse_time_part("a.b.weekday")->part, "weekday");
  for (const char* other : {"hour", ".hour", "t.minute", "t", ""}) EXPECT_FALSE(parse_time_part(other)) << other;
}

TEST(Feature, IntegersAndPartsOfTimeAreCategorical) {
  const std::int64_t big = std::int64_t{1} << 60;
  const Dataset data({{"store", NumericColumn{{7, kNaN, -1, 7}, true, {}}},
                      {"id", NumericColumn{{0, 0, 0, 0}, true, {big, big + 1, big, 3}}},
                      {"t", TimeColumn{{0, TimeColumn::kMissingTime, kDay / 2, 0}}},
                      {"price", NumericColumn{{1, 2, 3, 4}, false, {}}}},
                     "a.csv");
  const auto store = categorical_feature(data, "store", "UTC");
  EXPECT_THAT(store.categories, testing::ElementsAre("7", "-1"));
  EXPECT_THAT(store.codes, testing::ElementsAre(0, -1, 1, 0));
  EXPECT_THAT(categorical_feature(data, "id", "UTC").codes, testing::ElementsAre(0, 1, 0, 2));
  EXPECT_THAT(categorical_feature(data, "t.hour", "Asia/Tokyo").codes, testing::ElementsAre(9, -1, 21, 9));
  EXPECT_THAT(error_text<DataError>([&] { categorical_feature(data, "price", "UTC"); }), HasSubstr("floating-point"));
  EXPECT_THAT(error_text<DataError>([&] { categorical_feature(data, "t", "UTC"); }), HasSubstr("'t.hour'"));
  EXPECT_THAT(error_text<DataError>([&] { categorical_feature(data, "stroe", "UTC"); }),
              HasSubstr("did you mean 'store'?"));
  EXPECT_THROW(time_part(data.time("t"), "minute", "UTC"), SpecError);
}

TEST(Feature, AColumnOfThatNameComesBeforeAPartOfATime) {
  const Dataset data({{"t", TimeColumn{{0}}}, {"t.hour", CategoricalColumn{{0}, {"noon"}}}}, "a.csv");
  EXPECT_EQ(categorical_feature(data, "t.hour", "UTC").categories[0], "noon");
}

}  // namespace
}  // namespace bakeoff
