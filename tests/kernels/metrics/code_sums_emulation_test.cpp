// The CUDA sums by code against the order of reduction, written as a plain loop.
#include "kernels/metrics/code_sums.cuh"

#include <gtest/gtest.h>

#include "coded_cases.h"

namespace bakeoff::kernels {
namespace {

using emulation::Options;
using emulation::scale;
using emulation::ScopedOptions;

std::vector<double> on_device(const CodedCase& c) {
  const CodedRows rows = c.view();
  std::vector<double> sums(rows.sums, -1), scratch(code_sums_scratch_bytes(rows.sums, c.rows) / sizeof(double), -7);
  code_sums(Stream{}, rows, sums.data(), scratch.data());
  return sums;
}

std::vector<double> oracle(const CodedCase& c) {
  const Index chunks = chunk_count(c.rows);
  std::vector<double> out;
  for (std::size_t j = 0; j + 1 < c.first.size(); ++j)
    for (Index code = 0; code < c.first[j + 1] - c.first[j]; ++code) {
      std::vector<double> parts(std::max<Index>(chunks, 1), 0.0);
      for (Index i = 0; i < c.rows; ++i)
        if (c.codes[j * c.rows + i] == code) parts[i / kChunkRows] += c.weights.empty() ? 1.0 : c.weights[i];
      halve(parts.data(), static_cast<Index>(parts.size()), [](double a, double b) { return a + b; });
      out.push_back(parts[0]);
    }
  return out;
}

TEST(CodeSumsEmulation, HasTheBitsOfTheOneOrder) {
  for (const Index rows : {0, 1, 300, scale(2 * 4096 + 70, 4100)})
    for (const bool weighted : {false, true}) {
      const CodedCase c = make_coded(rows, {2, 1, scale(300, 9)}, weighted);
      EXPECT_EQ(on_device(c), oracle(c)) << rows << " rows";
    }
}

TEST(CodeSumsEmulation, DoesNotDependOnTheSchedule) {
  const CodedCase c = make_coded(600, {3, 5}, true);
  const std::vector<double> want = oracle(c);
  for (int seed = 1; seed <= scale(20, 1); ++seed) {
    Options options;
    options.seed = static_cast<std::uint64_t>(seed);
    const ScopedOptions scoped(options);
    EXPECT_EQ(on_device(c), want) << "seed " << seed;
  }
}

}  // namespace
}  // namespace bakeoff::kernels
