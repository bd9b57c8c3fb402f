// Training on plain arrays, cross-validated: what bakeoff.fit and SearchCV are made of.
#pragma once
#include <functional>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "core/execution.h"
#include "kernels/linear/sparse_pass.h"
#include "kernels/views.h"
#include "train/families/catalog.h"

namespace bakeoff {

// N x D of any strides, or sparse (labels, weights and folds of its own are not looked at); read where it lies. Nothing
// is standardised or imputed, and nothing sparse is made dense.
using ArrayView =
    std::variant<kernels::TensorView<const float, 2>, kernels::TensorView<const double, 2>, kernels::SparseRowsView>;

struct RowList {
  const Index* rows = nullptr;
  Index count = 0;
};
// Any rows to learn from and any to be tested on, in any order.
struct Split {
  RowList train, test;
};

struct ArrayInput {
  ArrayView x;
  const double* labels = nullptr;          // N: classes from 0 on for classifiers, else numbers that suit the family
  const double* weights = nullptr;         // N, >= 0; null: 1
  const double* metric_weights = nullptr;  // N: of the metrics; null: those of training
  // Cross-validation, fold_count = F splits: N ids in [0, F), -1 for a row that all train on and none tests; or any
  // splits. Both null: none.
  const std::int32_t* folds = nullptr;
  int fold_count = 0;
  const std::vector<Split>* splits = nullptr;
  bool all_rows = true;           // train on all rows, too
  int classes = 2;                // of a classifier; logistic takes more than two, and then has an output a class
  CheckpointSection memory = {};  // of all of the above: see array_memory.h

  Index rows() const;
  Index columns() const;
  const kernels::SparseRowsView* sparse() const { return std::get_if<kernels::SparseRowsView>(&x); }
};

// A metric of one fold's rows: scores (rows x outputs), labels, weights (null: 1) and the number of rows. Called from
// several threads.
struct HeldOutMetric {
  std::string name;
  std::function<double(const double* scores, const double* labels, const double* weights, Index rows)> value;
  bool maximize = true;
};

struct ArrayModel {
  FitStatus status = FitStatus::converged;
  std::string reason;
  int iterations = 0;
  double objective = kNaN;
  std::vector<double> coefficients;  // outputs x D; empty if it diverged
  std::vector<double> intercepts;    // outputs
};

struct ArrayFit {
  const Family* family = nullptr;
  int outputs = 1;                      // scores of a row: one, or one a class
  std::vector<ArrayModel> models;       // M, trained on all rows; empty without all_rows
  std::vector<ArrayModel> fold_models;  // M x F, trained on the split's rows
  std::vector<double> scores;           // K x M x F: each metric on the rows tested; NaN where there is no model
  double seconds = 0;                   // measured
  std::vector<double> shares;           // M: what each candidate, its splits included, had of them
};

// All candidates (parameters of the family) on all rows and on each split's, in one batch a round of splits.h. r2, mse
// and rmse of ridge and elastic_net come from their Grams, where they have them, without another pass over x.
// SpecError: family, parameters. DataError: no rows or columns, labels, weights, fold ids, a value of x that is not
// finite (each names the row).
ArrayFit fit_arrays(const Execution& execution, const ArrayInput& input, const std::string& family,
                    const std::vector<std::map<std::string, double>>& candidates,
                    const std::vector<HeldOutMetric>& metrics, const TrainProgress& progress = {});
// The same with one metric; null: none.
ArrayFit fit_arrays(const Execution& execution, const ArrayInput& input, const std::string& family,
                    const std::vector<std::map<std::string, double>>& candidates, const HeldOutMetric* metric,
                    const TrainProgress& progress = {});

// count x N x outputs scores of models side by side: P(positive), P(class) or the prediction; NaN for one that
// diverged.
std::vector<double> predict_arrays(const Execution& execution, const Family& family, const ArrayModel* models,
                                   Index count, const ArrayView& x, int outputs = 1);
// M x N x outputs: each row scored by the models of the split that tests it (the last, of several); NaN where none
// does.
std::vector<double> out_of_fold_arrays(const Execution& execution, const ArrayFit& fit, const ArrayInput& input);

}  // namespace bakeoff
