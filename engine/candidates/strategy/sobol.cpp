#include <boost/random/sobol.hpp>

#include "candidates/strategy/sobol_sequence.h"
#include "candidates/strategy/strategy.h"

namespace bakeoff {

struct SobolSequence::Engine {
  explicit Engine(int dimensions) : points(static_cast<std::size_t>(dimensions)) {}
  boost::random::sobol_engine<std::uint32_t, 32> points;  // skips the origin
  bool at_origin = true;
};

SobolSequence::SobolSequence(int dimensions) : engine_(std::make_unique<Engine>(dimensions)) {}
SobolSequence::~SobolSequence() = default;
SobolSequence::SobolSequence(SobolSequence&&) noexcept = default;

std::vector<std::uint32_t> SobolSequence::next() {
  std::vector<std::uint32_t> point(engine_->points.dimension(), 0);
  if (!engine_->at_origin)
    for (std::uint32_t& coordinate : point) coordinate = engine_->points();
  engine_->at_origin = false;
  return point;
}

std::uint32_t owen_scramble(std::uint32_t x, std::uint32_t dimension, kernels::RngKey key) {
  constexpr std::uint32_t kNested = 16;
  const auto draw = [&](std::uint32_t prefix, std::uint32_t bit) {
    return kernels::philox(key,
                           {{prefix, dimension << 8 | bit, 1, static_cast<std::uint32_t>(kernels::Stream4::search)}})
        .word[0];
  };
  std::uint32_t flips = draw(x >> kNested, kNested) & ((1u << kNested) - 1);
  for (std::uint32_t bit = 0; bit < kNested; ++bit) {
    const std::uint32_t prefix = bit == 0 ? 0 : x >> (32 - bit);
    flips |= (draw(prefix, bit) & 1u) << (31 - bit);
  }
  return x ^ flips;
}

namespace {

class Sobol final : public SearchStrategy {
 public:
  Sobol(const Space& space, std::uint64_t seed)
      // A space without a choice has no dimension, a sequence at least one.
      : points_(space), sequence_(std::max(space.dimensions(), 1)), key_(kernels::RngKey::from_seed(seed)) {}

  CandidateSet ask(int count) override {
    return points_.ask(count, [this] {
      const std::vector<std::uint32_t> bits = sequence_.next();
      std::vector<double> point(bits.size());
      for (std::uint32_t d = 0; d < bits.size(); ++d)
        point[d] = (static_cast<double>(owen_scramble(bits[d], d, key_)) + 0.5) * 0x1p-32;
      return point;
    });
  }

 private:
  DistinctPoints points_;
  SobolSequence sequence_;
  kernels::RngKey key_;
};

}  // namespace

std::unique_ptr<SearchStrategy> make_sobol(const Space& space, const StrategyOptions& options) {
  return std::make_unique<Sobol>(space, options.seed);
}

}  // namespace bakeoff
