// On a GPU: the launcher against the CPU's, bit for bit.
#include <gtest/gtest.h>
#include <thrust/device_vector.h>

#include "kernels/queries/query_values.h"
#include "query_cases.h"

namespace bakeoff::kernels {
namespace {

using namespace test;

template <class V>
auto* raw(V& v) {
  return thrust::raw_pointer_cast(v.data());
}

void expect_same_bits(const Queries& queries, const std::vector<QueryMetricCall>& calls, int levels) {
  const std::vector<float> scores = random_scores<float>(2 * queries.rows(), levels, 9);
  const Workers workers(0);
  std::vector<double> ideal(calls.size() * queries.count());
  const QueryPass pass = pass_of(queries, calls, ideal);
  std::vector<std::uint64_t> scratch(query_values_scratch_bytes(workers, pass) / 8 + 8);
  query_ideals(workers, queries.view(), pass, ideal.data(), scratch.data());
  std::vector<double> want(2 * ideal.size());
  query_values(workers, queries.view(), QueryScores<float>{matrix_view<const float>(scores.data(), 2, queries.rows())},
               pass, want.data(), scratch.data());

  const thrust::device_vector<Index> offsets(queries.offsets), graded_offsets(queries.graded_offsets),
      relevant(queries.relevant);
  const thrust::device_vector<double> relevance(queries.relevance), discounts(queries.discounts), ideals(ideal);
  const thrust::device_vector<std::uint32_t> graded(queries.graded);
  const thrust::device_vector<float> device_scores(scores);
  JudgedQueries view = queries.view();
  view.offsets = raw(offsets), view.graded_offsets = raw(graded_offsets), view.relevant = raw(relevant);
  view.relevance = raw(relevance), view.graded = raw(graded);
  QueryPass device_pass = pass;
  device_pass.ideal = raw(ideals), device_pass.discounts = raw(discounts);
  thrust::device_vector<double> values(want.size());
  thrust::device_vector<std::uint64_t> device_scratch(query_values_scratch_bytes(Stream{}, view) / 8 + 8);
  query_values(Stream{}, view,
               QueryScores<float>{matrix_view<const float>(raw(device_scores), 2, queries.rows(), Device::cuda)},
               device_pass, raw(values), raw(device_scratch));
  synchronize(Stream{});
  for (std::size_t i = 0; i < want.size(); ++i) {
    const double got = values[i];
    EXPECT_TRUE(got == want[i] || (got != got && want[i] != want[i])) << i << ": " << got << ", CPU " << want[i];
  }
}

TEST(QueryValuesGpu, GivesTheBitsOfTheCpu) {
  const Queries queries = random_queries({0, 1, 30, 100, 9, 5000, 1'000'000, 257}, 3);
  for (const int levels : {1, 50, 1'000'000}) {
    expect_same_bits(queries, {{find_query_metric("ndcg"), 10}, {find_query_metric("hit"), 1000}}, levels);
    expect_same_bits(queries, all_calls({10}, true), levels);
  }
}

}  // namespace
}  // namespace bakeoff::kernels
