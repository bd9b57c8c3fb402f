#include "train/array_fit.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/buffer.h"
#include "core/error.h"
#include "kernels/linear/gemm.h"
#include "kernels/math.h"
#include "train/array_rows.h"
#include "train/families/ridge.h"

namespace bakeoff {
namespace {

constexpr Index kRowsAtOnce = 512;

ArrayModel to_model(const LinearSolution& solution) {
  ArrayModel model{solution.status, solution.reason, solution.iterations, solution.objective, {}, kNaN};
  if (solution.status == FitStatus::diverged) return model;
  model.coefficients.assign(solution.beta.begin(), solution.beta.end() - 1);
  model.intercept = solution.beta.back();
  return model;
}

double linked(double logit, LinearModel::Link link) {
  if (link == LinearModel::Link::identity) return logit;
  const double e = kernels::math::exp(-std::abs(logit));
  return (logit < 0 ? e : 1.0) / (1.0 + e);
}

// Scores of some rows under some models: use(model, position, score) for every pair, from several threads.
template <class Use>
void score(const Execution& execution, LinearModel::Link link, const std::vector<const ArrayModel*>& models,
           const ArrayView& x, Index columns, const Index* rows, Index count, const Use& use) {
  const Index members = static_cast<Index>(models.size());
  std::vector<double> weights(static_cast<std::size_t>(members * columns), 0.0);
  for (Index m = 0; m < members; ++m)
    std::copy(models[m]->coefficients.begin(), models[m]->coefficients.end(), weights.begin() + m * columns);
  execution.workers().for_each((count + kRowsAtOnce - 1) / kRowsAtOnce, [&](Index block) {
    const Index first = block * kRowsAtOnce, n = std::min(count - first, kRowsAtOnce);
    std::vector<double> copy(static_cast<std::size_t>(n * columns)), logits(static_cast<std::size_t>(n * members));
    copy_rows(x, rows ? rows + first : nullptr, first, n, copy.data());
    kernels::gemm(kernels::Transpose::no, kernels::Transpose::yes, n, members, columns, copy.data(), columns,
                  weights.data(), columns, 0.0, logits.data(), members);
    for (Index m = 0; m < members; ++m)
      for (Index i = 0; i < n; ++i) use(m, first + i, linked(logits[i * members + m] + models[m]->intercept, link));
  });
}

// r2, mse and rmse of ridge, from sums of squares.
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

// The models of a split that exist and have not all their scores yet.
struct Waiting {
  std::vector<const ArrayModel*> models;
  std::vector<Index> places;  // in M x F
};

class CrossValidation {
 public:
  CrossValidation(const Execution& execution, const ArrayInput& input, const std::vector<HeldOutMetric>& metrics,
                  const Splits& splits, ArrayFit& fit)
      : execution_(execution), input_(input), metrics_(metrics), splits_(splits), fit_(fit) {}

  void train(const ArrayRows& rows, const std::vector<double>& l2, const TrainProgress& progress);
  void measure();

 private:
  Index places() const { return static_cast<Index>(fit_.fold_models.size()); }
  void keep(const Splits::Round& round, bool all_rows, const std::vector<LinearSolution>& solutions,
            const std::vector<HeldOutSquares>& squares);
  bool measured(Index place) const;
  void measure(int split, const Waiting& waiting, const std::vector<double>& labels,
               const std::vector<double>& weights);

