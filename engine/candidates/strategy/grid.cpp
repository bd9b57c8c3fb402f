#include "candidates/strategy/strategy.h"

namespace bakeoff {
namespace {

// Every combination of lists, in order.
class Grid final : public SearchStrategy {
 public:
  explicit Grid(const Space& space) : space_(space) {}

  CandidateSet ask(int count) override {
    CandidateSet out;
    const std::uint64_t size = space_.size().value_or(0);
    for (; next_ < size && out.size() < static_cast<std::size_t>(count); ++next_)
      out.push_back(space_.combination(next_));
    return out;
  }

 private:
  Space space_;
  std::uint64_t next_ = 0;
};

}  // namespace

std::unique_ptr<SearchStrategy> make_grid(const Space& space, std::uint64_t) { return std::make_unique<Grid>(space); }

}  // namespace bakeoff
