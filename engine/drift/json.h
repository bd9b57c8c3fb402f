// A drift report for programs.
#pragma once
#include "core/json_text.h"
#include "drift/drift.h"

namespace bakeoff {

// {"fdr", "tested", "columns": [{"column", "drifted", ..., "tests": {"psi": {"statistic", "effect", "p", ...}}}]}
Json to_json(const DriftReport& report);

}  // namespace bakeoff
