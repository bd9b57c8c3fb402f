#include "train/families/smooth.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>

#include "kernels/linear/gemm.h"
#include "train/families/lbfgs.h"
#include "train/families/panels.h"
#include "train/gram_set.h"

namespace bakeoff {
namespace {

using kernels::Transpose;

// Coordinates of a fit: class by class those of its spectrum and the centre (the intercept at the rows' mean); then,
// for a loss with a shape, the scale of the residuals.
struct Fit {
  const Spectrum* spectrum = nullptr;
  double l2 = 0, epsilon = 0;  // epsilon: the loss's shape in scales; 0: it has no scale
  double shape = 0;            // of a loss without a scale
  double centre = 0;           // what the pass counts logits from
  int classes = 1;
  std::unique_ptr<Lbfgs> search;
  std::vector<double> first;            // where the search begins, until its value is known
  std::vector<double> theta, gradient;  // raw, intercept last, class by class; of the trial

  const std::vector<double>& trial() const { return first.empty() ? search->trial() : first; }
  double scale() const { return epsilon > 0 ? trial().back() : 1.0; }
};

// Scales below this share of the labels' own are rounding errors of a perfect fit.
constexpr double kLeastScale = 1e-6;

// A search that ends above its optimum with a scale below this share was on its way to 0.
constexpr double kExactScale = 1e-2;

double label_scale(const Spectrum& s) { return std::sqrt(s.label_variation / s.weight); }

// Directions flatter than float32 can see, because columns cancel in them, would turn its noise into steps.
std::vector<double> curvature_of(const Spectrum& s) {
  constexpr double kNoise = 1e-7;
  std::vector<double> curvature = s.values;
  for (std::size_t k = 0; k < curvature.size(); ++k)
    curvature[k] = std::max({curvature[k], kNoise * s.spread[k], std::numeric_limits<double>::min()});
  return curvature;
}

void expand_trial(Fit& fit) {
  const Spectrum& s = *fit.spectrum;
  const Index model = s.model, raw = s.raw, classes = fit.classes;
  const double* x = fit.trial().data();
  kernels::gemm(Transpose::no, Transpose::yes, classes, raw, model, x, model + 1, s.expand.data(), model, 0.0,
                fit.theta.data(), raw + 1);
  for (Index k = 0; k < classes; ++k) {
    double* theta = fit.theta.data() + k * (raw + 1);
    double intercept = x[k * (model + 1) + model];
    for (Index i = 0; i < raw; ++i) intercept -= s.mean[i] * theta[i];
    theta[raw] = intercept;
  }
}

// What all classes of a softmax have in common changes no probability: the penalty doesn't count it, so that the search
// need not take it away, and the solution is without it.
void take_common_away(std::vector<double>& x, int classes) {
  const std::size_t size = x.size() / static_cast<std::size_t>(classes);
  for (std::size_t j = 0; classes > 1 && j < size; ++j) {
    double mean = 0;
    for (std::size_t at = j; at < x.size(); at += size) mean += x[at] / classes;
    for (std::size_t at = j; at < x.size(); at += size) x[at] -= mean;
  }
}

struct Told {
  double value;
  std::vector<double> gradient;
};

// The pass's answer in raw parameters, back in the fit's coordinates and with the penalty.
Told pull_back(Fit& fit, double penalty, double loss, double slope) {
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
  kernels::gemm(Transpose::no, Transpose::no, classes, model, raw, fit.gradient.data(), raw + 1, s.expand.data(), model,
                0.0, told.gradient.data(), model + 1);
  const double scale = fit.scale();
  double squares = 0;
  for (Index k = 0; k < classes; ++k) {
    double* gradient = told.gradient.data() + k * (model + 1);
    gradient[model] = totals[k] / scale;
    for (Index j = 0; j < model; ++j) {
      const double at = x[k * (model + 1) + j];
      gradient[j] = gradient[j] / scale + penalty * fit.l2 * at;
      squares += at * at;
    }
  }
  told.value = loss / scale + 0.5 * penalty * fit.l2 * squares;
  if (fit.epsilon > 0) {
    told.value += s.weight * scale;
    told.gradient.back() = s.weight - loss / (scale * scale) + slope * fit.epsilon / scale;
  }
  return told;
}

// A scale must stay above 0: a trial that doesn't counts as infinitely bad, without a pass over the rows.
void keep_scale_positive(Fit& fit) {
  if (!(fit.epsilon > 0)) return;
  const double least = kLeastScale * label_scale(*fit.spectrum);
  const std::vector<double> none(fit.trial().size(), kNaN);
  while (!fit.search->done() && fit.first.empty() && !(fit.scale() >= least))
    fit.search->tell(std::numeric_limits<double>::infinity(), none);
}

void tell(Fit& fit, double penalty, double loss, double slope) {
  Told told = pull_back(fit, penalty, loss, slope);
  if (fit.first.empty())
    fit.search->tell(told.value, told.gradient);
  else
    fit.search->start(std::exchange(fit.first, {}), told.value, std::move(told.gradient));
  keep_scale_positive(fit);
}

// With a scale the search begins at ridge's solution and what that leaves of the labels.
void begin_with_scale(Fit& fit, std::vector<double>& x) {
  const Spectrum& s = *fit.spectrum;
  const double whole = label_scale(s);
  double rest = s.label_variation;
  for (int k = 0; k < s.model; ++k) {
    const double curvature = s.values[k] + fit.l2 * whole;
    if (!(curvature > kLeastScale * s.values.back())) continue;
    x[k] = s.product[k] / curvature;
    rest -= x[k] * (2 * s.product[k] - s.values[k] * x[k]);
  }
  x.push_back(std::max(std::sqrt(std::max(rest, 0.0) / s.weight), 1e-3 * whole));
}

// softmax begins at the classes' log shares, where a class's curvature is share (1 - share).
void begin_with_classes(Fit& fit, const std::vector<double>& shares) {
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
  fit.search = std::make_unique<Lbfgs>(std::move(curvature), std::move(penalty), 1.0, options);
}

void begin(Fit& fit, const SmoothLoss& loss) {
  const Spectrum& s = *fit.spectrum;
  const SmoothStart start = loss.start(s);
  const double penalised = loss.penalty * fit.l2;
  std::vector<double> curvature = curvature_of(s), penalty(s.model + 1, penalised), x(s.model + 1, 0.0);
  curvature.push_back(s.weight);
  penalty[s.model] = 0;
  x[s.model] = start.centre - fit.centre;
  Lbfgs::Options options;
  options.most_kappa = loss.most_kappa;
  double kappa = start.kappa;
  if (fit.epsilon > 0) {
    begin_with_scale(fit, x);
    curvature.push_back(s.weight);
    penalty.push_back(0);
    kappa /= x.back();
  }
  fit.search = std::make_unique<Lbfgs>(std::move(curvature), std::move(penalty), kappa, options);
  if (std::isnan(start.value)) {
    fit.first = std::move(x);
  } else {
    std::vector<double> gradient(s.model + 1, 0.0);
    for (int k = 0; k < s.model; ++k) gradient[k] = start.product * s.product[k];
    fit.search->start(std::move(x), start.value, std::move(gradient));
  }
}

std::string why_hopeless(const Spectrum& s, const SmoothLoss& loss, double mean) {
  if (!(s.weight > 0)) return "no training rows with a weight above 0";
  if (!s.finite) return "the training rows have a column that is not finite or overflows";
  return loss.why_hopeless ? loss.why_hopeless(s, mean) : std::string();
}

// Labels that don't vary, measured by a scale: the constant itself, with a scale and an objective of 0.
bool constant(const Fit& fit) {
  const Spectrum& s = *fit.spectrum;
  return fit.epsilon > 0 && label_scale(s) <= 1e-12 * std::abs(s.label_mean);
}

class Batch {
 public:
  Batch(const Execution& execution, const LinearProblem& problem, const SmoothLoss& loss)
      : execution_(execution),
        problem_(problem),
        loss_(loss),
        solutions_(problem.fits.size()),
        fits_(problem.fits.size()) {}

