// rank_evaluate() with Device::cuda against Device::cpu: the same bits of every query's value and every replicate.
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "evaluate/rank/rank_evaluate.h"

namespace bakeoff {
namespace {

struct Documents {
  std::vector<Index> offsets = {0};
  std::vector<double> relevance, scores;  // 2 candidates
  std::vector<std::int64_t> ids;
  QueryIndex queries;

  // Queries of 0 to 39 documents with many ties, and one of 700.
  Documents() {
    std::vector<double> second;
    for (int q = 0; q < 60; ++q) {
      const int count = q == 17 ? 700 : q * 13 % 40;
      for (int i = 0; i < count; ++i) {
        relevance.push_back((q * 7 + i * 5) % 11 < 8 ? 0 : (q + i) % 4);
        scores.push_back((q + i * i) % 23 * .25);
        second.push_back(std::sin(q * 31 + i));
      }
      offsets.push_back(static_cast<Index>(relevance.size()));
    }
    for (std::size_t i = 0; i < relevance.size(); ++i) ids.push_back(static_cast<std::int64_t>(i * 7919 % 10007));
    scores.insert(scores.end(), second.begin(), second.end());
    queries = make_query_index(offsets, offsets.back());
  }
  RankInput input() const {
    RankInput in;
    in.queries = &queries;
    in.relevance = relevance.data();
    in.scores = kernels::matrix_view(scores.data(), 2, static_cast<Index>(relevance.size()));
    return in;
  }
};

template <class T>
void expect_same_bits(const std::vector<T>& a, const std::vector<T>& b) {
  ASSERT_EQ(a.size(), b.size());
  EXPECT_EQ(std::memcmp(a.data(), b.data(), a.size() * sizeof(T)), 0);
}

void expect_same(const RankInput& input, RankOptions options) {
  options.resamples = 16;
  const RankResult cpu = rank_evaluate(Execution(Device::cpu, 2), input, options);
  const RankResult device = rank_evaluate(Execution(Device::cuda, 2), input, options);
  expect_same_bits(cpu.values, device.values);
  expect_same_bits(cpu.board.replicates, device.board.replicates);
  EXPECT_EQ(cpu.dropped, device.dropped);
}

TEST(RankOnDevice, ByCountingAndBySelection) {
  const Documents documents;
  RankOptions options;
  options.metrics = {"ndcg@10", "mrr", "map", "grouped_auc"};
  expect_same(documents.input(), options);
  options.metrics = {"ndcg@10", "precision@5", "recall@20", "mrr@10"};
  expect_same(documents.input(), options);
  options.trec_ties = true;
  RankInput with_ids = documents.input();
  with_ids.documents = documents.ids.data();
  expect_same(with_ids, options);
}

TEST(RankOnDevice, NarrowStridedScoresOfWhichSomeAreMissing) {
  const Documents documents;
  const auto n = static_cast<Index>(documents.relevance.size());
  std::vector<float> pairs;
  for (Index i = 0; i < n; ++i)
    for (int m = 0; m < 2; ++m)
      pairs.push_back((i + m) % 9 == 0 ? NAN : static_cast<float>(documents.scores[m * n + i]));
  RankInput input = documents.input();
  input.scores = kernels::TensorView<const float, 2>{pairs.data(), {2, n}, {1, 2}, Device::cpu};
  RankOptions options;
  options.metrics = {"ndcg@10", "map"};
  options.drop_nan = true;
  expect_same(input, options);
}

}  // namespace
}  // namespace bakeoff
