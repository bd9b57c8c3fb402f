// A host's stable sort in the place of CUB, for the sorts of kernels/ranking and kernels/drift.
#pragma once
#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

#include "kernels/drift/sort_values.cuh"
#include "kernels/ranking/sort_scores.cuh"

namespace bakeoff::emulation {

struct HostSorter {
  template <class K>
  void keys(kernels::detail::SortBuffers<K>& keys, kernels::Index n, int begin, int end, void*) const {
    std::copy(keys.current, keys.current + n, keys.other);
    std::swap(keys.current, keys.other);
    std::stable_sort(keys.current, keys.current + n,
                     [&](K a, K b) { return bits_of(a, begin, end) < bits_of(b, begin, end); });
  }
  template <class K, class V>
  void pairs(kernels::detail::SortBuffers<K>& keys, kernels::detail::SortBuffers<V>& values, kernels::Index n,
             int begin, int end, void*) const {
    std::vector<std::size_t> from(static_cast<std::size_t>(n));
    std::iota(from.begin(), from.end(), std::size_t{0});
    std::stable_sort(from.begin(), from.end(), [&](std::size_t a, std::size_t b) {
      return bits_of(keys.current[a], begin, end) < bits_of(keys.current[b], begin, end);
    });
    for (std::size_t i = 0; i < from.size(); ++i) {
      keys.other[i] = keys.current[from[i]];
      values.other[i] = values.current[from[i]];
    }
    std::swap(keys.current, keys.other);
    std::swap(values.current, values.other);
  }
  void operator()(kernels::detail::KeyBuffers& keys, kernels::Index n, void*) const {
    std::copy(keys.current, keys.current + n, keys.other);
    std::swap(keys.current, keys.other);
    std::sort(keys.current, keys.current + n);
  }

 private:
  template <class K>
  static std::uint64_t bits_of(K key, int begin, int end) {
    const auto shifted = static_cast<std::uint64_t>(key) >> begin;
    return end - begin == 64 ? shifted : shifted & ((std::uint64_t{1} << (end - begin)) - 1);
  }
};

}  // namespace bakeoff::emulation
