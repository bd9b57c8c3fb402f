#include "train/array_rows.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/text.h"

namespace bakeoff {
namespace {

constexpr Index kSampleRows = 1024;  // enough for a mean and a scale to within some percent

// A fold that holds all rows would be scored by a model that has seen them.
void check_folds(const Targets& input) {
  if (!input.folds) return;
  std::vector<bool> used(static_cast<std::size_t>(input.fold_count), false);
  for (Index i = 0; i < input.rows; ++i) {
    if (input.folds[i] < 0 || input.folds[i] >= input.fold_count)
      throw DataError("folds, row " + std::to_string(i) + ": expected an id in [0, " +
                      std::to_string(input.fold_count) + "), got " + std::to_string(input.folds[i]));
    used[static_cast<std::size_t>(input.folds[i])] = true;
  }
  const auto unused = std::find(used.begin(), used.end(), false);
  if (unused != used.end())
    throw DataError("folds: no row has the id " + std::to_string(unused - used.begin()) +
                    "; expected every id in [0, " + std::to_string(input.fold_count) + ")");
  if (input.fold_count < 2) throw DataError("folds: expected at least 2 different ids, got 1");
}

bool suits(const Targets& input, const Family& family, double y) {
  if (input.classes <= 2) return label_suits(family.labels, y);
  return y >= 0 && y < input.classes && y == std::floor(y);
}

}  // namespace

void check_targets(const Targets& input, const Family& family) {
  if (input.rows == 0 || input.columns == 0)
    throw DataError("X has " + std::to_string(input.rows) + " rows and " + std::to_string(input.columns) +
                    " columns; expected at least one of each");
  for (Index i = 0; i < input.rows; ++i) {
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
  check_folds(input);
}

Index ArrayInput::rows() const {
  return std::visit([](const auto& v) { return v.extent(0); }, x);
}
Index ArrayInput::columns() const {
  return std::visit([](const auto& v) { return v.extent(1); }, x);
}

void copy_rows(const ArrayView& x, const Index* rows, Index first, Index count, double* out) {
  std::visit(
      [&](const auto& v) {
        const Index columns = v.extent(1), stride = v.strides[1];
        for (Index i = 0; i < count; ++i) {
          const auto* from = v.data + (rows ? rows[i] : first + i) * v.strides[0];
          for (Index k = 0; k < columns; ++k) out[i * columns + k] = static_cast<double>(from[k * stride]);
        }
      },
      x);
}

ArrayRows::ArrayRows(const ArrayInput& input, const Family& family) : input_(input) {
  check_targets({input.rows(), input.columns(), input.labels, input.weights, nullptr, 0, input.classes}, family);
  find_reference();
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
  std::visit(
      [&](const auto& v) {
        rows.dense = v.data;
        rows.scalar = sizeof(*v.data) == 8 ? kernels::RowsView::Scalar::f64 : kernels::RowsView::Scalar::f32;
        rows.row_stride = v.strides[0];
        rows.column_stride = v.strides[1];
      },
      input_.x);
  rows.rows = input_.rows();
  rows.dense_columns = static_cast<int>(input_.columns());
  rows.shift = shift_.data();
  rows.scale = scale_.data();
  rows.labels = input_.labels;
  rows.weights = input_.weights;
  rows.folds = round.folds;
  problem.folds = round.fold_count;
  auto map = std::make_shared<LinearMap>();
  map->raw = map->model = rows.dense_columns;
  for (int k = 0; k < map->raw; ++k) map->entries.push_back({k, k, 1 / scale_[k]});
  map->shift = shift_;
  if (all_rows) problem.sets.push_back({0, rows.rows, -1, map});
  for (const Splits::Part& part : round.parts) problem.sets.push_back({part.begin, part.end, part.left_out, map});
  return problem;
}

void ArrayRows::require_finite() const {
  std::vector<double> row(static_cast<std::size_t>(input_.columns()));
  for (Index i = 0; i < input_.rows(); ++i) {
    copy_rows(input_.x, &i, 0, 1, row.data());
    for (std::size_t k = 0; k < row.size(); ++k)
      if (!std::isfinite(row[k]))
        throw DataError("X, row " + std::to_string(i) + ", column " + std::to_string(k) +
                        ": expected a finite number, got " + shortest(row[k]) + "; impute or drop such rows");
  }
}

}  // namespace bakeoff
