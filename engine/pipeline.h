// The whole way of a bake-off: ingest, design, candidates, train, evaluate, decide, export, register.
#pragma once
#include <optional>
#include <string>

#include "candidates/candidate.h"
#include "core/event.h"
#include "core/execution.h"
#include "decide/verdict.h"
#include "evaluate/scoreboard.h"
#include "monitor/trigger.h"
#include "spec/spec.h"

namespace bakeoff {

struct RunOptions {
  std::string out = "runs";
  std::string run_id;  // empty: made from time and spec
};

struct RunResult {
  std::string run_id, path;  // path: out/run_id
  Verdict verdict;
  bool resumed = false;  // it was finished before: nothing was done
};

// A finished id returns its result at once; an unfinished one goes on from its last checkpoint to the same bits; the
// same id with another spec or other data is a SpecError. Throws PromotionConflict after the run folder was written
// (verdict none).
RunResult run_bakeoff(const Execution& execution, const Spec& spec, const RunOptions& options, EventSink& events);

struct MonitorOptions {
  std::optional<Micros> at;  // empty: now
};
// Reads the prediction log and the champion's reference from the registry; SpecError if the spec has no monitor part.
TriggerDecision monitor_champion(const Execution& execution, const Spec& spec, const MonitorOptions& options,
                                 EventSink& events);
// The decision as JSON, for people and programs.
std::string monitor_json(const TriggerDecision& decision);

}  // namespace bakeoff