  std::vector<LinearSolution> train(const TrainProgress& progress) {
    make_spectra();
    begin_all();
    Panels panels(execution_, problem_, loss_.kind, centre_);
    std::size_t packed = 0;
    while (!active_.empty()) {
      execution_.check_stop();
      // A pass costs what its panels cost: pack again once every window's fits might need fewer.
      if (packed != active_.size()) panels.pack(active_);
      packed = active_.size();
      pass(panels);
      std::erase_if(active_, [&](int f) { return fits_[f].search->done(); });
      if (progress) progress(static_cast<int>(fits_.size() - active_.size()), static_cast<int>(fits_.size()));
    }
    execution_.workers().for_each(static_cast<Index>(fits_.size()), [&](Index f) { finish(f); });
    return std::move(solutions_);
  }

 private:
  void make_spectra() {
    const GramSet grams(execution_, problem_);
    mean_ = grams.label_shift();
    if (shaped(loss_.kind)) centre_ = mean_;  // both are losses of a residual
    if (loss_.kind == kernels::Loss::poisson || loss_.kind == kernels::Loss::gamma)
      centre_ = mean_ > 0 ? std::log(mean_) : 0.0;
    spectra_.resize(problem_.sets.size());
    execution_.workers().for_each(static_cast<Index>(problem_.sets.size()), [&](Index i) {
      spectra_[i] = make_spectrum(grams.of(problem_.sets[i]), grams.label_shift(), *problem_.sets[i].map);
    });
    if (loss_.kind != kernels::Loss::softmax) return;
    shares_.resize(problem_.sets.size());
    execution_.workers().for_each(static_cast<Index>(shares_.size()), [&](Index i) { shares_[i] = shares_of(i); });
  }

