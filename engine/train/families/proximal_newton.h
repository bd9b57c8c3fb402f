// A proximal quasi-Newton method for one smooth convex loss with an elastic-net penalty, turned inside out like Lbfgs:
// it says where to evaluate next and is told the answer, so that hundreds of them share each pass over the rows.
#pragma once
#include <deque>
#include <string>
#include <vector>

#include "train/centred_gram.h"
#include "train/trained_batch.h"

namespace bakeoff {

// F(x) = loss(x) + sum over all but the first coordinate of (l1 |x| + l2/2 x^2). The first is the centre, the others
// are columns of a CentredGram. The Hessian of the loss is taken for kappa * diag(weight, Gram), kappa a number that
// follows the steps, corrected by BFGS for the last steps; each step is the minimum of that model with the
// penalty, by coordinate descent, shortened until F falls.
class ProximalNewton {
 public:
  struct Options {
    int history = 8;
    int most_steps = 300;
    double most_kappa = 0.25;  // the largest curvature of the loss, where it has one
    double tolerance = 1e-9;  // stops when the model's predicted decrease is below tolerance * |F|
  };
  ProximalNewton(const CentredGram& gram, double l1, double l2, double kappa, Options options);

  // Value and gradient are the loss's, without the penalty.
  void start(std::vector<double> x, double loss, std::vector<double> gradient);
  const std::vector<double>& trial() const { return trial_; }
  void tell(double loss, const std::vector<double>& gradient);

  bool done() const { return done_; }
  const std::vector<double>& best() const { return x_; }
  double value() const { return value_; }
  int steps() const { return steps_; }
  FitStatus status() const { return status_; }
  const std::string& reason() const { return reason_; }

 private:
  struct Pair {
    std::vector<double> step, change;  // of x and of the loss's gradient
    double product = 0;
  };
  double penalty(const std::vector<double>& x) const;
  double slope_at(const std::vector<double>& x, const std::vector<double>& gradient) const;
  std::vector<double> model() const;
  void next_direction();
  void place_trial();
  void accept(double value, const std::vector<double>& gradient);
  void finish(FitStatus status, std::string reason = {});

  const CentredGram& gram_;
  double l1_, l2_, kappa_;
  Options options_;
  std::size_t order_;
  std::vector<double> x_, gradient_, direction_, trial_;
  double value_ = kNaN, slope_ = 0, length_ = 1;
  std::deque<Pair> pairs_;  // oldest first
  int steps_ = 0, shortened_ = 0;
  bool done_ = false;
  FitStatus status_ = FitStatus::converged;
  std::string reason_;
};

}  // namespace bakeoff
