// On a GPU: ranking, fold and replicates have the bits of the CPU.
#include <gtest/gtest.h>
#include <thrust/device_vector.h>

#include <random>
#include <vector>

#include "kernels/ranking/roc_auc.h"
#include "kernels/ranking/sort_scores.h"
#include "kernels/resample/auc_bootstrap.h"

namespace bakeoff::kernels {
namespace {

template <class T>
T* raw(thrust::device_vector<T>& v) {
  return thrust::raw_pointer_cast(v.data());
}

template <class T>
void expect_same(const AucState<T>& cpu, const AucState<T>& gpu) {
  ASSERT_EQ(cpu.positive, gpu.positive);
  ASSERT_EQ(cpu.negative, gpu.negative);
  ASSERT_EQ(cpu.area2, gpu.area2);
  ASSERT_EQ(cpu.head_positive, gpu.head_positive);
  ASSERT_EQ(cpu.tail_negative, gpu.tail_negative);
}

// One candidate on both devices.
template <class T>
struct Both {
  Index n;
  Workers workers{0};
  std::vector<T> scores;
  std::vector<std::uint8_t> labels;
  std::vector<double> weights;
  std::vector<std::uint32_t> row;
  std::vector<std::int32_t> of_row;
  std::vector<std::uint8_t> flags;
  std::vector<std::int64_t> ids;
  thrust::device_vector<double> device_weights;
  thrust::device_vector<std::uint32_t> device_row;
  thrust::device_vector<std::int32_t> device_of_row;
  thrust::device_vector<std::uint8_t> device_flags;
  thrust::device_vector<std::int64_t> device_ids;

  Both(Index rows, int levels, std::size_t units) : n(rows), ids(units) {
    std::mt19937_64 random(1);
    for (Index i = 0; i < n; ++i) {
      labels.push_back(random() % 3 == 0);
      const double score = std::normal_distribution<double>(labels.back(), 1.0)(random);
      scores.push_back(static_cast<T>(levels > 0 ? std::floor(score * levels) : score));
      weights.push_back(std::uniform_real_distribution<double>()(random));
      if (units > 0) of_row.push_back(static_cast<std::int32_t>(random() % units));
    }
    for (auto& id : ids) id = static_cast<std::int64_t>(random());
    device_weights = weights;
    device_of_row = of_row;
    device_ids = ids;
    rank_on_both();
  }

