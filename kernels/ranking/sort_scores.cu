#include "kernels/ranking/sort_scores.cuh"

#include <algorithm>
#include <cub/device/device_radix_sort.cuh>

namespace bakeoff::kernels {
namespace {

// With a null `temporary` it only asks how many bytes that needs.
struct CubSorter {
  Stream stream;
  mutable std::size_t bytes;

  template <class K>
  void keys(detail::SortBuffers<K>& keys, Index n, int begin, int end, void* temporary) const {
    cub::DoubleBuffer<K> k(keys.current, keys.other);
    check(cub::DeviceRadixSort::SortKeys(temporary, bytes, k, n, begin, end, stream.get()), "sorting scores");
    keys = {k.Current(), k.Alternate()};
  }
  template <class K, class V>
  void pairs(detail::SortBuffers<K>& keys, detail::SortBuffers<V>& values, Index n, int begin, int end,
             void* temporary) const {
    cub::DoubleBuffer<K> k(keys.current, keys.other);
    cub::DoubleBuffer<V> v(values.current, values.other);
    check(cub::DeviceRadixSort::SortPairs(temporary, bytes, k, v, n, begin, end, stream.get()), "sorting scores");
    keys = {k.Current(), k.Alternate()};
    values = {v.Current(), v.Alternate()};
  }
};

// The most of the three sorts of sort_scores.cuh.
std::size_t temporary_bytes(Stream stream, Index rows) {
  detail::SortBuffers<std::uint64_t> keys{};
  detail::SortBuffers<std::uint32_t> tags{};
  std::size_t most = 0;
  const auto ask = [&](const auto& sort) {
    CubSorter sorter{stream, 0};
    sort(sorter);
    most = std::max(most, sorter.bytes);
  };
  ask([&](const CubSorter& s) { s.keys(keys, rows, detail::kLabelBit, 64, nullptr); });
  ask([&](const CubSorter& s) { s.pairs(tags, keys, rows, detail::kLabelBit, detail::kLabelBit + 1, nullptr); });
  ask([&](const CubSorter& s) { s.pairs(keys, tags, rows, 0, 64, nullptr); });
  return most;
}

}  // namespace

std::size_t sort_scores_scratch_bytes(Stream stream, Index rows) {
  return detail::SortArrays::bytes(rows) + temporary_bytes(stream, rows);
}

template <class T>
void sort_scores(Stream stream, TensorView<const T, 1> scores, const std::uint8_t* labels, RankingOut out,
                 void* scratch) {
  const Index n = scores.extent(0);
  if (n == 0) return;
  detail::rank_scores(stream, scores, labels, out, scratch, CubSorter{stream, temporary_bytes(stream, n)});
}

template void sort_scores(Stream, TensorView<const float, 1>, const std::uint8_t*, RankingOut, void*);
template void sort_scores(Stream, TensorView<const double, 1>, const std::uint8_t*, RankingOut, void*);

}  // namespace bakeoff::kernels
