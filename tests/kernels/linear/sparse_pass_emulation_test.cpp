// The CUDA kernel against the CPU's baseline loop (compiled in here), slot by slot, bit for bit.
#include "kernels/linear/sparse_pass.cuh"

#include <gtest/gtest.h>

#define BAKEOFF_ISA v2
#include "kernels/linear/sparse_pass_simd.cpp"

#include "sparse_sample.h"

namespace bakeoff::kernels {
namespace {

using emulation::Options;
using emulation::scale;
using emulation::ScopedOptions;
using test::SparseModels;
using test::SparseSample;

void on_cpu(const SparseRowsView& rows, SparseModels& models) {
  const Index size = rows.panel_size(), slots = sparse_slots(rows.rows, rows.columns);
  const int unit = models.view.classes.panels();
  for (auto* sums : {&models.gradient, &models.loss, &models.slope}) std::fill(sums->begin(), sums->end(), 0.0);
  for (int panel = 0; panel < models.view.panels; panel += unit)
    for (Index slot = 0; slot < slots; ++slot) {
      std::vector<double> gradient(static_cast<std::size_t>(unit * size), 0.0), loss(unit * kPanel, 0.0), slope(loss);
      const Index first = std::max(rows.rows * slot / slots, models.begin[panel]);
      const Index last = std::min(rows.rows * (slot + 1) / slots, models.end[panel]);
      v2::sparse_rows({&rows, &models.view, first, last, panel, gradient.data(), loss.data(), slope.data()});
      for (Index i = 0; i < unit * size; ++i) models.gradient[panel * size + i] += gradient[i];
      for (int i = 0; i < unit * kPanel; ++i) models.loss[panel * kPanel + i] += loss[i];
      for (int i = 0; models.view.slope && i < unit * kPanel; ++i) models.slope[panel * kPanel + i] += slope[i];
    }
}

void expect_equal_bits(Index rows_count, int columns, bool weighted, Loss kind, bool folded, int seeds,
                       ClassLayout classes = {}) {
  SparseSample sample(rows_count, columns, 7);
  sample.label_for(kind, classes.classes);
  const SparseRowsView rows = sample.view(weighted, !weighted);
  const int panels = 2 * classes.panels();
  SparseModels want(rows, panels, kind, folded, classes);
  on_cpu(rows, want);
  for (int seed = 1; seed <= seeds; ++seed) {
    Options options;
    options.seed = static_cast<std::uint64_t>(seed);
    const ScopedOptions scoped(options);
    SparseModels got(rows, panels, kind, folded, classes);
    std::vector<double> scratch(loss_device_scratch_bytes(rows, got.view) / sizeof(double));
    loss_gradient(Stream{}, rows, got.view, scratch.data());
    const std::string where = std::to_string(static_cast<int>(kind)) + ", seed " + std::to_string(seed);
    EXPECT_EQ(got.gradient, want.gradient) << where;
    EXPECT_EQ(got.loss, want.loss) << where;
    EXPECT_EQ(got.slope, want.slope) << where;
  }
}

TEST(SparsePassEmulation, GivesTheBitsOfTheBaselineUnderEverySchedule) {
  expect_equal_bits(50, 30, true, Loss::logistic, true, scale(3, 1));
  expect_equal_bits(33, 200, false, Loss::squared, false, scale(3, 1));
  expect_equal_bits(1, 5, false, Loss::logistic, false, 1);
  expect_equal_bits(2100, 9, false, Loss::logistic, true, 1);
  for (Loss kind : {Loss::squared_hinge, Loss::poisson, Loss::gamma, Loss::huber, Loss::tube, Loss::squared_tube})
    expect_equal_bits(40, 20, kind == Loss::huber, kind, kind == Loss::tube, scale(2, 1));
  for (const ClassLayout classes : {ClassLayout(3), {16}, {20}, {10, 2}})
    expect_equal_bits(40, 20, classes.classes == 3, Loss::softmax, classes.classes != 16, scale(2, 1), classes);
}

TEST(SparsePassEmulation, NoPanelsIsNoWork) {
  const SparseSample sample(5, 3, 1);
  SparseModels none(sample.view(false, false), 0, Loss::squared, false);
  loss_gradient(Stream{}, sample.view(false, false), none.view, nullptr);
}

}  // namespace
}  // namespace bakeoff::kernels
