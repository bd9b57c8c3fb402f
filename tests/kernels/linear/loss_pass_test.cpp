#include "kernels/linear/loss_pass.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>

#include "aligned.h"
#include "kernels/linear/losses.h"
#include "sample_rows.h"

namespace bakeoff::kernels {
namespace {

using test::Aligned;
using test::SampleRows;

struct Answer {
  std::vector<double> gradient, loss, slope;
};

// Labels that suit a loss, and weights: what the data would have.
struct Labelled {
  Loss kind;
  SampleRows sample;
  std::vector<double> raw_labels, raw_weights, labels, weights;

  Labelled(Loss kind, SampleRows from, bool weighted) : kind(kind), sample(std::move(from)) {
    std::mt19937_64 random(3);
    std::gamma_distribution<double> amount(2.0, 1.5);
    for (Index i = 0; i < sample.rows; ++i) {
      const double y = kind == Loss::poisson ? std::floor(amount(random)) : kind == Loss::gamma ? amount(random) : 0.0;
      raw_labels.push_back(kind == Loss::poisson || kind == Loss::gamma ? y
                           : has_shape(kind) || kind == Loss::squared   ? 3 * amount(random) - 9
                                                                        : sample.labels[i]);
      raw_weights.push_back(weighted ? sample.weights[i] : 1.0);
      const LossRow row = loss_row(kind, raw_labels.back(), raw_weights.back());
      labels.push_back(row.label);
      weights.push_back(row.weight);
    }
  }
  RowsView view(bool weighted) const {
    RowsView v = sample.view(weighted);
    v.labels = labels.data();
    v.weights = weighted || kind == Loss::poisson ? weights.data() : nullptr;
    return v;
  }
};

// The loss by its textbook, and its derivatives by the logit and by the shape.
struct Textbook {
  double loss, derivative, slope;
};
Textbook textbook(Loss kind, double z, double y, double c, double dead = 0) {
  const double s = y > 0 ? 1 : -1, mu = std::exp(z), r = z - y, short_of = std::max(0.0, 1 - s * z);
  switch (kind) {
    case Loss::logistic:
      return {std::log1p(std::exp(-std::abs(z))) + std::max(z, 0.0) - y * z, 1 / (1 + std::exp(-z)) - y, 0};
    case Loss::squared_hinge:
      return {short_of * short_of, -2 * s * short_of, 0};
    case Loss::poisson:
      return {(y > 0 ? y * std::log(y / mu) : 0) - y + mu, mu - y, 0};
    case Loss::gamma:
      return {std::log(mu / y) + y / mu - 1, 1 - y / mu, 0};
    case Loss::tube: {
      // Each corner's mean over a uniform shift, by its integral.
      Textbook all{0, 0, 0};
      for (const double side : {1.0, -1.0}) {
        const double e = side * r - dead, p = std::clamp((e + c) / (2 * c), 0.0, 1.0);
        all.loss += std::abs(e) < c ? (e + c) * (e + c) / (4 * c) : std::max(e, 0.0);
        all.derivative += side * p;
        all.slope += std::abs(e) < c ? 0.25 * (1 - e * e / (c * c)) : 0.0;
      }
      return all;
    }
    case Loss::squared:
      return {0.5 * r * r, r, 0};
    case Loss::squared_tube: {
      const double e = std::max(0.0, std::abs(r) - c);
      return {e * e, r > 0 ? 2 * e : -2 * e, -2 * e};
    }
    default:
      if (std::abs(r) <= c) return {r * r, 2 * r, 0};
      return {c * (2 * std::abs(r) - c), r > 0 ? 2 * c : -2 * c, 2 * (std::abs(r) - c)};
  }
}
constexpr Loss kLosses[] = {Loss::logistic, Loss::squared_hinge, Loss::poisson,      Loss::gamma,
                            Loss::huber,    Loss::tube,          Loss::squared_tube, Loss::squared};

struct Models {
  int panels;
  std::vector<Index> begin, end;
  std::vector<std::int32_t> left_out;
  std::vector<std::vector<double>> theta;  // column by column, raw parameters, exact in float
  std::vector<float> shape, dead;

