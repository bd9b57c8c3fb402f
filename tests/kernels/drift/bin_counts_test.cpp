#include "kernels/drift/bin_counts.h"

#include <gtest/gtest.h>

#include "kernels/drift/bin_counts_simd.h"
#include "samples.h"

namespace bakeoff::kernels {
namespace {

BinEdges edges_of(const std::vector<double>& values) {
  BinEdges edges;
  for (double value : values) edges.edge[edges.count++] = value;
  return edges;
}

std::vector<std::uint64_t> one_by_one(const std::vector<double>& values, const BinEdges& edges) {
  std::vector<std::uint64_t> counts(static_cast<std::size_t>(edges.bins() + 1));
  for (double value : values) {
    int bin = 0;
    while (bin < edges.count && value > edges.edge[bin]) ++bin;
    ++counts[static_cast<std::size_t>(std::isnan(value) ? edges.bins() : bin)];
  }
  return counts;
}

std::vector<BinEdges> some_edges() {
  BinEdges most;
  for (int k = 0; k < kMaxBinEdges; ++k) most.edge[most.count++] = k - 60;
  return {edges_of({}), edges_of({0}), edges_of({-1.3, -0.8, -0.5, -0.2, 0, 0.25, 0.5, 0.9, 1.3}),
          edges_of({-testing::kInfinity, 0, testing::kInfinity}), most};
}

// 65,536 rows are a block; chunks have 4,096.
TEST(BinCounts, AreThoseOfALoop) {
  for (const BinEdges& edges : some_edges())
    for (Index n : {0, 1, 4095, 4097, 70000})
      for (auto& sample : testing::samples(n, 3)) {
        for (std::size_t i = 0; i < sample.values.size(); i += 11) sample.values[i] = std::nan("");
        const std::vector<std::uint64_t> want = one_by_one(sample.values, edges);
        for (int threads : {1, 2, 7, 16}) {
          std::vector<std::uint64_t> counts(want.size(), 100);
          bin_counts(Workers(threads), vector_view(static_cast<const double*>(sample.values.data()), n), edges,
                     counts.data());
          for (std::size_t k = 0; k < want.size(); ++k)
            ASSERT_EQ(counts[k], want[k] + 100) << sample.name << " bin " << k;
        }
      }
}

TEST(BinCounts, AColumnOfAMatrixIsAStride) {
  const std::vector<double> rows = {1, -1, 2, -1, 3, -1};
  std::vector<std::uint64_t> counts(3);
  bin_counts(Workers(1), {rows.data(), {3}, {2}}, edges_of({2}), counts.data());
  EXPECT_EQ(counts, (std::vector<std::uint64_t>{2, 1, 0}));
}

TEST(BinCounts, EveryInstructionSetCountsAlike) {
  const std::vector<double> values = testing::samples(4096, 9)[0].values;
  const BinEdges edges = some_edges()[2];
  std::vector<std::uint32_t> base(10), other(10);
  v2::count_at_most(values.data(), 1, 4096, edges, base.data());
  for (Isa isa : {Isa::v3, Isa::v4}) {
    if (!supports(isa)) continue;
    BAKEOFF_FOR_ISA(isa, count_at_most(values.data(), 1, 4096, edges, other.data()));
    EXPECT_EQ(base, other);
  }
}

TEST(BinCounts, AnEdgeBelongsToTheBinBelowIt) {
  const BinEdges edges = edges_of({1, 2});
  EXPECT_EQ(edges.bin_of(1), 0);
  EXPECT_EQ(edges.bin_of(1.5), 1);
  EXPECT_EQ(edges.bin_of(2), 1);
  EXPECT_EQ(edges.bin_of(testing::kInfinity), 2);
}

}  // namespace
}  // namespace bakeoff::kernels