  const Execution& execution_;
  const ArrayInput& input_;
  const std::vector<HeldOutMetric>& metrics_;
  const Splits& splits_;
  ArrayFit& fit_;
  std::vector<bool> measured_;  // K x M x F
};

void CrossValidation::train(const ArrayRows& rows, const std::vector<double>& l2, const TrainProgress& progress) {
  if (input_.all_rows) fit_.models.resize(l2.size());
  fit_.fold_models.resize(l2.size() * splits_.count());
  fit_.scores.assign(metrics_.size() * fit_.fold_models.size(), kNaN);
  measured_.assign(fit_.scores.size(), false);
  const int all = static_cast<int>(fit_.models.size() + fit_.fold_models.size());
  int before = 0;
  for (const Splits::Round& round : splits_.rounds()) {
    const bool all_rows = input_.all_rows && &round == &splits_.rounds().front();
    LinearProblem problem = rows.problem(round, all_rows);
    const int sets = static_cast<int>(problem.sets.size());
    for (double penalty : l2)
      for (int set = 0; set < sets; ++set) problem.fits.push_back({set, penalty});
    const TrainProgress told = [&](int done, int) {
      if (progress) progress(before + done, all);
    };
    std::vector<HeldOutSquares> squares;
    const std::vector<LinearSolution> solutions = fit_.family->solve == train_ridge
                                                      ? train_ridge_held_out(execution_, problem, squares)
                                                      : fit_.family->solve(execution_, problem, told);
    keep(round, all_rows, solutions, squares);
    before += static_cast<int>(solutions.size());
    told(0, all);
  }
}

void CrossValidation::keep(const Splits::Round& round, bool all_rows, const std::vector<LinearSolution>& solutions,
                           const std::vector<HeldOutSquares>& squares) {
  const std::size_t sets = round.parts.size() + (all_rows ? 1 : 0);
  for (std::size_t f = 0; f < solutions.size(); ++f) {
    const std::size_t m = f / sets, set = f % sets;
    if (all_rows && set == 0) {
      fit_.models[m] = to_model(solutions[f]);
      continue;
    }
    const int split = round.parts[set - (all_rows ? 1 : 0)].split;
    const std::size_t place = m * splits_.count() + split;
    fit_.fold_models[place] = to_model(solutions[f]);
    if (squares.empty() || input_.metric_weights || !splits_.tests_what_is_left_out(split)) continue;
    for (std::size_t k = 0; k < metrics_.size(); ++k)
      measured_[k * places() + place] = from_squares(metrics_[k].name, squares[f], fit_.scores[k * places() + place]);
  }
}

bool CrossValidation::measured(Index place) const {
  for (std::size_t k = 0; k < metrics_.size(); ++k)
    if (!measured_[k * places() + place]) return false;
  return true;
}

void CrossValidation::measure() {
  const Index count = static_cast<Index>(splits_.count()), members = count > 0 ? places() / count : 0;
  const double* of_metrics = input_.metric_weights ? input_.metric_weights : input_.weights;
  for (int split = 0; split < splits_.count(); ++split) {
    const std::vector<Index>& rows = splits_.test(split);
    std::vector<double> labels, weights;
    for (Index row : rows) {
      labels.push_back(input_.labels[row]);
      if (of_metrics) weights.push_back(of_metrics[row]);
    }
    // 64 MB of scores at once
    const Index at_once = std::max<Index>(1, (Index{8} << 20) / static_cast<Index>(rows.size()));
    for (Index first = 0; first < members; first += at_once) {
      execution_.check_stop();
      Waiting waiting;
      for (Index m = first; m < std::min(members, first + at_once); ++m) {
        const Index place = m * count + split;
        if (measured(place) || fit_.fold_models[place].status == FitStatus::diverged) continue;
        waiting.models.push_back(&fit_.fold_models[place]);
        waiting.places.push_back(place);
      }
      if (!waiting.models.empty()) measure(split, waiting, labels, weights);
    }
  }
}

void CrossValidation::measure(int split, const Waiting& waiting, const std::vector<double>& labels,
                              const std::vector<double>& weights) {
  const std::vector<Index>& rows = splits_.test(split);
  const Index n = static_cast<Index>(rows.size()), metrics = static_cast<Index>(metrics_.size());
  std::vector<double> scores(waiting.models.size() * rows.size());
  score(execution_, fit_.family->link, waiting.models, input_.x, input_.columns(), rows.data(), n,
        [&](Index m, Index i, double value) { scores[m * n + i] = value; });
  execution_.workers().for_each(static_cast<Index>(waiting.models.size()) * metrics, [&](Index job) {
    const Index m = job / metrics, k = job % metrics, cell = k * places() + waiting.places[m];
    if (!measured_[cell])
      fit_.scores[cell] =
          metrics_[k].value(scores.data() + m * n, labels.data(), weights.empty() ? nullptr : weights.data(), n);
  });
}

}  // namespace

ArrayFit fit_arrays(const Execution& execution, const ArrayInput& input, const std::string& family,
                    const std::vector<std::map<std::string, double>>& candidates,
                    const std::vector<HeldOutMetric>& metrics, const TrainProgress& progress) {
  ArrayFit fit;
  fit.family = &find_family(family);
  const ArrayRows rows(input, fit.family->task);
  const Splits splits(input);
  std::vector<double> l2;
  for (const auto& candidate : candidates) l2.push_back(fit.family->parameter(candidate, "l2"));
  CrossValidation validation(execution, input, metrics, splits, fit);
  validation.train(rows, l2, progress);
  const auto diverged = [](const ArrayModel& model) { return model.status == FitStatus::diverged; };
  if (std::any_of(fit.models.begin(), fit.models.end(), diverged) ||
      std::any_of(fit.fold_models.begin(), fit.fold_models.end(), diverged))
    rows.require_finite();
  if (!metrics.empty()) validation.measure();
  return fit;
}

ArrayFit fit_arrays(const Execution& execution, const ArrayInput& input, const std::string& family,
                    const std::vector<std::map<std::string, double>>& candidates, const HeldOutMetric* metric,
                    const TrainProgress& progress) {
  const std::vector<HeldOutMetric> metrics = metric ? std::vector{*metric} : std::vector<HeldOutMetric>{};
  return fit_arrays(execution, input, family, candidates, metrics, progress);
}

std::vector<double> predict_arrays(const Execution& execution, const Family& family, const ArrayModel* models,
                                   Index count, const ArrayView& x) {
  ArrayInput shape;
  shape.x = x;
  std::vector<const ArrayModel*> all;
  for (Index m = 0; m < count; ++m) all.push_back(models + m);
  const Index n = shape.rows();
  std::vector<double> out(static_cast<std::size_t>(count * n));
  score(execution, family.link, all, x, shape.columns(), nullptr, n,
        [&](Index m, Index i, double value) { out[m * n + i] = value; });
  return out;
}

std::vector<double> out_of_fold_arrays(const Execution& execution, const ArrayFit& fit, const ArrayInput& input) {
  const Splits splits(input);
  const Index n = input.rows(), count = static_cast<Index>(splits.count());
  const Index members = count > 0 ? static_cast<Index>(fit.fold_models.size()) / count : 0;
  std::vector<double> out(static_cast<std::size_t>(members * n), kNaN);
  for (int split = 0; split < splits.count(); ++split) {
    std::vector<const ArrayModel*> models;
    for (Index m = 0; m < members; ++m) models.push_back(&fit.fold_models[m * count + split]);
    const std::vector<Index>& rows = splits.test(split);
    score(execution, fit.family->link, models, input.x, input.columns(), rows.data(), static_cast<Index>(rows.size()),
          [&](Index m, Index i, double value) { out[m * n + rows[i]] = value; });
  }
  return out;
}

}  // namespace bakeoff
