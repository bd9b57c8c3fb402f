#include "train/families/lbfgs.h"

#include <algorithm>
#include <cmath>

namespace bakeoff {
namespace {

double dot(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

// Values and gradients are sums of float32 terms: differences below this share of the value mean nothing.
// 1e-7 would do for logistic; a Poisson deviance near 0 is left over from terms a hundred times its size.
constexpr double kNoise = 1e-5;

}  // namespace

Lbfgs::Lbfgs(std::vector<double> curvature, std::vector<double> penalty, double kappa, Options options)
    : curvature_(std::move(curvature)), penalty_(std::move(penalty)), options_(options) {
  kappa_ = clamped(kappa);
}

double Lbfgs::clamped(double kappa) const {
  return std::clamp(kappa, std::min(options_.least_kappa, options_.most_kappa), options_.most_kappa);
}

double Lbfgs::curvature(std::size_t k) const { return kappa_ * curvature_[k] + penalty_[k]; }

void Lbfgs::remember(std::vector<Pair> pairs) {
  for (Pair& pair : pairs) {
    pair.scale = 1 / dot(pair.step, pair.change);
    if (pair.scale > 0 && std::isfinite(pair.scale)) pairs_.push_back(std::move(pair));
  }
}

void Lbfgs::start(std::vector<double> x, double value, std::vector<double> gradient) {
  x_ = std::move(x);
  value_ = value;
  gradient_ = std::move(gradient);
  next_direction();
}

void Lbfgs::finish(FitStatus status, std::string reason) {
  done_ = true;
  status_ = status;
  reason_ = std::move(reason);
}

// Two-loop recursion (Nocedal and Wright, algorithm 7.4) around the diagonal.
void Lbfgs::next_direction() {
  double predicted = 0;
  for (std::size_t k = 0; k < x_.size(); ++k) predicted += 0.5 * gradient_[k] * gradient_[k] / curvature(k);
  direction_ = gradient_;
  std::vector<double> alpha(pairs_.size());
  for (std::size_t i = pairs_.size(); i-- > 0;) {
    alpha[i] = pairs_[i].scale * dot(pairs_[i].step, direction_);
    for (std::size_t k = 0; k < x_.size(); ++k) direction_[k] -= alpha[i] * pairs_[i].change[k];
  }
  for (std::size_t k = 0; k < x_.size(); ++k) direction_[k] /= curvature(k);
  for (std::size_t i = 0; i < pairs_.size(); ++i) {
    const double beta = pairs_[i].scale * dot(pairs_[i].change, direction_);
    for (std::size_t k = 0; k < x_.size(); ++k) direction_[k] += (alpha[i] - beta) * pairs_[i].step[k];
  }
  for (double& d : direction_) d = -d;
  slope_ = dot(direction_, gradient_);
  if (!std::isfinite(slope_)) return finish(FitStatus::diverged, "the gradient is not finite");
  // The diagonal alone overlooks what the pairs have learnt: Huber's loss stopped 1e-6 above its optimum.
  predicted_ = std::max(predicted, -0.5 * slope_);
  if (predicted_ <= options_.tolerance * std::abs(value_)) return finish(FitStatus::converged);
  last_steps_ += predicted_ <= 10 * options_.tolerance * std::abs(value_);
  if (last_steps_ > options_.most_last_steps) return finish(FitStatus::converged);
  if (steps_ >= options_.most_steps)
    return finish(FitStatus::iteration_limit, "not converged after " + std::to_string(steps_) + " steps");
  length_ = 1;
  shortened_ = 0;
  place_trial();
}

void Lbfgs::place_trial() {
  trial_.resize(x_.size());
  for (std::size_t k = 0; k < x_.size(); ++k) trial_[k] = x_[k] + length_ * direction_[k];
}

// Armijo's condition, or, where values no longer tell points apart, that the slope has come near 0 (Hager and Zhang's
// approximate Wolfe conditions; the functions are convex).
bool Lbfgs::acceptable(double value, double slope) const {
  if (!std::isfinite(value) || !std::isfinite(slope)) return false;
  if (value <= value_ + 1e-4 * length_ * slope_) return true;
  return value <= value_ + kNoise * std::abs(value_) && slope <= -0.8 * slope_;
}

void Lbfgs::tell(double value, const std::vector<double>& gradient) {
  const double slope = dot(direction_, gradient);
  if (acceptable(value, slope)) return accept(value, gradient);
  if (++shortened_ > 20) {
    if (!std::isfinite(value)) return finish(FitStatus::diverged, "the objective is not finite");
    return finish(FitStatus::iteration_limit, "no shorter step lowers the objective in float32");
  }
  shorten(slope);
  place_trial();
}

// To where the line through both slopes is 0; the function is convex, so that lies before the trial.
void Lbfgs::shorten(double slope) {
  const double share = std::isfinite(slope) && slope > 0 ? slope_ / (slope_ - slope) : 0.25;
  length_ *= std::clamp(share, 0.1, 0.7);
}

void Lbfgs::accept(double value, const std::vector<double>& gradient) {
  Pair pair;
  if (static_cast<int>(pairs_.size()) == options_.history) {
    pair = std::move(pairs_.front());
    pairs_.erase(pairs_.begin());
  }
  const std::size_t n = x_.size();
  pair.step.resize(n);
  pair.change.resize(n);
  double bent = 0, met = 0,
         curved = 0;  // of the loss: change . change / curvature, step . change, step . curvature step
  for (std::size_t k = 0; k < n; ++k) {
    pair.step[k] = trial_[k] - x_[k];
    pair.change[k] = gradient[k] - gradient_[k];
    const double of_loss = pair.change[k] - penalty_[k] * pair.step[k];
    bent += of_loss * of_loss / curvature_[k];
    met += of_loss * pair.step[k];
    curved += curvature_[k] * pair.step[k] * pair.step[k];
  }
  const double product = dot(pair.step, pair.change);
  if (product > 0 && std::isfinite(1 / product)) {
    pair.scale = 1 / product;
    const double kappa = options_.jumps ? met / curved : bent / met;
    if (met > 0 && std::isfinite(kappa)) kappa_ = clamped(kappa);
    pairs_.push_back(std::move(pair));
  }
  x_ = trial_;
  value_ = value;
  gradient_ = gradient;
  ++steps_;
  next_direction();
}

}  // namespace bakeoff
