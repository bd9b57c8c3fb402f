#include "train/families/smooth_l1_fit.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "train/families/smooth_fit.h"

namespace bakeoff {
namespace {

// Directions flatter than float32 can see would turn its noise into steps.
constexpr double kNoise = 1e-7;
constexpr int kPolishingSteps = 100;

std::unique_ptr<ProximalNewton> search(const SmoothL1Fit& fit, double kappa, HessianModel::Options model,
                                       ProximalNewton::Options options) {
  return std::make_unique<ProximalNewton>(HessianModel(fit.set->curvature, fit.set->shares, kappa, model), fit.l1,
                                          fit.l2, options);
}

// Between corners a loss is nearly straight, and a small decrease that is predicted not yet a small gap.
std::unique_ptr<ProximalNewton> tube_search(const SmoothL1Fit& fit, double kappa) {
  return search(fit, kappa, {20, 1e-6 * kappa, 1 / fit.corners.width()}, {150, 1e-10});
}

// The elastic net of squares with the labels' scale into the columns of x; returns the scale of what that leaves of the
// labels.
double begin_at_elastic_net(const SmoothL1Fit& fit, std::vector<double>& x) {
  const SmoothL1Set& set = *fit.set;
  const double whole = fit.labels().scale(), variation = fit.labels().variation;
  std::vector<double> gradient(x.size(), 0.0);
  for (int k = 0; k < set.gram.model; ++k) gradient[set.free() + k] = -set.gram.product[k];
  const HessianModel squares(set.curvature, {}, 1.0, {0, 1.0, 1.0});
  ModelLeast least =
      squares.least(std::vector<double>(x.size(), 0.0), gradient, fit.l1 * whole, fit.l2 * whole, 1e-6 * variation, 0);
  const double rest = variation + 2 * least.linear + least.curved;
  std::copy(least.x.begin() + set.free(), least.x.end(), x.begin() + set.free());
  return std::max(std::sqrt(std::max(rest, 0.0) / set.gram.weight), 1e-3 * whole);
}

// A scale must stay above 0: a trial that doesn't counts as infinitely bad, without a pass over the rows.
void keep_scale_positive(SmoothL1Fit& fit) {
  if (!(fit.shape.epsilon > 0)) return;
  const std::vector<double> none(fit.trial().size(), kNaN);
  while (!fit.done() && !(fit.scale() >= least_scale(fit.labels())))
    fit.search->tell(std::numeric_limits<double>::infinity(), none);
}

// Once a search is done: the next, with sharper corners, from where it ended; and in the end what the last has left.
void narrow(SmoothL1Fit& fit) {
  if (!fit.search->done() || fit.search->status() == FitStatus::diverged) return;
  if (fit.polished || !fit.corners.narrow(fit.search->value())) {
    if (!std::exchange(fit.polished, true)) fit.search->polish(fit.kappa, kPolishingSteps);
    return;
  }
  fit.steps_before += fit.search->steps();
  fit.first = fit.search->best();
  fit.search = tube_search(fit, fit.search->kappa());
}

// softmax begins at the classes' log shares.
void begin_with_classes(SmoothL1Fit& fit) {
  const SmoothL1Set& set = *fit.set;
  fit.first.assign(set.shares.size() * static_cast<std::size_t>(set.order()), 0.0);
  for (std::size_t k = 0; k < set.shares.size(); ++k)
    fit.first[k * static_cast<std::size_t>(set.order())] = std::log(set.shares[k]);
  // 64 MB of steps, changes and images a fit.
  const int history = static_cast<int>(std::clamp(64e6 / (24.0 * static_cast<double>(fit.first.size())), 2.0, 8.0));
  fit.search = search(fit, 1.0, {history, 1e-8, 1e8}, {});
}

}  // namespace

SmoothL1Set make_smooth_l1_set(CentredGram gram, const LinearMap& map, kernels::Loss kind) {
  SmoothL1Set set;
  set.map = &map;
  set.curvature.free = kind == kernels::Loss::huber ? 2 : 1;
  set.curvature.order = set.curvature.free + gram.model;
  const std::size_t n = static_cast<std::size_t>(set.order()), columns = static_cast<std::size_t>(gram.model);
  set.curvature.values.assign(n * n, 0.0);
  double* const to = set.curvature.values.data();
  for (std::size_t i = 0; i < n - columns; ++i) to[i * n + i] = gram.weight;
  for (std::size_t i = 0; i < columns && !gram.gram.empty(); ++i) {
    double* const row = to + (n - columns + i) * n + (n - columns);
    std::copy_n(gram.gram.data() + i * columns, columns, row);
    row[i] *= 1 + kNoise;
  }
  gram.gram = {};
  set.gram = std::move(gram);
  return set;
}

Spectrum label_summary(const CentredGram& gram) {
  Spectrum s;
  s.finite = gram.finite;
  s.weight = gram.weight;
  s.label_mean = gram.label_mean;
  s.label_variation = gram.label_variation;
  return s;
}

void begin(SmoothL1Fit& fit, const SmoothLoss& loss) {
  const SmoothL1Set& set = *fit.set;
  const CentredGram& g = set.gram;
  const std::size_t classes = std::max<std::size_t>(1, set.shares.size());
  fit.theta.resize(classes * (static_cast<std::size_t>(g.raw) + 1));
  fit.gradient.resize(fit.theta.size());
  if (classes > 1) return begin_with_classes(fit);
  const SmoothStart start = loss.start(label_summary(g));
  std::vector<double> x(static_cast<std::size_t>(set.order()), 0.0);
  x[0] = start.centre - fit.centre;
  if (fit.shape.rounded) {
    const double rest = begin_at_elastic_net(fit, x);
    fit.corners = Corners(fit.labels().scale(), g.weight, rest);
    fit.first = std::move(x);
    fit.kappa = 0.8 / rest;
    fit.search = tube_search(fit, fit.kappa);
    return;
  }
  double kappa = start.kappa, least_kappa = 1e-8;
  if (fit.shape.epsilon > 0) {
    x[1] = begin_at_elastic_net(fit, x);
    kappa /= x[1];
    least_kappa *= kappa;
  }
  fit.search = search(fit, kappa, {8, least_kappa, loss.most_kappa}, {});
  if (std::isnan(start.value)) {
    fit.first = std::move(x);
  } else {
    std::vector<double> gradient(x.size(), 0.0);
    for (int k = 0; k < g.model; ++k) gradient[set.free() + k] = start.product * g.product[k];
    fit.search->start(std::move(x), start.value, std::move(gradient));
  }
}

void expand_trial(SmoothL1Fit& fit) {
  const CentredGram& g = fit.set->gram;
  const std::vector<double>& trial = fit.trial();
  const std::size_t order = static_cast<std::size_t>(fit.set->order()), raw = static_cast<std::size_t>(g.raw);
  std::fill(fit.theta.begin(), fit.theta.end(), 0.0);
  for (std::size_t k = 0; k * order < trial.size(); ++k) {
    const double* x = trial.data() + k * order;
    double* theta = fit.theta.data() + k * (raw + 1);
    for (const LinearMap::Entry& e : fit.set->map->entries) theta[e.raw] += e.value * x[fit.set->free() + e.model];
    double intercept = x[0];
    for (std::size_t i = 0; i < raw; ++i) intercept -= g.mean[i] * theta[i];
    theta[raw] = intercept;
  }
}

void tell(SmoothL1Fit& fit, double loss, double slope) {
  const CentredGram& g = fit.set->gram;
  const std::size_t order = static_cast<std::size_t>(fit.set->order()), raw = static_cast<std::size_t>(g.raw);
  std::vector<double> gradient(fit.trial().size(), 0.0);
  const ShapedLoss shaped = shaped_loss(fit.shape, fit.labels(), fit.trial()[0], fit.scale(), loss, slope);
  for (std::size_t k = 0; k * order < gradient.size(); ++k) {
    const double* from = fit.gradient.data() + k * (raw + 1);
    double* to = gradient.data() + k * order;
    for (const LinearMap::Entry& e : fit.set->map->entries)
      to[fit.set->free() + e.model] += e.value * (from[e.raw] - g.mean[e.raw] * from[raw]) / shaped.scale;
    to[0] = from[raw] / shaped.scale + shaped.by_centre;
    if (fit.shape.epsilon > 0) to[1] = shaped.by_scale;
  }
  // What classes have in common changes no loss: float32's noise there would look like a slope.
  take_common_away(gradient, static_cast<int>(gradient.size() / order));
  const int steps = fit.first.empty() ? fit.search->steps() : -1;
  if (fit.first.empty())
    fit.search->tell(shaped.value, gradient);
  else
    fit.search->start(std::exchange(fit.first, {}), shaped.value, std::move(gradient));
  keep_scale_positive(fit);
  if (!fit.shape.rounded) return;
  if (fit.search->steps() > steps) fit.corners.stand_at(slope);
  narrow(fit);
}

LinearSolution solution_of(const SmoothL1Fit& fit, double unit) {
  const SmoothL1Set& set = *fit.set;
  const std::size_t order = static_cast<std::size_t>(set.order());
  LinearSolution out;
  std::vector<double> x(order, 0.0);
  x[0] = fit.labels().mean;
  out.objective = 0;
  if (fit.search) {
    const ProximalNewton& found = *fit.search;
    x = found.best();
    out.status = found.status();
    out.reason = found.reason();
    out.iterations = fit.steps_before + found.steps();
    out.objective = found.value();
    if (fit.shape.epsilon > 0) judge_scale(x[1], fit.labels(), out);
    if (fit.shape.rounded) fit.corners.judge(found.predicted(), out);
    out.objective *= unit;
  }
  std::vector<LinearSolution> each(x.size() / order);
  for (std::size_t k = 0; k < each.size(); ++k)
    to_parameters(set.gram, *set.map, x.data() + k * order + set.free(), x[k * order] + fit.centre, each[k]);
  join_classes(std::move(each), out);
  return out;
}

}  // namespace bakeoff
