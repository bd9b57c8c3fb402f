#include "kernels/linear/sparse_pass.h"

#include <gtest/gtest.h>

#include "sparse_sample.h"

namespace bakeoff::kernels {
namespace {

using test::SparseModels;
using test::SparseSample;

constexpr Loss kLosses[] = {Loss::logistic, Loss::squared_hinge, Loss::poisson,      Loss::gamma,
                            Loss::huber,    Loss::tube,          Loss::squared_tube, Loss::squared};

void run(const SparseRowsView& rows, SparseModels& models, int threads, Isa isa = best_isa()) {
  std::vector<double> scratch(loss_scratch_bytes(rows, models.view) / sizeof(double));
  loss_gradient(Workers(threads), rows, models.view, scratch.data(), isa);
}

// The dense pass, itself tested against textbooks, over the same rows spelled out.
void expect_close_to_dense(SparseSample sample, Loss kind, bool weighted, bool folded,
                           ClassLayout classes = {}) {
  sample.label_for(kind, classes.classes);
  const SparseRowsView rows = sample.view(weighted, weighted);
  const int panels = 2 * classes.panels(), columns = rows.columns;
  SparseModels models(rows, panels, kind, folded, classes);
  run(rows, models, 2);

  std::vector<double> dense(static_cast<std::size_t>(rows.rows * columns), 0.0);
  for (Index i = 0; i < rows.rows; ++i)
    for (Index e = rows.starts[i]; e < rows.starts[i + 1]; ++e) dense[i * columns + rows.indices[e]] = rows.value(e);
  RowsView spelled;
  spelled.rows = rows.rows;
  spelled.dense = dense.data();
  spelled.scalar = RowsView::Scalar::f64;
  spelled.row_stride = spelled.dense_columns = columns;
  spelled.labels = rows.labels;
  spelled.weights = rows.weights;
  spelled.folds = rows.folds;
  const Index size = Index{panel_rows(columns, 0)} * kPanel, sparse_size = rows.panel_size();
  const test::Aligned<float> theta(panels * size);
  std::vector<double> gradient(panels * size), loss(panels * kPanel), slope(panels * kPanel);
  std::fill_n(theta.data, panels * size, 0.0f);
  for (int p = 0; p < panels; ++p) std::copy_n(models.view.theta + p * sparse_size, sparse_size, theta.data + p * size);
  PanelsView view = models.view;
  view.theta = theta.data;
  view.gradient = gradient.data();
  view.loss = loss.data();
  if (view.slope) view.slope = slope.data();
  const test::Aligned<char> scratch(static_cast<Index>(loss_scratch_bytes(spelled, view)));
  loss_gradient(Workers(2), spelled, view, scratch.data);

  const int used = kind == Loss::softmax ? classes.models() * classes.classes : kPanel;
  for (int m = 0; m < panels * kPanel; ++m) {
    if (m % (classes.panels() * kPanel) >= used) continue;
    const std::string where = std::to_string(static_cast<int>(kind)) + ", model " + std::to_string(m);
    EXPECT_NEAR(models.loss[m], loss[m], 1e-5 * loss[m]) << where;
    if (view.slope) {
      EXPECT_NEAR(models.slope[m], slope[m], 1e-5 * std::abs(slope[m]) + 1e-3) << where;
    }
    for (int k = 0; k <= columns; ++k)
      EXPECT_NEAR(models.gradient[m / kPanel * sparse_size + k * kPanel + m % kPanel],
                  gradient[m / kPanel * size + k * kPanel + m % kPanel], 1e-4 * loss[m / kPanel * kPanel] + 1e-3)
          << where << ", column " << k;
  }
}

TEST(SparsePass, EqualsTheDensePass) {
  const SparseSample sample(500, 70, 3);
  for (Loss kind : kLosses)
    for (bool weighted : {false, true})
      for (bool folded : {false, true}) expect_close_to_dense(sample, kind, weighted, folded);
  for (const ClassLayout classes : {ClassLayout(3), {10, 2}, {16}, {20}, {40}})
    for (bool folded : {false, true}) expect_close_to_dense(sample, Loss::softmax, folded, folded, classes);
}

TEST(SparsePass, HasTheSameBitsForThreadsInstructionSetsTypesAndNeighbours) {
  for (Loss kind : {Loss::logistic, Loss::tube, Loss::softmax}) {
    const int classes = kind == Loss::softmax ? 5 : 1;
    SparseSample sample(5000, 90, 4);
    sample.label_for(kind, classes);
    EXPECT_GT(sparse_slots(5000, 90), 1);
    SparseModels once(sample.view(true, false), 3, kind, true, classes);
    run(sample.view(true, false), once, 1, Isa::v2);
    for (Isa isa : {Isa::v2, Isa::v3, Isa::v4}) {
      if (!supports(isa)) continue;
      SparseModels again(sample.view(true, true), 3, kind, true, classes);
      run(sample.view(true, true), again, 3, isa);
      EXPECT_EQ(again.gradient, once.gradient);
      EXPECT_EQ(again.loss, once.loss);
      EXPECT_EQ(again.slope, once.slope);
    }
    SparseModels one(sample.view(true, false), 1, kind, true, classes);
    run(sample.view(true, false), one, 2);
    for (std::size_t i = 0; i < one.gradient.size(); ++i) EXPECT_EQ(one.gradient[i], once.gradient[i]);
  }
}

TEST(SparsePass, AnEmptyWindowIsNothing) {
  const SparseSample sample(50, 6, 4);
  SparseModels models(sample.view(false, false), 1, Loss::logistic, false);
  models.begin[0] = models.end[0] = 20;
  run(sample.view(false, false), models, 1);
  EXPECT_EQ(models.gradient, std::vector<double>(models.gradient.size(), 0.0));
  EXPECT_EQ(models.loss, std::vector<double>(models.loss.size(), 0.0));
}

TEST(SparsePass, SlotsAreBoundedByMemoryAndRows) {
  EXPECT_EQ(sparse_slots(10, 3), 1);
  EXPECT_EQ(sparse_slots(100'000'000, 3), 16);
  EXPECT_EQ(sparse_slots(100'000'000, 2'000'000'000), 1);
}

}  // namespace
}  // namespace bakeoff::kernels
