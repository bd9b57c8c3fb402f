#include "evaluate/rank/query_index.h"

#include <gmock/gmock.h>

#include "core/error.h"

namespace bakeoff {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

QueryIndex index_of(const std::vector<std::int64_t>& ids) {
  const auto rows = static_cast<std::int64_t>(ids.size());
  return make_query_index(find_runs(ids.data(), rows), rows);
}

TEST(QueryIndex, LeavesGroupedRowsWhereTheyAre) {
  const QueryIndex index = index_of({7, 7, -2, 5, 5, 5});
  EXPECT_THAT(index.ids, ElementsAre(7, -2, 5));
  EXPECT_THAT(index.offsets, ElementsAre(0, 2, 3, 6));
  EXPECT_THAT(index.row, IsEmpty());
  EXPECT_EQ(index.row_at(4), 4);
}

TEST(QueryIndex, GroupsScatteredRowsInTheirOrder) {
  const QueryIndex index = index_of({7, 5, 7, 7, 5, 9});
  EXPECT_THAT(index.ids, ElementsAre(7, 5, 9));
  EXPECT_THAT(index.offsets, ElementsAre(0, 3, 5, 6));
  EXPECT_THAT(index.row, ElementsAre(0, 2, 3, 1, 4, 5));
}

TEST(QueryIndex, HasNoQueriesWithoutRows) {
  const QueryIndex index = index_of({});
  EXPECT_EQ(index.queries(), 0);
  EXPECT_THAT(index.offsets, ElementsAre(0));
}

TEST(QueryIndex, TakesOffsetsWithEmptyQueries) {
  const QueryIndex index = make_query_index({0, 0, 3, 3}, 3);
  EXPECT_THAT(index.ids, ElementsAre(0, 1, 2));
  EXPECT_EQ(index.rows(), 3);
}

TEST(QueryIndex, RefusesOffsetsThatAreNone) {
  for (const std::vector<Index>& offsets : std::vector<std::vector<Index>>{{}, {1, 3}, {0, 2}, {0, 4}, {0, 2, 1, 3}})
    EXPECT_THROW(make_query_index(offsets, 3), DataError);
}

}  // namespace
}  // namespace bakeoff
