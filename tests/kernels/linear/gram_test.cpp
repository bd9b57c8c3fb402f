#include "kernels/linear/gram.h"

#include <gmock/gmock.h>

#include <cmath>
#include <cstdlib>
#include <memory>

#include "sample_rows.h"

namespace bakeoff::kernels {
namespace {

using test::SampleRows;

struct Scratch {
  explicit Scratch(std::size_t bytes) : memory(static_cast<char*>(std::aligned_alloc(64, (bytes + 63) / 64 * 64))) {}
  ~Scratch() { std::free(memory); }
  char* memory;
};

std::vector<double> gram_of(const RowsView& rows, const Index* order, const std::vector<GramSegment>& segments,
                            double shift, int threads, Isa isa = best_isa()) {
  const int count = static_cast<int>(segments.size()), n = gram_order(rows);
  std::vector<double> out(static_cast<std::size_t>(count) * n * n);
  const Scratch scratch(gram_scratch_bytes(rows, segments.data(), count));
  gram(Workers(threads), rows, order, segments.data(), count, shift, out.data(), scratch.memory, isa);
  return out;
}

std::vector<double> plain_gram(const SampleRows& sample, const std::vector<Index>& rows, double shift, bool weighted) {
  const int n = gram_order(sample.view());
  std::vector<double> out(static_cast<std::size_t>(n) * n, 0.0);
  for (Index row : rows) {
    std::vector<double> z = sample.raw(row);
    z.push_back(sample.labels[row] - shift);
    const double weight = weighted ? sample.weights[row] : 1.0;
    for (int i = 0; i < n; ++i)
      for (int j = 0; j < n; ++j) out[i * n + j] += weight * z[i] * z[j];
  }
  return out;
}

void expect_near(const double* got, const std::vector<double>& want) {
  for (std::size_t i = 0; i < want.size(); ++i) ASSERT_NEAR(got[i], want[i], 1e-9 * (1 + std::abs(want[i]))) << i;
}

TEST(Gram, EqualsTheSumOfOuterProductsForEverySegmentOrderAndWeight) {
  for (const std::vector<int>& sizes : {std::vector<int>{}, {3}, {3, 17, 4}, {3, 17, 5}})
    for (int dense : {0, 1, 6, 7, 30})
      for (bool weighted : {false, true}) {
        const SampleRows sample(301, dense, sizes, 2, 7u + static_cast<unsigned>(dense));
        std::vector<Index> order;
        for (Index i = 0; i < 301; ++i) order.push_back(i * 200 % 301);
        const std::vector<GramSegment> segments = {{0, 33}, {33, 33}, {33, 301}};
        const auto got = gram_of(sample.view(weighted), order.data(), segments, 0.25, 2);
        const std::size_t size = got.size() / 3;
        expect_near(&got[0], plain_gram(sample, {order.begin(), order.begin() + 33}, 0.25, weighted));
        expect_near(&got[size], plain_gram(sample, {}, 0.25, weighted));
        expect_near(&got[2 * size], plain_gram(sample, {order.begin() + 33, order.end()}, 0.25, weighted));
      }
}

TEST(Gram, ReadsDoublesOfAnyStrideShiftedAndScaled) {
  const SampleRows sample(100, 5, {4}, 2, 3);
  std::vector<double> columns(5 * 100);  // column-major
  const std::vector<double> shift = {1, -2, 3, 1000, 0}, scale = {1, 0.5, 4, 0.25, 2};
  for (Index i = 0; i < 100; ++i)
    for (int k = 0; k < 5; ++k) columns[k * 100 + i] = sample.dense[i * 5 + k] / scale[k] + shift[k];
  RowsView view = sample.view();
  view.dense = columns.data();
  view.scalar = RowsView::Scalar::f64;
  view.row_stride = 1;
  view.column_stride = 100;
  view.shift = shift.data();
  view.scale = scale.data();
  const auto got = gram_of(view, nullptr, {{10, 90}}, 0, 1);
  std::vector<Index> rows;
  for (Index i = 10; i < 90; ++i) rows.push_back(i);
  expect_near(got.data(), plain_gram(sample, rows, 0, false));
}

TEST(Gram, HasTheSameBitsForAnyNumberOfThreads) {
  const SampleRows sample(20000, 9, {5, 41}, 2, 11);
  const auto once = gram_of(sample.view(), nullptr, {{0, 12345}, {12345, 20000}}, 0.5, 1);
  for (int threads : {2, 3, 8})
    EXPECT_THAT(gram_of(sample.view(), nullptr, {{0, 12345}, {12345, 20000}}, 0.5, threads),
                testing::ElementsAreArray(once));
}

TEST(Gram, AgreesForEveryInstructionSet) {
  const SampleRows sample(3000, 12, {5, 40}, 2, 12);
  std::vector<Index> all(3000);
  for (Index i = 0; i < 3000; ++i) all[i] = i;
  const auto plain = plain_gram(sample, all, 0.5, false);
  for (Isa isa : {Isa::v2, Isa::v3, Isa::v4})
    if (supports(isa)) expect_near(gram_of(sample.view(), nullptr, {{0, 3000}}, 0.5, 1, isa).data(), plain);
}

}  // namespace
}  // namespace bakeoff::kernels
