#include "ingest/dataset.h"

#include <gmock/gmock.h>

#include "../registry/temporary_folder.h"
#include "core/error.h"

namespace bakeoff {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

Dataset sample() {
  return Dataset({{"price", NumericColumn{{1, kNaN, 3}, false, {}}},
                  {"city", CategoricalColumn{{0, -1, 1}, {"12", "Rome"}}},
                  {"when", TimeColumn{{5, TimeColumn::kMissingTime, 7}}}},
                 "a.csv");
}

TEST(Dataset, GivesColumnsByNameAndKind) {
  const Dataset data = sample();
  EXPECT_EQ(data.rows(), 3);
  EXPECT_TRUE(data.has("city"));
  EXPECT_FALSE(data.has("cit"));
  EXPECT_EQ(data.numeric("price").values[2], 3);
  EXPECT_EQ(data.categorical("city").categories[1], "Rome");
  EXPECT_EQ(data.time("when").micros[0], 5);
}

TEST(Dataset, AMissingColumnNamesTheNearest) {
  EXPECT_EQ(error_text<DataError>([] { sample().column("pirce"); }), "a.csv: no column 'pirce'; did you mean 'price'?");
}

TEST(Dataset, AWrongKindSaysWhichItIsAndTheFirstValueThatDoesNotFit) {
  EXPECT_THAT(error_text<DataError>([] { sample().numeric("city"); }),
              AllOf(HasSubstr("column 'city' holds text; expected numbers"), HasSubstr("'Rome' at a.csv"),
                    HasSubstr("row 2 (counted from 0)")));
  EXPECT_THAT(error_text<DataError>([] { sample().categorical("price"); }), HasSubstr("holds numbers; expected text"));
  EXPECT_THAT(error_text<DataError>([] { sample().time("price"); }), HasSubstr("holds numbers; expected times"));
  EXPECT_THAT(error_text<DataError>([] { sample().numeric("when"); }), HasSubstr("holds times; expected numbers"));
}

TEST(Dataset, KnowsWhatIsMissing) {
  const Dataset data = sample(), missing = data.take({1, 1});
  for (const Column& column : data.columns()) {
    EXPECT_FALSE(column.missing(0)) << column.name;
    EXPECT_TRUE(column.missing(1)) << column.name;
    EXPECT_FALSE(column.all_missing()) << column.name;
  }
  for (const Column& column : missing.columns()) EXPECT_TRUE(column.all_missing()) << column.name;
}

TEST(Dataset, TakesRowsInAnyOrderAndOften) {
  const Dataset taken = sample().take({2, 0, 2});
  EXPECT_THAT(taken.numeric("price").values, ElementsAre(3, 1, 3));
  EXPECT_THAT(taken.categorical("city").codes, ElementsAre(1, 0, 1));
  EXPECT_THAT(taken.time("when").micros, ElementsAre(7, 5, 7));
  EXPECT_EQ(taken.place("price", 1), "a.csv, column 'price', row 0 (counted from 0)");
  EXPECT_EQ(sample().take({}).rows(), 0);
}

TEST(Dataset, TakingAllRowsInOrderKeepsTheHash) {
  EXPECT_EQ(sample().take({0, 1, 2}).content_hash(), sample().content_hash());
  EXPECT_NE(sample().take({0, 2, 1}).content_hash(), sample().content_hash());
  // Categories are numbered anew for the hash: rows taken have it from their values alone.
  const Dataset direct({{"city", CategoricalColumn{{0}, {"Rome"}}}}, "b.csv");
  const Dataset cities({{"city", CategoricalColumn{{0, 1}, {"12", "Rome"}}}}, "a.csv");
  EXPECT_EQ(cities.take({1}).content_hash(), direct.content_hash());
}

TEST(Dataset, RefusesColumnsOfDifferentLengthOrOneName) {
  EXPECT_THAT(error_text<DataError>([] {
                Dataset({{"a", TimeColumn{{1}}}, {"b", TimeColumn{{1, 2}}}}, "t");
              }),
              HasSubstr("'a' has 1 rows, 'b' has 2"));
  EXPECT_THAT(error_text<DataError>([] {
                Dataset({{"a", TimeColumn{{1}}}, {"a", TimeColumn{{1}}}}, "t");
              }),
              HasSubstr("two are called 'a'"));
}

}  // namespace
}  // namespace bakeoff
