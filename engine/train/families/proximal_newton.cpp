#include "train/families/proximal_newton.h"

#include <algorithm>
#include <cmath>

#include "kernels/linear/descent_simd.h"

namespace bakeoff {
namespace {

double dot(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

constexpr double kLeastKappa = 1e-8;
// Losses and gradients are sums of float32 terms: differences below this share of the value mean nothing, and
// directions flatter than that would turn the noise into steps.
constexpr double kNoise = 1e-7;
constexpr int kSweeps = 200;

}  // namespace

ProximalNewton::ProximalNewton(const CentredGram& gram, double l1, double l2, double kappa, Options options)
    : gram_(gram),
      l1_(l1),
      l2_(l2),
      kappa_(std::clamp(kappa, kLeastKappa, options.most_kappa)),
      options_(options),
      order_(static_cast<std::size_t>(gram.model) + 1) {}

double ProximalNewton::penalty(const std::vector<double>& x) const {
  double norm = 0, squares = 0;
  for (std::size_t k = 1; k < order_; ++k) {
    norm += std::abs(x[k]);
    squares += x[k] * x[k];
  }
  return l1_ * norm + 0.5 * l2_ * squares;
}

// The derivative of F along direction_, one-sided where a coordinate is 0.
double ProximalNewton::slope_at(const std::vector<double>& x, const std::vector<double>& gradient) const {
  double slope = dot(gradient, direction_);
  for (std::size_t k = 1; k < order_; ++k) {
    const double d = direction_[k];
    slope += l2_ * x[k] * d + l1_ * (x[k] > 0 ? d : x[k] < 0 ? -d : std::abs(d));
  }
  return slope;
}

void ProximalNewton::start(std::vector<double> x, double loss, std::vector<double> gradient) {
  x_ = std::move(x);
  value_ = loss + penalty(x_);
  gradient_ = std::move(gradient);
  next_direction();
}

void ProximalNewton::finish(FitStatus status, std::string reason) {
  done_ = true;
  status_ = status;
  reason_ = std::move(reason);
}

// order x order: made anew for every step, so that a fit keeps a few vectors and no matrix.
std::vector<double> ProximalNewton::model() const {
  std::vector<double> b(order_ * order_, 0.0), image(order_);
  b[0] = kappa_ * gram_.weight;
  for (std::size_t i = 1; i < order_; ++i) {
    const double* row = gram_.gram.data() + (i - 1) * (order_ - 1);
    for (std::size_t j = 1; j < order_; ++j) b[i * order_ + j] = kappa_ * row[j - 1];
    b[i * order_ + i] *= 1 + kNoise;
  }
  for (const Pair& pair : pairs_) {
    for (std::size_t i = 0; i < order_; ++i) {
      double sum = 0;
      const double* row = b.data() + i * order_;
      for (std::size_t j = 0; j < order_; ++j) sum += row[j] * pair.step[j];
      image[i] = sum;
    }
    const double curved = dot(image, pair.step);
    if (!(curved > 0)) continue;
    for (std::size_t i = 0; i < order_; ++i) {
      kernels::subtract_scaled(image[i] / curved, image.data(), static_cast<Index>(order_), b.data() + i * order_,
                               kernels::best_isa());
      kernels::subtract_scaled(-pair.change[i] / pair.product, pair.change.data(), static_cast<Index>(order_),
                               b.data() + i * order_, kernels::best_isa());
    }
  }
  return b;
}

void ProximalNewton::next_direction() {
  if (steps_ >= options_.most_steps)
    return finish(FitStatus::iteration_limit, "not converged after " + std::to_string(steps_) + " steps");
  const std::vector<double> b = model();
  std::vector<double> target = x_, residual(order_);
  for (std::size_t k = 0; k < order_; ++k) residual[k] = -gradient_[k];
  // descent.h counts residuals from c - Bx with c = Bx - gradient at the start, which is what they begin with here.
  kernels::DescentProblem p;
  int sweeps = 0;
  p.gram = b.data();
  p.stride = static_cast<Index>(order_);
  p.order = static_cast<int>(order_);
  p.free = 1;
  p.l1 = l1_;
  p.l2 = l2_;
  p.tolerance = 0.01 * options_.tolerance * std::abs(value_);
  p.most_sweeps = kSweeps;
  p.x = target.data();
  p.residual = residual.data();
  p.sweeps = &sweeps;
  kernels::descend(p, kernels::best_isa());

  direction_.resize(order_);
  double curved = 0, linear = 0;
  for (std::size_t k = 0; k < order_; ++k) {
    direction_[k] = target[k] - x_[k];
    curved += direction_[k] * (-gradient_[k] - residual[k]);  // B d = old residual - new residual
    linear += direction_[k] * gradient_[k];
  }
  slope_ = linear + penalty(target) - penalty(x_);
  const double predicted = -(slope_ + 0.5 * curved);
  if (!std::isfinite(predicted)) return finish(FitStatus::diverged, "the gradient is not finite");
  if (predicted <= options_.tolerance * std::abs(value_)) return finish(FitStatus::converged);
  length_ = 1;
  shortened_ = 0;
  place_trial();
}

void ProximalNewton::place_trial() {
  trial_.resize(order_);
  for (std::size_t k = 0; k < order_; ++k) {
    const double target = x_[k] + direction_[k];
    trial_[k] =
        length_ == 1 ? (std::abs(target) <= 1e-15 * std::abs(x_[k]) ? 0.0 : target) : x_[k] + length_ * direction_[k];
  }
}

// Armijo's condition for F (Lee, Sun and Saunders 2014), or, where values no longer tell points apart, that F's slope
// has come near 0.
void ProximalNewton::tell(double loss, const std::vector<double>& gradient) {
  const double value = loss + penalty(trial_);
  const double slope = slope_at(trial_, gradient);
  const bool finite = std::isfinite(value) && std::isfinite(slope);
  if (finite && value <= value_ + 1e-4 * length_ * slope_) return accept(value, gradient);
  if (finite && value <= value_ + kNoise * std::abs(value_) && slope <= -0.8 * slope_) return accept(value, gradient);
  if (++shortened_ > 20) {
    if (!std::isfinite(value)) return finish(FitStatus::diverged, "the objective is not finite");
    return finish(FitStatus::iteration_limit, "no shorter step lowers the objective in float32");
  }
  const double share = finite && slope > 0 ? slope_ / (slope_ - slope) : 0.25;
  length_ *= std::clamp(share, 0.1, 0.7);
  place_trial();
}

void ProximalNewton::accept(double value, const std::vector<double>& gradient) {
  Pair pair{std::vector<double>(order_), std::vector<double>(order_)};
  for (std::size_t k = 0; k < order_; ++k) {
    pair.step[k] = trial_[k] - x_[k];
    pair.change[k] = gradient[k] - gradient_[k];
  }
  pair.product = dot(pair.step, pair.change);
  double curved = gram_.weight * pair.step[0] * pair.step[0];
  for (std::size_t i = 1; i < order_; ++i) {
    if (pair.step[i] == 0) continue;
    const double* row = gram_.gram.data() + (i - 1) * (order_ - 1);
    double sum = 0;
    for (std::size_t j = 1; j < order_; ++j) sum += row[j - 1] * pair.step[j];
    curved += pair.step[i] * sum;
  }
  // A change that float32's noise could have made teaches nothing.
  if (curved > 0 && pair.product > kLeastKappa * curved && std::isfinite(pair.product)) {
    kappa_ = std::clamp(pair.product / curved, kLeastKappa, options_.most_kappa);
    pairs_.push_back(std::move(pair));
    if (static_cast<int>(pairs_.size()) > options_.history) pairs_.pop_front();
  }
  x_ = trial_;
  value_ = value;
  gradient_ = gradient;
  ++steps_;
  next_direction();
}

}  // namespace bakeoff
