// The k best of a query against a sort of all its documents.
#include "kernels/queries/top_list.h"

#include <gtest/gtest.h>

#include "query_cases.h"

namespace bakeoff::kernels {
namespace {

using namespace test;

template <class T>
void expect_the_best(int levels, bool break_ties, bool drop) {
  const Queries queries = random_queries({0, 1, 9, 64, 65, 200, 3000}, 2);
  const std::vector<T> scores = random_scores<T>(queries.rows(), levels, 3, drop);
  const QueryScores<T> view{matrix_view(scores.data(), 1, queries.rows()), nullptr, break_ties, drop};
  std::vector<std::uint32_t> got(3000);
  std::vector<std::uint64_t> scratch(top_list_scratch_bytes() / 8 + 8);
  for (Index q = 0; q < queries.count(); ++q)
    for (const Index cut : {Index{1}, Index{10}, Index{64}, kMaxSelected}) {
      std::vector<std::uint32_t> order;
      const T* const score = scores.data() + queries.offsets[q];
      for (Index i = 0; i < queries.view().documents(q); ++i)
        if (!drop || std::isfinite(score[i])) order.push_back(static_cast<std::uint32_t>(i));
      std::sort(order.begin(), order.end(),
                [&](auto a, auto b) { return score[a] != score[b] ? score[a] > score[b] : a > b; });
      const auto all = static_cast<Index>(order.size());
      const TopList list = top_list(queries.view(), view, 0, q, cut, got.data(), scratch.data());
      ASSERT_EQ(list.length(), std::min(all, cut));
      for (Index i = 0; i < list.sure; ++i) ASSERT_EQ(got[i], order[i]) << "query " << q << " cut " << cut;
      if (list.tied == 0) continue;
      if (break_ties) {
        ASSERT_EQ(list.tied, 1);
      }
      std::vector<std::uint32_t> tied(order.begin() + list.sure, order.begin() + list.sure + list.tied);
      std::sort(tied.begin(), tied.end());
      for (Index i = 0; i < list.tied; ++i) ASSERT_EQ(got[list.sure + i], tied[i]);
      if (!break_ties) {
        ASSERT_EQ(std::count_if(order.begin(), order.end(), [&](auto i) { return score[i] == score[tied[0]]; }),
                  list.tied);
      }
    }
}

TEST(TopList, HoldsTheBestAndTheTieAroundTheCut) {
  for (const int levels : {1, 4, 100, 1'000'000}) {
    expect_the_best<float>(levels, false, false);
    expect_the_best<double>(levels, false, true);
    expect_the_best<float>(levels, true, true);
  }
}

}  // namespace
}  // namespace bakeoff::kernels
