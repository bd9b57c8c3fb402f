// One pass of ridge's Gram and of logistic's gradient over the rows.
#include <benchmark/benchmark.h>

#include "../data.h"
#include "kernels/linear/gram.h"
#include "kernels/linear/loss_pass.h"

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

}  // namespace
}  // namespace bakeoff::kernels
