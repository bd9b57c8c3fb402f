// What a proximal quasi-Newton method knows of a loss's Hessian. Never a matrix of its own: ten classes of 784 columns
// would have 60 million numbers a fit.
#pragma once
#include <deque>
#include <vector>

#include "train/families/model_descent.h"

namespace bakeoff {

// kappa * (classes (x) curvature), corrected by BFGS for the last steps. kappa is a number that follows the steps;
// classes is diag(shares) - shares shares', a softmax's Hessian where it knows no more than the classes' shares, or 1
// of a loss of one logit. Coordinates stand class by class.
class HessianModel {
 public:
  struct Options {
    int history = 8;
    double least_kappa = 1e-8;
    double most_kappa = 0.25;  // the largest curvature of the loss, where it has one
  };
  // shares: empty, or of each class.
  HessianModel(const Curvature& curvature, const std::vector<double>& shares, double kappa, Options options);

  // From a step and what it changed in the loss's gradient.
  void learn(std::vector<double> step, std::vector<double> change);

  // Forgets what it has learnt, and leaves kappa at this from now on.
  void forget(double kappa);
  // Of gradient . d + 1/2 d . Hessian d + sum over penalised y = x + d of (l1 |y| + l2/2 y^2): see model_descent.h.
  ModelLeast least(const std::vector<double>& x, const std::vector<double>& gradient, double l1, double l2,
                   double tolerance, double share) const;

  double kappa() const { return kappa_; }
  double diagonal(std::size_t k) const {  // of curvature, at a coordinate
    const std::size_t n = static_cast<std::size_t>(curvature_.order);
    return curvature_.values[k % n * (n + 1)];
  }
  int order() const { return curvature_.order; }
  int free() const { return curvature_.free; }
  std::size_t size() const { return own_.size() * static_cast<std::size_t>(curvature_.order); }

 private:
  struct Pair {
    std::vector<double> step, change, image;  // image: (classes (x) curvature) step
    double product = 0;                       // step . change
  };
  ModelCorrections corrections() const;

  const Curvature& curvature_;
  std::vector<double> own_, common_;  // classes is diag(own) - common common'
  double kappa_;
  bool follows_ = true;  // kappa, the steps
  Options options_;
  std::deque<Pair> pairs_;  // oldest first
};

}  // namespace bakeoff
