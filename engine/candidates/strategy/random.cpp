#include "candidates/strategy/strategy.h"
#include "kernels/philox.h"

namespace bakeoff {
namespace {

// Independent uniform points. Counter: (point, dimension, 0, search).
class Random final : public SearchStrategy {
 public:
  Random(const Space& space, std::uint64_t seed)
      : dimensions_(space.dimensions()), points_(space), key_(kernels::RngKey::from_seed(seed)) {}

  CandidateSet ask(int count) override {
    return points_.ask(count, [this] {
      std::vector<double> point(static_cast<std::size_t>(dimensions_));
      for (std::uint32_t d = 0; d < point.size(); ++d) {
        const kernels::Counter draw =
            kernels::philox(key_, {{next_, d, 0, static_cast<std::uint32_t>(kernels::Stream4::search)}});
        const std::uint64_t bits = (static_cast<std::uint64_t>(draw.word[1]) << 32 | draw.word[0]) >> 11;
        point[d] = static_cast<double>(bits) * 0x1p-53;
      }
      ++next_;
      return point;
    });
  }

 private:
  int dimensions_;
  DistinctPoints points_;
  kernels::RngKey key_;
  std::uint32_t next_ = 0;
};

}  // namespace

std::unique_ptr<SearchStrategy> make_random(const Space& space, const StrategyOptions& options) {
  return std::make_unique<Random>(space, options.seed);
}

}  // namespace bakeoff
