// Training on plain arrays, cross-validated: what bakeoff.fit and SearchCV are made of.
#pragma once
#include <functional>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "core/execution.h"
#include "kernels/views.h"
#include "train/families/catalog.h"

namespace bakeoff {

// N x D of any strides; read where it lies. Nothing is standardised or imputed.
using ArrayView = std::variant<kernels::TensorView<const float, 2>, kernels::TensorView<const double, 2>>;

struct ArrayInput {
  ArrayView x;
  const double* labels = nullptr;       // N: classes from 0 on for classifiers, else numbers that suit the family
  const double* weights = nullptr;      // N, >= 0; null: 1
  const std::int32_t* folds = nullptr;  // N ids in [0, fold_count); null: no cross-validation
  int fold_count = 0;
  int classes = 2;  // of a classifier; logistic takes more than two, and then has an output a class

  Index rows() const;
  Index columns() const;
};

// A metric of one fold's rows: scores (rows x outputs), labels, weights (null: 1) and the number of rows. Called from
// several threads.
struct HeldOutMetric {
  std::string name;
  std::function<double(const double* scores, const double* labels, const double* weights, Index rows)> value;
};

struct ArrayModel {
  FitStatus status = FitStatus::converged;
  std::string reason;
  int iterations = 0;
  double objective = kNaN;
  std::vector<double> coefficients;  // outputs x D; empty if it diverged
  std::vector<double> intercepts;    // outputs
  double seconds = 0;  // of models: the candidate's share of the time of all, its folds included
};

struct ArrayFit {
  const Family* family = nullptr;
  int outputs = 1;                      // scores of a row: one, or one a class
  std::vector<ArrayModel> models;       // M, trained on all rows
  std::vector<ArrayModel> fold_models;  // M x fold_count, trained without that fold
  std::vector<double> scores;           // M x fold_count: the metric on the fold left out; NaN where there is no model
  double seconds = 0;                   // measured; models' seconds sum to it
};

// All candidates (parameters of the family) on all rows and without each fold, in one batch. `metric` may be null
// without folds. r2, mse and rmse of ridge and elastic_net come from their Grams, without another pass over x.
// SpecError: family, parameters. DataError: no rows or columns, labels, weights, fold ids, a value of x that is not
// finite (each names the row).
ArrayFit fit_arrays(const Execution& execution, const ArrayInput& input, const std::string& family,
                    const std::vector<std::map<std::string, double>>& candidates, const HeldOutMetric* metric,
                    const TrainProgress& progress = {});

// count x N x outputs scores of models side by side: P(positive), P(class) or the prediction; NaN for one that
// diverged.
std::vector<double> predict_arrays(const Execution& execution, const Family& family, const ArrayModel* models,
                                   Index count, const ArrayView& x, int outputs = 1);
// M x N x outputs: each row scored by the models that did not see its fold.
std::vector<double> out_of_fold_arrays(const Execution& execution, const ArrayFit& fit, const ArrayInput& input);

}  // namespace bakeoff
