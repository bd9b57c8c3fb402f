#include "train/families/smooth_fit.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace bakeoff {
namespace {

// Of a softmax: how long it may be busy with what float32 hardly sees, and the bytes that it may remember steps in for
// those that go on from it (smooth.cpp), which know the more.
constexpr int kLastSteps = 5;
constexpr double kMemory = 64e6;

// Directions flatter than float32 can see, because columns cancel in them, would turn its noise into steps.
std::vector<double> curvature_of(const Spectrum& s) {
  constexpr double kNoise = 1e-7;
  std::vector<double> curvature = s.values;
  for (std::size_t k = 0; k < curvature.size(); ++k)
    curvature[k] = std::max({curvature[k], kNoise * s.spread[k], std::numeric_limits<double>::min()});
  return curvature;
}

struct Told {
  double value;
  std::vector<double> gradient;
};

// The pass's answer in raw parameters, back in the fit's coordinates and with the penalty.
Told pull_back(SmoothFit& fit, double penalty, double loss, double slope) {
  const Spectrum& s = *fit.spectrum;
  const Index model = s.model, raw = s.raw, classes = fit.classes;
  std::vector<double> x = fit.trial();
  take_common_away(x, fit.classes);
  Told told{0, std::vector<double>(x.size(), 0.0)};
  std::vector<double> totals;
  for (Index k = 0; k < classes; ++k) {
    double* gradient = fit.gradient.data() + k * (raw + 1);
    totals.push_back(gradient[raw]);
    for (Index i = 0; i < raw; ++i) gradient[i] -= s.mean[i] * totals.back();
  }
  contract(s, classes, fit.gradient.data(), raw + 1, told.gradient.data(), model + 1);
  const ShapedLoss shaped = shaped_loss(fit.shape, fit.labels(), x[model], fit.scale(), loss, slope);
  double squares = 0;
  for (Index k = 0; k < classes; ++k) {
    double* gradient = told.gradient.data() + k * (model + 1);
    gradient[model] = totals[k] / shaped.scale + shaped.by_centre;
    for (Index j = 0; j < model; ++j) {
      const double at = x[k * (model + 1) + j];
      gradient[j] = gradient[j] / shaped.scale + penalty * fit.l2 * at;
      squares += at * at;
    }
  }
  told.value = shaped.value + 0.5 * penalty * fit.l2 * squares;
  if (fit.shape.epsilon > 0) told.gradient.back() = shaped.by_scale;
  return told;
}

// A scale must stay above 0: a trial that doesn't counts as infinitely bad, without a pass over the rows.
void keep_scale_positive(SmoothFit& fit) {
  if (!(fit.shape.epsilon > 0)) return;
  const double least = least_scale(fit.labels());
  const std::vector<double> none(fit.trial().size(), kNaN);
  while (!fit.search->done() && fit.first.empty() && !(fit.scale() >= least))
    fit.search->tell(std::numeric_limits<double>::infinity(), none);
}

// Ridge's solution into x; returns the scale of what that leaves of the labels.
double begin_at_ridge(const SmoothFit& fit, std::vector<double>& x) {
  const Spectrum& s = *fit.spectrum;
  const double whole = fit.labels().scale();
  if (s.expand.empty()) return whole;  // each column alone would take what they share
  double rest = s.label_variation;
  for (int k = 0; k < s.model; ++k) {
    const double curvature = s.values[k] + fit.l2 * whole;
    if (!(curvature > 1e-6 * s.values.back())) continue;
    x[k] = s.product[k] / curvature;
    rest -= x[k] * (2 * s.product[k] - s.values[k] * x[k]);
  }
  return std::max(std::sqrt(std::max(rest, 0.0) / s.weight), 1e-3 * whole);
}

std::unique_ptr<Lbfgs> tube_search(const SmoothFit& fit, double penalty, double kappa) {
  const Spectrum& s = *fit.spectrum;
  std::vector<double> curvature = curvature_of(s), penalties(s.model + 1, penalty * fit.l2);
  curvature.push_back(s.weight);
  penalties[s.model] = 0;
  Lbfgs::Options options;
  options.history = 20;
  options.most_steps = s.expand.empty() ? 1000 : 150;
  options.least_kappa = 1e-6 * kappa;
  options.most_kappa = 1 / fit.corners.width();
  options.jumps = true;
  return std::make_unique<Lbfgs>(std::move(curvature), std::move(penalties), kappa, options);
}

// Once a search is done: the next, with sharper corners, from where it ended, until they cost nothing to speak of.
void narrow(SmoothFit& fit, double penalty) {
  if (!fit.search->done() || fit.search->status() == FitStatus::diverged) return;
  if (!fit.corners.narrow(fit.search->value())) return;
  fit.steps_before += fit.search->steps();
  fit.first = fit.search->best();
  fit.search = tube_search(fit, penalty, fit.search->kappa());
}

// Another penalty bends the objective otherwise, by a known amount; the loss is the same.
void go_on(SmoothFit& fit, double penalty, const Ended& ended) {
  fit.first = ended.search->best();
  std::vector<Lbfgs::Pair> pairs = ended.search->pairs();
  const std::size_t size = static_cast<std::size_t>(fit.spectrum->model) + 1;
  for (Lbfgs::Pair& pair : pairs) {
    std::vector<double> step = pair.step;
    take_common_away(step, fit.classes);
    for (int c = 0; c < fit.classes; ++c)
      for (std::size_t k = c * size; k + 1 < (c + 1) * size; ++k)
        pair.change[k] += penalty * (fit.l2 - ended.l2) * step[k];
  }
  fit.search->remember(std::move(pairs));
}

}  // namespace