  void rank_on_both() {
    row.resize(scores.size());
    flags.resize(scores.size());
    std::vector<std::uint64_t> scratch(sort_scores_scratch_bytes(workers, n) / 8 + 1);
    sort_scores(workers, vector_view<const T>(scores.data(), n), labels.data(), {row.data(), flags.data()},
                scratch.data());
    device_row.resize(scores.size());
    device_flags.resize(scores.size());
    thrust::device_vector<T> device_scores(scores);
    thrust::device_vector<std::uint8_t> device_labels(labels);
    thrust::device_vector<std::uint64_t> device_scratch(sort_scores_scratch_bytes(Stream{}, n) / 8 + 1);
    sort_scores(Stream{}, TensorView<const T, 1>{raw(device_scores), {n}, {1}, Device::cuda}, raw(device_labels),
                {raw(device_row), raw(device_flags)}, raw(device_scratch));
    synchronize(Stream{});
  }
  RankingView ranking() const { return {row.data(), flags.data(), n}; }
  RankingView device_ranking() { return {raw(device_row), raw(device_flags), n}; }
  ResampleUnits units() const {
    if (ids.empty()) return ResampleUnits::rows(n);
    return {static_cast<Index>(ids.size()), ids.data(), 0, of_row.data()};
  }
  ResampleUnits device_units() {
    if (ids.empty()) return units();
    return {static_cast<Index>(ids.size()), raw(device_ids), 0, raw(device_of_row)};
  }
};

constexpr RngKey kKey{5, 6};
constexpr Resamples kResamples{kKey, 203};

template <class T>
void expect_same_ranking(Both<T>& both) {
  ASSERT_EQ(std::vector<std::uint32_t>(both.device_row.begin(), both.device_row.end()), both.row);
  ASSERT_EQ(std::vector<std::uint8_t>(both.device_flags.begin(), both.device_flags.end()), both.flags);
  std::vector<std::uint64_t> scratch(roc_auc_scratch_bytes(both.workers, both.n) / 8 + 1);
  const auto cpu = ranked_auc(both.workers, both.ranking(), both.weights.data(), scratch.data());
  thrust::device_vector<AucState<double>> gpu(1);
  thrust::device_vector<std::uint64_t> device_scratch(ranked_auc_scratch_bytes(both.n) / 8 + 1);
  ranked_auc(Stream{}, both.device_ranking(), raw(both.device_weights), raw(gpu), raw(device_scratch));
  synchronize(Stream{});
  expect_same<double>(cpu, gpu[0]);
}

template <class T>
void expect_same_replicates(Both<T>& both) {
  const RankingView ranking = both.ranking(), device = both.device_ranking();
  std::vector<AucState<std::uint64_t>> cpu(kResamples.count);
  std::vector<std::uint64_t> scratch(
      auc_bootstrap_scratch_bytes(both.workers, &ranking, 1, both.units(), kResamples) / 8 + 1);
  auc_bootstrap(both.workers, &ranking, 1, both.units(), kResamples, matrix_view(cpu.data(), 1, kResamples.count),
                scratch.data());
  const ResampleUnits units = both.device_units();
  thrust::device_vector<AucState<std::uint64_t>> gpu(cpu.size());
  thrust::device_vector<std::uint64_t> device_scratch(
      auc_bootstrap_scratch_bytes(Stream{}, &device, 1, units, kResamples) / 8 + 1);
  auc_bootstrap(Stream{}, &device, 1, units, kResamples, matrix_view(raw(gpu), 1, kResamples.count, Device::cuda),
                raw(device_scratch));
  synchronize(Stream{});
  const std::vector<AucState<std::uint64_t>> got(gpu.begin(), gpu.end());
  for (std::size_t b = 0; b < got.size(); ++b) expect_same(cpu[b], got[b]);
}

template <class T>
void expect_same_weighted_replicates(Both<T>& both) {
  const RankingView ranking = both.ranking(), device = both.device_ranking();
  std::vector<AucState<double>> cpu(kResamples.count);
  std::vector<std::uint64_t> scratch(weighted_auc_bootstrap_scratch_bytes(both.n) / 8 + 1);
  weighted_auc_bootstrap(both.workers, &ranking, 1, both.units(), both.weights.data(), kResamples,
                         matrix_view(cpu.data(), 1, kResamples.count), scratch.data());
  const ResampleUnits units = both.device_units();
  thrust::device_vector<AucState<double>> gpu(cpu.size());
  thrust::device_vector<std::uint64_t> device_scratch(
      weighted_auc_bootstrap_scratch_bytes(Stream{}, &device, 1, units, kResamples) / 8 + 1);
  weighted_auc_bootstrap(Stream{}, &device, 1, units, raw(both.device_weights), kResamples,
                         matrix_view(raw(gpu), 1, kResamples.count, Device::cuda), raw(device_scratch));
  synchronize(Stream{});
  const std::vector<AucState<double>> got(gpu.begin(), gpu.end());
  for (std::size_t b = 0; b < got.size(); ++b) expect_same(cpu[b], got[b]);
}

template <class T>
void expect_same_everywhere(Index rows, int levels, std::size_t units) {
  Both<T> both(rows, levels, units);
  expect_same_ranking(both);
  expect_same_replicates(both);
  expect_same_weighted_replicates(both);
}

TEST(AucBootstrapGpu, SameBitsAsTheCpuByRow) {
  expect_same_everywhere<float>(100'003, 0, 0);
  expect_same_everywhere<double>(100'003, 0, 0);
}

TEST(AucBootstrapGpu, SameBitsAsTheCpuWithTies) {
  expect_same_everywhere<float>(50'000, 5, 0);
  expect_same_everywhere<double>(50'000, 300, 0);
}

TEST(AucBootstrapGpu, SameBitsAsTheCpuByUnit) {
  expect_same_everywhere<float>(70'000, 0, 30);
  expect_same_everywhere<float>(70'000, 0, 60'000);
}

}  // namespace
}  // namespace bakeoff::kernels
