#include "train/families/loss_shape.h"

namespace bakeoff {

LossShape loss_shape(const SmoothLoss& loss, double asked) {
  LossShape shape;
  shape.rounded = loss.kind == kernels::Loss::tube;
  if (loss.kind == kernels::Loss::huber)
    shape.epsilon = asked;
  else if (loss.tilted)
    shape.tilt = 2 * asked - 1;
  else
    shape.dead = asked;
  return shape;
}

void set_shape(Panels& panels, int fit, kernels::Loss kind, const LossShape& shape, double scale, double width) {
  if (shape.epsilon > 0) panels.set_shape(fit, shape.epsilon * scale);
  if (shape.rounded) panels.set_shape(fit, width);
  if (shape.rounded) panels.set_dead(fit, shape.dead);
  if (kind == kernels::Loss::squared_tube) panels.set_shape(fit, shape.dead);
}

ShapedLoss shaped_loss(const LossShape& shape, const FitLabels& labels, double centre, double scale, double loss,
                       double slope) {
  ShapedLoss told{loss / scale, scale};
  if (shape.tilt != 0) {
    told.value += shape.tilt * labels.weight * (labels.mean - centre);
    told.by_centre = -shape.tilt * labels.weight;
  }
  if (shape.epsilon > 0) {
    told.value += labels.weight * scale;
    told.by_scale = labels.weight - loss / (scale * scale) + slope * shape.epsilon / scale;
  }
  return told;
}

bool constant(const LossShape& shape, const FitLabels& labels, double level) {
  return (shape.epsilon > 0 || shape.rounded) && labels.scale() <= 1e-12 * std::abs(level);
}

double least_scale(const FitLabels& labels) { return 1e-6 * labels.scale(); }

void judge_scale(double scale, const FitLabels& labels, LinearSolution& out) {
  // A search that ends above its optimum with a scale below this share was on its way to 0.
  constexpr double kExactScale = 1e-2;
  if (out.status == FitStatus::converged || !(scale < kExactScale * labels.scale())) return;
  out.status = FitStatus::iteration_limit;
  out.reason = "the columns fit the labels exactly: the best scale is 0, which no step reaches; raise l2";
}

std::vector<double> class_shares(const LinearProblem& problem, const TrainingSet& set, double weight) {
  const kernels::RowsView& rows = problem.rows;
  std::vector<double> shares(problem.classes, 0.0);
  for (Index row = set.begin; row < set.end; ++row)
    if (set.left_out < 0 || !rows.folds || rows.folds[row] != set.left_out)
      shares[static_cast<std::size_t>(rows.labels[row])] += rows.weights ? rows.weights[row] : 1.0;
  for (double& share : shares) share /= weight;
  return shares;
}

std::string why_hopeless(const std::vector<double>& shares) {
  for (std::size_t k = 0; k < shares.size(); ++k)
    if (!(shares[k] > 0)) return "the training rows have none of class " + std::to_string(k) + " with a weight above 0";
  return {};
}

void join_classes(std::vector<LinearSolution> each, LinearSolution& out) {
  double beta_mean = 0, theta_mean = 0;
  for (const LinearSolution& one : each) {
    beta_mean += one.beta.back() / static_cast<double>(each.size());
    theta_mean += one.theta.back() / static_cast<double>(each.size());
  }
  for (LinearSolution& one : each) {
    if (each.size() > 1) one.beta.back() -= beta_mean;
    if (each.size() > 1) one.theta.back() -= theta_mean;
    out.beta.insert(out.beta.end(), one.beta.begin(), one.beta.end());
    out.theta.insert(out.theta.end(), one.theta.begin(), one.theta.end());
  }
}

}  // namespace bakeoff
