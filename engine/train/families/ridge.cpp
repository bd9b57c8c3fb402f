#include "train/families/ridge.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "core/buffer.h"
#include "kernels/linear/cholesky.h"
#include "kernels/linear/symmetric.h"
#include "train/families/smooth.h"
#include "train/gram_set.h"
#include "train/spectrum.h"

namespace bakeoff {
namespace {

// Directions that the rows do not span get no weight where nothing penalises them: the minimum-norm solution.
double smallest_curvature(const Spectrum& s) {
  const double largest = s.values.empty() ? 0.0 : s.values.back();
  return largest * std::numeric_limits<double>::epsilon() * static_cast<double>(s.model + 1);
}

// The eigenvectors of columns whose squares are further apart than this are those of the largest, up to rounding errors
// in which the smallest drown (measured: coefficients are off by 3e-7 at 1e10, lost at 1e14).
constexpr double kMostApart = 1e8;

// The columns' squares about their means; 0 where that is what rounding leaves of a constant.
std::vector<double> variations(const CentredGram& gram, const LinearMap& map) {
  constexpr double kRounding = 1e-13;
  std::vector<double> noise(gram.model, 0.0), out(gram.model);
  for (const LinearMap::Entry& e : map.entries) noise[e.model] += kRounding * e.value * e.value * gram.squares[e.raw];
  for (int j = 0; j < gram.model; ++j) {
    const double square = gram.gram[static_cast<std::size_t>(j) * gram.model + j];
    out[j] = square > noise[j] ? square : 0.0;
  }
  return out;
}

bool far_apart(const std::vector<double>& variations) {
  double largest = 0, smallest = std::numeric_limits<double>::infinity();
  for (const double square : variations) {
    largest = std::max(largest, square);
    if (square > 0) smallest = std::min(smallest, square);
  }
  return largest > kMostApart * smallest;
}

void solve_by_spectrum(const Spectrum& s, const LinearProblem& problem, const LinearMap& map,
                       const std::vector<int>& fits, std::vector<LinearSolution>& solutions) {
  const std::size_t model = s.values.size();
  std::vector<double> u(fits.size() * model);
  std::vector<LinearSolution*> out;
  const double smallest = smallest_curvature(s);
  for (std::size_t i = 0; i < fits.size(); ++i) {
    LinearSolution& solution = solutions[fits[i]];
    solution.objective = s.label_variation;
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

// x of a x = b, a symmetric with ones on its diagonal; directions that a does not span get nothing. Spoils a.
void solve_spanned(std::vector<double>& a, std::vector<double>& b) {
  const std::size_t n = b.size();
  std::vector<double> values(n), x(n, 0.0);
  const Buffer<char> scratch(static_cast<Index>(kernels::symmetric_eigen_scratch_bytes(static_cast<Index>(n))));
  if (!kernels::symmetric_eigen(static_cast<Index>(n), a.data(), values.data(), scratch.data()))
    values.assign(n, kNaN);  // which no coefficient survives
  const double smallest = values.back() * std::numeric_limits<double>::epsilon() * static_cast<double>(n + 1);
  for (std::size_t k = 0; k < n; ++k) {
    if (values[k] <= smallest) continue;
    double along = 0;
    for (std::size_t j = 0; j < n; ++j) along += a[k * n + j] * b[j];
    for (std::size_t j = 0; j < n; ++j) x[j] += along / values[k] * a[k * n + j];
  }
  b = x;
}

// Fit by fit, in units in which the diagonal of Gram + l2 is 1: the columns' own sizes have left the problem.
void solve_by_columns(const CentredGram& gram, const std::vector<double>& squares, const LinearProblem& problem,
                      const LinearMap& map, const std::vector<int>& fits, std::vector<LinearSolution>& solutions) {
  const auto n = static_cast<std::size_t>(gram.model);
  std::vector<double> unit(n), b(n);
  for (const int f : fits) {
    const double l2 = problem.fits[f].l2;
    for (std::size_t j = 0; j < n; ++j) {
      unit[j] = squares[j] > 0 ? 1 / std::sqrt(squares[j] + l2) : 0.0;
      b[j] = unit[j] * gram.product[j];
    }
    const auto whole = [&] {
      std::vector<double> a(n * n);
      for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = 0; j < n; ++j) a[i * n + j] = unit[i] * gram.gram[i * n + j] * unit[j];
        a[i * n + i] = 1;
      }
      return a;
    };
    std::vector<double> a = whole(), x = b;
    if (l2 == 0 || !kernels::cholesky_solve(static_cast<Index>(n), a.data(), x.data())) {
      a = whole();
      x = b;
      solve_spanned(a, x);
    }
    LinearSolution& solution = solutions[f];
    solution.objective = gram.label_variation;
    for (std::size_t j = 0; j < n; ++j) x[j] *= unit[j];
    for (std::size_t i = 0; i < n; ++i) {
      double sum = l2 * x[i];
      for (std::size_t j = 0; j < n; ++j) sum += gram.gram[i * n + j] * x[j];
      solution.objective += x[i] * (sum - 2 * gram.product[i]);
    }
    to_parameters(gram, map, x.data(), gram.label_mean, solution);
  }
}

}  // namespace

void solve_ridge(CentredGram gram, const LinearProblem& problem, const LinearMap& map, const std::vector<int>& fits,
                 std::vector<LinearSolution>& solutions) {
  const std::string hopeless = why_hopeless(gram);
  for (const int f : fits) {
    solutions[f].iterations = 1;
    solutions[f].reason = hopeless;
    if (!hopeless.empty()) solutions[f].status = FitStatus::diverged;
  }
  if (!hopeless.empty()) return;
  const std::vector<double> squares = variations(gram, map);
  if (far_apart(squares)) return solve_by_columns(gram, squares, problem, map, fits, solutions);
  const Spectrum spectrum = make_spectrum(std::move(gram), map);
  for (const int f : fits)
    if (!spectrum.finite) {
      solutions[f].status = FitStatus::diverged;
      solutions[f].reason = "the eigenvalues of the training rows' Gram were not found";
    }
  if (spectrum.finite) solve_by_spectrum(spectrum, problem, map, fits, solutions);
}

namespace {

// Of sparse rows that have no Gram; half of ridge's objective, which counts squares twice.
std::vector<LinearSolution> solve_in_steps(const Execution& execution, const LinearProblem& problem,
                                           const TrainProgress& progress) {
  SmoothLoss loss = squared_loss();
  loss.unit = 2;
  return solve_smooth(execution, problem, loss, progress);
}

}  // namespace

std::vector<LinearSolution> train_ridge(const Execution& execution, const LinearProblem& problem,
                                        const TrainProgress& progress) {
  if (!has_spectra(problem)) return solve_in_steps(execution, problem, progress);
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
    solve_ridge(make_centred_gram(grams.of(set), grams.label_shift(), *set.map), problem, *set.map, fits_of[i],
                solutions);
    if (set.left_out < 0 || fits_of[i].empty() || solutions[fits_of[i][0]].status == FitStatus::diverged) return;
    square_residuals(grams.of_fold(set, set.left_out), grams.label_shift(), fits_of[i], solutions, held_out);
  });
  return solutions;
}

}  // namespace bakeoff
