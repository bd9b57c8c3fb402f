// One fit of smooth.h: its coordinates, its search, and what a pass over the rows tells it.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "train/families/corners.h"
#include "train/families/lbfgs.h"
#include "train/families/loss_shape.h"
#include "train/families/smooth.h"

namespace bakeoff {

// Coordinates of a fit: class by class those of its spectrum and the centre (the intercept at the rows' mean); then,
// for a loss with a scale, the scale of the residuals.
struct SmoothFit {
  const Spectrum* spectrum = nullptr;
  double l2 = 0;
  LossShape shape;
  double centre = 0;  // what the pass counts logits from
  int classes = 1;
  std::unique_ptr<Lbfgs> search;
  std::vector<double> first;            // where the search begins, until its value is known
  std::vector<double> theta, gradient;  // raw, intercept last, class by class; of the trial
  Corners corners;                      // of a tube
  int steps_before = 0;                 // of searches with wider corners

  const std::vector<double>& trial() const { return first.empty() ? search->trial() : first; }
  double scale() const { return shape.epsilon > 0 ? trial().back() : 1.0; }
  FitLabels labels() const { return {spectrum->weight, spectrum->label_mean - centre, spectrum->label_variation}; }
};

// Empty: rows with these labels have an optimum.
std::string why_hopeless(const Spectrum& spectrum, const SmoothLoss& loss, double mean_of_all_rows);
// Where the search of another penalty on the same rows has ended, and what it has learnt; null: there was none.
struct Ended {
  std::unique_ptr<Lbfgs> search;
  double l2 = 0;
};
// At a constant, or where another has ended; losses with corners begin for themselves.
void begin(SmoothFit& fit, const SmoothLoss& loss, const Ended& ended);
// softmax begins at the classes' log shares, or likewise. walks: others go on from it.
void begin_with_classes(SmoothFit& fit, const std::vector<double>& shares, bool walks, const Ended& ended);
// The trial's raw parameters.
void expand_trial(SmoothFit& fit);
// The pass's answer for the trial, its gradient in fit.gradient.
void tell(SmoothFit& fit, double penalty, double loss, double slope);
// What all classes of a softmax have in common changes no probability: the penalty doesn't count it, so that the search
// need not take it away, and the solution is without it.
void take_common_away(std::vector<double>& x, int classes);
// How the search ended, its steps and its value.
void report(const SmoothFit& fit, LinearSolution& out);

}  // namespace bakeoff
