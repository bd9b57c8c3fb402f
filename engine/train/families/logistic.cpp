#include "train/families/logistic.h"

#include <algorithm>
#include <cmath>
#include <memory>

#include "train/families/lbfgs.h"
#include "train/families/logistic_l1.h"
#include "train/families/panels.h"
#include "train/gram_set.h"
#include "train/spectrum.h"

namespace bakeoff {
namespace {

// Coordinates of a fit: those of its spectrum, then the centre (the intercept at the rows' mean).
struct Fit {
  const Spectrum* spectrum = nullptr;
  double l2 = 0;
  std::unique_ptr<Lbfgs> search;
  std::vector<double> theta, gradient;  // raw, intercept last; of the trial
};

// Constant log-odds to begin with: value and gradient there need no pass over the rows.
void begin(Fit& fit) {
  const Spectrum& s = *fit.spectrum;
  const double p = s.label_mean, weight = s.weight;
  std::vector<double> curvature = s.values, penalty(s.model + 1, fit.l2), x(s.model + 1, 0.0),
                      gradient(s.model + 1, 0.0);
  curvature.push_back(weight);
  penalty[s.model] = 0;
  x[s.model] = std::log(p / (1 - p));
  for (int k = 0; k < s.model; ++k) gradient[k] = -s.product[k];  // sum of (p - y)(x - mean)
  fit.search = std::make_unique<Lbfgs>(std::move(curvature), std::move(penalty), p * (1 - p), Lbfgs::Options{});
  fit.search->start(std::move(x), -weight * (p * std::log(p) + (1 - p) * std::log1p(-p)), std::move(gradient));
  fit.theta.resize(s.raw + 1);
  fit.gradient.resize(s.raw + 1);
}

void expand_trial(Fit& fit) {
  const Spectrum& s = *fit.spectrum;
  const std::vector<double>& x = fit.search->trial();
  double intercept = x[s.model];
  for (int i = 0; i < s.raw; ++i) {
    const double* row = s.expand.data() + static_cast<std::size_t>(i) * s.model;
    double sum = 0;
    for (int k = 0; k < s.model; ++k) sum += row[k] * x[k];
    fit.theta[i] = sum;
    intercept -= s.mean[i] * sum;
  }
  fit.theta[s.raw] = intercept;
}

// The pass's answer in raw parameters, back in the fit's coordinates and with the penalty.
void tell(Fit& fit, double loss) {
  const Spectrum& s = *fit.spectrum;
  const std::vector<double>& x = fit.search->trial();
  std::vector<double> gradient(s.model + 1, 0.0);
  const double total = fit.gradient[s.raw];
  for (int i = 0; i < s.raw; ++i) {
    const double* row = s.expand.data() + static_cast<std::size_t>(i) * s.model;
    const double g = fit.gradient[i] - s.mean[i] * total;
    for (int k = 0; k < s.model; ++k) gradient[k] += row[k] * g;
  }
  gradient[s.model] = total;
  double squares = 0;
  for (int k = 0; k < s.model; ++k) {
    gradient[k] += fit.l2 * x[k];
    squares += x[k] * x[k];
  }
  fit.search->tell(loss + 0.5 * fit.l2 * squares, gradient);
}

std::string why_hopeless(const Spectrum& s) {
  if (!(s.weight > 0)) return "no training rows with a weight above 0";
  if (!s.finite) return "the training rows have a column that is not finite or overflows";
  // The mean of 0/1 labels is rounded; a class of one row in 1e12 would still be seen.
  if (s.label_mean < 1e-12 || s.label_mean > 1 - 1e-12)
    return std::string("the training rows have one class only: label ") + (s.label_mean > 0.5 ? "1" : "0");
  return {};
}

std::vector<Spectrum> make_spectra(const Execution& execution, const LinearProblem& problem) {
  const GramSet grams(execution, problem);
  std::vector<Spectrum> spectra(problem.sets.size());
  execution.workers().for_each(static_cast<Index>(problem.sets.size()), [&](Index i) {
    spectra[i] = make_spectrum(grams.of(problem.sets[i]), grams.label_shift(), *problem.sets[i].map);
  });
  return spectra;
}

// Fits without an l1 part.
std::vector<LinearSolution> solve_l2(const Execution& execution, const LinearProblem& problem,
                                     const TrainProgress& progress) {
  const std::vector<Spectrum> spectra = make_spectra(execution, problem);
  std::vector<LinearSolution> solutions(problem.fits.size());
  std::vector<Fit> fits(problem.fits.size());
  std::vector<int> active;
  for (std::size_t f = 0; f < fits.size(); ++f) {
    fits[f].spectrum = &spectra[problem.fits[f].set];
    fits[f].l2 = problem.fits[f].l2;
    solutions[f].reason = why_hopeless(*fits[f].spectrum);
    if (!solutions[f].reason.empty()) {
      solutions[f].status = FitStatus::diverged;
      continue;
    }
    begin(fits[f]);
    if (!fits[f].search->done()) active.push_back(static_cast<int>(f));
  }
  Panels panels(execution, problem);
  std::size_t packed = 0;
  while (!active.empty()) {
    execution.check_stop();
    // A pass costs what its panels cost: pack again once every window's fits might need fewer.
    if (packed != active.size()) panels.pack(active);
    packed = active.size();
    const Index count = static_cast<Index>(active.size());
    execution.workers().for_each(count, [&](Index i) {
      expand_trial(fits[active[i]]);
      panels.set_theta(active[i], fits[active[i]].theta.data());
    });
    panels.evaluate();
    execution.workers().for_each(count, [&](Index i) {
      panels.gradient(active[i], fits[active[i]].gradient.data());
      tell(fits[active[i]], panels.loss(active[i]));
    });
    std::erase_if(active, [&](int f) { return fits[f].search->done(); });
    if (progress) progress(static_cast<int>(fits.size() - active.size()), static_cast<int>(fits.size()));
  }
  execution.workers().for_each(static_cast<Index>(fits.size()), [&](Index f) {
    if (!fits[f].search) return;
    const Lbfgs& search = *fits[f].search;
    solutions[f].status = search.status();
    solutions[f].reason = search.reason();
    solutions[f].iterations = search.steps();
    solutions[f].objective = search.value();
    LinearSolution* const out = &solutions[f];
    to_parameters(*fits[f].spectrum, *problem.sets[problem.fits[f].set].map, 1, search.best().data(),
                  &search.best().back(), &out);
  });
  return solutions;
}

}  // namespace

std::vector<LinearSolution> train_logistic(const Execution& execution, const LinearProblem& problem,
                                           const TrainProgress& progress) {
  std::vector<LinearSolution> solutions(problem.fits.size());
  int done = 0;
  for (const bool sparse : {false, true}) {
    LinearProblem part = problem;
    std::vector<std::size_t> places;
    part.fits.clear();
    for (std::size_t f = 0; f < problem.fits.size(); ++f) {
      if ((problem.fits[f].l1_ratio > 0 && problem.fits[f].l2 > 0) != sparse) continue;
      places.push_back(f);
      part.fits.push_back(problem.fits[f]);
    }
    if (places.empty()) continue;
    TrainProgress of_all;
    if (progress) of_all = [&, done](int some, int) { progress(done + some, static_cast<int>(solutions.size())); };
    std::vector<LinearSolution> found = (sparse ? solve_logistic_l1 : solve_l2)(execution, part, of_all);
    for (std::size_t i = 0; i < places.size(); ++i) solutions[places[i]] = std::move(found[i]);
    done += static_cast<int>(places.size());
  }
  return solutions;
}

}  // namespace bakeoff
