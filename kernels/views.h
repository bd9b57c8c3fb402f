// What crosses into a kernel: a pointer with its shape. Views never own and never allocate.
#pragma once
#include <array>

#include "kernels/portable.h"

namespace bakeoff::kernels {

enum class Device : std::uint8_t { cpu, cuda };

// A strided view of `Rank` dimensions; strides count elements, not bytes.
template <class T, int Rank>
struct TensorView {
  T* data = nullptr;
  std::array<Index, Rank> extents{};
  std::array<Index, Rank> strides{};
  Device device = Device::cpu;

  BAKEOFF_HD Index extent(int d) const { return extents[d]; }
  BAKEOFF_HD bool empty() const {
    for (int d = 0; d < Rank; ++d)
      if (extents[d] == 0) return true;
    return false;
  }
  template <class... I>
  BAKEOFF_HD T& operator()(I... i) const {
    static_assert(sizeof...(I) == Rank);
    const Index at[] = {static_cast<Index>(i)...};
    Index offset = 0;
    for (int d = 0; d < Rank; ++d) offset += at[d] * strides[d];
    return data[offset];
  }
  // Rows of the last dimension lie side by side: what the fast paths ask for.
  BAKEOFF_HD bool contiguous() const {
    Index expected = 1;
    for (int d = Rank; d-- > 0;) {
      if (extents[d] != 1 && strides[d] != expected) return false;
      expected *= extents[d];
    }
    return true;
  }
};

template <class T>
TensorView<T, 1> vector_view(T* data, Index n, Device device = Device::cpu) {
  return {data, {n}, {1}, device};
}
template <class T>
TensorView<T, 2> matrix_view(T* data, Index rows, Index columns, Device device = Device::cpu) {
  return {data, {rows, columns}, {columns, 1}, device};
}

}  // namespace bakeoff::kernels
