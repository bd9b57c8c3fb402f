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
  const Index size = (rows.columns + Index{1}) * kSparsePanel, slots = sparse_slots(rows.rows, rows.columns);
  for (int panel = 0; panel < models.view.panels; ++panel)
    for (Index slot = 0; slot < slots; ++slot) {
      std::vector<double> gradient(static_cast<std::size_t>(size), 0.0), value(kSparsePanel, 0.0);
      v2::sparse_rows({&rows, &models.view, rows.rows * slot / slots, rows.rows * (slot + 1) / slots, panel,
                       gradient.data(), value.data()});
      for (Index i = 0; i < size; ++i) {
        double& to = models.gradient[panel * size + i];
        to = slot == 0 ? gradient[i] : to + gradient[i];
      }
      for (int i = 0; i < kSparsePanel; ++i) {
        double& to = models.value[panel * kSparsePanel + i];
        to = slot == 0 ? value[i] : to + value[i];
      }
    }
}

void expect_equal_bits(Index rows_count, int columns, bool weighted, SparseLoss loss, bool folded, int seeds) {
  const SparseSample sample(rows_count, columns, 7);
  const SparseRowsView rows = sample.view(weighted, !weighted);
  SparseModels want(columns, 2, loss, folded);
  on_cpu(rows, want);
  for (int seed = 1; seed <= seeds; ++seed) {
    Options options;
    options.seed = static_cast<std::uint64_t>(seed);
    const ScopedOptions scoped(options);
    SparseModels got(columns, 2, loss, folded);
    std::vector<double> scratch(sparse_device_scratch_bytes(rows, 2) / sizeof(double));
    sparse_gradient(Stream{}, rows, got.view, scratch.data());
    EXPECT_EQ(got.gradient, want.gradient) << rows_count << " rows, seed " << seed;
    EXPECT_EQ(got.value, want.value) << rows_count << " rows, seed " << seed;
  }
}

TEST(SparsePassEmulation, GivesTheBitsOfTheBaselineUnderEverySchedule) {
  expect_equal_bits(50, 30, true, SparseLoss::logistic, true, scale(3, 1));
  expect_equal_bits(33, 200, false, SparseLoss::squared, false, scale(3, 1));
  expect_equal_bits(1, 5, false, SparseLoss::logistic, false, 1);
  expect_equal_bits(2100, 9, false, SparseLoss::logistic, true, 1);
}

TEST(SparsePassEmulation, NoPanelsIsNoWork) {
  const SparseSample sample(5, 3, 1);
  SparseModels none(3, 0, SparseLoss::squared, false);
  sparse_gradient(Stream{}, sample.view(false, false), none.view, nullptr);
}

}  // namespace
}  // namespace bakeoff::kernels