  // Each class's share of a training set's weight.
  std::vector<double> shares_of(Index i) const {
    const TrainingSet& set = problem_.sets[i];
    const kernels::RowsView& rows = problem_.rows;
    std::vector<double> shares(problem_.classes, 0.0);
    for (Index row = set.begin; row < set.end; ++row)
      if (set.left_out < 0 || !rows.folds || rows.folds[row] != set.left_out)
        shares[static_cast<std::size_t>(rows.labels[row])] += rows.weights ? rows.weights[row] : 1.0;
    for (double& share : shares) share /= spectra_[i].weight;
    return shares;
  }

  std::string why_hopeless_set(int set) const {
    std::string why = why_hopeless(spectra_[set], loss_, mean_);
    for (int k = 0; why.empty() && !shares_.empty() && k < problem_.classes; ++k)
      if (!(shares_[set][k] > 0)) why = "the training rows have none of class " + std::to_string(k);
    return why;
  }

  void begin_all() {
    for (std::size_t f = 0; f < fits_.size(); ++f) {
      Fit& fit = fits_[f];
      fit.spectrum = &spectra_[problem_.fits[f].set];
      fit.l2 = problem_.fits[f].l2;
      fit.centre = centre_;
      (loss_.kind == kernels::Loss::huber ? fit.epsilon : fit.shape) = problem_.fits[f].shape;
      fit.classes = problem_.classes;
      solutions_[f].reason = why_hopeless_set(problem_.fits[f].set);
      if (!solutions_[f].reason.empty()) {
        solutions_[f].status = FitStatus::diverged;
        continue;
      }
      fit.theta.resize(static_cast<std::size_t>(fit.classes) * (fit.spectrum->raw + 1));
      fit.gradient.resize(fit.theta.size());
      if (constant(fit)) continue;
      if (fit.classes > 1)
        begin_with_classes(fit, shares_[problem_.fits[f].set]);
      else
        begin(fit, loss_);
      if (!fit.first.empty() || !fit.search->done()) active_.push_back(static_cast<int>(f));
    }
  }

