#include "kernels/drift/sort_values.cuh"

#include <cub/device/device_radix_sort.cuh>

namespace bakeoff::kernels {
namespace {

// With a null `temporary` it only asks how many bytes that needs.
struct CubKeySorter {
  Stream stream;
  mutable std::size_t bytes;

  void operator()(detail::KeyBuffers& keys, Index n, void* temporary) const {
    cub::DoubleBuffer<std::uint64_t> k(keys.current, keys.other);
    check(cub::DeviceRadixSort::SortKeys(temporary, bytes, k, n, 0, 64, stream.get()), "sorting values");
    keys = {k.Current(), k.Alternate()};
  }
};

std::size_t temporary_bytes(Stream stream, Index rows) {
  detail::KeyBuffers none{};
  const CubKeySorter sorter{stream, 0};
  sorter(none, rows, nullptr);
  return sorter.bytes;
}

}  // namespace

std::size_t sort_values_scratch_bytes(Stream stream, Index rows) {
  return detail::sort_numbers_bytes(rows) + temporary_bytes(stream, rows);
}

void sort_values(Stream stream, TensorView<const double, 1> values, double* out, Index* count, void* scratch) {
  const Index n = values.extent(0);
  const CubKeySorter sorter{stream, n > 0 ? temporary_bytes(stream, n) : 0};
  detail::sort_numbers(stream, values, out, count, scratch, sorter);
}

}  // namespace bakeoff::kernels
