#include "train/sparse_fit.h"

#include <algorithm>

#include "core/error.h"
#include "train/array_rows.h"
#include "train/link.h"
#include "train/sparse_search.h"

namespace bakeoff {
namespace {

kernels::SparseLoss loss_of(const Family& family, const std::vector<std::map<std::string, double>>& candidates) {
  if (family.name == "ridge") return kernels::SparseLoss::squared;
  if (family.name != "logistic")
    throw SpecError("family " + family.name + " does not take a sparse X; known: ridge, logistic");
  for (const auto& candidate : candidates)
    if (family.parameter(candidate, "l1_ratio") > 0)
      throw SpecError("family logistic: l1_ratio must be 0 for a sparse X");
  return kernels::SparseLoss::logistic;
}

template <class Scalar>
double logit(const kernels::SparseRowsView& rows, Index row, const ArrayModel& model) {
  const Scalar* values = static_cast<const Scalar*>(rows.values);
  double sum = model.intercepts[0];
  for (Index e = rows.starts[row]; e < rows.starts[row + 1]; ++e)
    sum += static_cast<double>(values[e]) * model.coefficients[rows.indices[e]];
  return sum;
}

// The rows of each fold under its model of every candidate: use(candidate, fold, rows, scores), from several threads.
template <class Use>
void score_folds(const Execution& execution, const ArrayFit& fit, const SparseInput& input, const Use& use) {
  const kernels::SparseRowsView& rows = input.rows;
  std::vector<std::vector<Index>> folds(static_cast<std::size_t>(input.fold_count));
  for (Index i = 0; i < rows.rows; ++i) folds[rows.folds[i]].push_back(i);
  execution.workers().for_each(static_cast<Index>(fit.fold_models.size()), [&](Index place) {
    const ArrayModel& model = fit.fold_models[place];
    const std::vector<Index>& members = folds[place % input.fold_count];
    std::vector<double> scores(members.size(), kNaN);
    for (std::size_t i = 0; i < members.size() && model.status != FitStatus::diverged; ++i) {
      const bool narrow = rows.scalar == kernels::SparseRowsView::Scalar::f32;
      const double z = narrow ? logit<float>(rows, members[i], model) : logit<double>(rows, members[i], model);
      scores[i] = linked(z, fit.family->link);
    }
    use(place, members, scores);
  });
}

}  // namespace

ArrayFit fit_sparse(const Execution& execution, const SparseInput& input, const std::string& family,
                    const std::vector<std::map<std::string, double>>& candidates, const HeldOutMetric* metric,
                    const TrainProgress& progress) {
  const CostClock clock;
  ArrayFit fit;
  fit.family = &find_family(family);
  const kernels::SparseLoss loss = loss_of(*fit.family, candidates);
  const std::vector<SparseSet> sets = sparse_sets(execution, input, *fit.family);
  std::vector<LinearFit> fits;
  for (const auto& candidate : candidates)
    for (std::size_t set = 0; set < sets.size(); ++set)
      fits.push_back(fit.family->fit(static_cast<int>(set), candidate));
  const std::vector<LinearSolution> solutions = solve_sparse(execution, input.rows, loss, sets, fits, progress);
  for (std::size_t f = 0; f < solutions.size(); ++f)
    (f % sets.size() == 0 ? fit.models : fit.fold_models).push_back(to_array_model(solutions[f]));
  fit.scores.assign(fit.fold_models.size(), kNaN);
  if (sets.size() > 1)
    score_folds(
        execution, fit, input, [&](Index place, const std::vector<Index>& rows, const std::vector<double>& scores) {
          if (fit.fold_models[place].status == FitStatus::diverged) return;
          std::vector<double> labels, weights;
          for (Index row : rows) {
            labels.push_back(input.rows.labels[row]);
            if (input.rows.weights) weights.push_back(input.rows.weights[row]);
          }
          fit.scores[place] = metric->value(scores.data(), labels.data(), input.rows.weights ? weights.data() : nullptr,
                                            static_cast<Index>(rows.size()));
        });
  clock.share(fit, static_cast<int>(sets.size()) - 1);
  return fit;
}

std::vector<double> out_of_fold_sparse(const Execution& execution, const ArrayFit& fit, const SparseInput& input) {
  std::vector<double> out(fit.models.size() * static_cast<std::size_t>(input.rows.rows));
  score_folds(execution, fit, input,
              [&](Index place, const std::vector<Index>& rows, const std::vector<double>& scores) {
                double* to = out.data() + place / input.fold_count * input.rows.rows;
                for (std::size_t i = 0; i < rows.size(); ++i) to[rows[i]] = scores[i];
              });
  return out;
}

}  // namespace bakeoff