  void pass(Panels& panels) {
    const Index count = static_cast<Index>(active_.size());
    execution_.workers().for_each(count, [&](Index i) {
      Fit& fit = fits_[active_[i]];
      expand_trial(fit);
      panels.set_theta(active_[i], fit.theta.data());
      if (shaped(loss_.kind)) panels.set_shape(active_[i], fit.epsilon > 0 ? fit.epsilon * fit.scale() : fit.shape);
    });
    panels.evaluate();
    execution_.workers().for_each(count, [&](Index i) {
      const int f = active_[i];
      panels.gradient(f, fits_[f].gradient.data());
      tell(fits_[f], loss_.penalty, panels.loss(f), fits_[f].epsilon > 0 ? panels.slope(f) : 0.0);
    });
  }

  void finish(Index f) {
    const Fit& fit = fits_[f];
    LinearSolution* const out = &solutions_[f];
    if (out->status == FitStatus::diverged) return;
    const Spectrum& s = *fit.spectrum;
    std::vector<double> x(static_cast<std::size_t>(s.model) + 1, 0.0);
    x.back() = s.label_mean - fit.centre;
    out->objective = 0;
    if (fit.search) {
      x = fit.search->best();
      take_common_away(x, fit.classes);
      out->status = fit.search->status();
      out->reason = fit.search->reason();
      out->iterations = fit.search->steps();
      out->objective = fit.search->value();
      if (fit.epsilon > 0 && out->status != FitStatus::converged && x.back() < kExactScale * label_scale(s)) {
        out->status = FitStatus::iteration_limit;
        out->reason = "the columns fit the labels exactly: the best scale is 0, which no step reaches; raise l2";
      }
    }
    set_parameters(fit, *problem_.sets[problem_.fits[f].set].map, x.data(), *out);
  }

  // Class by class; of softmax's intercepts only differences matter, and their mean is made 0.
  static void set_parameters(const Fit& fit, const LinearMap& map, const double* x, LinearSolution& out) {
    const Spectrum& s = *fit.spectrum;
    const std::size_t model = static_cast<std::size_t>(s.model), classes = static_cast<std::size_t>(fit.classes);
    std::vector<double> u, centres;
    std::vector<LinearSolution> each(classes);
    std::vector<LinearSolution*> places;
    for (std::size_t k = 0; k < classes; ++k) {
      u.insert(u.end(), x + k * (model + 1), x + k * (model + 1) + model);
      centres.push_back(x[k * (model + 1) + model] + fit.centre);
      places.push_back(&each[k]);
    }
    to_parameters(s, map, static_cast<Index>(classes), u.data(), centres.data(), places.data());
    double beta_mean = 0, theta_mean = 0;
    for (std::size_t k = 0; classes > 1 && k < classes; ++k) {
      beta_mean += each[k].beta.back() / static_cast<double>(classes);
      theta_mean += each[k].theta.back() / static_cast<double>(classes);
    }
    for (LinearSolution& one : each) {
      one.beta.back() -= beta_mean;
      one.theta.back() -= theta_mean;
      out.beta.insert(out.beta.end(), one.beta.begin(), one.beta.end());
      out.theta.insert(out.theta.end(), one.theta.begin(), one.theta.end());
    }
  }

  const Execution& execution_;
  const LinearProblem& problem_;
  const SmoothLoss& loss_;
  double mean_ = 0, centre_ = 0;  // of the labels of all sets; what the pass counts logits from
  std::vector<Spectrum> spectra_;
  std::vector<std::vector<double>> shares_;  // softmax: by set and class
  std::vector<LinearSolution> solutions_;
  std::vector<Fit> fits_;
  std::vector<int> active_;
};

}  // namespace

std::vector<LinearSolution> solve_smooth(const Execution& execution, const LinearProblem& problem,
                                         const SmoothLoss& loss, const TrainProgress& progress) {
  return Batch(execution, problem, loss).train(progress);
}

}  // namespace bakeoff
