// The CUDA kernel against the CPU's baseline loops (compiled in here), slot by slot as loss_pass.h has it, bit for bit.
#include "kernels/linear/loss_pass.cuh"

#include <gtest/gtest.h>

#include <cstdlib>

#define BAKEOFF_ISA v2
#include "kernels/linear/dense_rows_simd.cpp"
#include "kernels/linear/loss_pass_simd.cpp"

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

struct Answer {
  std::vector<double> gradient, loss, slope;
  bool operator==(const Answer&) const = default;
};

struct Case {
  test::SampleRows sample;
  RowsView rows;
  Index size;
  std::vector<float> theta;
  std::vector<Index> begin, end;
  std::vector<std::int32_t> left_out;
  std::vector<float> shape, dead;
  std::vector<double> labels;
  Loss kind;
  ClassLayout classes;

  Case(Index n, int dense, std::vector<int> sizes, bool weighted, int panels, Loss kind = Loss::logistic,
       ClassLayout classes = {})
      : sample(n, dense, std::move(sizes), 3, static_cast<unsigned>(n)),
        rows(sample.view(weighted)),
        kind(kind),
        classes(classes) {
    for (Index i = 0; i < n; ++i)
      labels.push_back(kind == Loss::softmax
                           ? static_cast<double>(i * 5 % classes.classes)
                           : loss_row(kind, sample.labels[i] + (kind == Loss::gamma ? .5 : 0), 1).label);
    rows.labels = labels.data();
    size = static_cast<Index>(panel_rows(rows.dense_columns, rows.categories)) * kPanel;
    std::mt19937 random(5);
    std::normal_distribution<float> normal;
    for (Index i = 0; i < panels * size; ++i) theta.push_back(0.5f * normal(random));
    if (has_shape(kind)) shape.assign(static_cast<std::size_t>(panels) * kPanel, 0.75f);
    if (kind == Loss::tube)
      for (std::size_t i = 0; i < shape.size(); ++i) dead.push_back(0.25f * static_cast<float>(i % 4));
    for (int p = 0; p < panels; ++p) {
      begin.push_back(p * n / 7);
      end.push_back(n - p * 5);
      for (int c = 0; c < kPanel; ++c) left_out.push_back(kind == Loss::softmax ? 1 : c % 4 - 1);
    }
  }
  PanelsView view(bool folded, Answer& answer) const {
    answer.gradient.assign(theta.size(), -1);
    answer.loss.assign(left_out.size(), -1);
    answer.slope.assign(shape.size(), -1);
    const bool shaped = has_shape(kind);
    return {static_cast<int>(begin.size()),
            theta.data(),
            begin.data(),
            end.data(),
            folded ? left_out.data() : nullptr,
            answer.gradient.data(),
            answer.loss.data(),
            kind,
            classes,
            shaped ? shape.data() : nullptr,
            shaped ? answer.slope.data() : nullptr,
            dead.empty() ? nullptr : dead.data()};
  }
};
Answer on_device(const Case& c, bool folded) {
  Answer answer;
  const PanelsView panels = c.view(folded, answer);
  std::vector<double> scratch(loss_device_scratch_bytes(c.rows, panels) / sizeof(double));
  loss_gradient(Stream{}, c.rows, panels, scratch.data());
  return answer;
}

