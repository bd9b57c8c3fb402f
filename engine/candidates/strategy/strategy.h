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
  // Up to `count` candidates, none twice and none that was given before; fewer where the space has no more.
  virtual CandidateSet ask(int count) = 0;
};

struct StrategyEntry {
  std::string name;
  std::function<std::unique_ptr<SearchStrategy>(const Space& space, std::uint64_t seed)> make;
};
const std::vector<StrategyEntry>& strategy_catalog();

std::unique_ptr<SearchStrategy> make_grid(const Space& space, std::uint64_t seed);
std::unique_ptr<SearchStrategy> make_random(const Space& space, std::uint64_t seed);
std::unique_ptr<SearchStrategy> make_sobol(const Space& space, std::uint64_t seed);

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
