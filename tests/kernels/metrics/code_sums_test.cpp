#include "kernels/metrics/code_sums.h"

#include <gtest/gtest.h>

#include "coded_cases.h"

namespace bakeoff::kernels {
namespace {

std::vector<double> sums_of(const CodedCase& c, int threads) {
  const CodedRows rows = c.view();
  std::vector<double> sums(rows.sums, -1), scratch(code_sums_scratch_bytes(rows.sums, c.rows) / sizeof(double), -7);
  code_sums(Workers(threads), rows, sums.data(), scratch.data());
  return sums;
}

TEST(CodeSums, CountsEachCodeOfEachColumn) {
  for (const Index rows : {0, 1, 4095, 4096, 4097, 20000}) {
    const CodedCase c = make_coded(rows, {3, 1, 700}, false);
    std::vector<double> want(704, 0);
    for (Index j = 0; j < 3; ++j)
      for (Index i = 0; i < rows; ++i)
        if (const int code = c.codes[j * rows + i]; code >= 0) want[c.first[j] + code] += 1;
    EXPECT_EQ(sums_of(c, 2), want) << rows;
  }
}

TEST(CodeSums, AddsWeightsInTheOneOrder) {
  const CodedCase c = make_coded(3 * kChunkRows + 5, {2, 5}, true);
  for (Index j = 0; j < 2; ++j)
    for (Index code = 0; code < c.first[j + 1] - c.first[j]; ++code) {
      std::vector<double> chunks(4, 0.0);
      for (Index i = 0; i < c.rows; ++i)
        if (c.codes[j * c.rows + i] == code) chunks[i / kChunkRows] += c.weights[i];
      halve(chunks.data(), 4, [](double a, double b) { return a + b; });
      EXPECT_EQ(sums_of(c, 1)[c.first[j] + code], chunks[0]) << j << " " << code;
    }
}

TEST(CodeSums, HasTheSameBitsForAnyNumberOfThreads) {
  const CodedCase c = make_coded(5 * kChunkRows + 11, {2, 40}, true);
  const std::vector<double> one = sums_of(c, 1);
  for (const int threads : {2, 3, 8, 16}) EXPECT_EQ(sums_of(c, threads), one) << threads;
}

}  // namespace
}  // namespace bakeoff::kernels
