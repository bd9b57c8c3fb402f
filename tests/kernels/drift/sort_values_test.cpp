#include "kernels/drift/sort_values.h"

#include <gtest/gtest.h>

#include "samples.h"

namespace bakeoff::kernels {
namespace {

std::vector<double> sorted_by_kernel(const std::vector<double>& values, int threads) {
  const Workers workers(threads);
  const auto n = static_cast<Index>(values.size());
  std::vector<double> out(values.size(), -77);
  std::vector<std::max_align_t> scratch(sort_values_scratch_bytes(workers, n) / sizeof(std::max_align_t) + 1);
  out.resize(static_cast<std::size_t>(sort_values(workers, vector_view(values.data(), n), out.data(), scratch.data())));
  return out;
}

void expect_sorted(const std::vector<double>& values, const std::string& name) {
  std::vector<double> want;
  for (double value : values)
    if (!std::isnan(value)) want.push_back(value + 0.0);  // -0 is 0
  std::sort(want.begin(), want.end());
  for (int threads : {1, 2, 5, 16}) {
    const std::vector<double> got = sorted_by_kernel(values, threads);
    ASSERT_EQ(got.size(), want.size()) << name;
    for (std::size_t i = 0; i < want.size(); ++i) ASSERT_TRUE(testing::same_bits(got[i], want[i])) << name << " " << i;
  }
}

// 512: where the radix sort begins. 40,000: several blocks.
TEST(SortValues, IsAscendingWithoutTheMissing) {
  for (Index n : {0, 1, 2, 511, 512, 5000, 40000, 70000})
    for (auto& sample : testing::samples(n, 8)) {
      expect_sorted(sample.values, sample.name);
      for (std::size_t i = 0; i < sample.values.size(); ++i)
        if (i % 5 == 0 || i < sample.values.size() / 3) sample.values[i] = std::nan("");
      expect_sorted(sample.values, sample.name + " with gaps");
    }
  expect_sorted(std::vector<double>(40000, std::nan("")), "all missing");
}

// What differs in the low bits alone, beside a value far away: the runs that the three passes leave.
TEST(SortValues, FinishesRunsThatShareTheirLeadingBits) {
  std::mt19937_64 rng(3);
  std::vector<double> values;
  for (int i = 0; i < 60000; ++i) values.push_back(1 + 1e-15 * static_cast<double>(rng() % 4096));
  values.push_back(-1e300);
  expect_sorted(values, "runs");
}

TEST(SortValues, MayWriteOverItsInput) {
  std::vector<double> values = testing::samples(3000, 4)[0].values, want = testing::sorted(values);
  const Workers workers(2);
  std::vector<std::max_align_t> scratch(sort_values_scratch_bytes(workers, 3000) / sizeof(std::max_align_t) + 1);
  EXPECT_EQ(
      sort_values(workers, vector_view(static_cast<const double*>(values.data()), 3000), values.data(), scratch.data()),
      3000);
  EXPECT_EQ(values, want);
}

}  // namespace
}  // namespace bakeoff::kernels
