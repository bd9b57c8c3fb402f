#include "ingest/unit.h"

#include <gmock/gmock.h>

#include "../registry/temporary_folder.h"
#include "core/error.h"

namespace bakeoff {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::int64_t> ids(Column column) {
  UnitSpec unit;
  unit.column = column.name;
  return unit_ids(Dataset({std::move(column)}, "a.csv"), unit);
}

TEST(UnitIds, AreEmptyWithoutAUnit) { EXPECT_TRUE(unit_ids(Dataset({{"x", TimeColumn{{1}}}}, "a"), {}).empty()); }

TEST(UnitIds, IntegersStayAsTheyAre) {
  EXPECT_THAT(ids({"id", NumericColumn{{3, -4}, true, {}}}), ElementsAre(3, -4));
  const std::int64_t big = (std::int64_t{1} << 62) + 1;
  EXPECT_THAT(ids({"id", NumericColumn{{1, 4.6e18}, true, {1, big}}}), ElementsAre(1, big));
}

// As the tests of python-xxhash have them: 3244421341483603138 and 16629034431890738719.
TEST(UnitIds, TextIsHashedWithXxh3) {
  EXPECT_THAT(ids({"id", CategoricalColumn{{0, 1, 0}, {"", "a"}}}),
              ElementsAre(0x2D06800538D394C2, static_cast<std::int64_t>(0xE6C632B61E964E1F), 0x2D06800538D394C2));
}

TEST(UnitIds, ATimeIsItsMicroseconds) { EXPECT_THAT(ids({"t", TimeColumn{{7, -7}}}), ElementsAre(7, -7)); }

TEST(UnitIds, PeriodsAreTheirFirstInstantInTheZone) {
  // 2013-07-01 03:59 and 04:00 UTC: the last minute of 30 June and the first of 1 July in New York.
  const Micros four = 1'372'651'200 * kSecond;
  UnitSpec unit;
  unit.time = "t";
  unit.every = kDay;
  unit.zone = "America/New_York";
  const Dataset data({{"t", TimeColumn{{four - 60 * kSecond, four, four + 86'399 * kSecond}}}}, "a.csv");
  EXPECT_THAT(unit_ids(data, unit), ElementsAre(four - kDay, four, four));
}

TEST(UnitIds, RefuseFloatsAndMissingValues) {
  EXPECT_THAT(error_text<DataError>([] {
                ids({"id", NumericColumn{{1, 2}, false, {}}});
              }),
              AllOf(HasSubstr("column 'id'"), HasSubstr("floating-point"), HasSubstr("convert")));
  const std::string place = "column 'id', row 1 (counted from 0): expected the id of a unit";
  EXPECT_THAT(error_text<DataError>([] { ids({"id", NumericColumn{{1, kNaN}, true, {}}}); }), HasSubstr(place));
  EXPECT_THAT(error_text<DataError>([] { ids({"id", CategoricalColumn{{0, -1}, {"a"}}}); }), HasSubstr(place));
  EXPECT_THAT(error_text<DataError>([] { ids({"id", TimeColumn{{0, TimeColumn::kMissingTime}}}); }), HasSubstr(place));
}

TEST(UnitIds, RefuseAnotherKindOfTime) {
  UnitSpec unit;
  unit.time = "x";
  unit.every = kDay;
  const Dataset data({{"x", NumericColumn{{1}, true, {}}}}, "a.csv");
  EXPECT_THAT(error_text<DataError>([&] { unit_ids(data, unit); }), HasSubstr("expected times"));
}

}  // namespace
}  // namespace bakeoff
