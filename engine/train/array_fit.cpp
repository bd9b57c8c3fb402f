#include "train/array_fit.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/buffer.h"
#include "core/error.h"
#include "kernels/linear/gemm.h"
#include "kernels/math.h"
#include "train/array_rows.h"
#include "train/families/logistic.h"
#include "train/link.h"

namespace bakeoff {
namespace {

constexpr Index kRowsAtOnce = 512;

// Logits become probabilities.
void softmax(double* z, int outputs) {
  const double most = *std::max_element(z, z + outputs);
  double sum = 0;
  for (int k = 0; k < outputs; ++k) sum += z[k] = kernels::math::exp(z[k] - most);
  for (int k = 0; k < outputs; ++k) z[k] /= sum;
}

// Scores of some rows under some models: use(model, position, its scores) for every pair, from several threads.
template <class Use>
void score(const Execution& execution, LinearModel::Link link, int outputs,
           const std::vector<const ArrayModel*>& models, const ArrayView& x, Index columns, const Index* rows,
           Index count, const Use& use) {
  const Index members = static_cast<Index>(models.size()) * outputs;
  std::vector<double> weights(static_cast<std::size_t>(members * columns), 0.0);
  std::vector<double> intercepts(static_cast<std::size_t>(members), kNaN);
  for (std::size_t m = 0; m < models.size(); ++m) {
    const Index at = static_cast<Index>(m) * outputs;
    std::copy(models[m]->coefficients.begin(), models[m]->coefficients.end(), weights.begin() + at * columns);
    std::copy(models[m]->intercepts.begin(), models[m]->intercepts.end(), intercepts.begin() + at);
  }
  execution.workers().for_each((count + kRowsAtOnce - 1) / kRowsAtOnce, [&](Index block) {
    const Index first = block * kRowsAtOnce, n = std::min(count - first, kRowsAtOnce);
    std::vector<double> copy(static_cast<std::size_t>(n * columns)), logits(static_cast<std::size_t>(n * members));
    copy_rows(x, rows ? rows + first : nullptr, first, n, copy.data());
    kernels::gemm(kernels::Transpose::no, kernels::Transpose::yes, n, members, columns, copy.data(), columns,
                  weights.data(), columns, 0.0, logits.data(), members);
    for (Index m = 0; m < members; m += outputs)
      for (Index i = 0; i < n; ++i) {
        double* z = logits.data() + i * members + m;
        for (int k = 0; k < outputs; ++k) z[k] += intercepts[m + k];
        if (outputs > 1)
          softmax(z, outputs);
        else
          *z = linked(*z, link);
        use(m / outputs, first + i, z);
      }
  });
}

// The rows of each fold, in order.
std::vector<std::vector<Index>> rows_by_fold(const ArrayInput& input) {
  std::vector<std::vector<Index>> rows(static_cast<std::size_t>(input.fold_count));
  for (Index i = 0; i < input.rows(); ++i) rows[input.folds[i]].push_back(i);
  return rows;
}

// r2, mse and rmse from sums of squares.
bool from_squares(const std::string& metric, const HeldOutSquares& held, double& out) {
  const double mean = held.weight > 0 ? held.sum / held.weight : kNaN;
  if (metric == "mse")
    out = mean;
  else if (metric == "rmse")
    out = std::sqrt(mean);
  else if (metric == "r2" && held.variation > 0)
    out = 1 - held.sum / held.variation;
  else
    return false;  // r2 of a constant label, and other metrics: as the metric itself says
  return true;
}

void measure(const Execution& execution, const ArrayInput& input, const HeldOutMetric& metric,
             const std::vector<bool>& measured, ArrayFit& fit) {
  const auto folds = rows_by_fold(input);
  const Index count = static_cast<Index>(fit.models.size());
  for (int fold = 0; fold < input.fold_count; ++fold) {
    const std::vector<Index>& rows = folds[fold];
    const Index n = static_cast<Index>(rows.size());
    std::vector<double> labels, weights;
    for (Index row : rows) {
      labels.push_back(input.labels[row]);
      if (input.weights) weights.push_back(input.weights[row]);
    }
    // 64 MB of scores at once
    const int outputs = fit.outputs;
    const Index at_once = std::max<Index>(1, (Index{8} << 20) / std::max<Index>(n * outputs, 1));
    for (Index first = 0; first < count; first += at_once) {
      execution.check_stop();
      std::vector<const ArrayModel*> models;
      std::vector<Index> places;
      for (Index m = first; m < std::min(count, first + at_once); ++m) {
        const Index place = m * input.fold_count + fold;
        if (measured[place] || fit.fold_models[place].status == FitStatus::diverged) continue;
        models.push_back(&fit.fold_models[place]);
        places.push_back(place);
      }
      if (models.empty()) continue;
      std::vector<double> scores(models.size() * rows.size() * static_cast<std::size_t>(outputs));
      score(execution, fit.family->link, outputs, models, input.x, input.columns(), rows.data(), n,
            [&](Index m, Index i, const double* z) { std::copy_n(z, outputs, &scores[(m * n + i) * outputs]); });
      execution.workers().for_each(static_cast<Index>(models.size()), [&](Index m) {
        fit.scores[places[m]] =
            metric.value(scores.data() + m * n * outputs, labels.data(), input.weights ? weights.data() : nullptr, n);
      });
    }
  }
}

}  // namespace

ArrayModel to_array_model(const LinearSolution& solution, int outputs) {
  ArrayModel model{solution.status, solution.reason, solution.iterations, solution.objective, {}, {}};
  const std::size_t size = solution.beta.size() / static_cast<std::size_t>(outputs);  // parameters of an output
  for (std::size_t at = 0; size > 0 && at < solution.beta.size(); at += size) {
    const auto first = solution.beta.begin() + static_cast<std::ptrdiff_t>(at);
    model.coefficients.insert(model.coefficients.end(), first, first + static_cast<std::ptrdiff_t>(size - 1));
    model.intercepts.push_back(first[static_cast<std::ptrdiff_t>(size - 1)]);
  }
  return model;
}

void CostClock::share(ArrayFit& fit, int folds) const {
  fit.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  double all = 0;
  for (std::size_t m = 0; m < fit.models.size(); ++m) {
    double& work = fit.models[m].seconds = fit.models[m].iterations + 1;
    for (int fold = 0; fold < folds; ++fold) work += fit.fold_models[m * folds + fold].iterations + 1;
    all += work;
  }
  for (ArrayModel& model : fit.models) model.seconds *= fit.seconds / all;
}

ArrayFit fit_arrays(const Execution& execution, const ArrayInput& input, const std::string& family,
                    const std::vector<std::map<std::string, double>>& candidates, const HeldOutMetric* metric,
                    const TrainProgress& progress) {
  const CostClock clock;
  ArrayFit fit;
  fit.family = &find_family(family);
  auto solve = fit.family->solve;
  if (input.classes > 2 && fit.family->labels == Labels::classes) {
    if (solve != train_logistic)
      throw SpecError("family " + family + ": expected two classes, got " + std::to_string(input.classes) +
                      "; logistic takes more");
    fit.outputs = input.classes;
    solve = train_softmax;
  }
  const ArrayRows rows(input, *fit.family);
  LinearProblem problem = rows.problem();
  problem.classes = fit.outputs;
  const int sets = static_cast<int>(problem.sets.size());
  for (const auto& candidate : candidates) {
    for (int set = 0; set < sets; ++set) problem.fits.push_back(fit.family->fit(set, candidate));
  }
  std::vector<HeldOutSquares> squares;
  const std::vector<LinearSolution> solutions = fit.family->solve_held_out
                                                    ? fit.family->solve_held_out(execution, problem, squares)
                                                    : solve(execution, problem, progress);
  bool diverged = false;
  for (std::size_t f = 0; f < solutions.size(); ++f) {
    diverged |= solutions[f].status == FitStatus::diverged;
    (f % sets == 0 ? fit.models : fit.fold_models).push_back(to_array_model(solutions[f], fit.outputs));
  }
  if (diverged) rows.require_finite();
  if (sets == 1) {
    clock.share(fit, 0);
    return fit;
  }
  fit.scores.assign(fit.fold_models.size(), kNaN);
  std::vector<bool> measured(fit.scores.size(), false);
  for (std::size_t f = 0; f < squares.size(); ++f)
    if (f % sets > 0) {
      const std::size_t place = f / sets * (sets - 1) + f % sets - 1;
      measured[place] = from_squares(metric->name, squares[f], fit.scores[place]);
    }
  if (std::find(measured.begin(), measured.end(), false) != measured.end())
    measure(execution, input, *metric, measured, fit);
  clock.share(fit, sets - 1);
  return fit;
}

std::vector<double> predict_arrays(const Execution& execution, const Family& family, const ArrayModel* models,
                                   Index count, const ArrayView& x, int outputs) {
  const ArrayInput shape{x, nullptr, nullptr, nullptr, 0};
  std::vector<const ArrayModel*> all;
  for (Index m = 0; m < count; ++m) all.push_back(models + m);
  const Index n = shape.rows();
  std::vector<double> out(static_cast<std::size_t>(count * n * outputs));
  score(execution, family.link, outputs, all, x, shape.columns(), nullptr, n,
        [&](Index m, Index i, const double* z) { std::copy_n(z, outputs, &out[(m * n + i) * outputs]); });
  return out;
}

std::vector<double> out_of_fold_arrays(const Execution& execution, const ArrayFit& fit, const ArrayInput& input) {
  const Index n = input.rows(), count = static_cast<Index>(fit.models.size());
  const int outputs = fit.outputs;
  std::vector<double> out(static_cast<std::size_t>(count * n * outputs));
  const auto folds = rows_by_fold(input);
  for (int fold = 0; fold < input.fold_count; ++fold) {
    std::vector<const ArrayModel*> models;
    for (Index m = 0; m < count; ++m) models.push_back(&fit.fold_models[m * input.fold_count + fold]);
    score(execution, fit.family->link, outputs, models, input.x, input.columns(), folds[fold].data(),
          static_cast<Index>(folds[fold].size()), [&](Index m, Index i, const double* z) {
            std::copy_n(z, outputs, &out[(m * n + folds[fold][i]) * outputs]);
          });
  }
  return out;
}

}  // namespace bakeoff
