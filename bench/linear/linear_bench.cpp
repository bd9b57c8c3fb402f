// One pass of ridge's Gram and of logistic's gradient over the rows, dense and sparse; sweeps of elastic-net's descent.
#include <benchmark/benchmark.h>

#include "../data.h"
#include "kernels/linear/descent.h"
#include "kernels/linear/gram.h"
#include "kernels/linear/loss_pass.h"
#include "kernels/linear/sparse_pass.h"

namespace bakeoff::kernels {
namespace {

constexpr int kColumns = 32;

struct Rows {
  explicit Rows(Index rows) : labels(bench::labels(rows)), dense(static_cast<std::size_t>(rows * kColumns)) {
    for (std::size_t i = 0; i < dense.size(); ++i)
      dense[i] = static_cast<float>(bench::uniform(7, static_cast<Index>(i)) - .5);
    view.rows = rows;
    view.dense = dense.data();
    view.row_stride = kColumns;
    view.dense_columns = kColumns;
    view.labels = labels.data();
  }
  std::vector<double> labels;
  std::vector<float> dense;
  RowsView view;
};

void gram_pass(benchmark::State& state) {
  const Rows rows(state.range(0));
  const Workers workers(static_cast<int>(state.range(1)));
  const GramSegment all{0, rows.view.rows};
  const bench::Scratch scratch(gram_scratch_bytes(rows.view, &all, 1));
  const std::size_t order = static_cast<std::size_t>(gram_order(rows.view));
  std::vector<double> out(order * order);
  for (auto _ : state) {
    gram(workers, rows.view, nullptr, &all, 1, 0.0, out.data(), scratch.get());
    benchmark::DoNotOptimize(out.data());
  }
  state.SetItemsProcessed(state.iterations() * rows.view.rows);
}
BENCHMARK(gram_pass)->ArgNames({"rows", "threads"})->Args({100000, 1})->Args({100000, 2})->UseRealTime();

void logistic_pass(benchmark::State& state) {
  const Rows rows(state.range(0));
  const int panels = static_cast<int>(state.range(1));
  const Workers workers(static_cast<int>(state.range(2)));
  const std::size_t size = static_cast<std::size_t>(panels) * panel_rows(kColumns, 0) * kPanel;
  const std::vector<float> theta(size, .01f);
  const std::vector<Index> begin(static_cast<std::size_t>(panels), 0), end(begin.size(), rows.view.rows);
  std::vector<double> gradient(size), loss(static_cast<std::size_t>(panels) * kPanel);
  PanelsView view;
  view.panels = panels;
  view.theta = theta.data();
  view.begin = begin.data();
  view.end = end.data();
  view.gradient = gradient.data();
  view.loss = loss.data();
  const bench::Scratch scratch(loss_scratch_bytes(rows.view, view));
  for (auto _ : state) {
    loss_gradient(workers, rows.view, view, scratch.get());
    benchmark::DoNotOptimize(gradient.data());
  }
  state.SetItemsProcessed(state.iterations() * rows.view.rows * panels * kPanel);
}
BENCHMARK(logistic_pass)
    ->ArgNames({"rows", "panels", "threads"})
    ->Args({20000, 16, 1})
    ->Args({20000, 16, 2})
    ->UseRealTime();

// 10 sweeps over problems whose coordinates all move.
void descent_sweeps(benchmark::State& state) {
  const int order = static_cast<int>(state.range(0)), count = 8;
  const Workers workers(static_cast<int>(state.range(1)));
  std::vector<double> gram(static_cast<std::size_t>(order) * order);
  for (int i = 0; i < order; ++i)
    for (int j = 0; j < order; ++j) gram[static_cast<std::size_t>(i) * order + j] = i == j ? 2.0 : 1.0 / order;
  std::vector<std::vector<double>> x(count), residual(count);
  std::vector<int> sweeps(count);
  std::vector<DescentProblem> problems(count);
  for (auto _ : state) {
    for (int p = 0; p < count; ++p) {
      x[p].assign(static_cast<std::size_t>(order), 0.0);
      residual[p].assign(static_cast<std::size_t>(order), 5.0 + p);
      problems[p] = {gram.data(), order, order, 0, 1.0, 0.5, -1.0, 10, x[p].data(), residual[p].data(), &sweeps[p]};
    }
    descend(workers, problems.data(), count);
    benchmark::DoNotOptimize(x.data());
  }
  state.SetItemsProcessed(state.iterations() * count * 10 * order);
}
BENCHMARK(descent_sweeps)
    ->ArgNames({"order", "threads"})
    ->Args({100, 1})
    ->Args({500, 1})
    ->Args({500, 2})
    ->UseRealTime();

void sparse_logistic_pass(benchmark::State& state) {
  const Index rows = state.range(0), each = 50;
  const int columns = 50000, panels = 2;
  const Workers workers(static_cast<int>(state.range(1)));
  const std::vector<double> labels = bench::labels(rows);
  std::vector<Index> starts{0};
  std::vector<std::int32_t> indices;
  for (Index i = 0; i < rows; ++i) {
    for (Index k = 0; k < each; ++k)
      indices.push_back(
          static_cast<std::int32_t>(k * 1000 + static_cast<Index>(1000 * bench::uniform(3, i * each + k))));
    starts.push_back(static_cast<Index>(indices.size()));
  }
  const std::vector<float> values(indices.size(), .3f);
  SparseRowsView view;
  view.rows = rows;
  view.columns = columns;
  view.starts = starts.data();
  view.indices = indices.data();
  view.values = values.data();
  view.labels = labels.data();
  const Index size = panels * view.panel_size();
  const bench::Scratch parameters(static_cast<std::size_t>(size) * sizeof(float));
  float* const theta = static_cast<float*>(parameters.get());
  std::fill_n(theta, size, .01f);
  std::vector<double> gradient(static_cast<std::size_t>(size)), loss(panels * kPanel);
  const std::vector<Index> begin(panels, 0), end(panels, rows);
  PanelsView models;
  models.panels = panels;
  models.theta = theta;
  models.begin = begin.data();
  models.end = end.data();
  models.gradient = gradient.data();
  models.loss = loss.data();
  const bench::Scratch scratch(loss_scratch_bytes(view, models));
  for (auto _ : state) {
    loss_gradient(workers, view, models, scratch.get());
    benchmark::DoNotOptimize(gradient.data());
  }
  state.SetItemsProcessed(state.iterations() * static_cast<Index>(indices.size()) * panels * kPanel);
}
BENCHMARK(sparse_logistic_pass)->ArgNames({"rows", "threads"})->Args({20000, 1})->Args({20000, 2})->UseRealTime();

}  // namespace
}  // namespace bakeoff::kernels
