// Problems for the linear families, and plain dense solutions of them in double to compare with.
#pragma once
#include <cmath>
#include <memory>
#include <numeric>
#include <random>
#include <vector>

#include "train/linear_problem.h"

namespace bakeoff::test {

using Matrix = std::vector<std::vector<double>>;

// Owns what a LinearProblem looks at.
struct Sample {
  std::vector<float> dense;
  std::vector<std::int32_t> codes, offsets, folds;
  std::vector<double> labels, weights;
  LinearProblem problem;

  // `binary`: labels 0/1 by a logistic model, else a linear one with noise.
  Sample(Index rows, int dense_columns, const std::vector<int>& sizes, bool binary, unsigned seed, int fold_count = 1) {
    std::mt19937_64 random(seed);
    std::normal_distribution<double> normal;
    std::uniform_real_distribution<double> uniform;
    int offset = dense_columns;
    for (int size : sizes) {
      offsets.push_back(offset);
      offset += size;
    }
    for (Index i = 0; i < rows; ++i) {
      double signal = -0.4;
      for (int k = 0; k < dense_columns; ++k) {
        dense.push_back(static_cast<float>(normal(random)));
        signal += dense.back() * 0.5 * std::cos(k + 1.0);
      }
      for (int size : sizes) {
        codes.push_back(static_cast<std::int32_t>(std::pow(uniform(random), 2) * size));
        signal += std::sin(codes.back() + 0.5 * size);
      }
      labels.push_back(binary ? (uniform(random) < 1 / (1 + std::exp(-signal)) ? 1.0 : 0.0)
                              : 10 + signal + normal(random));
      weights.push_back(0.5 + static_cast<double>(random() % 4));
      folds.push_back(static_cast<std::int32_t>(random() % static_cast<unsigned>(fold_count)));
    }
    kernels::RowsView& v = problem.rows;
    v.rows = rows;
    v.dense = dense.data();
    v.row_stride = v.dense_columns = dense_columns;
    v.codes = codes.data();
    v.offsets = offsets.data();
    v.categoricals = static_cast<int>(sizes.size());
    v.categories = offset - dense_columns;
    v.labels = labels.data();
    v.folds = fold_count > 1 ? folds.data() : nullptr;
    problem.folds = fold_count;
  }

  // Every raw parameter is one of the model's.
  std::shared_ptr<LinearMap> identity() const {
    auto map = std::make_shared<LinearMap>();
    map->raw = map->model = problem.rows.intercept();
    for (int i = 0; i < map->raw; ++i) map->entries.push_back({i, i, 1.0});
    return map;
  }
  // A window's own centres and scales, the first `left_out` numbers not used, and the last two categories sharing one
  // parameter: all that a table's map does.
  std::shared_ptr<LinearMap> standardised(int left_out) const {
    auto map = std::make_shared<LinearMap>();
    map->raw = problem.rows.intercept();
    for (int i = left_out; i < map->raw; ++i) {
      const bool dense = i < problem.rows.dense_columns, merged = i == map->raw - 1 && !dense;
      if (!merged) {
        ++map->model;
        map->shift.push_back(dense ? -0.3 * i : 0.0);
      }
      map->entries.push_back({i, map->model - 1, dense ? 1.0 / (1 + 0.2 * i) : 1.0});
    }
    return map;
  }

  // Row i as the model sees it: the columns of beta, the intercept's 1 last.
  std::vector<double> row(const LinearMap& map, Index i) const {
    const kernels::RowsView& v = problem.rows;
    std::vector<double> raw(static_cast<std::size_t>(v.intercept()), 0.0),
        x(static_cast<std::size_t>(map.model) + 1, 0.0);
    for (int k = 0; k < v.dense_columns; ++k) raw[k] = dense[i * v.dense_columns + k];
    for (int c = 0; c < v.categoricals; ++c) raw[offsets[c] + codes[i * v.categoricals + c]] = 1;
    for (const LinearMap::Entry& e : map.entries) x[e.model] += e.value * raw[e.raw];
    for (int j = 0; j < map.model && !map.shift.empty(); ++j) x[j] += map.shift[j];
    x[map.model] = 1;
    return x;
  }