Answer on_cpu(const Case& c, bool folded) {
  Answer answer;
  const PanelsView panels = c.view(folded, answer);
  for (auto* sums : {&answer.gradient, &answer.loss, &answer.slope}) std::fill(sums->begin(), sums->end(), 0.0);
  const int unit = c.classes.panels(), columns = unit * kPanel;
  const Index size = unit * c.size;
  Carver measure(nullptr);
  take_chunk(c.rows, measure);
  const std::size_t floats = static_cast<std::size_t>(size) + static_cast<std::size_t>(columns) * kRowBlock;
  char* const memory = static_cast<char*>(
      std::aligned_alloc(64, measure.used() + (floats + c.theta.size()) * sizeof(float) / 64 * 64 + 64));
  Carver carver(memory);
  ChunkView chunk = take_chunk(c.rows, carver);
  float* const gradient = carver.take<float>(size);
  float* const residuals = carver.take<float>(kRowBlock * columns);
  float* const theta = carver.take<float>(size);
  const Index step = chunk_rows(c.rows.dense_columns), chunks = (c.rows.rows + step - 1) / step;
  for (int p = 0; p < panels.panels; p += unit) {
    std::copy_n(c.theta.data() + p * c.size, size, theta);
    for (Index slot = 0; slot < kPassSlots; ++slot) {
      std::vector<double> sum(static_cast<std::size_t>(size), 0.0), loss(columns, 0.0), slope(columns, 0.0);
      for (Index k = chunks * slot / kPassSlots; k < chunks * (slot + 1) / kPassSlots; ++k) {
        const Index from = std::max(k * step, c.begin[p]), to = std::min({(k + 1) * step, c.rows.rows, c.end[p]});
        if (from >= to) continue;
        load_chunk(c.rows, from, to, c.kind, chunk, Isa::v2);
        std::fill_n(gradient, size, 0.0f);
        v2::loss_chunk(chunk, {c.kind, c.classes, c.size, theta, folded ? c.left_out.data() + p * kPanel : nullptr,
                               panels.shape ? panels.shape + p * kPanel : nullptr, residuals, gradient, loss.data(),
                               slope.data(), panels.dead ? panels.dead + p * kPanel : nullptr});
        for (Index i = 0; i < size; ++i) sum[i] += gradient[i];
      }
      for (Index i = 0; i < size; ++i) answer.gradient[p * c.size + i] += sum[i];
      for (int i = 0; i < columns; ++i) answer.loss[p * kPanel + i] += loss[i];
      for (int i = 0; panels.slope && i < columns; ++i) answer.slope[p * kPanel + i] += slope[i];
    }
  }
  std::free(memory);
  return answer;
}

TEST(LossPassEmulation, GivesTheBitsOfTheBaselineUnderEverySchedule) {
  std::vector<Case> cases;
  cases.emplace_back(300, 3, std::vector{4, 9}, true, 2);
  cases.emplace_back(1, 0, std::vector{3}, false, 1);
  cases.emplace_back(90, 9, std::vector<int>{}, false, 1);
  cases.emplace_back(2500, 2, std::vector{5}, false, 1);
  for (Loss kind :
       {Loss::squared_hinge, Loss::poisson, Loss::gamma, Loss::huber, Loss::tube, Loss::squared_tube, Loss::squared})
    for (bool weighted : {false, true}) cases.emplace_back(130, 3, std::vector{4}, weighted, 2, kind);
  for (const ClassLayout classes : {ClassLayout(3), {16}, {20}, {10, 2}})
    cases.emplace_back(130, 3, std::vector{4}, classes.classes == 3, 4, Loss::softmax, classes);
  for (const Case& c : cases)
    for (bool folded : {false, true}) {
      const Answer want = on_cpu(c, folded);
      for (int seed = 1; seed <= scale(3, 1); ++seed) {
        Options options;
        options.seed = static_cast<std::uint64_t>(seed);
        const ScopedOptions scoped(options);
        const Answer got = on_device(c, folded);
        EXPECT_EQ(got.loss, want.loss) << static_cast<int>(c.kind) << ", " << c.rows.rows << " rows, seed " << seed;
        EXPECT_EQ(got.slope, want.slope) << static_cast<int>(c.kind) << ", seed " << seed;
        EXPECT_EQ(got.gradient, want.gradient)
            << static_cast<int>(c.kind) << ", " << c.rows.rows << " rows, seed " << seed;
      }
    }
}

TEST(LossPassEmulation, WideRowsGoInSmallerTiles) {
  const Case c(150, 530, {}, false, 1);
  EXPECT_LT(detail::pass_shape(c.rows, PanelsView{}).rows, 64);
  EXPECT_EQ(on_device(c, false), on_cpu(c, false));
}

TEST(LossPassEmulation, NoPanelsIsNoWork) {
  const Case c(10, 1, {}, false, 0);
  on_device(c, false);
}

}  // namespace
}  // namespace bakeoff::kernels
