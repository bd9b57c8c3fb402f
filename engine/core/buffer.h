// Owned, aligned memory; views of it cross into kernels.
#pragma once
#include <cstdlib>
#include <memory>
#include <new>

#include "kernels/views.h"

namespace bakeoff {

// Host memory, aligned to 64 bytes, not initialised. std::bad_alloc reaches the front door as a retryable failure.
template <class T>
class Buffer {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  Buffer() = default;
  explicit Buffer(kernels::Index size) : size_(size) {
    if (size == 0) return;
    const std::size_t bytes = (static_cast<std::size_t>(size) * sizeof(T) + 63) / 64 * 64;
    data_.reset(static_cast<T*>(std::aligned_alloc(64, bytes)));
    if (!data_) throw std::bad_alloc();
  }
  T* data() const { return data_.get(); }
  kernels::Index size() const { return size_; }
  T& operator[](kernels::Index i) const { return data_.get()[i]; }
  T* begin() const { return data(); }
  T* end() const { return data() + size_; }

 private:
  struct Free {
    void operator()(T* p) const { std::free(p); }
  };
  std::unique_ptr<T[], Free> data_;
  kernels::Index size_ = 0;
};

}  // namespace bakeoff
