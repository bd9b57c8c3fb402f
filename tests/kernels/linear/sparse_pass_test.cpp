#include "kernels/linear/sparse_pass.h"

#include <gtest/gtest.h>

#include <cmath>

#include "sparse_sample.h"

namespace bakeoff::kernels {
namespace {

using test::SparseModels;
using test::SparseSample;

void run(const SparseRowsView& rows, SparseModels& models, int threads, Isa isa = best_isa()) {
  std::vector<double> scratch(sparse_scratch_bytes(rows, models.view.panels) / sizeof(double));
  sparse_gradient(Workers(threads), rows, models.view, scratch.data(), isa);
}

TEST(SparsePass, EqualsPlainSums) {
  for (SparseLoss loss : {SparseLoss::logistic, SparseLoss::squared})
    for (bool weighted : {false, true})
      for (bool folded : {false, true}) {
        const SparseSample sample(500, 70, 3);
        const SparseRowsView rows = sample.view(weighted, weighted);
        SparseModels models(70, 2, loss, folded);
        run(rows, models, 2);
        for (int model : {0, 5, 31}) {
          const float* theta = models.memory.data() + model / 16 * 71 * 16 + model % 16;
          std::vector<double> gradient(71, 0.0);
          double value = 0;
          for (Index i = 0; i < 500; ++i) {
            if (folded && sample.folds[i] == models.left_out[model]) continue;
            double z = theta[70 * 16];
            for (Index e = sample.starts[i]; e < sample.starts[i + 1]; ++e)
              z += sample.values[e] * theta[sample.indices[e] * 16];
            const double weight = weighted ? sample.weights[i] : 1.0, y = sample.labels[i];
            const bool logistic = loss == SparseLoss::logistic;
            const double off = logistic ? 1 / (1 + std::exp(-z)) - y : z - (y - 0.25);
            value += weight * (logistic ? std::log1p(std::exp(y > 0 ? -z : z)) : 0.5 * off * off);
            for (Index e = sample.starts[i]; e < sample.starts[i + 1]; ++e)
              gradient[sample.indices[e]] += weight * off * sample.values[e];
            gradient[70] += weight * off;
          }
          EXPECT_NEAR(models.value[model], value, 1e-5 * value);
          for (int k = 0; k <= 70; ++k)
            EXPECT_NEAR(models.gradient[model / 16 * 71 * 16 + k * 16 + model % 16], gradient[k], 1e-3) << k;
        }
      }
}

TEST(SparsePass, HasTheSameBitsForThreadsInstructionSetsTypesAndNeighbours) {
  const SparseSample sample(5000, 90, 4);
  EXPECT_GT(sparse_slots(5000, 90), 1);
  SparseModels once(90, 3, SparseLoss::logistic, true);
  run(sample.view(true, false), once, 1, Isa::v2);
  for (Isa isa : {Isa::v2, Isa::v3, Isa::v4}) {
    if (!supports(isa)) continue;
    SparseModels again(90, 3, SparseLoss::logistic, true);
    run(sample.view(true, true), again, 3, isa);
    EXPECT_EQ(again.gradient, once.gradient);
    EXPECT_EQ(again.value, once.value);
  }
  SparseModels one(90, 1, SparseLoss::logistic, true);
  run(sample.view(true, false), one, 2);
  for (std::size_t i = 0; i < one.gradient.size(); ++i) EXPECT_EQ(one.gradient[i], once.gradient[i]);
}

TEST(SparsePass, SlotsAreBoundedByMemoryAndRows) {
  EXPECT_EQ(sparse_slots(10, 3), 1);
  EXPECT_EQ(sparse_slots(100'000'000, 3), 16);
  EXPECT_EQ(sparse_slots(100'000'000, 2'000'000'000), 1);
}

}  // namespace
}  // namespace bakeoff::kernels
