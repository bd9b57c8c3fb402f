#include "train/rung.h"

#include <gmock/gmock.h>

#include <map>
#include <set>

namespace bakeoff {
namespace {

TEST(RungRows, HasOneUnitOfEachRunOfNeighbours) {
  const std::vector<Index> rows = rung_rows(nullptr, 100, 1000, 1 / 9., 5);
  ASSERT_EQ(rows.size(), 100u);
  for (std::size_t k = 0; k < rows.size(); ++k) {
    EXPECT_GE(rows[k], 100 + static_cast<Index>(k) * 9);
    EXPECT_LT(rows[k], 100 + static_cast<Index>(k + 1) * 9);
  }
  // Drawn, not the first of each run: a period in the data does not line up with it.
  std::set<Index> places;
  for (std::size_t k = 0; k < rows.size(); ++k) places.insert(rows[k] - 100 - static_cast<Index>(k) * 9);
  EXPECT_EQ(places.size(), 9u);
}

TEST(RungRows, UnitsComeWhole) {
  std::vector<std::int64_t> units;
  for (int i = 0; i < 1000; ++i) units.push_back(1'000'000 - i % 100);  // interleaved
  const std::vector<Index> rows = rung_rows(units.data(), 0, 1000, 0.2, 1);
  std::map<std::int64_t, int> count;
  for (Index i : rows) ++count[units[i]];
  EXPECT_EQ(count.size(), 20u);
  for (const auto& [unit, n] : count) EXPECT_EQ(n, 10);
}

TEST(RungRows, AFractionOfOneIsAllAndThereIsAlwaysAUnit) {
  EXPECT_EQ(rung_rows(nullptr, 3, 50, 1.0, 1).size(), 47u);
  EXPECT_EQ(rung_rows(nullptr, 3, 50, 1e-9, 1).size(), 1u);
  EXPECT_TRUE(rung_rows(nullptr, 3, 3, 0.5, 1).empty());
  EXPECT_EQ(rung_rows(nullptr, 0, 27, 1 / 3. * (1 / 3.) * (1 / 3.) * 27, 1).size(), 27u);
}

TEST(RungRows, DependsOnTheSeedAlone) {
  EXPECT_EQ(rung_rows(nullptr, 0, 900, 0.1, 7), rung_rows(nullptr, 0, 900, 0.1, 7));
  EXPECT_NE(rung_rows(nullptr, 0, 900, 0.1, 7), rung_rows(nullptr, 0, 900, 0.1, 8));
}

TEST(RungParameters, ScaleAnL1PenaltyByTheRootOfTheShare) {
  using Given = std::map<std::string, double>;
  EXPECT_EQ(rung_parameters(find_family("ridge"), {{"l2", 8.0}}, .25), (Given{{"l2", 8.0}}));
  EXPECT_EQ(rung_parameters(find_family("logistic"), {{"l2", 8.0}, {"l1_ratio", 0.0}}, .25),
            (Given{{"l2", 8.0}, {"l1_ratio", 0.0}}));
  EXPECT_EQ(rung_parameters(find_family("logistic"), {{"l2", 8.0}, {"l1_ratio", .1}}, .25),
            (Given{{"l2", 4.0}, {"l1_ratio", .1}}));
  EXPECT_EQ(rung_parameters(find_family("elastic_net"), {{"l2", 8.0}}, .25), (Given{{"l2", 4.0}}));  // .5 by default
  EXPECT_EQ(rung_parameters(find_family("elastic_net"), {}, .25), (Given{{"l2", .5}}));
  EXPECT_EQ(rung_parameters(find_family("huber"), {{"epsilon", 2.0}}, .25), (Given{{"epsilon", 2.0}}));
}

}  // namespace
}  // namespace bakeoff
