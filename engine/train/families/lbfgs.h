// L-BFGS for one smooth convex function with a diagonal guess of its curvature, turned inside out: it says where to
// evaluate next and is told the answer, so that hundreds of them share each pass over the rows.
#pragma once
#include <string>
#include <vector>

#include "train/trained_batch.h"

namespace bakeoff {

// f(x) = loss(x) + 1/2 sum of penalty x^2, where the curvature of the loss is about kappa * curvature (a diagonal,
// above 0), kappa a number that follows the steps.
class Lbfgs {
 public:
  struct Options {
    int history = 8;
    int most_steps = 500;
    double least_kappa = 1e-8;
    double most_kappa = 0.25;  // the largest curvature of the loss, where it has one
    // Stops when the predicted decrease, 1/2 g' (kappa * curvature + penalty)^-1 g, and that with what the steps have
    // learnt, are below tolerance * |f|.
    double tolerance = 1e-9;
    // kappa is the mean of the curvatures that the last step has met, weighted towards the large ones, so that a step
    // of length 1 is rarely too long. Measured (Fashion-MNIST, 20,000 x 784, 10 classes, l2 of 1): 485 passes for 484
    // steps, where the mean along the step took 1,211 for 479. But a gradient that jumps says too much of itself.
    bool jumps = false;
    // Or after so many steps below ten times that: float32's noise may keep the rest away for hundreds.
    int most_last_steps = 500;
  };
  Lbfgs(std::vector<double> curvature, std::vector<double> penalty, double kappa, Options options);

  // What the steps have shown of the curvature, penalty included.
  struct Pair {
    std::vector<double> step, change;  // of x and of the gradient
    double scale = 0;                  // 1 / (step . change)
  };
  const std::vector<Pair>& pairs() const { return pairs_; }
  // As if it had made these steps, oldest first, itself: before start(). What has no curvature is left out.
  void remember(std::vector<Pair> pairs);

  // The first point with its value and gradient.
  void start(std::vector<double> x, double value, std::vector<double> gradient);
  // What must be evaluated next, unless done().
  const std::vector<double>& trial() const { return trial_; }
  void tell(double value, const std::vector<double>& gradient);

  bool done() const { return done_; }
  const std::vector<double>& best() const { return x_; }
  double value() const { return value_; }
  int steps() const { return steps_; }
  double kappa() const { return kappa_; }
  double predicted() const { return predicted_; }  // decrease of the value from the best point
  FitStatus status() const { return status_; }
  const std::string& reason() const { return reason_; }

 private:
  bool acceptable(double value, double slope) const;
  void shorten(double slope);
  void accept(double value, const std::vector<double>& gradient);
  void next_direction();
  void place_trial();
  double curvature(std::size_t k) const;
  double clamped(double kappa) const;
  void finish(FitStatus status, std::string reason = {});

  std::vector<double> curvature_, penalty_;
  double kappa_;
  Options options_;
  std::vector<double> x_, gradient_, direction_, trial_;
  double value_ = kNaN, slope_ = 0, length_ = 1, predicted_ = kNaN;
  std::vector<Pair> pairs_;  // oldest first
  int steps_ = 0, last_steps_ = 0, shortened_ = 0;
  bool done_ = false;
  FitStatus status_ = FitStatus::converged;
  std::string reason_;
};

}  // namespace bakeoff
