#include "train/array_fit.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/buffer.h"
#include "core/error.h"
#include "kernels/linear/gemm.h"
#include "kernels/math.h"
#include "train/array_rows.h"
#include "train/link.h"
#include "train/solution_memory.h"

namespace bakeoff {
namespace {

constexpr Index kRowsAtOnce = 512;
constexpr Index kMostWeights = Index{1} << 25;  // 256 MB of parameters spelled out at once

// Models side by side, `outputs` columns each: logits of rows of x.
class Scorer {
 public:
  Scorer(const std::vector<const ArrayModel*>& models, Index first, Index last, int outputs, const ArrayView& x,
         Index columns)
      : x_(x),
        columns_(columns),
        members_((last - first) * outputs),
        sparse_(std::get_if<kernels::SparseRowsView>(&x)) {
    weights_.assign(static_cast<std::size_t>(members_ * columns), 0.0);
    intercepts_.assign(static_cast<std::size_t>(members_), kNaN);
    for (Index m = first; m < last; ++m) {
      const Index at = (m - first) * outputs;
      const std::vector<double>& from = models[m]->coefficients;
      for (Index i = 0; i < static_cast<Index>(from.size()); ++i)
        weights_[sparse_ ? i % columns * members_ + at + i / columns : at * columns + i] = from[i];
      std::copy(models[m]->intercepts.begin(), models[m]->intercepts.end(), intercepts_.begin() + at);
    }
  }

  Index members() const { return members_; }

  // n x members, of rows[0, n) or, where that is null, of rows first, first + 1, ...
  std::vector<double> logits(const Index* rows, Index first, Index n) const {
    std::vector<double> out(static_cast<std::size_t>(n * members_));
    if (sparse_) {
      for (Index i = 0; i < n; ++i) add_sparse(rows ? rows[i] : first + i, out.data() + i * members_);
    } else {
      std::vector<double> copy(static_cast<std::size_t>(n * columns_));
      copy_rows(x_, rows, first, n, copy.data());
      kernels::gemm(kernels::Transpose::no, kernels::Transpose::yes, n, members_, columns_, copy.data(), columns_,
                    weights_.data(), columns_, 0.0, out.data(), members_);
    }
    for (Index i = 0; i < n; ++i)
      for (Index m = 0; m < members_; ++m) out[i * members_ + m] += intercepts_[m];
    return out;
  }

 private:
  void add_sparse(Index row, double* logits) const {
    for (Index e = sparse_->starts[row]; e < sparse_->starts[row + 1]; ++e) {
      const double value = sparse_->value(e), *const weights = weights_.data() + sparse_->indices[e] * members_;
      for (Index m = 0; m < members_; ++m) logits[m] += value * weights[m];
    }
  }

