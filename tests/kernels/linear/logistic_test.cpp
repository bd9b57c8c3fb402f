#include "kernels/linear/logistic.h"

#include <gmock/gmock.h>

#include <cmath>
#include <cstdlib>
#include <limits>

#include "kernels/linear/link.h"
#include "sample_rows.h"

namespace bakeoff::kernels {
namespace {

using test::SampleRows;

template <class T>
struct Aligned {
  explicit Aligned(Index n) : data(static_cast<T*>(std::aligned_alloc(64, (n * sizeof(T) + 63) / 64 * 64))), size(n) {}
  ~Aligned() { std::free(data); }
  T* data;
  Index size;
};

struct Answer {
  std::vector<double> gradient, loss;
};

struct Models {
  int panels;
  std::vector<Index> begin, end;
  std::vector<std::int32_t> left_out;
  std::vector<std::vector<double>> theta;  // column by column, raw parameters, exact in float

  Models(const RowsView& rows, int panels, unsigned seed) : panels(panels) {
    std::mt19937_64 random(seed);
    std::normal_distribution<double> normal;
    for (int p = 0; p < panels; ++p) {
      begin.push_back(rows.rows * p / (2 * panels) + p);
      end.push_back(rows.rows - p * 3);
      for (int c = 0; c < kPanel; ++c) {
        left_out.push_back(c % 3 - 1);
        theta.emplace_back();
        for (int i = 0; i < rows.parameters(); ++i) theta.back().push_back(static_cast<float>(0.4 * normal(random)));
      }
    }
  }
  // Panel row of a raw parameter by the words of kernels/linear/logistic.h, not by its code.
  static int row(const RowsView& rows, int parameter) {
    const int padded = (rows.dense_columns + 1 + 7) / 8 * 8;
    if (parameter < rows.dense_columns) return parameter;
    return parameter == rows.parameters() - 1 ? rows.dense_columns : padded + parameter - rows.dense_columns;
  }
  void fill(const RowsView& rows, Aligned<float>& out, Index size) const {
    std::fill_n(out.data, out.size, 0.0f);
    for (int m = 0; m < panels * kPanel; ++m)
      for (int p = 0; p < rows.parameters(); ++p)
        out.data[m / kPanel * size + row(rows, p) * kPanel + m % kPanel] = static_cast<float>(theta[m][p]);
  }
};

Answer fused(const RowsView& rows, const Models& models, bool folded, int threads, Isa isa = best_isa()) {
  const Index size = static_cast<Index>(panel_rows(rows.dense_columns, rows.categories)) * kPanel;
  Aligned<float> theta(models.panels * size);
  models.fill(rows, theta, size);
  Aligned<char> scratch(static_cast<Index>(logistic_scratch_bytes(rows, models.panels)));
  Answer answer{std::vector<double>(models.panels * size), std::vector<double>(models.panels * kPanel)};
  const PanelsView view{models.panels,
                        theta.data,
                        models.begin.data(),
                        models.end.data(),
                        folded ? models.left_out.data() : nullptr,
                        answer.gradient.data(),
                        answer.loss.data()};
  logistic_gradient(Workers(threads), rows, view, scratch.data, isa);
  return answer;
}

void expect_close_to_plain(const SampleRows& sample, bool weighted, bool folded, Isa isa) {
  const RowsView rows = sample.view(weighted);
  const Models models(rows, 3, 5);
  const Answer got = fused(rows, models, folded, 2, isa);
  const Index size = static_cast<Index>(panel_rows(rows.dense_columns, rows.categories)) * kPanel;
  for (int m : {0, 1, 2, 15, 16, 33, 47}) {
    double loss = 0;
    std::vector<double> gradient(rows.parameters(), 0.0), magnitude(rows.parameters(), 1e-3);
    for (Index i = models.begin[m / kPanel]; i < models.end[m / kPanel]; ++i) {
      if (folded && models.left_out[m] == sample.folds[i]) continue;
      const std::vector<double> x = sample.raw(i);
      double z = 0;
      for (int p = 0; p < rows.parameters(); ++p) z += models.theta[m][p] * x[p];
      const double weight = weighted ? sample.weights[i] : 1.0;
      loss += weight * (std::log1p(std::exp(-std::abs(z))) + std::max(z, 0.0) - sample.labels[i] * z);
      const double residual = weight * (1 / (1 + std::exp(-z)) - sample.labels[i]);
      for (int p = 0; p < rows.parameters(); ++p) {
        gradient[p] += residual * x[p];
        magnitude[p] += std::abs(residual * x[p]);
      }
    }
    EXPECT_NEAR(got.loss[m], loss, 3e-7 * loss);
    for (int p = 0; p < rows.parameters(); ++p)
      EXPECT_NEAR(got.gradient[m / kPanel * size + Models::row(rows, p) * kPanel + m % kPanel], gradient[p],
                  1e-6 * magnitude[p]);
  }
}

TEST(LogisticGradient, EqualsTheSumOverRowsForWindowsFoldsWeightsAndInstructionSets) {
  for (Isa isa : {Isa::v2, Isa::v3, Isa::v4}) {
    if (!supports(isa)) continue;
    for (bool weighted : {false, true})
      for (bool folded : {false, true}) {
        expect_close_to_plain(SampleRows(5003, 13, {3, 16, 40}, 2, 1), weighted, folded, isa);
        expect_close_to_plain(SampleRows(70, 0, {3}, 2, 2), weighted, folded, isa);
        expect_close_to_plain(SampleRows(300, 8, {}, 2, 3), weighted, folded, isa);
      }
  }
}

TEST(LogisticGradient, HasTheSameBitsForAnyNumberOfThreads) {
  const SampleRows sample(30000, 5, {7, 30}, 2, 4);
  const RowsView rows = sample.view();
  const Models models(rows, 10, 6);
  const Answer once = fused(rows, models, true, 1);
  for (int threads : {2, 3, 8}) {
    const Answer again = fused(rows, models, true, threads);
    EXPECT_EQ(again.loss, once.loss);
    EXPECT_EQ(again.gradient, once.gradient);
  }
}

TEST(LogisticGradient, GivesAColumnTheSameBitsAloneAndAmongOthers) {
  const SampleRows sample(9000, 5, {7}, 2, 8);
  const RowsView rows = sample.view();
  Models many(rows, 12, 6), one(rows, 1, 6);
  const int chosen = 11 * kPanel + 3;
  one.begin[0] = many.begin[11];
  one.end[0] = many.end[11];
  one.theta[0] = many.theta[chosen];
  one.left_out[0] = many.left_out[chosen];
  EXPECT_EQ(fused(rows, one, true, 2).loss[0], fused(rows, many, true, 2).loss[chosen]);
}

TEST(LogisticPoint, IsAccurateOverTheWholeRange) {
  for (double s = -86.9; s < 87; s += 0.00371) {
    const auto x = static_cast<float>(s);
    const auto [probability, loss] = logistic_point<FloatOps>(x);
    const double e = std::exp(-std::abs(static_cast<double>(x)));
    const double want = (x < 0 ? 1.0 : e) / (1 + e), want_loss = std::max(-static_cast<double>(x), 0.0) + std::log1p(e);
    ASSERT_NEAR(probability, want, 4e-7 * want) << x;
    ASSERT_NEAR(loss, want_loss, 4e-7 * want_loss) << x;
  }
}

TEST(LogisticPoint, StaysFiniteAndCarriesNanThrough) {
  EXPECT_EQ(logistic_point<FloatOps>(1e6f).loss, logistic_point<FloatOps>(87.0f).loss);
  EXPECT_EQ(logistic_point<FloatOps>(-1e6f).loss, 1e6f);
  EXPECT_EQ(logistic_point<FloatOps>(-1e6f).probability, 1.0f);
  EXPECT_TRUE(std::isnan(logistic_point<FloatOps>(std::numeric_limits<float>::quiet_NaN()).loss));
}

TEST(LinearLogits, EqualTheProductWithTheParameters) {
  const SampleRows sample(3001, 9, {4, 11}, 2, 9);
  const RowsView rows = sample.view();
  const Models models(rows, 2, 3);
  const Index size = static_cast<Index>(panel_rows(rows.dense_columns, rows.categories)) * kPanel, first = 17,
              last = 2950;
  Aligned<float> theta(models.panels * size), logits(2 * kPanel * (last - first));
  models.fill(rows, theta, size);
  Aligned<char> scratch(static_cast<Index>(logits_scratch_bytes(rows, 2)));
  linear_logits(Workers(2), rows, first, last, 2, theta.data, logits.data, scratch.data);
  for (int m : {0, 7, 31})
    for (Index i = first; i < last; i += 13) {
      const std::vector<double> x = sample.raw(i);
      double z = 0;
      for (int p = 0; p < rows.parameters(); ++p) z += models.theta[m][p] * x[p];
      ASSERT_NEAR(logits.data[m * (last - first) + i - first], z, 1e-5);
    }
}

}  // namespace
}  // namespace bakeoff::kernels
