#include "train/families/smooth_l1.h"

#include <algorithm>
#include <utility>

#include "train/families/panels.h"
#include "train/families/smooth_l1_fit.h"
#include "train/families/working_sets.h"

namespace bakeoff {
namespace {

class Batch {
 public:
  Batch(const Execution& execution, const LinearProblem& problem, const SmoothLoss& loss)
      : execution_(execution),
        problem_(problem),
        loss_(loss),
        solutions_(problem.fits.size()),
        fits_(problem.fits.size()) {}

  std::vector<LinearSolution> train(const TrainProgress& progress) {
    make_sets();
    execution_.workers().for_each(static_cast<Index>(fits_.size()), [&](Index f) { begin_one(f); });
    for (std::size_t f = 0; f < fits_.size(); ++f)
      if (!fits_[f].done()) active_.push_back(static_cast<int>(f));
    Panels panels(execution_, problem_, loss_.kind, centre_);
    std::size_t packed = 0;
    while (!active_.empty()) {
      execution_.check_stop();
      if (packed != active_.size()) panels.pack(active_);
      packed = active_.size();
      pass(panels);
      std::erase_if(active_, [&](int f) { return fits_[f].done(); });
      if (progress) progress(static_cast<int>(fits_.size() - active_.size()), static_cast<int>(fits_.size()));
    }
    execution_.workers().for_each(static_cast<Index>(fits_.size()), [&](Index f) {
      if (solutions_[f].status != FitStatus::diverged) solutions_[f] = solution_of(fits_[f], loss_.unit);
    });
    return std::move(solutions_);
  }

 private:
  void make_sets() {
    const GramSet grams(execution_, problem_);
    mean_ = grams.label_shift();
    centre_ = logits_centre(loss_.kind, mean_);
    sets_.resize(problem_.sets.size());
    execution_.workers().for_each(static_cast<Index>(sets_.size()), [&](Index i) {
      const TrainingSet& set = problem_.sets[i];
      sets_[i] = make_smooth_l1_set(make_centred_gram(grams.of(set), mean_, *set.map), *set.map, loss_.kind);
      if (loss_.kind == kernels::Loss::softmax) sets_[i].shares = class_shares(problem_, set, sets_[i].gram.weight);
    });
  }

  std::string why_hopeless_set(const SmoothL1Set& set) const {
    if (const std::string why = why_hopeless(set.gram); !why.empty()) return why;
    if (loss_.why_hopeless) return loss_.why_hopeless(label_summary(set.gram), mean_);
    return why_hopeless(set.shares);
  }

  void begin_one(Index f) {
    SmoothL1Fit& fit = fits_[f];
    const LinearFit& asked = problem_.fits[f];
    fit.set = &sets_[asked.set];
    solutions_[f].reason = why_hopeless_set(*fit.set);
    if (!solutions_[f].reason.empty()) {
      solutions_[f].status = FitStatus::diverged;
      return;
    }
    fit.shape = loss_shape(loss_, asked.shape);
    fit.l1 = loss_.penalty * asked.l2 * asked.l1_ratio;
    fit.l2 = loss_.penalty * asked.l2 * (1 - asked.l1_ratio);
    fit.centre = centre_;
    if (!constant(fit.shape, fit.labels(), fit.set->gram.label_mean)) begin(fit, loss_);
  }

  void pass(Panels& panels) {
    const Index count = static_cast<Index>(active_.size());
    execution_.workers().for_each(count, [&](Index i) {
      SmoothL1Fit& fit = fits_[active_[i]];
      expand_trial(fit);
      panels.set_theta(active_[i], fit.theta.data());
      set_shape(panels, active_[i], loss_.kind, fit.shape, fit.scale(), fit.corners.width());
    });
    panels.evaluate();
    execution_.workers().for_each(count, [&](Index i) {
      const int f = active_[i];
      panels.gradient(f, fits_[f].gradient.data());
      tell(fits_[f], panels.loss(f), kernels::has_shape(loss_.kind) ? panels.slope(f) : 0.0);
    });
  }

  const Execution& execution_;
  const LinearProblem& problem_;
  const SmoothLoss& loss_;
  double mean_ = 0, centre_ = 0;  // of the labels of all sets; what the pass counts logits from
  std::vector<SmoothL1Set> sets_;
  std::vector<LinearSolution> solutions_;
  std::vector<SmoothL1Fit> fits_;
  std::vector<int> active_;
};

}  // namespace

std::vector<LinearSolution> solve_smooth_l1(const Execution& execution, const LinearProblem& problem,
                                            const SmoothLoss& loss, const TrainProgress& progress) {
  return Batch(execution, problem, loss).train(progress);
}

std::vector<LinearSolution> solve_elastic(const Execution& execution, const LinearProblem& problem,
                                          const SmoothLoss& loss, const TrainProgress& progress) {
  std::vector<LinearSolution> solutions(problem.fits.size());
  int done = 0;
  for (const bool sparse : {true, false}) {  // what refuses an l1 part does so first
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
