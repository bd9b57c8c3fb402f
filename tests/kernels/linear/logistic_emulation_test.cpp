// The CUDA kernel against the CPU's baseline loops (compiled in here), slot by slot as logistic.h has it, bit for bit.
#include "kernels/linear/logistic.cuh"

#include <gtest/gtest.h>

#include <cstdlib>

#define BAKEOFF_ISA v2
#include "kernels/linear/dense_rows_simd.cpp"
#include "kernels/linear/logistic_simd.cpp"

#include "kernels/linear/chunk.h"
#include "sample_rows.h"

namespace bakeoff::kernels {

// Never called: this test runs the baseline.
namespace v3 {
void read_dense(const RowsView&, Index, double*) { std::abort(); }
void read_dense(const RowsView&, Index, float*) { std::abort(); }
}  // namespace v3
namespace v4 {
void read_dense(const RowsView&, Index, double*) { std::abort(); }
void read_dense(const RowsView&, Index, float*) { std::abort(); }
}  // namespace v4

namespace {

using emulation::Options;
using emulation::scale;
using emulation::ScopedOptions;

struct Case {
  test::SampleRows sample;
  RowsView rows;
  Index size;
  std::vector<float> theta;
  std::vector<Index> begin, end;
  std::vector<std::int32_t> left_out;

  Case(Index n, int dense, std::vector<int> sizes, bool weighted, int panels)
      : sample(n, dense, std::move(sizes), 3, static_cast<unsigned>(n)), rows(sample.view(weighted)) {
    size = static_cast<Index>(panel_rows(rows.dense_columns, rows.categories)) * kPanel;
    std::mt19937 random(5);
    std::normal_distribution<float> normal;
    for (Index i = 0; i < panels * size; ++i) theta.push_back(0.5f * normal(random));
    for (int p = 0; p < panels; ++p) {
      begin.push_back(p * n / 7);
      end.push_back(n - p * 5);
      for (int c = 0; c < kPanel; ++c) left_out.push_back(c % 4 - 1);
    }
  }
  PanelsView view(bool folded, std::vector<double>& gradient, std::vector<double>& loss) const {
    gradient.assign(theta.size(), -1);
    loss.assign(left_out.size(), -1);
    return {static_cast<int>(begin.size()),     theta.data(),    begin.data(), end.data(),
            folded ? left_out.data() : nullptr, gradient.data(), loss.data()};
  }
};

struct Answer {
  std::vector<double> gradient, loss;
  bool operator==(const Answer&) const = default;
};

Answer on_device(const Case& c, bool folded) {
  Answer answer;
  std::vector<double> scratch(logistic_device_scratch_bytes(c.rows, static_cast<int>(c.begin.size())) / sizeof(double));
  logistic_gradient(Stream{}, c.rows, c.view(folded, answer.gradient, answer.loss), scratch.data());
  return answer;
}

Answer on_cpu(const Case& c, bool folded) {
  Answer answer;
  const PanelsView panels = c.view(folded, answer.gradient, answer.loss);
  std::fill(answer.gradient.begin(), answer.gradient.end(), 0.0);
  std::fill(answer.loss.begin(), answer.loss.end(), 0.0);
  Carver measure(nullptr);
  take_chunk(c.rows, measure);
  const std::size_t floats = static_cast<std::size_t>(c.size) + kRowBlock * kPanel;
  char* const memory = static_cast<char*>(
      std::aligned_alloc(64, measure.used() + (floats + c.theta.size()) * sizeof(float) / 64 * 64 + 64));
  Carver carver(memory);
  ChunkView chunk = take_chunk(c.rows, carver);
  float* const gradient = carver.take<float>(c.size);
  float* const residuals = carver.take<float>(kRowBlock * kPanel);
  float* const theta = carver.take<float>(c.size);
  const Index step = chunk_rows(c.rows.dense_columns), chunks = (c.rows.rows + step - 1) / step;
  for (int p = 0; p < panels.panels; ++p) {
    std::copy_n(c.theta.data() + p * c.size, c.size, theta);
    for (Index slot = 0; slot < kLogisticSlots; ++slot) {
      std::vector<double> sum(static_cast<std::size_t>(c.size), 0.0), loss(kPanel, 0.0);
      for (Index k = chunks * slot / kLogisticSlots; k < chunks * (slot + 1) / kLogisticSlots; ++k) {
        const Index from = std::max(k * step, c.begin[p]), to = std::min({(k + 1) * step, c.rows.rows, c.end[p]});
        if (from >= to) continue;
        load_chunk(c.rows, from, to, chunk, Isa::v2);
        std::fill_n(gradient, c.size, 0.0f);
        v2::logistic_chunk(chunk, theta, folded ? c.left_out.data() + p * kPanel : nullptr, residuals, gradient,
                           loss.data());
        for (Index i = 0; i < c.size; ++i) sum[i] += gradient[i];
      }
      for (Index i = 0; i < c.size; ++i) answer.gradient[p * c.size + i] += sum[i];
      for (int i = 0; i < kPanel; ++i) answer.loss[p * kPanel + i] += loss[i];
    }
  }
  std::free(memory);
  return answer;
}

TEST(LogisticEmulation, GivesTheBitsOfTheBaselineUnderEverySchedule) {
  const Case cases[] = {
      {300, 3, {4, 9}, true, 2}, {1, 0, {3}, false, 1}, {90, 9, {}, false, 1}, {2500, 2, {5}, false, 1}};
  for (const Case& c : cases)
    for (bool folded : {false, true}) {
      const Answer want = on_cpu(c, folded);
      for (int seed = 1; seed <= scale(3, 1); ++seed) {
        Options options;
        options.seed = static_cast<std::uint64_t>(seed);
        const ScopedOptions scoped(options);
        const Answer got = on_device(c, folded);
        EXPECT_EQ(got.loss, want.loss) << c.rows.rows << " rows, seed " << seed;
        EXPECT_EQ(got.gradient, want.gradient) << c.rows.rows << " rows, seed " << seed;
      }
    }
}

TEST(LogisticEmulation, WideRowsGoInSmallerTiles) {
  const Case c(150, 530, {}, false, 1);
  EXPECT_LT(detail::pass_shape(c.rows).rows, 64);
  EXPECT_EQ(on_device(c, false), on_cpu(c, false));
}

TEST(LogisticEmulation, NoPanelsIsNoWork) {
  const Case c(10, 1, {}, false, 0);
  on_device(c, false);
}

}  // namespace
}  // namespace bakeoff::kernels
