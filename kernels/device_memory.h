// Memory of the current GPU: the only door to cudaMalloc. Owned by the host; kernels see pointers.
#pragma once
#include <cstddef>
#include <utility>

#include "kernels/launch.h"
#include "kernels/portable.h"

namespace bakeoff::kernels {

// DeviceError (out of memory, no device) where CUDA says no; in a build without CUDA always.
void* device_allocate(std::size_t bytes);
void device_release(void* memory) noexcept;
// Host memory may be changed again when upload() returns; download() has waited for the stream.
void device_upload(Stream stream, void* device, const void* host, std::size_t bytes);
void device_download(Stream stream, void* host, const void* device, std::size_t bytes);

// `size` values, not initialised.
template <class T>
class DeviceArray {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  DeviceArray() = default;
  explicit DeviceArray(Index size)
      : data_(size > 0 ? static_cast<T*>(device_allocate(static_cast<std::size_t>(size) * sizeof(T))) : nullptr),
        size_(size) {}
  DeviceArray(DeviceArray&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}
  DeviceArray& operator=(DeviceArray&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    return *this;
  }
  ~DeviceArray() { device_release(data_); }

  // Room for `size` values; what there was may be lost.
  void grow(Index size) {
    if (size_ < size) *this = DeviceArray(size);
  }

  T* data() const { return data_; }
  Index size() const { return size_; }
  // `count` values to or from its place `at`.
  void upload(Stream stream, const T* host, Index count, Index at = 0) {
    if (count > 0) device_upload(stream, data_ + at, host, static_cast<std::size_t>(count) * sizeof(T));
  }
  void download(Stream stream, T* host, Index count) const {
    if (count > 0) device_download(stream, host, data_, static_cast<std::size_t>(count) * sizeof(T));
  }

 private:
  T* data_ = nullptr;
  Index size_ = 0;
};

// A copy of `count` values on the host; empty where there are none, else never null.
template <class T>
DeviceArray<T> copy_to_device(Stream stream, const T* host, Index count) {
  DeviceArray<T> array(host ? (count > 1 ? count : 1) : 0);
  if (host) array.upload(stream, host, count);
  return array;
}

}  // namespace bakeoff::kernels
