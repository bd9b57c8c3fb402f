// What a fit asks of its loss beside the penalty, and what the pass's sums then mean: one place for the fits of
// smooth.h and of smooth_l1.h.
#pragma once
#include <cmath>
#include <string>
#include <vector>

#include "train/families/panels.h"
#include "train/families/smooth.h"

namespace bakeoff {

struct LossShape {
  double epsilon = 0;    // huber: the loss's shape in scales; 0: it has no scale
  bool rounded = false;  // tube: its corners are, less and less
  double dead = 0;       // tube: half of its own width
  double tilt = 0;       // the loss has tilt * (label - z) beside what the pass knows
};

// Of a fit that asks for `asked`: LinearFit's shape.
LossShape loss_shape(const SmoothLoss& loss, double asked);
// What the pass must know of it for a trial with this scale of residuals and corners of this width.
void set_shape(Panels& panels, int fit, kernels::Loss kind, const LossShape& shape, double scale, double width);

// Labels (counted as logits are) of a fit's rows.
struct FitLabels {
  double weight = 0, mean = 0, variation = 0;  // sums of weight and of weight * (label - mean)^2
  double scale() const { return std::sqrt(variation / weight); }
};

// A trial's loss without penalty from the pass's sums, and its gradient from theirs.
struct ShapedLoss {
  double value = 0;
  double scale = 1;      // the pass's gradient has to be divided by it
  double by_centre = 0;  // what the gradient by the centre has beside that
  double by_scale = 0;   // the gradient by huber's scale
};
ShapedLoss shaped_loss(const LossShape& shape, const FitLabels& labels, double centre, double scale, double loss,
                       double slope);

// Labels that don't vary, measured by a scale: the constant itself, with a scale and an objective of 0.
bool constant(const LossShape& shape, const FitLabels& labels, double level);
// A scale must stay above a share of the labels' own: below it are rounding errors of a perfect fit.
double least_scale(const FitLabels& labels);
// Of huber's search that ended at this scale: why it did not converge, if the scale was on its way to 0.
void judge_scale(double scale, const FitLabels& labels, LinearSolution& out);

// softmax: each class's share of a training set's weight; and why there is no optimum, empty if there is.
std::vector<double> class_shares(const LinearProblem& problem, const TrainingSet& set, double weight);
std::string why_hopeless(const std::vector<double>& shares);
// Class by class; of softmax's intercepts only differences matter, and their mean is made 0.
void join_classes(std::vector<LinearSolution> each, LinearSolution& out);

}  // namespace bakeoff
