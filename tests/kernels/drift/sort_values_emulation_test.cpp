// The CUDA sort, with a host's sort in the place of CUB.
#include "kernels/drift/sort_values.cuh"

#include <gtest/gtest.h>

#include "emulation/device/host_sorter.h"
#include "samples.h"

namespace bakeoff::kernels {
namespace {

using emulation::HostSorter;
using emulation::scale;

TEST(SortValuesEmulation, IsAscendingAndCountsWhatIsNotMissing) {
  for (Index n : scale<std::vector<Index>>({0, 1, 255, 256, 257, 3000}, {0, 257}))
    for (int missing : {0, 3, 1})  // every third, all
      for (auto& sample : testing::samples(n, 8)) {
        std::vector<double> want;
        for (std::size_t i = 0; i < sample.values.size(); ++i) {
          if (missing != 0 && i % static_cast<std::size_t>(missing) == 0) sample.values[i] = std::nan("");
          if (!std::isnan(sample.values[i])) want.push_back(sample.values[i] + 0.0);
        }
        std::sort(want.begin(), want.end());
        std::vector<double> out(sample.values.size(), -77);
        Index count = -1;
        std::vector<std::uint64_t> scratch(detail::sort_numbers_bytes(n) / 8 + 1);
        detail::sort_numbers(Stream{}, vector_view(static_cast<const double*>(sample.values.data()), n), out.data(),
                             &count, scratch.data(), HostSorter{});
        ASSERT_EQ(count, static_cast<Index>(want.size())) << sample.name << ", " << n << " rows";
        for (std::size_t i = 0; i < want.size(); ++i) ASSERT_TRUE(testing::same_bits(out[i], want[i])) << sample.name;
        for (std::size_t i = want.size(); i < out.size(); ++i) ASSERT_TRUE(std::isnan(out[i]));
      }
}

}  // namespace
}  // namespace bakeoff::kernels
