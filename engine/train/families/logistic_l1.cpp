#include "train/families/logistic_l1.h"

#include <algorithm>
#include <cmath>
#include <memory>

#include "train/families/panels.h"
#include "train/families/proximal_newton.h"

namespace bakeoff {
namespace {

// Coordinates of a fit: the centre (the intercept at the rows' mean), then the model's columns.
struct Fit {
  const CentredGram* gram = nullptr;
  const LinearMap* map = nullptr;
  std::unique_ptr<ProximalNewton> search;
  std::vector<double> theta, gradient;  // raw, intercept last; of the trial
};

std::string why_no_fit(const CentredGram& gram) {
  const std::string why = why_hopeless(gram);
  if (!why.empty() || (gram.label_mean >= 1e-12 && gram.label_mean <= 1 - 1e-12)) return why;
  return std::string("the training rows have one class only: label ") + (gram.label_mean > 0.5 ? "1" : "0");
}

// Constant log-odds to begin with: value and gradient there need no pass over the rows.
void begin(Fit& fit, const LinearFit& asked) {
  const CentredGram& g = *fit.gram;
  const double p = g.label_mean;
  std::vector<double> x(static_cast<std::size_t>(g.model) + 1, 0.0), gradient(x.size(), 0.0);
  x[0] = std::log(p / (1 - p));
  for (int k = 0; k < g.model; ++k) gradient[k + 1] = -g.product[k];
  fit.search = std::make_unique<ProximalNewton>(g, asked.l2 * asked.l1_ratio, asked.l2 * (1 - asked.l1_ratio),
                                                p * (1 - p), ProximalNewton::Options{});
  fit.search->start(std::move(x), -g.weight * (p * std::log(p) + (1 - p) * std::log1p(-p)), std::move(gradient));
  fit.theta.resize(static_cast<std::size_t>(g.raw) + 1);
  fit.gradient.resize(fit.theta.size());
}

void expand_trial(Fit& fit) {
  const std::vector<double>& x = fit.search->trial();
  const CentredGram& g = *fit.gram;
  std::fill(fit.theta.begin(), fit.theta.end(), 0.0);
  for (const LinearMap::Entry& e : fit.map->entries) fit.theta[e.raw] += e.value * x[e.model + 1];
  double intercept = x[0];
  for (int i = 0; i < g.raw; ++i) intercept -= g.mean[i] * fit.theta[i];
  fit.theta[g.raw] = intercept;
}

// The pass's answer in raw parameters, back in the fit's coordinates.
void tell(Fit& fit, double loss) {
  const CentredGram& g = *fit.gram;
  std::vector<double> gradient(static_cast<std::size_t>(g.model) + 1, 0.0);
  gradient[0] = fit.gradient[g.raw];
  for (const LinearMap::Entry& e : fit.map->entries)
    gradient[e.model + 1] += e.value * (fit.gradient[e.raw] - g.mean[e.raw] * gradient[0]);
  fit.search->tell(loss, gradient);
}

std::vector<CentredGram> centred_grams(const Execution& execution, const LinearProblem& problem) {
  const GramSet grams(execution, problem);
  std::vector<CentredGram> centred(problem.sets.size());
  execution.workers().for_each(static_cast<Index>(problem.sets.size()), [&](Index i) {
    centred[i] = make_centred_gram(grams.of(problem.sets[i]), grams.label_shift(), *problem.sets[i].map);
  });
  return centred;
}

LinearSolution solution_of(const Fit& fit) {
  const ProximalNewton& search = *fit.search;
  LinearSolution out;
  out.status = search.status();
  out.reason = search.reason();
  out.iterations = search.steps();
  out.objective = search.value();
  to_parameters(*fit.gram, *fit.map, search.best().data() + 1, search.best()[0], out);
  return out;
}

}  // namespace

std::vector<LinearSolution> solve_logistic_l1(const Execution& execution, const LinearProblem& problem,
                                              const TrainProgress& progress) {
  const std::vector<CentredGram> grams = centred_grams(execution, problem);
  std::vector<LinearSolution> solutions(problem.fits.size());
  std::vector<Fit> fits(problem.fits.size());
  execution.workers().for_each(static_cast<Index>(fits.size()), [&](Index f) {
    fits[f].gram = &grams[problem.fits[f].set];
    fits[f].map = problem.sets[problem.fits[f].set].map.get();
    solutions[f].reason = why_no_fit(*fits[f].gram);
    if (solutions[f].reason.empty())
      begin(fits[f], problem.fits[f]);
    else
      solutions[f].status = FitStatus::diverged;
  });
  std::vector<int> active;
  for (std::size_t f = 0; f < fits.size(); ++f)
    if (fits[f].search && !fits[f].search->done()) active.push_back(static_cast<int>(f));
  Panels panels(execution, problem, kernels::Loss::logistic);
  std::size_t packed = 0;
  while (!active.empty()) {
    execution.check_stop();
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
    if (fits[f].search) solutions[f] = solution_of(fits[f]);
  });
  return solutions;
}

}  // namespace bakeoff
