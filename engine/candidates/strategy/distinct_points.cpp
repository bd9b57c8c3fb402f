#include "candidates/strategy/strategy.h"

namespace bakeoff {

CandidateSet DistinctPoints::ask(int count, const std::function<std::vector<double>()>& next) {
  CandidateSet out;
  const auto take = [&](Candidate candidate) {
    if (seen_.insert(candidate.label()).second) out.push_back(std::move(candidate));
  };
  // All of n equal choices come up within n ln n draws or so; far beyond that the rest is taken in order.
  const std::int64_t patience = 1000 + 100 * static_cast<std::int64_t>(count);
  const auto wanted = static_cast<std::size_t>(count);
  for (std::int64_t i = 0; i < patience && out.size() < wanted; ++i) take(space_.at(next()));
  const std::uint64_t size = space_.size().value_or(0);
  for (std::uint64_t i = 0; i < size && out.size() < wanted; ++i) take(space_.combination(i));
  return out;
}

}  // namespace bakeoff
