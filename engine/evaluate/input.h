// Checks of what is evaluated; evaluate.h declares the input itself.
#pragma once
#include <algorithm>
#include <atomic>
#include <string>
#include <vector>

#include "evaluate/evaluate.h"
#include "evaluate/metric_plan.h"
#include "kernels/metrics/value_range.h"

namespace bakeoff {

// The first index in [0, n) for which `bad` holds, or n; the same for any number of threads.
template <class Bad>
Index first_bad(const Execution& execution, Index n, const Bad& bad) {
  constexpr Index kCheckedRows = 1 << 16;
  std::atomic<Index> first{n};
  execution.workers().for_each((n + kCheckedRows - 1) / kCheckedRows, [&](Index chunk) {
    const Index end = std::min(n, (chunk + 1) * kCheckedRows);
    // One pass without a branch first: NaN and inf are rare
    bool any = false;
    for (Index i = chunk * kCheckedRows; i < end; ++i) any |= bad(i);
    if (!any) return;
    Index i = chunk * kCheckedRows;
    while (!bad(i)) ++i;
    Index seen = first.load();
    while (i < seen && !first.compare_exchange_weak(seen, i)) {
    }
  });
  return first.load();
}

// What the inputs of all tasks are held to, by DataError. A name for each candidate and slices of ascending rows;
// weights of at least 0 whose sum may be multiplied.
void check_shape(const std::vector<std::string>& names, std::int64_t candidates, const std::vector<Slice>& slices,
                 std::int64_t rows);
void check_weights(const Execution& execution, const double* weights, std::int64_t rows);
// Its name, or else its number.
std::string candidate_name(const std::vector<std::string>& names, std::int64_t candidate);
[[noreturn]] void throw_bad_score(const std::vector<std::string>& names, std::int64_t candidate, std::int64_t row,
                                  double score);

// What the check of the values saw.
struct InputRanges {
  kernels::ValueRange labels;
  std::vector<kernels::ValueRange> scores;  // one a candidate
};

// DataError that names candidate and first row of a value that is no finite number, a label that does not fit the task,
// or a weight below 0.
InputRanges check_input(const Execution& execution, const EvaluateInput& input, Task task);

// DataError that names candidate and first row of a value that a metric of the plan is not defined for: log_loss of
// what is no probability, poisson_deviance of a negative label.
void check_domains(const Execution& execution, const EvaluateInput& input, const InputRanges& ranges,
                   const MetricPlan& plan);

// The rows where label, weight and every score are finite, ascending.
std::vector<std::int64_t> finite_rows(const EvaluateInput& input);

}  // namespace bakeoff
