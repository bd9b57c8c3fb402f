#include "train/array_rows.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/text.h"

namespace bakeoff {
namespace {

constexpr Index kSampleRows = 1024;  // enough for a mean and a scale to within some percent

bool suits(const ArrayInput& input, const Family& family, double y) {
  if (input.classes <= 2) return label_suits(family.labels, y);
  return y >= 0 && y < input.classes && y == std::floor(y);
}

// What is wrong with the input, apart from the values of x.
void check_targets(const ArrayInput& input, const Family& family) {
  if (input.rows() == 0 || input.columns() == 0)
    throw DataError("X has " + std::to_string(input.rows()) + " rows and " + std::to_string(input.columns()) +
                    " columns; expected at least one of each");
  for (Index i = 0; i < input.rows(); ++i) {
    const double y = input.labels[i];
    if (!suits(input, family, y))
      throw DataError(
          "y, row " + std::to_string(i) + ": expected " +
          (input.classes > 2 ? "a class in [0, " + std::to_string(input.classes) + ")" : family.expected_label()) +
          ", got " + shortest(y));
    if (input.weights && !(input.weights[i] >= 0 && std::isfinite(input.weights[i])))
      throw DataError("weights, row " + std::to_string(i) + ": expected a finite number of at least 0, got " +
                      shortest(input.weights[i]));
  }
}

[[noreturn]] void refuse_value(Index row, Index column, double x) {
  throw DataError("X, row " + std::to_string(row) + ", column " + std::to_string(column) +
                  ": expected a finite number, got " + shortest(x) + "; impute or drop such rows");
}

}  // namespace

Index ArrayInput::rows() const {
  if (sparse()) return sparse()->rows;
  Index rows = 0;
  with_dense(x, [&](const auto& v) { rows = v.extent(0); });
  return rows;
}
Index ArrayInput::columns() const {
  if (sparse()) return sparse()->columns;
  Index columns = 0;
  with_dense(x, [&](const auto& v) { columns = v.extent(1); });
  return columns;
}

void copy_rows(const ArrayView& x, const Index* rows, Index first, Index count, double* out) {
  with_dense(x, [&](const auto& v) {
    const Index columns = v.extent(1), stride = v.strides[1];
    for (Index i = 0; i < count; ++i) {
      const auto* from = v.data + (rows ? rows[i] : first + i) * v.strides[0];
      for (Index k = 0; k < columns; ++k) out[i * columns + k] = static_cast<double>(from[k * stride]);
    }
  });
}

ArrayRows::ArrayRows(const ArrayInput& input, const Family& family) : input_(input) {
  check_targets(input, family);
  if (!input.sparse()) find_reference();
}

void ArrayRows::find_reference() {
  const Index rows = input_.rows(), columns = input_.columns(), step = (rows + kSampleRows - 1) / kSampleRows;
  std::vector<Index> sample;
  for (Index i = 0; i < rows; i += step)
    if (!input_.weights || input_.weights[i] > 0) sample.push_back(i);
  if (sample.empty()) sample.push_back(0);
  const auto count = static_cast<double>(sample.size());
  std::vector<double> row(static_cast<std::size_t>(columns)), square(row);
  shift_.assign(row.size(), 0.0);
  scale_.assign(row.size(), 1.0);
  for (Index i : sample) {
    copy_rows(input_.x, &i, 0, 1, row.data());
    for (Index k = 0; k < columns; ++k) shift_[k] += row[k] / count;
  }
  for (Index i : sample) {
    copy_rows(input_.x, &i, 0, 1, row.data());
    for (Index k = 0; k < columns; ++k) square[k] += (row[k] - shift_[k]) * (row[k] - shift_[k]) / count;
  }
  for (Index k = 0; k < columns; ++k) {
    if (!std::isfinite(shift_[k])) shift_[k] = 0;  // reported by require_finite
    if (square[k] > 0 && std::isfinite(square[k])) scale_[k] = std::exp2(-std::round(0.5 * std::log2(square[k])));
  }
}

LinearProblem ArrayRows::problem(const Splits::Round& round, bool all_rows) const {
  LinearProblem problem;
  kernels::RowsView& rows = problem.rows;
  with_dense(input_.x, [&](const auto& v) {
    rows.dense = v.data;
    rows.scalar = sizeof(*v.data) == 8 ? kernels::RowsView::Scalar::f64 : kernels::RowsView::Scalar::f32;
    rows.row_stride = v.strides[0];
    rows.column_stride = v.strides[1];
    rows.shift = shift_.data();
    rows.scale = scale_.data();
  });
  rows.rows = input_.rows();
  rows.dense_columns = static_cast<int>(input_.columns());
  rows.labels = input_.labels;
  rows.weights = input_.weights;
  rows.folds = round.folds;
  if (input_.sparse()) {
    problem.sparse = *input_.sparse();
    problem.sparse->labels = rows.labels;
    problem.sparse->weights = rows.weights;
    problem.sparse->folds = rows.folds;
  }
  problem.folds = round.fold_count;
  auto map = std::make_shared<LinearMap>(LinearMap::identity(rows.dense_columns));
  for (std::size_t k = 0; k < scale_.size(); ++k) map->entries[k].value = 1 / scale_[k];
  map->shift = shift_;
  if (all_rows) problem.sets.push_back({0, rows.rows, -1, map});
  for (const Splits::Part& part : round.parts) problem.sets.push_back({part.begin, part.end, part.left_out, map});
  return problem;
}

void ArrayRows::require_finite() const {
  if (const kernels::SparseRowsView* rows = input_.sparse()) {
    for (Index i = 0; i < rows->rows; ++i)
      for (Index e = rows->starts[i]; e < rows->starts[i + 1]; ++e)
        if (!std::isfinite(rows->value(e))) refuse_value(i, rows->indices[e], rows->value(e));
    return;
  }
  std::vector<double> row(static_cast<std::size_t>(input_.columns()));
  for (Index i = 0; i < input_.rows(); ++i) {
    copy_rows(input_.x, &i, 0, 1, row.data());
    for (std::size_t k = 0; k < row.size(); ++k)
      if (!std::isfinite(row[k])) refuse_value(i, static_cast<Index>(k), row[k]);
  }
}

}  // namespace bakeoff
