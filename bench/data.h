// Made-up rows for the benchmarks: the same bits in every run, from Philox.
#pragma once
#include <cstdlib>
#include <memory>
#include <vector>

#include "kernels/philox.h"
#include "kernels/portable.h"

namespace bakeoff::bench {

using kernels::Index;

// In [0, 1), a function of (stream, i).
inline double uniform(std::uint32_t stream, Index i) {
  const kernels::Counter c =
      kernels::philox(kernels::RngKey::from_seed(stream), {{static_cast<std::uint32_t>(i), 0, 0, 9}});
  return c.word[0] * 0x1p-32;
}

inline std::vector<double> labels(Index rows, double positives = 0.25) {
  std::vector<double> out(static_cast<std::size_t>(rows));
  for (Index i = 0; i < rows; ++i) out[static_cast<std::size_t>(i)] = uniform(1, i) < positives;
  return out;
}

// Probabilities that know something of the labels, candidate by candidate.
template <class T>
std::vector<T> scores(const std::vector<double>& labels, Index candidates) {
  const Index rows = static_cast<Index>(labels.size());
  std::vector<T> out(static_cast<std::size_t>(candidates * rows));
  for (Index m = 0; m < candidates; ++m)
    for (Index i = 0; i < rows; ++i)
      out[static_cast<std::size_t>(m * rows + i)] = static_cast<T>(.8 * uniform(static_cast<std::uint32_t>(2 + m), i) +
                                                                   .19 * labels[static_cast<std::size_t>(i)]);
  return out;
}

// What the kernels ask of scratch: bytes aligned to 64.
class Scratch {
 public:
  explicit Scratch(std::size_t bytes) : data_(std::aligned_alloc(64, (bytes + 63) / 64 * 64 + 64)) {}
  void* get() const { return data_.get(); }

 private:
  struct Free {
    void operator()(void* p) const { std::free(p); }
  };
  std::unique_ptr<void, Free> data_;
};

}  // namespace bakeoff::bench