  const ArrayView& x_;
  Index columns_, members_;
  const kernels::SparseRowsView* sparse_;
  std::vector<double> weights_, intercepts_;  // members x columns; of sparse rows columns x members
};

// Scores of some rows under some models: use(model, position, its scores) for every pair, from several threads.
template <class Use>
void score(const Execution& execution, LinearModel::Link link, int outputs,
           const std::vector<const ArrayModel*>& models, const ArrayView& x, Index columns, const Index* rows,
           Index count, const Use& use) {
  const Index all = static_cast<Index>(models.size()), at_once = std::max<Index>(1, kMostWeights / (outputs * columns));
  for (Index from = 0; from < all; from += at_once) {
    const Scorer scorer(models, from, std::min(all, from + at_once), outputs, x, columns);
    execution.workers().for_each((count + kRowsAtOnce - 1) / kRowsAtOnce, [&](Index block) {
      const Index first = block * kRowsAtOnce, n = std::min(count - first, kRowsAtOnce);
      std::vector<double> logits = scorer.logits(rows ? rows + first : nullptr, first, n);
      for (Index m = 0; m < scorer.members(); m += outputs)
        for (Index i = 0; i < n; ++i) {
          double* z = logits.data() + i * scorer.members() + m;
          if (outputs > 1)
            softmax(z, outputs);
          else
            *z = linked(*z, link);
          use(from + m / outputs, first + i, z);
        }
    });
  }
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

  void train(const ArrayRows& rows, const std::vector<LinearFit>& wanted, const TrainProgress& progress);
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

void CrossValidation::train(const ArrayRows& rows, const std::vector<LinearFit>& wanted,
                            const TrainProgress& progress) {
  const auto solve = fit_.outputs > 1 ? fit_.family->solve_classes : fit_.family->solve;
  if (input_.all_rows) fit_.models.resize(wanted.size());
  fit_.fold_models.resize(wanted.size() * splits_.count());
  fit_.scores.assign(metrics_.size() * fit_.fold_models.size(), kNaN);
  measured_.assign(fit_.scores.size(), false);
  const int all = static_cast<int>(fit_.models.size() + fit_.fold_models.size());
  int before = 0;
  for (const Splits::Round& round : splits_.rounds()) {
    const bool all_rows = input_.all_rows && &round == &splits_.rounds().front();
    LinearProblem problem = rows.problem(round, all_rows);
    const int sets = static_cast<int>(problem.sets.size());
    problem.classes = fit_.outputs;
    for (LinearFit one : wanted)
      for (one.set = 0; one.set < sets; ++one.set) problem.fits.push_back(one);
    const TrainProgress told = [&](int done, int) {
      if (progress) progress(before + done, all);
    };
    problem.memory = {input_.memory.checkpoint,
                      input_.memory.name + " round " + std::to_string(&round - splits_.rounds().data())};
    std::vector<HeldOutSquares> squares;
    const std::vector<LinearSolution> solutions =
        fit_.family->solve_held_out && has_spectra(problem)
            ? fit_.family->solve_held_out(execution_, problem, squares)
            : solve_remembered(problem, fit_.family->name, [&] { return solve(execution_, problem, told); }).solutions;
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
      fit_.models[m] = to_array_model(solutions[f], fit_.outputs);
      continue;
    }
    const int split = round.parts[set - (all_rows ? 1 : 0)].split;
    const std::size_t place = m * splits_.count() + split;
    fit_.fold_models[place] = to_array_model(solutions[f], fit_.outputs);
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
    const Index at_once = std::max<Index>(1, (Index{8} << 20) / static_cast<Index>(rows.size() * fit_.outputs));
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
  const int outputs = fit_.outputs;
  std::vector<double> scores(waiting.models.size() * rows.size() * static_cast<std::size_t>(outputs));
  score(execution_, fit_.family->link, outputs, waiting.models, input_.x, input_.columns(), rows.data(), n,
        [&](Index m, Index i, const double* z) { std::copy_n(z, outputs, &scores[(m * n + i) * outputs]); });
  execution_.workers().for_each(static_cast<Index>(waiting.models.size()) * metrics, [&](Index job) {
    const Index m = job / metrics, k = job % metrics, cell = k * places() + waiting.places[m];
    if (!measured_[cell])
      fit_.scores[cell] = metrics_[k].value(scores.data() + m * n * outputs, labels.data(),
                                            weights.empty() ? nullptr : weights.data(), n);
  });
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
  const std::size_t count = !fit.models.empty() ? fit.models.size() : folds > 0 ? fit.fold_models.size() / folds : 0;
  fit.shares.assign(count, 0.0);
  double all = 0;
  for (std::size_t m = 0; m < count; ++m) {
    if (!fit.models.empty()) fit.shares[m] += fit.models[m].iterations + 1;
    for (int fold = 0; fold < folds; ++fold) fit.shares[m] += fit.fold_models[m * folds + fold].iterations + 1;
    all += fit.shares[m];
  }
  for (double& share : fit.shares) share *= fit.seconds / all;
}

ArrayFit fit_arrays(const Execution& execution, const ArrayInput& input, const std::string& family,
                    const std::vector<std::map<std::string, double>>& candidates,
                    const std::vector<HeldOutMetric>& metrics, const TrainProgress& progress) {
  const CostClock clock;
  ArrayFit fit;
  fit.family = &find_family(family);
  if (input.classes > 2 && fit.family->labels == Labels::classes) {
    if (!fit.family->solve_classes)
      throw SpecError("family " + family + ": expected two classes, got " + std::to_string(input.classes) +
                      "; logistic takes more");
    fit.outputs = input.classes;
  }
  const ArrayRows rows(input, *fit.family);
  const Splits splits(input);
  std::vector<LinearFit> wanted;
  for (const auto& candidate : candidates) wanted.push_back(fit.family->fit(0, candidate));
  CrossValidation validation(execution, input, metrics, splits, fit);
  validation.train(rows, wanted, progress);
  const auto diverged = [](const ArrayModel& model) { return model.status == FitStatus::diverged; };
  if (std::any_of(fit.models.begin(), fit.models.end(), diverged) ||
      std::any_of(fit.fold_models.begin(), fit.fold_models.end(), diverged))
    rows.require_finite();
  if (!metrics.empty()) validation.measure();
  clock.share(fit, splits.count());
  return fit;
}

ArrayFit fit_arrays(const Execution& execution, const ArrayInput& input, const std::string& family,
                    const std::vector<std::map<std::string, double>>& candidates, const HeldOutMetric* metric,
                    const TrainProgress& progress) {
  const std::vector<HeldOutMetric> metrics = metric ? std::vector{*metric} : std::vector<HeldOutMetric>{};
  return fit_arrays(execution, input, family, candidates, metrics, progress);
}

std::vector<double> predict_arrays(const Execution& execution, const Family& family, const ArrayModel* models,
                                   Index count, const ArrayView& x, int outputs) {
  ArrayInput shape;
  shape.x = x;
  std::vector<const ArrayModel*> all;
  for (Index m = 0; m < count; ++m) all.push_back(models + m);
  const Index n = shape.rows();
  std::vector<double> out(static_cast<std::size_t>(count * n * outputs));
  score(execution, family.link, outputs, all, x, shape.columns(), nullptr, n,
        [&](Index m, Index i, const double* z) { std::copy_n(z, outputs, &out[(m * n + i) * outputs]); });
  return out;
}

std::vector<double> out_of_fold_arrays(const Execution& execution, const ArrayFit& fit, const ArrayInput& input) {
  const Splits splits(input);
  const int outputs = fit.outputs;
  const Index n = input.rows(), count = static_cast<Index>(splits.count());
  const Index members = count > 0 ? static_cast<Index>(fit.fold_models.size()) / count : 0;
  std::vector<double> out(static_cast<std::size_t>(members * n * outputs), kNaN);
  for (int split = 0; split < splits.count(); ++split) {
    std::vector<const ArrayModel*> models;
    for (Index m = 0; m < members; ++m) models.push_back(&fit.fold_models[m * count + split]);
    const std::vector<Index>& rows = splits.test(split);
    score(execution, fit.family->link, outputs, models, input.x, input.columns(), rows.data(),
          static_cast<Index>(rows.size()),
          [&](Index m, Index i, const double* z) { std::copy_n(z, outputs, &out[(m * n + rows[i]) * outputs]); });
  }
  return out;
}

}  // namespace bakeoff
