#include "evaluate/row_set.h"

#include "evaluate/row_set_state.h"

namespace bakeoff {

RowSetResult evaluate_rows(const Execution& execution, const EvaluateInput& input, const MetricPlan& plan,
                           const EvaluateOptions& options) {
  return std::visit(
      [&]<class T>(const kernels::TensorView<const T, 2>& scores) {
        const auto k = static_cast<Index>(plan.uses.size());
        RowSet<T> set{execution,          input, scores, plan, options, make_unit_index(input), input.rows(),
                      input.candidates(), k,     {}};
        set.result.values.resize(static_cast<std::size_t>(set.m * k));
        set.result.replicates.assign(static_cast<std::size_t>(options.resamples * set.m * k), kNaN);
        ranked_metrics(set);
        maximum_metrics(set);
        calibration_metrics(set);
        return std::move(set.result);
      },
      input.scores);
}

}  // namespace bakeoff
