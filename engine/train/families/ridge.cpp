#include "train/families/ridge.h"

#include <cmath>
#include <limits>

#include "train/gram_set.h"
#include "train/spectrum.h"

namespace bakeoff {
namespace {

// Directions that the rows do not span get no weight where nothing penalises them: the minimum-norm solution.
double smallest_curvature(const Spectrum& s) {
  const double largest = s.values.empty() ? 0.0 : s.values.back();
  return largest * std::numeric_limits<double>::epsilon() * static_cast<double>(s.model + 1);
}

}  // namespace

void solve_ridge(const Spectrum& s, const LinearProblem& problem, const LinearMap& map, const std::vector<int>& fits,
                 std::vector<LinearSolution>& solutions) {
  if (!(s.weight > 0) || !s.finite) {
    for (int f : fits) {
      solutions[f].status = FitStatus::diverged;
      solutions[f].reason = s.weight > 0 ? "the training rows have a column that is not finite or overflows"
                                         : "no training rows with a weight above 0";
    }
    return;
  }
  const std::size_t model = s.values.size();
  std::vector<double> u(fits.size() * model);
  std::vector<LinearSolution*> out;
  const double smallest = smallest_curvature(s);
  for (std::size_t i = 0; i < fits.size(); ++i) {
    LinearSolution& solution = solutions[fits[i]];
    solution.objective = s.label_variation;
    solution.iterations = 1;
    for (std::size_t k = 0; k < model; ++k) {
      const double curvature = s.values[k] + problem.fits[fits[i]].l2;
      const double x = curvature > smallest ? s.product[k] / curvature : 0.0;
      solution.objective += x * (curvature * x - 2 * s.product[k]);
      u[i * model + k] = x;
    }
    out.push_back(&solution);
  }
  const std::vector<double> centres(fits.size(), s.label_mean);
  to_parameters(s, map, static_cast<Index>(fits.size()), u.data(), centres.data(), out.data());
}

std::vector<LinearSolution> train_ridge(const Execution& execution, const LinearProblem& problem,
                                        const TrainProgress& progress) {
  std::vector<HeldOutSquares> unused;
  std::vector<LinearSolution> solutions = train_ridge_held_out(execution, problem, unused);
  const int all = static_cast<int>(solutions.size());
  if (progress) progress(all, all);
  return solutions;
}

std::vector<LinearSolution> train_ridge_held_out(const Execution& execution, const LinearProblem& problem,
                                                 std::vector<HeldOutSquares>& held_out) {
  std::vector<LinearSolution> solutions(problem.fits.size());
  held_out.assign(problem.fits.size(), {});
  const GramSet grams(execution, problem);
  std::vector<std::vector<int>> fits_of(problem.sets.size());
  for (std::size_t f = 0; f < problem.fits.size(); ++f) fits_of[problem.fits[f].set].push_back(static_cast<int>(f));
  execution.workers().for_each(static_cast<Index>(problem.sets.size()), [&](Index i) {
    const TrainingSet& set = problem.sets[i];
    const Spectrum spectrum = make_spectrum(grams.of(set), grams.label_shift(), *set.map);
    solve_ridge(spectrum, problem, *set.map, fits_of[i], solutions);
    if (set.left_out < 0 || fits_of[i].empty() || solutions[fits_of[i][0]].status == FitStatus::diverged) return;
    square_residuals(grams.of_fold(set, set.left_out), grams.label_shift(), fits_of[i], solutions, held_out);
  });
  return solutions;
}

}  // namespace bakeoff
