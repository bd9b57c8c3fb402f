// Metrics with intervals where there are many classes, or many labels a row: M candidates, all slices and all resamples
// at once. METRICS.md defines every number.
#pragma once
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "evaluate/evaluate.h"

namespace bakeoff {

struct ClassInput {
  // M x N x C, any strides.
  std::variant<kernels::TensorView<const float, 3>, kernels::TensorView<const double, 3>> scores;
  const std::int32_t* labels = nullptr;        // multiclass: N class numbers in [0, C)
  const std::uint8_t* label_matrix = nullptr;  // multilabel: N x C of 0 and 1; one of the two is given
  const double* weights = nullptr;             // N, >= 0, or null
  const std::int64_t* units = nullptr;         // N ids of the unit of resampling; null: the row is the unit
  std::vector<Slice> slices;
  std::vector<std::string> names;  // M; empty: "0", "1", ...

  bool multilabel() const { return label_matrix != nullptr; }
  std::int64_t candidates() const;
  std::int64_t rows() const;
  std::int64_t classes() const;
};

std::vector<std::string> known_class_metrics(bool multilabel);
// Of many classes. SpecError that names the nearest if there is none of that name.
Direction class_metric_direction(const std::string& metric);

// As evaluate(). options.task is not read, options.threshold is that of multilabel scores; rows are positive in no
// class, so Scoreboard::positives is 0. SpecError: options, metrics. DataError: shapes, labels, weights, scores that
// are not finite (candidate and row named).
Scoreboard evaluate_classes(const Execution& execution, const ClassInput& input, const EvaluateOptions& options);

// As that of EvaluateInput, on `rows` alone (ascending).
LeaveOneOut leave_one_unit_out(const Execution& execution, const ClassInput& input, const EvaluateOptions& options,
                               const std::string& metric, const std::vector<std::int64_t>& rows);

}  // namespace bakeoff
