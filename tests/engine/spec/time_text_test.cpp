#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "spec/spec.h"

namespace bakeoff {
namespace {

TEST(Periods, AreACountAndAUnit) {
  EXPECT_EQ(parse_period("14d"), 14 * kDay);
  EXPECT_EQ(parse_period("2w"), 14 * kDay);
  EXPECT_EQ(parse_period("10m"), 600 * kSecond);
  EXPECT_EQ(parse_period("1h"), 3600 * kSecond);
  EXPECT_EQ(parse_period("30s"), 30 * kSecond);
  EXPECT_EQ(parse_period("0d"), 0);
}

TEST(Periods, RefuseEverythingElse) {
  for (const char* text :
       {"", "d", "14", "-1d", "1.5d", "1 d", "1d ", "14days", "99999999999999999999d", "400000d", "1M"})
    EXPECT_THROW(parse_period(text), SpecError) << text;
}

TEST(Periods, AreWrittenInTheLargestUnitThatIsExact) {
  for (const char* text : {"14d", "36h", "90m", "61s", "0s"}) EXPECT_EQ(format_period(parse_period(text)), text);
  EXPECT_EQ(format_period(parse_period("24h")), "1d");
  EXPECT_EQ(format_period(parse_period("2w")), "14d");
}

// 1372651200 is 2013-07-01T04:00:00Z (date -d).
constexpr Micros kJuly = 1372651200 * kSecond;

TEST(Times, AreReadInTheirZone) {
  EXPECT_EQ(parse_time("2013-07-01", "America/New_York"), kJuly);
  EXPECT_EQ(parse_time("2013-07-01"), kJuly - 4 * 3600 * kSecond);
  EXPECT_EQ(parse_time("2013-07-01T00:00", "America/New_York"), kJuly);
  EXPECT_EQ(parse_time("2013-07-01 00:00:00", "America/New_York"), kJuly);
}

TEST(Times, WithAnOffsetDoNotDependOnTheZone) {
  for (const char* text :
       {"2013-07-01T04:00:00Z", "2013-07-01T06:00:00+02:00", "2013-06-30T23:30:00-0430", "2013-07-01T04:00Z"})
    EXPECT_EQ(parse_time(text, "Asia/Tokyo"), kJuly) << text;
}

TEST(Times, KeepMicroseconds) {
  EXPECT_EQ(parse_time("2013-07-01T04:00:00.25Z"), kJuly + 250'000);
  EXPECT_EQ(parse_time("2013-07-01T04:00:00.123456789Z"), kJuly + 123'456);
}

TEST(Times, KnowWhenTheClocksChange) {
  // 2013-03-10 02:30 does not exist in New York: the change is at 07:00Z. 2013-11-03 01:30 comes twice, first at
  // 05:30Z.
  EXPECT_EQ(parse_time("2013-03-10T02:30", "America/New_York"), parse_time("2013-03-10T07:00Z"));
  EXPECT_EQ(parse_time("2013-11-03T01:30", "America/New_York"), parse_time("2013-11-03T05:30Z"));
  EXPECT_EQ(parse_time("2013-03-11", "America/New_York") - parse_time("2013-03-10", "America/New_York"),
            23 * 3600 * kSecond);
}

TEST(Times, RefuseWhatIsNotOne) {
  for (const char* text :
       {"", "2013", "2013-7-1", "2013-13-01", "2013-02-29", "2013-07-01T", "2013-07-01T25:00", "2013-07-01T10:60",
        "2013-07-01T10:00:00+2", "2013-07-01T10:00:00.Z", "2013-07-01 Zulu", "2013-07-01T10:00:00Zx", "yesterday"})
    EXPECT_THROW(parse_time(text), SpecError) << text;
  EXPECT_THROW(parse_time("2013-07-01", "America/Gotham"), SpecError);
  EXPECT_THROW(parse_time("2013-07-01", ""), SpecError);
}

TEST(Times, AreWrittenInUtcAndReadBack) {
  EXPECT_EQ(format_time(kJuly), "2013-07-01T04:00:00Z");
  for (Micros time : {Micros{0}, kJuly, kJuly + 1, Micros{-1}, -86'400'000'000 * 365 * 100})
    EXPECT_EQ(parse_time(format_time(time)), time) << format_time(time);
}

}  // namespace
}  // namespace bakeoff
