// One fit of smooth_l1.h: its coordinates, its search, and what a pass over the rows tells it.
#pragma once
#include <memory>
#include <vector>

#include "train/families/corners.h"
#include "train/families/loss_shape.h"
#include "train/families/proximal_newton.h"
#include "train/families/smooth.h"

namespace bakeoff {

// What the fits of one training set share.
struct SmoothL1Set {
  CentredGram gram;  // its matrix has moved to curvature
  const LinearMap* map = nullptr;
  Curvature curvature;         // of the centre, of a scale if the loss has one, of the columns
  std::vector<double> shares;  // softmax: of each class

  int order() const { return curvature.order; }
  int free() const { return curvature.free; }
};
SmoothL1Set make_smooth_l1_set(CentredGram gram, const LinearMap& map, kernels::Loss kind);

// Coordinates of a fit, class by class: the centre (the intercept at the rows' mean, counted from the pass's); for a
// loss with a scale, the scale of the residuals; the model's columns.
struct SmoothL1Fit {
  const SmoothL1Set* set = nullptr;
  LossShape shape;
  double l1 = 0, l2 = 0;
  double centre = 0;  // what the pass counts logits from
  std::unique_ptr<ProximalNewton> search;
  std::vector<double> first;            // where the search begins, until its value is known
  std::vector<double> theta, gradient;  // raw, intercept last, class by class; of the trial
  Corners corners;                      // of a tube
  double kappa = 1;                     // of its search at first
  bool polished = false;
  int steps_before = 0;  // of searches with wider corners

  const std::vector<double>& trial() const { return first.empty() ? search->trial() : first; }
  double scale() const { return shape.epsilon > 0 ? trial()[1] : 1.0; }
  FitLabels labels() const { return {set->gram.weight, set->gram.label_mean - centre, set->gram.label_variation}; }
  bool done() const { return !search || (first.empty() && search->done()); }
};

// What a loss looks at: the labels alone.
Spectrum label_summary(const CentredGram& gram);
void begin(SmoothL1Fit& fit, const SmoothLoss& loss);
// The trial's raw parameters.
void expand_trial(SmoothL1Fit& fit);
// The pass's answer for the trial, its gradient in fit.gradient.
void tell(SmoothL1Fit& fit, double loss, double slope);
// The parameters, and how the search ended.
LinearSolution solution_of(const SmoothL1Fit& fit, double unit);

}  // namespace bakeoff
