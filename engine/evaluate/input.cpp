// Checks and subsets of what is evaluated.
#include <algorithm>
#include <cmath>
#include <functional>

#include "core/error.h"
#include "core/text.h"
#include "evaluate/evaluate.h"
#include "evaluate/input.h"

namespace bakeoff {
namespace {

std::string shown(double value) { return std::isnan(value) ? "NaN" : value > 0 ? "inf" : "-inf"; }

kernels::ValueRange check_labels(const Execution& execution, const EvaluateInput& input, Task task) {
  const double* y = input.labels;
  const kernels::ValueRange range = kernels::value_range(execution.workers(), y, 1, input.rows());
  if (task == Task::binary ? range.zero_or_one : range.finite) return range;
  if (task == Task::binary) {
    const Index row = first_bad(execution, input.rows(), [y](Index i) { return y[i] != 0 && y[i] != 1; });
    throw DataError("labels: row " + std::to_string(row) + ": expected 0 or 1 for task binary, got " +
                    (std::isfinite(y[row]) ? std::to_string(y[row]) : shown(y[row])));
  }
  const Index row = first_bad(execution, input.rows(), [y](Index i) { return !std::isfinite(y[i]); });
  throw DataError("labels: row " + std::to_string(row) + ": expected a finite number, got " + shown(y[row]));
}

}  // namespace

void check_weights(const Execution& execution, const double* w, std::int64_t rows) {
  if (!w) return;
  const Index row = first_bad(execution, rows, [w](Index i) { return !(w[i] >= 0 && std::isfinite(w[i])); });
  if (row < rows)
    throw DataError("weights: row " + std::to_string(row) + ": expected a finite weight of at least 0, got " +
                    std::to_string(w[row]));
  // The two classes' sums are multiplied in AUC, and that product is a double, too.
  double sum = 0;
  for (Index i = 0; i < rows; ++i) sum += w[i];
  if (sum != 0 && !(sum > 1e-150 && sum < 1e150))
    throw DataError("weights: expected a sum between 1e-150 and 1e150, got " + shortest(sum) +
                    "; multiply them by a constant");
}

void check_shape(const std::vector<std::string>& names, std::int64_t candidates, const std::vector<Slice>& slices,
                 std::int64_t rows) {
  if (!names.empty() && static_cast<Index>(names.size()) != candidates)
    throw DataError("names: expected " + std::to_string(candidates) + ", one a candidate, got " +
                    std::to_string(names.size()));
  for (const Slice& slice : slices) {
    const auto& of = slice.rows;
    if (std::adjacent_find(of.begin(), of.end(), std::greater_equal<>()) != of.end())
      throw DataError("slice " + printable(slice.name) + ": expected rows in ascending order, each once");
    if (!of.empty() && (of.front() < 0 || of.back() >= rows))
      throw DataError("slice " + printable(slice.name) + ": expected rows below " + std::to_string(rows) + ", got " +
                      std::to_string(of.back()));
  }
}

std::string candidate_name(const std::vector<std::string>& names, Index m) {
  return names.empty() ? std::to_string(m) : names[static_cast<std::size_t>(m)];
}

void throw_bad_score(const std::vector<std::string>& names, std::int64_t candidate, std::int64_t row, double score) {
  throw DataError("scores: candidate " + candidate_name(names, candidate) + " row " + std::to_string(row) +
                  ": expected a finite number, got " + shown(score) +
                  "; nan=\"drop\" leaves such rows out for all candidates");
}

std::int64_t EvaluateInput::rows() const {
  return std::visit([](const auto& s) { return s.extent(1); }, scores);
}
std::int64_t EvaluateInput::candidates() const {
  return std::visit([](const auto& s) { return s.extent(0); }, scores);
}

std::vector<std::string> EvaluateInput::value_names() const {
  std::vector<std::string> names;
  for (const ValueColumn& column : values) names.push_back(column.name);
  return names;
}

InputRanges check_input(const Execution& execution, const EvaluateInput& input, Task task) {
  check_shape(input.names, input.candidates(), input.slices, input.rows());
  InputRanges ranges{check_labels(execution, input, task), {}};
  check_weights(execution, input.weights, input.rows());
  for (const ValueColumn& column : input.values) {
    const Index row = first_bad(execution, input.rows(), [&](Index i) { return !std::isfinite(column.values[i]); });
    if (row < input.rows())
      throw DataError("values " + column.name + ": row " + std::to_string(row) + ": expected a finite number, got " +
                      shown(column.values[row]));
  }
  std::visit(
      [&](const auto& scores) {
        for (Index m = 0; m < input.candidates(); ++m) {
          ranges.scores.push_back(kernels::value_range(execution.workers(), scores.data + m * scores.strides[0],
                                                       scores.strides[1], input.rows()));
          if (ranges.scores.back().finite) continue;
          const Index row = first_bad(execution, input.rows(), [&](Index i) { return !std::isfinite(scores(m, i)); });
          throw_bad_score(input.names, m, row, static_cast<double>(scores(m, row)));
        }
      },
      input.scores);
  return ranges;
}

namespace {

using kernels::Range;

bool within(Range range, double x) {
  switch (range) {
    case Range::any:
      break;
    case Range::probability:
      return x >= 0 && x <= 1;
    case Range::not_negative:
      return x >= 0;
    case Range::positive:
      return x > 0;
    case Range::above_minus_one:
      return x > -1;
  }
  return true;
}
const char* words(Range range) {
  switch (range) {
    case Range::any:
      break;
    case Range::probability:
      return "a probability in [0, 1]";
    case Range::not_negative:
      return "a number of at least 0";
    case Range::positive:
      return "a number above 0";
    case Range::above_minus_one:
      return "a number above -1";
  }
  return "a finite number";
}

}  // namespace

void check_domains(const Execution& execution, const EvaluateInput& input, const InputRanges& ranges,
                   const MetricPlan& plan) {
  const auto all_within = [](Range range, const kernels::ValueRange& values) {
    return values.low > values.high || (within(range, values.low) && within(range, values.high));
  };
  for (const MetricUse& use : plan.uses) {
    const kernels::Domain domain = use.domain();
    const auto fail = [&](const std::string& where, Range range, const auto& value) {
      const Index row = first_bad(execution, input.rows(), [&](Index i) { return !within(range, value(i)); });
      throw DataError(where + " row " + std::to_string(row) + ": " + use.name + " expects " + words(range) + ", got " +
                      shortest(value(row)));
    };
    if (!all_within(domain.labels, ranges.labels))
      fail("labels:", domain.labels, [&](Index i) { return input.labels[i]; });
    for (Index m = 0; m < input.candidates(); ++m)
      if (!all_within(domain.scores, ranges.scores[static_cast<std::size_t>(m)]))
        std::visit(
            [&](const auto& scores) {
              fail("scores: candidate " + candidate_name(input.names, m), domain.scores,
                   [&](Index i) { return static_cast<double>(scores(m, i)); });
            },
            input.scores);
  }
}

std::vector<std::int64_t> finite_rows(const EvaluateInput& input) {
  std::vector<std::int64_t> rows;
  const Index n = input.rows(), candidates = input.candidates();
  std::visit(
      [&](const auto& scores) {
        for (Index i = 0; i < n; ++i) {
          bool good = std::isfinite(input.labels[i]) && (!input.weights || std::isfinite(input.weights[i]));
          for (const ValueColumn& column : input.values) good = good && std::isfinite(column.values[i]);
          for (Index m = 0; good && m < candidates; ++m) good = std::isfinite(scores(m, i));
          if (good) rows.push_back(i);
        }
      },
      input.scores);
  return rows;
}

std::int64_t count_units(const EvaluateInput& input) {
  if (!input.units) return input.rows();
  std::vector<std::int64_t> ids(input.units, input.units + input.rows());
  std::sort(ids.begin(), ids.end());
  return std::unique(ids.begin(), ids.end()) - ids.begin();
}

std::vector<Slice> slices_of_codes(const std::vector<std::string>& names, const std::int32_t* codes,
                                   std::int64_t rows) {
  std::vector<Slice> slices(names.size());
  for (std::size_t s = 0; s < names.size(); ++s) slices[s].name = names[s];
  for (Index row = 0; row < rows; ++row) {
    if (codes[row] < 0) continue;
    if (codes[row] >= static_cast<std::int64_t>(names.size()))
      throw DataError("slices: row " + std::to_string(row) + ": expected a code below " + std::to_string(names.size()) +
                      ", got " + std::to_string(codes[row]));
    slices[codes[row]].rows.push_back(row);
  }
  return slices;
}

Subset::Subset(const EvaluateInput& input, const std::vector<std::int64_t>& rows, bool keep_slices) {
  const auto n = static_cast<Index>(rows.size()), candidates = input.candidates();
  const auto pick = [&](const auto* from, auto& to) {
    to.resize(rows.size());
    for (Index i = 0; i < n; ++i) to[i] = from[rows[i]];
    return to.data();
  };
  const auto pick_scores = [&](const auto& scores, auto& to) {
    to.resize(static_cast<std::size_t>(n * candidates));
    for (Index m = 0; m < candidates; ++m)
      for (Index i = 0; i < n; ++i) to[m * n + i] = scores(m, rows[i]);
  };
  if (const auto* narrow = std::get_if<0>(&input.scores)) {
    pick_scores(*narrow, narrow_);
    input_.scores = kernels::matrix_view(static_cast<const float*>(narrow_.data()), candidates, n);
  } else {
    pick_scores(std::get<1>(input.scores), wide_);
    input_.scores = kernels::matrix_view(static_cast<const double*>(wide_.data()), candidates, n);
  }
  input_.labels = pick(input.labels, labels_);
  if (input.weights) input_.weights = pick(input.weights, weights_);
  // A row keeps its id, so that a slice sees the resamples of the whole.
  units_ = input.units ? std::vector<std::int64_t>() : rows;
  input_.units = input.units ? pick(input.units, units_) : units_.data();
  if (input.strata) input_.strata = pick(input.strata, strata_);
  input_.names = input.names;
  values_.resize(input.values.size());
  for (std::size_t i = 0; i < values_.size(); ++i)
    input_.values.push_back({input.values[i].name, pick(input.values[i].values, values_[i])});
  if (!keep_slices) return;
  for (const Slice& slice : input.slices) {
    input_.slices.push_back({slice.name, {}});
    for (const std::int64_t row : slice.rows) {
      const auto at = std::lower_bound(rows.begin(), rows.end(), row);
      if (at != rows.end() && *at == row) input_.slices.back().rows.push_back(at - rows.begin());
    }
  }
}

}  // namespace bakeoff