  // Rows and labels that a set learns from.
  Matrix rows_of(const TrainingSet& set, std::vector<double>& y, std::vector<double>& weight) const {
    Matrix x;
    for (Index i = set.begin; i < set.end; ++i) {
      if (set.left_out >= 0 && folds[i] == set.left_out) continue;
      x.push_back(row(*set.map, i));
      y.push_back(labels[i]);
      weight.push_back(problem.rows.weights ? weights[i] : 1.0);
    }
    return x;
  }
};

// a x = b by elimination with pivots.
inline std::vector<double> solve(Matrix a, std::vector<double> b) {
  const std::size_t n = b.size();
  for (std::size_t k = 0; k < n; ++k) {
    std::size_t pivot = k;
    for (std::size_t i = k; i < n; ++i)
      if (std::abs(a[i][k]) > std::abs(a[pivot][k])) pivot = i;
    std::swap(a[k], a[pivot]);
    std::swap(b[k], b[pivot]);
    for (std::size_t i = k + 1; i < n; ++i) {
      const double factor = a[i][k] / a[k][k];
      for (std::size_t j = k; j < n; ++j) a[i][j] -= factor * a[k][j];
      b[i] -= factor * b[k];
    }
  }
  for (std::size_t k = n; k-- > 0;) {
    for (std::size_t j = k + 1; j < n; ++j) b[k] -= a[k][j] * b[j];
    b[k] /= a[k][k];
  }
  return b;
}

inline double dot(const std::vector<double>& a, const std::vector<double>& b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

inline double ridge_objective(const Matrix& x, const std::vector<double>& y, const std::vector<double>& weight,
                              double l2, const std::vector<double>& beta) {
  double sum = 0;
  for (std::size_t i = 0; i < x.size(); ++i) sum += weight[i] * std::pow(y[i] - dot(x[i], beta), 2);
  for (std::size_t j = 0; j + 1 < beta.size(); ++j) sum += l2 * beta[j] * beta[j];
  return sum;
}

inline double logistic_objective(const Matrix& x, const std::vector<double>& y, const std::vector<double>& weight,
                                 double l2, const std::vector<double>& beta) {
  double sum = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double s = (y[i] > 0 ? 1 : -1) * dot(x[i], beta);
    sum += weight[i] * (std::max(-s, 0.0) + std::log1p(std::exp(-std::abs(s))));
  }
  for (std::size_t j = 0; j + 1 < beta.size(); ++j) sum += 0.5 * l2 * beta[j] * beta[j];
  return sum;
}

// One exact Newton step from beta; curvature 2 and the normal equations for ridge, p (1 - p) for logistic.
inline std::vector<double> newton_step(const Matrix& x, const std::vector<double>& y, const std::vector<double>& weight,
                                       double l2, const std::vector<double>& beta, bool logistic) {
  const std::size_t n = beta.size();
  Matrix hessian(n, std::vector<double>(n, 0.0));
  std::vector<double> gradient(n, 0.0);
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double z = dot(x[i], beta), p = logistic ? 1 / (1 + std::exp(-z)) : z;
    const double curvature = weight[i] * (logistic ? p * (1 - p) : 1.0);
    for (std::size_t a = 0; a < n; ++a) {
      gradient[a] += weight[i] * (p - y[i]) * x[i][a];
      for (std::size_t b = 0; b < n; ++b) hessian[a][b] += curvature * x[i][a] * x[i][b];
    }
  }
  for (std::size_t j = 0; j + 1 < n; ++j) {
    gradient[j] += l2 * beta[j];
    hessian[j][j] += l2;
  }
  std::vector<double> step = solve(hessian, gradient);
  for (double& s : step) s = -s;
  return step;
}

inline std::vector<double> newton(const Matrix& x, const std::vector<double>& y, const std::vector<double>& weight,
                                  double l2, bool logistic, int steps = 40) {
  std::vector<double> beta(x[0].size(), 0.0);
  if (!logistic) {
    const std::vector<double> step = newton_step(x, y, weight, l2, beta, false);
    for (std::size_t j = 0; j < beta.size(); ++j) beta[j] += step[j];
    return beta;
  }
  double value = logistic_objective(x, y, weight, l2, beta);
  for (int i = 0; i < steps; ++i) {
    const std::vector<double> step = newton_step(x, y, weight, l2, beta, true);
    for (double length = 1; length > 1e-6; length /= 2) {
      std::vector<double> trial = beta;
      for (std::size_t j = 0; j < beta.size(); ++j) trial[j] += length * step[j];
      const double next = logistic_objective(x, y, weight, l2, trial);
      if (!(next < value)) continue;
      beta = trial;
      value = next;
      break;
    }
  }
  return beta;
}

}  // namespace bakeoff::test
