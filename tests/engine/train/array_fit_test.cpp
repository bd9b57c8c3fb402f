#include "train/array_fit.h"

#include <gmock/gmock.h>

#include "core/error.h"
#include "linear_oracle.h"

namespace bakeoff {
namespace {

using Parameters = std::vector<std::map<std::string, double>>;

const Execution& two_threads() {
  static const Execution execution(Device::cpu, 2);
  return execution;
}

// Columns far from 0 and of very different scales, as plain arrays have them.
struct Arrays {
  Index rows, columns;
  std::vector<double> x;  // row-major
  std::vector<double> labels, weights;
  std::vector<std::int32_t> folds;
  ArrayInput input;

  Arrays(Index rows, Index columns, bool binary, int fold_count, unsigned seed) : rows(rows), columns(columns) {
    std::mt19937_64 random(seed);
    std::normal_distribution<double> normal;
    for (Index i = 0; i < rows; ++i) {
      double signal = 0.3;
      for (Index k = 0; k < columns; ++k) {
        const double z = normal(random);
        x.push_back(100.0 * static_cast<double>(k) + std::pow(3.0, static_cast<double>(k % 3)) * z);
        signal += z * std::cos(static_cast<double>(k));
      }
      labels.push_back(binary ? (normal(random) < signal ? 1.0 : 0.0) : 50 + 3 * signal + normal(random));
      weights.push_back(0.25 * static_cast<double>(1 + random() % 5));
      folds.push_back(static_cast<std::int32_t>(random() % static_cast<unsigned>(fold_count)));
    }
    input.x = kernels::matrix_view(static_cast<const double*>(x.data()), rows, columns);
    input.labels = labels.data();
    input.folds = folds.data();
    input.fold_count = fold_count;
  }
  // Rows of all folds but one (-1: of all) or, with `held_out`, of that one.
  test::Matrix pick(int fold, bool held_out, std::vector<double>& y, std::vector<double>& weight) const {
    test::Matrix picked;
    for (Index i = 0; i < rows; ++i) {
      if (fold >= 0 && (folds[i] == fold) != held_out) continue;
      picked.emplace_back(x.begin() + i * columns, x.begin() + (i + 1) * columns);
      picked.back().push_back(1);
      y.push_back(labels[i]);
      weight.push_back(input.weights ? weights[i] : 1.0);
    }
    return picked;
  }
};

std::vector<double> beta_of(const ArrayModel& model) {
  std::vector<double> beta = model.coefficients;
  beta.push_back(model.intercepts[0]);
  return beta;
}

double mean_loss(const double* scores, const double* labels, const double* weights, Index rows, bool squared) {
  double sum = 0, all = 0;
  for (Index i = 0; i < rows; ++i) {
    const double weight = weights ? weights[i] : 1.0;
    sum += weight * (squared ? std::pow(scores[i] - labels[i], 2) : std::abs(scores[i] - labels[i]));
    all += weight;
  }
  return sum / all;
}
const HeldOutMetric kMae{
    "mae", [](const double* s, const double* y, const double* w, Index n) { return mean_loss(s, y, w, n, false); }};
const HeldOutMetric kMse{
    "mse", [](const double* s, const double* y, const double* w, Index n) { return mean_loss(s, y, w, n, true); }};

TEST(FitArrays, RidgeEqualsTheNormalEquationsOnAllRowsAndWithoutEachFold) {
  for (bool weighted : {false, true}) {
    Arrays a(400, 5, false, 3, 1);
    if (weighted) a.input.weights = a.weights.data();
    const ArrayFit fit = fit_arrays(two_threads(), a.input, "ridge", {{{"l2", 0.1}}, {{"l2", 50.0}}}, &kMae);
    ASSERT_EQ(fit.models.size(), 2u);
    ASSERT_EQ(fit.fold_models.size(), 6u);
    for (int m = 0; m < 2; ++m)
      for (int fold = -1; fold < 3; ++fold) {
        std::vector<double> y, weight, held_y, held_weight;
        const test::Matrix x = a.pick(fold, false, y, weight);
        const auto want = test::newton(x, y, weight, m == 0 ? 0.1 : 50.0, false);
        const ArrayModel& got = fold < 0 ? fit.models[m] : fit.fold_models[m * 3 + fold];
        for (int k = 0; k < 5; ++k) EXPECT_NEAR(got.coefficients[k], want[k], 1e-8);
        EXPECT_NEAR(got.intercepts[0], want[5], 1e-6);
        if (fold < 0) continue;
        const test::Matrix held = a.pick(fold, true, held_y, held_weight);
        std::vector<double> scores;
        for (const auto& row : held) scores.push_back(test::dot(row, want));
        EXPECT_NEAR(fit.scores[m * 3 + fold],
                    kMae.value(scores.data(), held_y.data(), held_weight.data(), static_cast<Index>(held.size())),
                    1e-9);
      }
  }
}

TEST(FitArrays, MetricsFromTheGramsAreThoseOfTheScores) {
  Arrays a(600, 7, false, 4, 2);
  a.input.weights = a.weights.data();
  const Parameters candidates = {{{"l2", 1e-3}}, {{"l2", 3.0}}, {{"l2", 1e4}}};
  HeldOutMetric other = kMse;
  other.name = "by its own name";
  const ArrayFit scored = fit_arrays(two_threads(), a.input, "ridge", candidates, &other);
  const ArrayFit mse = fit_arrays(two_threads(), a.input, "ridge", candidates, &kMse);
  const HeldOutMetric rmse{"rmse", nullptr}, r2{"r2", nullptr};
  const ArrayFit root = fit_arrays(two_threads(), a.input, "ridge", candidates, &rmse);
  const ArrayFit share = fit_arrays(two_threads(), a.input, "ridge", candidates, &r2);
  for (std::size_t i = 0; i < scored.scores.size(); ++i) {
    EXPECT_NEAR(mse.scores[i], scored.scores[i], 1e-9 * scored.scores[i]);
    EXPECT_NEAR(root.scores[i], std::sqrt(scored.scores[i]), 1e-9);
    std::vector<double> y, weight;
    a.pick(static_cast<int>(i % 4), true, y, weight);
    double mean = 0, all = 0, variation = 0;
    for (std::size_t j = 0; j < y.size(); ++j) mean += weight[j] * y[j], all += weight[j];
    mean /= all;
    for (std::size_t j = 0; j < y.size(); ++j) variation += weight[j] * std::pow(y[j] - mean, 2);
    EXPECT_NEAR(share.scores[i], 1 - scored.scores[i] * all / variation, 1e-9);
  }
}

TEST(FitArrays, LogisticReachesTheOptimumOnAllRowsAndWithoutEachFold) {
  const Arrays a(900, 4, true, 3, 3);
  const ArrayFit fit = fit_arrays(two_threads(), a.input, "logistic", {{{"l2", 0.01}}, {{"l2", 5.0}}}, &kMse);
  for (int m = 0; m < 2; ++m)
    for (int fold = -1; fold < 3; ++fold) {
      std::vector<double> y, weight;
      const test::Matrix x = a.pick(fold, false, y, weight);
      const double l2 = m == 0 ? 0.01 : 5.0;
      // Newton on columns moved to 0: the penalty does not see the shift, the starting point is far better.
      test::Matrix near = x;
      for (auto& row : near)
        for (int k = 0; k < 4; ++k) row[k] -= 100.0 * k;
      const double want = test::logistic_objective(near, y, weight, l2, test::newton(near, y, weight, l2, true));
      const ArrayModel& got = fold < 0 ? fit.models[m] : fit.fold_models[m * 3 + fold];
      EXPECT_LE(test::logistic_objective(x, y, weight, l2, beta_of(got)), want * (1 + 1e-6));
    }
  const std::vector<double> scores = out_of_fold_arrays(two_threads(), fit, a.input);
  for (int fold = 0; fold < 3; ++fold) {
    double sum = 0, count = 0;
    for (Index i = 0; i < a.rows; ++i) {
      if (a.folds[i] != fold) continue;
      const std::vector<double> beta = beta_of(fit.fold_models[3 + fold]);
      double z = beta[4];
      for (int k = 0; k < 4; ++k) z += beta[k] * a.x[i * 4 + k];
      EXPECT_NEAR(scores[a.rows + i], 1 / (1 + std::exp(-z)), 1e-12);
      sum += std::pow(scores[a.rows + i] - a.labels[i], 2);
      ++count;
    }
    EXPECT_NEAR(fit.scores[3 + fold], sum / count, 1e-12);
  }
}

TEST(FitArrays, LayoutAndTypeOfTheArrayDontMatter) {
  Arrays a(300, 6, false, 2, 4);
  for (double& v : a.x) v = static_cast<float>(v);
  const Parameters candidates = {{{"l2", 1.0}}};
  const ArrayFit plain = fit_arrays(two_threads(), a.input, "ridge", candidates, &kMse);
  std::vector<double> columns(a.x.size());
  std::vector<float> narrow(a.x.begin(), a.x.end());
  for (Index i = 0; i < 300; ++i)
    for (Index k = 0; k < 6; ++k) columns[k * 300 + i] = a.x[i * 6 + k];
  ArrayInput by_column = a.input, single = a.input;
  by_column.x = kernels::TensorView<const double, 2>{columns.data(), {300, 6}, {1, 300}};
  single.x = kernels::matrix_view(static_cast<const float*>(narrow.data()), 300, 6);
  EXPECT_EQ(fit_arrays(two_threads(), by_column, "ridge", candidates, &kMse).models[0].coefficients,
            plain.models[0].coefficients);
  EXPECT_EQ(fit_arrays(two_threads(), single, "ridge", candidates, &kMse).models[0].coefficients,
            plain.models[0].coefficients);
  const auto scores = predict_arrays(two_threads(), *plain.family, plain.models.data(), 1, by_column.x);
  std::vector<double> y, weight;
  const test::Matrix x = a.pick(-1, false, y, weight);
  for (Index i = 0; i < 300; i += 37) EXPECT_NEAR(scores[i], test::dot(x[i], beta_of(plain.models[0])), 1e-9);
}

template <class F>
std::string error_of(const F& f) {
  try {
    f();
  } catch (const Error& e) {
    return e.what();
  }
  return "no error";
}

TEST(FitArrays, SaysWhatIsWrongWithTheData) {
  const Parameters one = {{{"l2", 1.0}}};
  const auto fit = [&](Arrays& a, const char* family) {
    return error_of([&] { fit_arrays(two_threads(), a.input, family, one, &kMse); });
  };
  Arrays a(50, 3, true, 2, 5);
  a.x[7 * 3 + 2] = kNaN;
  EXPECT_THAT(fit(a, "ridge"), testing::HasSubstr("X, row 7, column 2: expected a finite number, got nan"));
  EXPECT_THAT(fit(a, "logistic"), testing::HasSubstr("X, row 7, column 2"));
  Arrays b(50, 3, true, 2, 5);
  b.labels[4] = 2;
  EXPECT_THAT(fit(b, "logistic"), testing::HasSubstr("y, row 4: expected 0 or 1, got 2"));
  b.labels[4] = std::numeric_limits<double>::infinity();
  EXPECT_THAT(fit(b, "ridge"), testing::HasSubstr("y, row 4"));
  Arrays c(50, 3, true, 2, 5);
  c.folds[9] = 2;
  EXPECT_THAT(fit(c, "ridge"), testing::HasSubstr("folds, row 9"));
  Arrays d(50, 3, true, 2, 5);
  d.weights[3] = -1;
  d.input.weights = d.weights.data();
  EXPECT_THAT(fit(d, "ridge"), testing::HasSubstr("weights, row 3"));
  EXPECT_THAT(error_of([&] { fit_arrays(two_threads(), a.input, "rigde", one, &kMse); }),
              testing::HasSubstr("did you mean 'ridge'?"));
  EXPECT_THAT(error_of([&] {
                fit_arrays(two_threads(), a.input, "ridge", {{{"l3", 1.0}}}, &kMse);
              }),
              testing::HasSubstr("did you mean 'l2'?"));
  EXPECT_THAT(error_of([&] {
                fit_arrays(two_threads(), a.input, "ridge", {{{"l2", -1.0}}}, &kMse);
              }),
              testing::HasSubstr("l2"));
}

TEST(FitArrays, AFoldWithOneClassHasNoScoreAndTheRestGoesOn) {
  Arrays a(200, 2, true, 2, 6);
  for (Index i = 0; i < 200; ++i)
    if (a.folds[i] == 0) a.labels[i] = 1;
  const ArrayFit fit = fit_arrays(two_threads(), a.input, "logistic", {{{"l2", 1.0}}}, &kMse);
  EXPECT_EQ(fit.fold_models[1].status, FitStatus::diverged);
  EXPECT_THAT(fit.fold_models[1].reason, testing::HasSubstr("one class"));
  EXPECT_TRUE(std::isnan(fit.scores[1]));
  EXPECT_FALSE(std::isnan(fit.scores[0]));
  EXPECT_EQ(fit.models[0].status, FitStatus::converged);
}

}  // namespace
}  // namespace bakeoff
