// The CUDA ranking, with a host's stable sort in the place of CUB, against a comparison sort.
#include "kernels/ranking/sort_scores.cuh"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "emulation/device/host_sorter.h"
#include "score_cases.h"

namespace bakeoff::kernels {
namespace {

using emulation::HostSorter;
using emulation::scale;

template <class T>
class SortScoresEmulation : public ::testing::Test {};
using ScoreTypes = ::testing::Types<float, double>;
TYPED_TEST_SUITE(SortScoresEmulation, ScoreTypes);

TYPED_TEST(SortScoresEmulation, OrderAndFlagsAreThoseOfAStableSort) {
  for (Index n : scale<std::vector<Index>>({1, 2, 255, 256, 257, 3000}, {257}))
    for (const auto& c : testing::score_cases<TypeParam>(n)) {
      std::vector<std::uint32_t> row(c.scores.size()), expected(c.scores.size());
      std::vector<std::uint8_t> flags(c.scores.size());
      std::vector<std::uint64_t> scratch(detail::SortArrays::bytes(n) / 8);
      const TensorView<const TypeParam, 1> scores{c.scores.data(), {n}, {1}, Device::cuda};
      detail::rank_scores(Stream{}, scores, c.labels.data(), {row.data(), flags.data()}, scratch.data(), HostSorter{});
      std::iota(expected.begin(), expected.end(), 0u);
      std::stable_sort(expected.begin(), expected.end(), [&](std::uint32_t a, std::uint32_t b) {
        if (c.scores[a] != c.scores[b]) return c.scores[a] < c.scores[b];
        return c.labels[a] < c.labels[b];
      });
      ASSERT_EQ(row, expected) << c.name << ", " << n << " rows";
      for (std::size_t i = 0; i < row.size(); ++i) {
        const bool begins = i == 0 || c.scores[row[i]] != c.scores[row[i - 1]];
        ASSERT_EQ(flags[i], (c.labels[row[i]] ? kRankPositive : 0) | (begins ? kRankBeginsGroup : 0)) << c.name;
      }
    }
}

}  // namespace
}  // namespace bakeoff::kernels
