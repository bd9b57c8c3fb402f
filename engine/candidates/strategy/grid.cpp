#include "candidates/strategy/strategy.h"

namespace bakeoff {
namespace {

// Every combination of lists, in order, each once.
class Grid final : public SearchStrategy {
 public:
  explicit Grid(const Space& space) : space_(space) {}

  CandidateSet ask(int count) override {
    CandidateSet out;
    while (out.size() < static_cast<std::size_t>(count) && !finished()) {
      Candidate candidate = space_.combination(next_++);
      // Where a parameter doesn't count, its values give one candidate.
      if (seen_.insert(candidate.label()).second) out.push_back(std::move(candidate));
    }
    return out;
  }
  bool finished() override { return next_ >= space_.size().value_or(0); }

 private:
  Space space_;
  std::uint64_t next_ = 0;
  std::unordered_set<std::string> seen_;
};

}  // namespace

std::unique_ptr<SearchStrategy> make_grid(const Space& space, const StrategyOptions&) {
  return std::make_unique<Grid>(space);
}

}  // namespace bakeoff
