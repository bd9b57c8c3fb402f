// What a run leaves behind, besides the model: decision.json, leaderboard, provenance, metrics.prom, the holdout's
// scores.
#pragma once
#include <string>
#include <vector>

#include "core/json_text.h"
#include "decide/verdict.h"
#include "evaluate/scoreboard.h"
#include "monitor/trigger.h"
#include "run_table.h"
#include "spec/spec.h"
#include "train/trained_batch.h"

namespace bakeoff {

Json to_json(const Interval& interval);
Json to_json(const Verdict& verdict);
Json to_json(const TriggerDecision& decision);
Verdict verdict_from_json(const Json& json);

// spec, data hash, seed, versions, device, times: what a run depends on.
Json provenance(const Execution& execution, const Spec& spec, const RunTable& table);

// One row a candidate, best first: leaderboard.parquet and leaderboard.csv in `folder`.
void write_leaderboard(const std::string& folder, const TrainedBatch& batch, const Scoreboard& select,
                       const std::vector<std::int64_t>& ranking);

// Everything that the gate read, so that the decision can be replayed offline: holdout.parquet, with the columns time,
// unit (those that there are), label, champion, challenger and one a slice; a slice of one of these names is
// slice:NAME. With many classes `label` is a text, and the scores of each have a column: champion.CLASS,
// challenger.CLASS.
void write_holdout(const std::string& folder, const RunTable& table, const RowRange& rows,
                   const std::vector<std::string>& slices, const std::vector<float>& champion,
                   const std::vector<float>& challenger);

// Prometheus text format.
void write_metrics(const std::string& folder, const std::string& name, const Verdict& verdict, const Json& cost);

}  // namespace bakeoff
