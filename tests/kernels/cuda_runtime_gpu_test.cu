// What the code above CUDA takes for granted, on a real GPU: launches work and report errors, random numbers and
// arithmetic have the host's bits.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <cstring>
#include <vector>

#include "kernels/launch.h"
#include "kernels/philox.h"

namespace bakeoff::kernels {
namespace {

constexpr int kThreads = 256;

// Device memory that ends with the test.
template <class T>
class OnDevice {
 public:
  explicit OnDevice(std::size_t size) : size_(size) { check(cudaMalloc(&data_, size * sizeof(T)), "allocating"); }
  explicit OnDevice(const std::vector<T>& from) : OnDevice(from.size()) {
    check(cudaMemcpy(data_, from.data(), size_ * sizeof(T), cudaMemcpyHostToDevice), "copying to the device");
  }
  OnDevice(const OnDevice&) = delete;
  OnDevice& operator=(const OnDevice&) = delete;
  ~OnDevice() { cudaFree(data_); }

  T* data() const { return data_; }
  std::vector<T> on_host() const {
    std::vector<T> out(size_);
    check(cudaMemcpy(out.data(), data_, size_ * sizeof(T), cudaMemcpyDeviceToHost), "copying to the host");
    return out;
  }

 private:
  T* data_ = nullptr;
  std::size_t size_;
};

template <class T>
std::vector<std::uint8_t> bytes(const std::vector<T>& values) {
  std::vector<std::uint8_t> out(values.size() * sizeof(T));
  std::memcpy(out.data(), values.data(), out.size());
  return out;
}

static __global__ void multiply_add(const double* a, const double* b, const double* c, double* out, int n) {
  const int i = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
  if (i < n) out[i] = a[i] * b[i] + c[i];
}

TEST(CudaRuntimeGpu, MultiplyAndAddAreNotContracted) {
  const int n = 100000;
  std::vector<double> a(n), b(n), c(n), expected(n);
  int differs_when_contracted = 0;
  for (int i = 0; i < n; ++i) {
    a[i] = std::sin(i + 0.5);
    b[i] = std::cos(3.0 * i);
    c[i] = -a[i] * b[i] * (1 + 1e-9 * i);
    volatile double product = a[i] * b[i];
    expected[i] = product + c[i];
    differs_when_contracted += std::fma(a[i], b[i], c[i]) != expected[i];
  }
  ASSERT_GT(differs_when_contracted, n / 2);
  const OnDevice<double> da(a), db(b), dc(c), out(n);
  launch(multiply_add, dim3((n + kThreads - 1) / kThreads), dim3(kThreads), 0, Stream{}, da.data(), db.data(),
         dc.data(), out.data(), n);
  synchronize(Stream{});
  EXPECT_EQ(bytes(out.on_host()), bytes(expected));
}

static __global__ void draw(RngKey key, std::uint32_t* out, int n) {
  const int i = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
  if (i >= n) return;
  const Counter c = philox(key, {{static_cast<std::uint32_t>(i), 1, 2, 3}});
  for (int k = 0; k < 4; ++k) out[4 * i + k] = c.word[k];
}

TEST(CudaRuntimeGpu, PhiloxDrawsTheHostsNumbers) {
  const int n = 10000;
  const RngKey key = RngKey::from_seed(0x0123456789abcdefu);
  std::vector<std::uint32_t> expected;
  for (int i = 0; i < n; ++i) {
    const Counter c = philox(key, {{static_cast<std::uint32_t>(i), 1, 2, 3}});
    expected.insert(expected.end(), c.word, c.word + 4);
  }
  const OnDevice<std::uint32_t> out(4 * n);
  launch(draw, dim3((n + kThreads - 1) / kThreads), dim3(kThreads), 0, Stream{}, key, out.data(), n);
  synchronize(Stream{});
  EXPECT_EQ(out.on_host(), expected);
}

static __global__ void reverse(const int* in, int* out, int n) {
  BAKEOFF_DYNAMIC_SHARED(int, tile);
  for (int i = static_cast<int>(threadIdx.x); i < n; i += static_cast<int>(blockDim.x)) tile[i] = in[i];
  __syncthreads();
  for (int i = static_cast<int>(threadIdx.x); i < n; i += static_cast<int>(blockDim.x)) out[i] = tile[n - 1 - i];
}

TEST(CudaRuntimeGpu, DynamicSharedMemoryBeyond48KiB) {
  const int n = 20000;
  std::vector<int> in(n), expected(n);
  for (int i = 0; i < n; ++i) expected[n - 1 - i] = in[i] = 7 * i;
  const OnDevice<int> from(in), to(n);
  launch(reverse, dim3(1), dim3(kThreads), n * sizeof(int), Stream{}, from.data(), to.data(), n);
  synchronize(Stream{});
  EXPECT_EQ(to.on_host(), expected);
}

TEST(CudaRuntimeGpu, MoreSharedMemoryThanTheDeviceHasIsRefused) {
  const OnDevice<int> memory(1);
  try {
    launch(reverse, dim3(1), dim3(kThreads), std::size_t{1} << 30, Stream{}, memory.data(), memory.data(), 0);
    FAIL() << "1 GiB of shared memory was accepted";
  } catch (const DeviceError& error) {
    EXPECT_EQ(error.fault(), DeviceFault::kBadLaunch);
  }
  launch(reverse, dim3(1), dim3(kThreads), 4, Stream{}, memory.data(), memory.data(), 0);  // the device is still usable
  EXPECT_NO_THROW(synchronize(Stream{}));
}

TEST(CudaRuntimeGpu, AnEmptyGridIsRefused) {
  const OnDevice<int> memory(1);
  EXPECT_THROW(launch(reverse, dim3(0), dim3(kThreads), 4, Stream{}, memory.data(), memory.data(), 0), DeviceError);
}

}  // namespace
}  // namespace bakeoff::kernels
