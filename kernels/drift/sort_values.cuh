#pragma once
#include "kernels/drift/sort_values.h"
#include "kernels/launch.h"
#include "kernels/ranking/score_key.h"

namespace bakeoff::kernels {
namespace detail {

constexpr int kValueThreads = 256;
// Above the key of every number, so that missing values come last.
constexpr std::uint64_t kMissingKey = ~std::uint64_t{0};

inline dim3 value_grid(Index n) { return dim3(static_cast<unsigned>((n + kValueThreads - 1) / kValueThreads)); }

// Two arrays of which the first holds the keys, before a sort and after it.
struct KeyBuffers {
  std::uint64_t *current, *other;
};

static __global__ void value_keys_kernel(TensorView<const double, 1> values, std::uint64_t* keys) {
  const Index i = static_cast<Index>(blockIdx.x) * kValueThreads + threadIdx.x;
  if (i >= values.extent(0)) return;
  const double value = values(i);
  keys[i] = value == value ? score_key(value) : kMissingKey;
}

// One thread sees where the missing values begin.
static __global__ void key_values_kernel(const std::uint64_t* keys, Index n, double* out, Index* count) {
  const Index i = static_cast<Index>(blockIdx.x) * kValueThreads + threadIdx.x;
  if (i >= n) return;
  const bool missing = keys[i] == kMissingKey;
  out[i] = missing ? __builtin_nan("") : key_score(keys[i]);
  if (missing && (i == 0 || keys[i - 1] != kMissingKey)) *count = i;
  if (!missing && i == n - 1) *count = n;
}

static __global__ void no_values_kernel(Index* count) { *count = 0; }

// `sorter` sorts all 64 bits: sorter(keys, n, temporary).
template <class Sorter>
void sort_numbers(Stream stream, TensorView<const double, 1> values, double* out, Index* count, void* scratch,
                  const Sorter& sorter) {
  const Index n = values.extent(0);
  if (n == 0) return launch(no_values_kernel, dim3(1), dim3(1), 0, stream, count);
  const Index room = (n + 31) / 32 * 32;
  auto* const words = static_cast<std::uint64_t*>(scratch);
  KeyBuffers keys{words, words + room};
  launch(value_keys_kernel, value_grid(n), dim3(kValueThreads), 0, stream, values, keys.current);
  sorter(keys, n, static_cast<void*>(words + 2 * room));
  launch(key_values_kernel, value_grid(n), dim3(kValueThreads), 0, stream, keys.current, n, out, count);
}

inline std::size_t sort_numbers_bytes(Index n) { return 2 * static_cast<std::size_t>((n + 31) / 32 * 32) * 8; }

}  // namespace detail
}  // namespace bakeoff::kernels