  Models(const RowsView& rows, int panels, unsigned seed) : panels(panels) {
    std::mt19937_64 random(seed);
    std::normal_distribution<double> normal;
    for (int p = 0; p < panels; ++p) {
      begin.push_back(rows.rows * p / (2 * panels) + p);
      end.push_back(rows.rows - p * 3);
      for (int c = 0; c < kPanel; ++c) {
        left_out.push_back(c % 3 - 1);
        shape.push_back(0.5f + 0.25f * static_cast<float>(c));
        dead.push_back(0.5f * static_cast<float>(c % 5));
        theta.emplace_back();
        for (int i = 0; i < rows.parameters(); ++i) theta.back().push_back(static_cast<float>(0.4 * normal(random)));
      }
    }
  }
  // Panel row of a raw parameter by the words of kernels/linear/loss_pass.h, not by its code.
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

Answer fused(const RowsView& rows, const Models& models, bool folded, int threads, Isa isa = best_isa(),
             Loss kind = Loss::logistic) {
  const Index size = static_cast<Index>(panel_rows(rows.dense_columns, rows.categories)) * kPanel;
  Aligned<float> theta(models.panels * size);
  models.fill(rows, theta, size);
  Answer answer{std::vector<double>(models.panels * size), std::vector<double>(models.panels * kPanel),
                std::vector<double>(models.panels * kPanel)};
  const PanelsView view{models.panels,
                        theta.data,
                        models.begin.data(),
                        models.end.data(),
                        folded ? models.left_out.data() : nullptr,
                        answer.gradient.data(),
                        answer.loss.data(),
                        kind,
                        1,
                        has_shape(kind) ? models.shape.data() : nullptr,
                        has_shape(kind) ? answer.slope.data() : nullptr,
                        kind == Loss::tube ? models.dead.data() : nullptr};
  Aligned<char> scratch(static_cast<Index>(loss_scratch_bytes(rows, view)));
  loss_gradient(Workers(threads), rows, view, scratch.data, isa);
  return answer;
}

void expect_close_to_plain(Loss kind, const SampleRows& sample, bool weighted, bool folded, Isa isa) {
  const Labelled data(kind, sample, weighted);
  const RowsView rows = data.view(weighted);
  const Models models(rows, 3, 5);
  const Answer got = fused(rows, models, folded, 2, isa, kind);
  const Index size = static_cast<Index>(panel_rows(rows.dense_columns, rows.categories)) * kPanel;
  for (int m : {0, 1, 2, 15, 16, 33, 47}) {
    double loss = 0, slope = 0;
    std::vector<double> gradient(rows.parameters(), 0.0), magnitude(rows.parameters(), 1e-3);
    for (Index i = models.begin[m / kPanel]; i < models.end[m / kPanel]; ++i) {
      if (folded && models.left_out[m] == sample.folds[i]) continue;
      const std::vector<double> x = sample.raw(i);
      double z = 0;
      for (int p = 0; p < rows.parameters(); ++p) z += models.theta[m][p] * x[p];
      const double weight = data.raw_weights[i];
      const Textbook want = textbook(kind, z, data.raw_labels[i], models.shape[m], models.dead[m]);
      loss += weight * want.loss;
      slope += weight * want.slope;
      const double residual = weight * want.derivative;
      for (int p = 0; p < rows.parameters(); ++p) {
        gradient[p] += residual * x[p];
        magnitude[p] += std::abs(residual * x[p]);
      }
    }
    EXPECT_NEAR(got.loss[m], loss, 3e-7 * loss) << static_cast<int>(kind);
    if (has_shape(kind)) {
      EXPECT_NEAR(got.slope[m], slope, 1e-6 * std::abs(slope));
    }
    for (int p = 0; p < rows.parameters(); ++p)
      EXPECT_NEAR(got.gradient[m / kPanel * size + Models::row(rows, p) * kPanel + m % kPanel], gradient[p],
                  3e-6 * magnitude[p])
          << static_cast<int>(kind);
  }
}

TEST(LossGradient, EqualsTheSumOverRowsForWindowsFoldsWeightsAndInstructionSets) {
  for (Isa isa : {Isa::v2, Isa::v3, Isa::v4}) {
    if (!supports(isa)) continue;
    for (Loss kind : kLosses)
      for (bool weighted : {false, true})
        for (bool folded : {false, true}) {
          expect_close_to_plain(kind, SampleRows(2503, 13, {3, 16, 40}, 2, 1), weighted, folded, isa);
          expect_close_to_plain(kind, SampleRows(70, 0, {3}, 2, 2), weighted, folded, isa);
          expect_close_to_plain(kind, SampleRows(300, 8, {}, 2, 3), weighted, folded, isa);
        }
  }
}

TEST(LossGradient, HasTheSameBitsForAnyNumberOfThreads) {
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

TEST(LossGradient, GivesAColumnTheSameBitsAloneAndAmongOthers) {
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

TEST(Losses, KeepTheirDigitsNearTheirMinimum) {
  for (Loss kind : {Loss::poisson, Loss::gamma})
    for (double y : {1e-3, 1.0, 7.0, 1e6})
      for (double d : {-9.0, -0.4, -0.34, -1e-2, -1e-4, 1e-4, 3e-3, 0.3, 0.36, 5.0}) {
        const LossRow row = loss_row(kind, y, 1.0);
        const auto target = static_cast<float>(row.label), z = static_cast<float>(row.label + d);
        const double exactly = static_cast<double>(z) - target;
        const Textbook want = textbook(kind, exactly, 1.0, 0);
        LossPoint<float> got{};
        with_loss(kind, [&](auto loss) { got = loss_point<decltype(loss), FloatOps>(z, target, 0.0f, 0.0f); });
        // Just beyond n = 0 the excess loses a digit; 1e-15: the textbook's own doubles.
        EXPECT_NEAR(got.loss, want.loss, 2e-6 * want.loss + 1e-15) << y << " " << d;
        EXPECT_NEAR(got.derivative, want.derivative, 2e-6 * std::abs(want.derivative)) << y << " " << d;
      }
}

// What narrow() of engine/train/families/smooth_fit.cpp relies on.
TEST(Losses, RoundedCornersLieAboveTheTubeAndCostAtMostTheirSlope) {
  for (float dead : {0.0f, 0.3f, 2.0f})
    for (float c : {0.01f, 0.5f, 4.0f})
      for (float z = -5; z < 5; z += 0.0137f) {
        const LossPoint<float> point = loss_point<TubeLoss, FloatOps>(z, 0.0f, c, dead);
        const float sharp = std::max(0.0f, std::abs(z) - dead), over = z - dead, under = -z - dead;
        ASSERT_GE(point.loss, sharp - 1e-6f);
        // The tube's value less its tangents' of the corners' slopes: what a dual of those slopes leaves open.
        const float p = std::clamp((over + c) / (2 * c), 0.0f, 1.0f), q = std::clamp((under + c) / (2 * c), 0.0f, 1.0f);
        ASSERT_LE(sharp - p * over - q * under, c * point.slope + 1e-6f) << z << " " << c << " " << dead;
      }
}

TEST(Losses, CarryNanThroughAndStayOrderedWhereTheExponentialEnds) {
  for (Loss kind : kLosses)
    with_loss(kind, [&](auto loss) {
      const auto at = [&](float z) { return loss_point<decltype(loss), FloatOps>(z, 0.5f, 1.0f, 0.5f); };
      EXPECT_TRUE(std::isnan(at(std::numeric_limits<float>::quiet_NaN()).loss));
    });
  const auto far = [](float z) { return PoissonLoss::at<FloatOps>(z, 0.0f, 0.0f).loss; };
  EXPECT_GT(far(200.0f), 1e37f);
  EXPECT_NEAR(far(-200.0f), 199, 1e-4);
  EXPECT_EQ(PoissonLoss::at<FloatOps>(-200.0f, static_cast<float>(kNoEvents), 0.0f).loss,
            PoissonLoss::at<FloatOps>(-87.0f, static_cast<float>(kNoEvents), 0.0f).loss);
  EXPECT_GT(GammaLoss::at<FloatOps>(-200.0f, 0.0f, 0.0f).loss, 1e37f);
  EXPECT_NEAR(GammaLoss::at<FloatOps>(200.0f, 0.0f, 0.0f).loss, 199, 1e-4);
}

// Softmax: K columns a model, several models in a panel or several panels a model.
void expect_softmax_close_to_plain(const ClassLayout& layout, Index n, bool weighted, bool folded, Isa isa) {
  const int classes = layout.classes;
  const SampleRows sample(n, 5, {4}, 3, 11);
  RowsView rows = sample.view(weighted);
  std::vector<double> labels;
  for (Index i = 0; i < n; ++i) labels.push_back(static_cast<double>(i * 7 % classes));
  rows.labels = labels.data();
  const Models models(rows, 2 * layout.panels(), 5);
  const Index size = static_cast<Index>(panel_rows(rows.dense_columns, rows.categories)) * kPanel;
  Aligned<float> theta(models.panels * size);
  models.fill(rows, theta, size);
  std::vector<std::int32_t> left_out(models.left_out.size());
  for (int unit = 0; unit < 2; ++unit)
    for (int m = 0; m < layout.models(); ++m)
      std::fill_n(left_out.begin() + unit * layout.panels() * kPanel + m * classes, classes, (unit + m) % 3);
  const std::vector<Index> begin(models.panels, 2), end(models.panels, n - 1);
  std::vector<double> gradient(models.panels * size), loss(models.panels * kPanel);
  PanelsView view{models.panels,   theta.data,  begin.data(),  end.data(), folded ? left_out.data() : nullptr,
                  gradient.data(), loss.data(), Loss::softmax, layout};
  Aligned<char> scratch(static_cast<Index>(loss_scratch_bytes(rows, view)));
  loss_gradient(Workers(2), rows, view, scratch.data, isa);
  for (int unit = 0; unit < 2; ++unit)
    for (int m = 0; m < layout.models(); ++m) {
      const int first = unit * layout.panels() * kPanel + m * classes;
      double want = 0;
      std::vector<std::vector<double>> slopes(classes, std::vector<double>(rows.parameters(), 0.0));
      for (Index i = 2; i < n - 1; ++i) {
        if (folded && sample.folds[i] == left_out[first]) continue;
        const std::vector<double> x = sample.raw(i);
        const double weight = weighted ? sample.weights[i] : 1.0;
        std::vector<double> z(classes, 0.0);
        double sum = 0;
        for (int k = 0; k < classes; ++k) {
          for (int p = 0; p < rows.parameters(); ++p) z[k] += models.theta[first + k][p] * x[p];
          sum += std::exp(z[k]);
        }
        const int y = static_cast<int>(labels[i]);
        want += weight * (std::log(sum) - z[y]);
        for (int k = 0; k < classes; ++k)
          for (int p = 0; p < rows.parameters(); ++p)
            slopes[k][p] += weight * (std::exp(z[k]) / sum - (k == y ? 1 : 0)) * x[p];
      }
      EXPECT_NEAR(loss[first], want, 3e-7 * want) << classes;
      for (int k = 0; k < classes; ++k)
        for (int p = 0; p < rows.parameters(); ++p) {
          const int column = first + k;
          const double got = gradient[column / kPanel * size + Models::row(rows, p) * kPanel + column % kPanel];
          ASSERT_NEAR(got, slopes[k][p], 2e-6 * static_cast<double>(n)) << classes << " " << k << " " << p;
        }
    }
}

TEST(LossGradient, OfSoftmaxEqualsTheSumOverRows) {
  for (Isa isa : {Isa::v2, Isa::v3, Isa::v4}) {
    if (!supports(isa)) continue;
    for (const ClassLayout classes : {ClassLayout(3), {5}, {8}, {10, 2}, {16}, {17}, {40}})
      for (bool weighted : {false, true}) expect_softmax_close_to_plain(classes, 203, weighted, weighted, isa);
  }
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