void take_common_away(std::vector<double>& x, int classes) {
  const std::size_t size = x.size() / static_cast<std::size_t>(classes);
  for (std::size_t j = 0; classes > 1 && j < size; ++j) {
    double mean = 0;
    for (std::size_t at = j; at < x.size(); at += size) mean += x[at] / classes;
    for (std::size_t at = j; at < x.size(); at += size) x[at] -= mean;
  }
}

void expand_trial(SmoothFit& fit) {
  const Spectrum& s = *fit.spectrum;
  const Index model = s.model, raw = s.raw, classes = fit.classes;
  const double* x = fit.trial().data();
  expand(s, classes, x, model + 1, fit.theta.data(), raw + 1);
  for (Index k = 0; k < classes; ++k) {
    double* theta = fit.theta.data() + k * (raw + 1);
    double intercept = x[k * (model + 1) + model];
    for (Index i = 0; i < raw; ++i) intercept -= s.mean[i] * theta[i];
    theta[raw] = intercept;
  }
}

void tell(SmoothFit& fit, double penalty, double loss, double slope) {
  Told told = pull_back(fit, penalty, loss, slope);
  const int steps = fit.first.empty() ? fit.search->steps() : -1;
  if (fit.first.empty())
    fit.search->tell(told.value, told.gradient);
  else
    fit.search->start(std::exchange(fit.first, {}), told.value, std::move(told.gradient));
  keep_scale_positive(fit);
  if (!fit.shape.rounded) return;
  if (fit.search->steps() > steps) fit.corners.stand_at(slope);
  narrow(fit, penalty);
}

// A class's curvature is share (1 - share) at its share.
void begin_with_classes(SmoothFit& fit, const std::vector<double>& shares, bool walks, const Ended& ended) {
  const Spectrum& s = *fit.spectrum;
  std::vector<double> curvature, penalty;
  const std::vector<double> one = curvature_of(s);
  for (const double share : shares) {
    for (const double value : one) curvature.push_back(share * (1 - share) * value);
    curvature.push_back(share * (1 - share) * s.weight);
    penalty.resize(curvature.size(), fit.l2);
    penalty.back() = 0;
    fit.first.resize(curvature.size(), 0.0);
    fit.first.back() = std::log(share);
  }
  Lbfgs::Options options;
  options.most_kappa = 1e8;
  if (!walks) options.tolerance *= 0.3;
  options.most_last_steps = kLastSteps;
  if (walks) {
    options.history = std::clamp(static_cast<int>(kMemory / (16.0 * static_cast<double>(curvature.size()))), 8, 60);
  }
  const double kappa = ended.search ? ended.search->kappa() : 1.0;
  fit.search = std::make_unique<Lbfgs>(std::move(curvature), std::move(penalty), kappa, options);
  if (ended.search) go_on(fit, 1.0, ended);
}

void begin(SmoothFit& fit, const SmoothLoss& loss, const Ended& ended) {
  const Spectrum& s = *fit.spectrum;
  const SmoothStart start = loss.start(s);
  const double penalised = loss.penalty * fit.l2;
  std::vector<double> curvature = curvature_of(s), penalty(s.model + 1, penalised), x(s.model + 1, 0.0);
  curvature.push_back(s.weight);
  penalty[s.model] = 0;
  x[s.model] = start.centre - fit.centre;
  if (fit.shape.rounded) {
    const double rest = begin_at_ridge(fit, x);
    fit.corners = Corners(fit.labels().scale(), s.weight, rest);
    fit.first = std::move(x);
    fit.search = tube_search(fit, loss.penalty, 0.8 / rest);
    return;
  }
  Lbfgs::Options options;
  options.most_kappa = loss.most_kappa;
  double kappa = ended.search ? ended.search->kappa() : start.kappa;
  if (fit.shape.epsilon > 0) {
    x.push_back(begin_at_ridge(fit, x));
    curvature.push_back(s.weight);
    penalty.push_back(0);
    if (!ended.search) kappa /= x.back();
  }
  fit.search = std::make_unique<Lbfgs>(std::move(curvature), std::move(penalty), kappa, options);
  if (ended.search) {
    go_on(fit, loss.penalty, ended);
  } else if (std::isnan(start.value)) {
    fit.first = std::move(x);
  } else {
    std::vector<double> gradient(s.model + 1, 0.0);
    for (int k = 0; k < s.model; ++k) gradient[k] = start.product * s.product[k];
    fit.search->start(std::move(x), start.value, std::move(gradient));
  }
}

std::string why_hopeless(const Spectrum& s, const SmoothLoss& loss, double mean) {
  if (const std::string why = bakeoff::why_hopeless(s.weight, s.finite); !why.empty()) return why;
  return loss.why_hopeless ? loss.why_hopeless(s, mean) : std::string();
}

void report(const SmoothFit& fit, LinearSolution& out) {
  out.status = fit.search->status();
  out.reason = fit.search->reason();
  out.iterations = fit.steps_before + fit.search->steps();
  out.objective = fit.search->value();
  if (fit.shape.epsilon > 0) judge_scale(fit.search->best().back(), fit.labels(), out);
  if (fit.shape.rounded) fit.corners.judge(fit.search->predicted(), out);
}

}  // namespace bakeoff
