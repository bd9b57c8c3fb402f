// How candidates are chosen from the space. One file each, one line each in catalog.cpp.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <unordered_set>
#include <vector>

#include "candidates/space.h"

namespace bakeoff {

class SearchStrategy {
 public:
  virtual ~SearchStrategy() = default;
  // Up to `count` candidates to fit on fraction() of the training units. A strategy in rungs gives those of one rung,
  // none twice, and nothing until all of them were told; the others give none that was given before, fewer where the
  // space has no more.
  virtual CandidateSet ask(int count) = 0;
  // The share of the training units that the candidates of the next ask() are fitted on, evenly over the window.
  virtual double fraction() const { return 1; }
  // What became of the candidates asked for and not told of yet, in their order: higher is better, NaN has failed.
  // SpecError for more values than there are such candidates.
  virtual void tell(const std::vector<double>& merits) { (void)merits; }
  // Nothing is left to ask for, whatever is told.
  virtual bool finished() { return false; }
};

struct StrategyOptions {
  std::uint64_t seed = 1;
  int count = 256;            // of the candidates that a strategy in rungs begins with
  double eta = 3;             // of such a strategy: one in eta goes on, on eta times the units
  double least_fraction = 0;  // and no rung has a smaller share of the units
};

struct StrategyEntry {
  std::string name;
  std::function<std::unique_ptr<SearchStrategy>(const Space& space, const StrategyOptions& options)> make;
};
const std::vector<StrategyEntry>& strategy_catalog();

std::unique_ptr<SearchStrategy> make_grid(const Space& space, const StrategyOptions& options);
std::unique_ptr<SearchStrategy> make_random(const Space& space, const StrategyOptions& options);
std::unique_ptr<SearchStrategy> make_sobol(const Space& space, const StrategyOptions& options);
std::unique_ptr<SearchStrategy> make_halving(const Space& space, const StrategyOptions& options);
std::unique_ptr<SearchStrategy> make_hyperband(const Space& space, const StrategyOptions& options);

// The spec's strategy, or the grid where all combinations of the space fit in its count. SpecError: an unknown strategy
// (names the nearest), no families, a grid of a range or of more combinations than the count.
std::unique_ptr<SearchStrategy> make_strategy(const CandidatesSpec& spec, StrategyOptions options);

// For strategies that go from point to point: the candidates at next(), next(), ..., repetitions left out.
class DistinctPoints {
 public:
  explicit DistinctPoints(const Space& space) : space_(space) {}
  CandidateSet ask(int count, const std::function<std::vector<double>()>& next);

 private:
  Space space_;
  std::unordered_set<std::string> seen_;  // labels
};

}  // namespace bakeoff
