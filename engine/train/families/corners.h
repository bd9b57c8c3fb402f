// The corners of a loss that is a tube, rounded (kernels/linear/losses.h): over a share of the residuals' scale first,
// then over ever less of it, each search from where the last has ended, until they cost nothing to speak of.
#pragma once
#include "train/linear_problem.h"

namespace bakeoff {

class Corners {
 public:
  Corners() = default;
  // For labels of this scale and sum of weights, and a search that begins with residuals of that scale.
  Corners(double label_scale, double weight, double residual_scale);

  double width() const { return width_; }  // how far they are rounded
  // The pass's slope where the search now stands.
  void stand_at(double slope) { slope_ = slope; }
  // After a search has ended at an objective of `value`: true, and they are narrower, if another is worth while.
  bool narrow(double value);
  // What the end of the last search, with `predicted` left to win, means for the sharp corners' objective.
  void judge(double predicted, LinearSolution& out) const;

 private:
  // How far the optimum may lie above that of sharp corners, where the search has converged.
  double cost() const { return width_ * slope_; }
  bool sharp(double gap, double value) const;

  double label_scale_ = 0, weight_ = 0, width_ = 0, slope_ = 0;
};

}  // namespace bakeoff
