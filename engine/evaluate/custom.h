// Metrics that the caller computes, in the resamples of all others.
#pragma once
#include "evaluate/evaluate.h"

namespace bakeoff {

// SpecError for a name that is there already.
void check_custom(const std::vector<std::string>& metrics, const EvaluateOptions& options);

// Values and replicates of slice s (of the scoreboard), which is resampled by `law`. They stand from metric `place` on.
void custom_metrics(const Execution& execution, const EvaluateInput& input, std::int64_t s, Resampling law,
                    const EvaluateOptions& options, std::int64_t place, Scoreboard& board);

}  // namespace bakeoff
