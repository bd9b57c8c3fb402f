#include "train/families/hessian_model.h"

#include <algorithm>
#include <cmath>

#include "kernels/linear/descent_simd.h"

namespace bakeoff {
namespace {

constexpr int kSweeps = 200;
// Gradients are sums of float32 terms: what lies below this share of the numbers that cancel is noise.
constexpr double kNoise = 1e-7;

double dot(const double* a, const double* b, std::size_t n) {
  double sum = 0;
  for (std::size_t i = 0; i < n; ++i) sum += a[i] * b[i];
  return sum;
}

double dot(const std::vector<double>& a, const std::vector<double>& b) { return dot(a.data(), b.data(), a.size()); }

void add_scaled(double factor, const double* from, std::size_t n, double* to) {
  kernels::subtract_scaled(-factor, from, static_cast<Index>(n), to, kernels::best_isa());
}

}  // namespace

// The corrections as sum of sign v v'. A sweep asks for a row at a time, which in pieces of four is several sums at
// once.
struct HessianModel::Corrections {
  std::size_t count = 0;      // of v, filled up with zeros to a multiple of 4
  std::vector<double> signs;  // count
  std::vector<double> rows;   // size x count

  const double* row(std::size_t at) const { return rows.data() + at * count; }
  double along(const double* row, const std::vector<double>& x) const {
    double sums[4] = {};
    for (std::size_t v = 0; v < count; v += 4)
      for (std::size_t i = 0; i < 4; ++i) sums[i] += row[v + i] * x[v + i];
    return (sums[0] + sums[1]) + (sums[2] + sums[3]);
  }
};

// Where coordinate descent stands, d away from where it began.
struct HessianModel::Descent {
  std::vector<double> x;
  std::vector<double> images;            // curvature d, class by class
  std::vector<double> common;            // sum over classes of their share of those
  std::vector<double> seen;              // by the corrections: sign v . d
  std::vector<double> residual, before;  // of one class
};

HessianModel::HessianModel(const Curvature& curvature, const std::vector<double>& shares, double kappa, Options options)
    : curvature_(curvature),
      own_(shares.empty() ? std::vector<double>{1.0} : shares),
      common_(shares.empty() ? std::vector<double>{0.0} : shares),
      kappa_(std::clamp(kappa, options.least_kappa, options.most_kappa)),
      options_(options) {}

void HessianModel::learn(std::vector<double> step, std::vector<double> change) {
  const std::size_t n = static_cast<std::size_t>(order());
  Pair pair{std::move(step), std::move(change), std::vector<double>(size(), 0.0)};
  std::vector<double> common(n, 0.0);
  double apart = 0;  // what would bend if classes did not cancel
  for (std::size_t k = 0; k < own_.size(); ++k) {
    double* image = pair.image.data() + k * n;
    const double* along = pair.step.data() + k * n;
    for (std::size_t i = 0; i < n; ++i)
      if (along[i] != 0) add_scaled(along[i], curvature_.values.data() + i * n, n, image);
    add_scaled(common_[k], image, n, common.data());
    apart += own_[k] * dot(along, image, n);
  }
  for (std::size_t k = 0; k < own_.size(); ++k)
    for (std::size_t i = 0; i < n; ++i)
      pair.image[k * n + i] = own_[k] * pair.image[k * n + i] - common_[k] * common[i];
  const double curved = dot(pair.step, pair.image);
  pair.product = dot(pair.step, pair.change);
  // A change that float32's noise could have made teaches nothing.
  if (!(curved > kNoise * apart && pair.product > options_.least_kappa * curved && std::isfinite(pair.product))) return;
  kappa_ = std::clamp(pair.product / curved, options_.least_kappa, options_.most_kappa);
  pairs_.push_back(std::move(pair));
  if (static_cast<int>(pairs_.size()) > options_.history) pairs_.pop_front();
}

// BFGS: of every pair + change change' / product - image image' / (step . image), with the image under the model that
// the pairs before have made.
HessianModel::Corrections HessianModel::corrections() const {
  std::vector<std::vector<double>> columns;
  Corrections all;
  for (const Pair& pair : pairs_) {
    std::vector<double> image(size(), 0.0);
    add_scaled(kappa_, pair.image.data(), size(), image.data());
    for (std::size_t v = 0; v < columns.size(); ++v)
      add_scaled(all.signs[v] * dot(columns[v], pair.step), columns[v].data(), size(), image.data());
    const double curved = dot(image, pair.step);
    if (!(curved > 0)) continue;
    columns.emplace_back(size(), 0.0);
    add_scaled(1 / std::sqrt(pair.product), pair.change.data(), size(), columns.back().data());
    for (double& value : image) value /= std::sqrt(curved);
    columns.push_back(std::move(image));
    all.signs.insert(all.signs.end(), {1.0, -1.0});
  }
  all.count = (columns.size() + 3) / 4 * 4;
  all.signs.resize(all.count, 0.0);
  all.rows.assign(size() * all.count, 0.0);
  for (std::size_t v = 0; v < columns.size(); ++v)
    for (std::size_t i = 0; i < size(); ++i) all.rows[i * all.count + v] = columns[v][i];
  return all;
}

// Every coordinate in turn to where the model is least along it; returns the sum of curvature * step^2. Within a class
// the residual, -gradient - Hessian d without the corrections, is kept up to date; the other classes' wait.
double HessianModel::sweep(const Corrections& corrections, const std::vector<double>& gradient, double l1, double l2,
                           Descent& at) const {
  const std::size_t n = static_cast<std::size_t>(order());
  double gained = 0;
  for (std::size_t k = 0; k < own_.size(); ++k) {
    double* images = at.images.data() + k * n;
    for (std::size_t i = 0; i < n; ++i)
      at.residual[i] = -gradient[k * n + i] - kappa_ * (own_[k] * images[i] - common_[k] * at.common[i]);
    at.before = at.residual;
    const double bend = kappa_ * (own_[k] - common_[k] * common_[k]);
    for (std::size_t i = 0; i < n; ++i) {
      const double* row = corrections.row(k * n + i);
      const bool penalised = i >= static_cast<std::size_t>(free());
      const double lasso = penalised ? l1 : 0, ridge = penalised ? l2 : 0;
      double curvature = bend * curvature_.values[i * n + i];
      for (std::size_t v = 0; v < corrections.count; ++v) curvature += corrections.signs[v] * row[v] * row[v];
      double& x = at.x[k * n + i];
      const double residual = at.residual[i] - corrections.along(row, at.seen);
      const double step = kernels::descent_target(x, residual, curvature, lasso, ridge) - x;
      if (step == 0) continue;
      x += step;
      gained += (curvature + ridge) * step * step;
      add_scaled(-step * bend, curvature_.values.data() + i * n, n, at.residual.data());
      for (std::size_t v = 0; v < corrections.count; ++v) at.seen[v] += corrections.signs[v] * step * row[v];
    }
    for (std::size_t i = 0; i < n; ++i) {
      const double moved = (at.before[i] - at.residual[i]) / bend;
      images[i] += moved;
      at.common[i] += common_[k] * moved;
    }
  }
  return gained;
}

HessianModel::Least HessianModel::least(const std::vector<double>& x, const std::vector<double>& gradient, double l1,
                                        double l2, double tolerance) const {
  const std::size_t n = static_cast<std::size_t>(order());
  const Corrections all = corrections();
  Descent at{x,
             std::vector<double>(size(), 0.0),
             std::vector<double>(n, 0.0),
             std::vector<double>(all.count, 0.0),
             std::vector<double>(n),
             std::vector<double>(n)};
  for (int i = 0; i < kSweeps && sweep(all, gradient, l1, l2, at) > tolerance; ++i) {
  }
  Least out;
  for (std::size_t k = 0; k < own_.size(); ++k)
    for (std::size_t i = 0; i < n; ++i) {
      const double d = at.x[k * n + i] - x[k * n + i];
      out.linear += gradient[k * n + i] * d;
      out.curved += kappa_ * d * (own_[k] * at.images[k * n + i] - common_[k] * at.common[i]);
    }
  for (std::size_t v = 0; v < all.count; ++v) out.curved += all.signs[v] * at.seen[v] * at.seen[v];
  out.x = std::move(at.x);
  return out;
}

}  // namespace bakeoff
