#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "core/execution.h"
#include "ingest/read.h"
#include "result_files.h"

namespace bakeoff {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;

TEST(HoldoutTable, KeepsSlicesThatAreNamedLikeItsOwnColumns) {
  RunTable run;
  run.data = Dataset({{"unit", CategoricalColumn{{0, 1, 0}, {"ward", "icu"}}},
                      {"label", CategoricalColumn{{1, 1, -1}, {"x", "y"}}},
                      {"shop", CategoricalColumn{{0, 0, 1}, {"a", "b"}}}},
                     "memory");
  run.labels = {0, 1, 1};
  run.units = {7, 8, 9};
  std::string folder = (fs::temp_directory_path() / "bakeoff-holdout-XXXXXX").string();
  ASSERT_NE(mkdtemp(folder.data()), nullptr);
  write_holdout(folder, run, {1, 3}, {"unit", "label", "shop"}, {.25f, .5f}, {.75f, 1.f});
  const Dataset stored = read_dataset(Execution(), folder + "/holdout.parquet");
  fs::remove_all(folder);
  std::vector<std::string> names;
  for (const Column& column : stored.columns()) names.push_back(column.name);
  EXPECT_THAT(names, ElementsAre("unit", "label", "champion", "challenger", "slice:unit", "slice:label", "shop"));
  EXPECT_THAT(stored.numeric("unit").values, ElementsAre(8, 9));
  EXPECT_THAT(stored.numeric("label").values, ElementsAre(1, 1));
  const CategoricalColumn& ward = stored.categorical("slice:unit");
  EXPECT_EQ(ward.categories[static_cast<std::size_t>(ward.codes[0])], "icu");
  EXPECT_EQ(ward.categories[static_cast<std::size_t>(ward.codes[1])], "ward");
}

}  // namespace
}  // namespace bakeoff
