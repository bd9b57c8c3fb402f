#include "train/families/smooth_l1.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>

#include "train/families/panels.h"
#include "train/families/proximal_newton.h"
#include "train/families/working_sets.h"

namespace bakeoff {
namespace {

// Coordinates of a fit: the centre (the intercept at the rows' mean, from the pass's on), then the model's columns.
struct Fit {
  const CentredGram* gram = nullptr;
  const LinearMap* map = nullptr;
  std::unique_ptr<ProximalNewton> search;
  std::vector<double> first;            // where the search begins, until its value is known
  std::vector<double> theta, gradient;  // raw, intercept last; of the trial

  const std::vector<double>& trial() const { return first.empty() ? search->trial() : first; }
};

// What a loss looks at: the labels alone.
Spectrum label_summary(const CentredGram& gram) {
  Spectrum s;
  s.finite = gram.finite;
  s.weight = gram.weight;
  s.label_mean = gram.label_mean;
  s.label_variation = gram.label_variation;
  return s;
}

void begin(Fit& fit, const LinearFit& asked, const SmoothLoss& loss, double centre) {
  const CentredGram& g = *fit.gram;
  const SmoothStart start = loss.start(label_summary(g));
  std::vector<double> x(static_cast<std::size_t>(g.model) + 1, 0.0);
  x[0] = start.centre - centre;
  ProximalNewton::Options options;
  options.most_kappa = loss.most_kappa;
  fit.search = std::make_unique<ProximalNewton>(g, asked.l2 * asked.l1_ratio, asked.l2 * (1 - asked.l1_ratio),
                                                start.kappa, options);
  if (std::isnan(start.value)) {
    fit.first = std::move(x);
  } else {
    std::vector<double> gradient(x.size(), 0.0);
    for (int k = 0; k < g.model; ++k) gradient[k + 1] = start.product * g.product[k];
    fit.search->start(std::move(x), start.value, std::move(gradient));
  }
  fit.theta.resize(static_cast<std::size_t>(g.raw) + 1);
  fit.gradient.resize(fit.theta.size());
}

void expand_trial(Fit& fit) {
  const std::vector<double>& x = fit.trial();
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
  if (fit.first.empty())
    fit.search->tell(loss, gradient);
  else
    fit.search->start(std::exchange(fit.first, {}), loss, std::move(gradient));
}

std::vector<CentredGram> centred_grams(const Execution& execution, const LinearProblem& problem, const GramSet& grams) {
  std::vector<CentredGram> centred(problem.sets.size());
  execution.workers().for_each(static_cast<Index>(problem.sets.size()), [&](Index i) {
    centred[i] = make_centred_gram(grams.of(problem.sets[i]), grams.label_shift(), *problem.sets[i].map);
  });
  return centred;
}

LinearSolution solution_of(const Fit& fit, double centre) {
  const ProximalNewton& search = *fit.search;
  LinearSolution out;
  out.status = search.status();
  out.reason = search.reason();
  out.iterations = search.steps();
  out.objective = search.value();
  to_parameters(*fit.gram, *fit.map, search.best().data() + 1, search.best()[0] + centre, out);
  return out;
}

}  // namespace

std::vector<LinearSolution> solve_smooth_l1(const Execution& execution, const LinearProblem& problem,
                                            const SmoothLoss& loss, const TrainProgress& progress) {
  const GramSet all(execution, problem);
  const double centre = logits_centre(loss.kind, all.label_shift());
  const std::vector<CentredGram> grams = centred_grams(execution, problem, all);
  std::vector<LinearSolution> solutions(problem.fits.size());
  std::vector<Fit> fits(problem.fits.size());
  execution.workers().for_each(static_cast<Index>(fits.size()), [&](Index f) {
    fits[f].gram = &grams[problem.fits[f].set];
    fits[f].map = problem.sets[problem.fits[f].set].map.get();
    solutions[f].reason = why_hopeless(*fits[f].gram);
    if (solutions[f].reason.empty() && loss.why_hopeless)
      solutions[f].reason = loss.why_hopeless(label_summary(*fits[f].gram), all.label_shift());
    if (solutions[f].reason.empty())
      begin(fits[f], problem.fits[f], loss, centre);
    else
      solutions[f].status = FitStatus::diverged;
  });
  std::vector<int> active;
  for (std::size_t f = 0; f < fits.size(); ++f)
    if (fits[f].search && (!fits[f].first.empty() || !fits[f].search->done())) active.push_back(static_cast<int>(f));
  Panels panels(execution, problem, loss.kind, centre);
  std::size_t packed = 0;
  while (!active.empty()) {
    execution.check_stop();
    if (packed != active.size()) panels.pack(active);
    packed = active.size();
    const Index count = static_cast<Index>(active.size());
    execution.workers().for_each(count, [&](Index i) {
      expand_trial(fits[active[i]]);
      panels.set_theta(active[i], fits[active[i]].theta.data());
      if (loss.kind == kernels::Loss::squared_tube) panels.set_shape(active[i], problem.fits[active[i]].shape);
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
    if (fits[f].search) solutions[f] = solution_of(fits[f], centre);
  });
  return solutions;
}

std::vector<LinearSolution> solve_elastic(const Execution& execution, const LinearProblem& problem,
                                          const SmoothLoss& loss, const TrainProgress& progress) {
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
    const auto solve = !sparse ? solve_smooth : has_grams(problem) ? solve_smooth_l1 : solve_by_working_sets;
    std::vector<LinearSolution> found = solve(execution, part, loss, of_all);
    for (std::size_t i = 0; i < places.size(); ++i) solutions[places[i]] = std::move(found[i]);
    done += static_cast<int>(places.size());
  }
  return solutions;
}

}  // namespace bakeoff
