// The combinations of operating parameters that a bake-off tries.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "core/types.h"
#include "spec/spec.h"

namespace bakeoff {

struct Candidate {
  std::string family;
  std::map<std::string, double> parameters;     // {"l2": 0.1}
  Micros window = CandidatesSpec::kAllHistory;  // training rows: [cutoff - window, cutoff)
  std::string feature_set;                      // empty: all features
  bool champion_configuration = false;          // the configuration of today's champion always enters
  // "logistic l2=0.1 window=60d features=all": what people read in the leaderboard
  std::string label() const;
};
using CandidateSet = std::vector<Candidate>;

// All candidates of the spec, each once, in an order that depends on spec and seed alone; of a strategy in rungs, those
// of the first.
CandidateSet make_candidates(const CandidatesSpec& spec, std::uint64_t seed);

}  // namespace bakeoff
