// Sobol points with Owen's nested uniform scrambling.
#pragma once
#include <cstdint>
#include <memory>
#include <vector>

#include "kernels/philox.h"

namespace bakeoff {

// The Sobol sequence of Joe and Kuo (Constructing Sobol sequences with better two-dimensional projections; SIAM J. Sci.
// Comput. 30, 2008), from its first point, the origin: leaving that out breaks the balance of 2^m points (Owen: On
// dropping the first Sobol' point; 2020).
class SobolSequence {
 public:
  explicit SobolSequence(int dimensions);
  ~SobolSequence();
  SobolSequence(SobolSequence&&) noexcept;

  // The next point, each coordinate as 32 bits behind the binary point.
  std::vector<std::uint32_t> next();

 private:
  struct Engine;
  std::unique_ptr<Engine> engine_;
};

// Nested uniform scrambling (Owen: Randomly permuted (t,m,s)-nets; 1995): each bit is flipped by a random bit that
// depends on the bits before it, so every dyadic interval keeps its share of points and every point is uniform. The
// first 16 bits one by one, the others at once.
std::uint32_t owen_scramble(std::uint32_t x, std::uint32_t dimension, kernels::RngKey key);

}  // namespace bakeoff
