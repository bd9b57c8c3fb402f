#include "kernels/drift/bin_counts.cuh"

#include <gtest/gtest.h>

#include "samples.h"

namespace bakeoff::kernels {
namespace {

using emulation::scale;

TEST(BinCountsEmulation, AreThoseOfALoop) {
  BinEdges deciles, most;
  for (double edge : {-1.3, -0.8, -0.5, -0.2, 0., 0.25, 0.5, 0.9, 1.3}) deciles.edge[deciles.count++] = edge;
  for (int k = 0; k < kMaxBinEdges; ++k) most.edge[most.count++] = k - 60;
  for (const BinEdges& edges : {BinEdges{}, deciles, most})
    for (Index n : scale<std::vector<Index>>({0, 1, 8192, 8193, 20000}, {0, 8200}))
      for (auto& sample : testing::samples(n, 3)) {
        for (std::size_t i = 0; i < sample.values.size(); i += 11) sample.values[i] = std::nan("");
        std::vector<std::uint64_t> want(static_cast<std::size_t>(edges.bins() + 1), 5), got = want;
        for (double value : sample.values) {
          int bin = 0;
          while (bin < edges.count && value > edges.edge[bin]) ++bin;
          ++want[static_cast<std::size_t>(std::isnan(value) ? edges.bins() : bin)];
        }
        bin_counts(Stream{}, vector_view(static_cast<const double*>(sample.values.data()), n), edges, got.data());
        ASSERT_EQ(got, want) << sample.name << ", " << n << " rows";
      }
}

}  // namespace
}  // namespace bakeoff::kernels
