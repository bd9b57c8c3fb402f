#include "train/families/hessian_model.h"

#include <algorithm>
#include <cmath>

#include "kernels/linear/descent_simd.h"

namespace bakeoff {
namespace {

// Gradients are sums of float32 terms: what lies below this share of the numbers that cancel is noise.
constexpr double kNoise = 1e-7;
constexpr double kStraighter = 0.1;

double dot(const double* a, const double* b, std::size_t n) {
  double sum = 0;
  for (std::size_t i = 0; i < n; ++i) sum += a[i] * b[i];
  return sum;
}

double dot(const std::vector<double>& a, const std::vector<double>& b) { return dot(a.data(), b.data(), a.size()); }

void add_scaled(double factor, const double* from, std::size_t n, double* to) {
  kernels::subtract_scaled(-factor, from, static_cast<kernels::Index>(n), to, kernels::best_isa());
}

}  // namespace

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
  // What float32's noise could have made teaches nothing.
  if (!(curved > kNoise * apart) || !std::isfinite(pair.product)) return;
  if (!(pair.product > options_.least_kappa * curved)) {  // straight all along the step: as in the flat of a tube
    kappa_ = std::max(kStraighter * kappa_, options_.least_kappa);
    return;
  }
  if (follows_) kappa_ = std::clamp(pair.product / curved, options_.least_kappa, options_.most_kappa);
  pairs_.push_back(std::move(pair));
  if (static_cast<int>(pairs_.size()) > options_.history) pairs_.pop_front();
}

void HessianModel::forget(double kappa) {
  pairs_.clear();
  kappa_ = kappa;
  follows_ = false;
}

// BFGS: of every pair + change change' / product - image image' / (step . image), with the image under the model that
// the pairs before have made.
ModelCorrections HessianModel::corrections() const {
  std::vector<std::vector<double>> columns;
  ModelCorrections all;
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

ModelLeast HessianModel::least(const std::vector<double>& x, const std::vector<double>& gradient, double l1, double l2,
                               double tolerance, double share) const {
  const ModelCorrections all = corrections();
  return model_least({curvature_, own_, common_, kappa_, all}, x, gradient, l1, l2, tolerance, share);
}

}  // namespace bakeoff
