// The one header through which kernel files (kernels/**/*.cuh) see CUDA.
//
//   nvcc                          the CUDA runtime
//   g++ with BAKEOFF_EMULATION    tests/emulation: the same kernels thread by thread on the CPU
//   any other host compiler       Stream and DeviceError alone, for host code that passes streams on or catches errors
//
// Rules that keep a kernel file runnable in all of them: `static __global__` (or a template), shared memory through
// the two macros below, every launch through launch(), no CUB or Thrust inside a kernel, no owning objects as
// parameters, and a thread that waits for another thread of its block calls __nanosleep in the loop.
#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>
#include <type_traits>

#if defined(__CUDACC__)
#include <cuda_runtime.h>
#elif defined(BAKEOFF_EMULATION)
#include "emulation/cuda_emulation.h"
#endif

struct CUstream_st;  // cudaStream_t is a pointer to it, in every version of CUDA: host code needs no CUDA header

namespace bakeoff::kernels {

/// A stream to which work is issued. Default-constructed it is CUDA's default stream; it can't be built from 0, NULL
/// or nullptr, so that a forgotten argument, or a size in the wrong place, never becomes a stream (after RMM's
/// cuda_stream_view). It does not own the stream. In the emulation a launch is finished when launch() returns.
class Stream {
 public:
  using Handle = CUstream_st*;

  constexpr Stream() noexcept = default;
  constexpr explicit Stream(Handle handle) noexcept : handle_(handle) {}
  template <class T>
    requires(!std::is_same_v<T, Handle> && !std::is_same_v<T, Stream>)
  Stream(T) = delete;

  constexpr Handle get() const noexcept { return handle_; }
  friend constexpr bool operator==(Stream, Stream) noexcept = default;

 private:
  Handle handle_ = nullptr;
};

/// What a DeviceError means to whoever catches it.
enum class DeviceFault {
  kOutOfMemory,  ///< retry with less, or elsewhere
  kDeviceLost,   ///< retry in a new process, or elsewhere
  kBadLaunch,    ///< our own bug: a configuration that no device accepts, or that this build has no code for
  kKernel,       ///< our own bug: a kernel that failed while it ran
  kNoDevice,     ///< no GPU that this build and the installed driver can use
};

/// A failure of the device or of a launch. The text says what was done, what came, what was expected and what to do.
class DeviceError : public std::runtime_error {
 public:
  DeviceError(DeviceFault fault, const std::string& text) : std::runtime_error(text), fault_(fault) {}

  DeviceFault fault() const noexcept { return fault_; }
  /// True where the same run may succeed on another machine or with less memory (the binary's exit code 138).
  bool retryable() const noexcept {
    return fault_ == DeviceFault::kOutOfMemory || fault_ == DeviceFault::kDeviceLost;
  }

 private:
  DeviceFault fault_;
};

#if defined(__CUDACC__) || defined(BAKEOFF_EMULATION)

namespace detail {

inline std::string extents(dim3 d) {
  return std::to_string(d.x) + " x " + std::to_string(d.y) + " x " + std::to_string(d.z);
}

/// The limits are those of every device from compute capability 3.0 on. Checked here rather than by CUDA so that a
/// test under emulation meets the same error, and because CUDA says only "invalid configuration argument".
inline void require_launchable(dim3 grid, dim3 block) {
  const std::size_t threads = std::size_t{block.x} * block.y * block.z;
  const auto refuse = [&](const char* expected) {
    throw DeviceError(DeviceFault::kBadLaunch, "launch of a grid of " + extents(grid) + " blocks of " + extents(block) +
                                                   " threads: expected " + expected);
  };
  if (grid.x == 0 || grid.y == 0 || grid.z == 0 || threads == 0) {
    refuse("at least one block and one thread; a launcher must return early when there is nothing to do");
  }
  if (threads > 1024 || block.x > 1024 || block.y > 1024 || block.z > 64) {
    refuse("at most 1024 threads a block, and at most 64 in z; use a smaller block");
  }
  if (grid.x > 0x7fffffffu || grid.y > 65535 || grid.z > 65535) {
    refuse("at most 2147483647 x 65535 x 65535 blocks; put the longest dimension in x");
  }
}

[[noreturn]] inline void refuse_shared(std::size_t bytes, std::size_t available) {
  throw DeviceError(DeviceFault::kBadLaunch, "launch with " + std::to_string(bytes) +
                                                 " bytes of dynamic shared memory: expected at most " +
                                                 std::to_string(available) + " bytes; use a smaller tile");
}

}  // namespace detail

#endif

#if defined(__CUDACC__)

namespace detail {

inline DeviceFault fault_of(cudaError_t error) {
  switch (error) {
    case cudaErrorMemoryAllocation:
      return DeviceFault::kOutOfMemory;
    case cudaErrorDevicesUnavailable:
    case cudaErrorDeviceUninitialized:
    case cudaErrorECCUncorrectable:
    case cudaErrorNvlinkUncorrectable:
    case cudaErrorHardwareStackError:
    case cudaErrorContained:
    case cudaErrorContextIsDestroyed:
    case cudaErrorExternalDevice:
    case cudaErrorSystemNotReady:
    case cudaErrorMpsConnectionFailed:
    case cudaErrorMpsRpcFailure:
    case cudaErrorMpsServerNotReady:
    case cudaErrorMpsClientTerminated:
      return DeviceFault::kDeviceLost;
    case cudaErrorInvalidValue:
    case cudaErrorInvalidConfiguration:
    case cudaErrorInvalidDeviceFunction:
    case cudaErrorNoKernelImageForDevice:
    case cudaErrorLaunchOutOfResources:
      return DeviceFault::kBadLaunch;
    case cudaErrorNoDevice:
    case cudaErrorInsufficientDriver:
    case cudaErrorSystemDriverMismatch:
    case cudaErrorCompatNotSupportedOnDevice:
    case cudaErrorStubLibrary:
    case cudaErrorInitializationError:
      return DeviceFault::kNoDevice;
    default:
      return DeviceFault::kKernel;
  }
}

inline const char* advice(cudaError_t error) {
  if (error == cudaErrorNoKernelImageForDevice) return "rebuild with this GPU in CMAKE_CUDA_ARCHITECTURES";
  switch (fault_of(error)) {
    case DeviceFault::kOutOfMemory:
      return "use fewer candidates at once or a GPU with more memory; other processes may hold some of it (nvidia-smi)";
    case DeviceFault::kDeviceLost:
      return "the device can't be used from this process any more; run again, elsewhere if it repeats";
    case DeviceFault::kBadLaunch:
      return "this is a bug in Bakeoff or a build for another GPU; please report it with this text";
    case DeviceFault::kNoDevice:
      return "run on the CPU (device: cpu), or install a driver for this CUDA version and check it with nvidia-smi";
    case DeviceFault::kKernel:
      break;
  }
  return "this is a bug in Bakeoff, perhaps of an earlier launch; compute-sanitizer names the kernel, please report it";
}

}  // namespace detail

/// Throws DeviceError unless `error` is cudaSuccess. `doing` completes "while ...".
inline void check(cudaError_t error, const char* doing) {
  if (error == cudaSuccess) return;
  throw DeviceError(detail::fault_of(error), std::string("while ") + doing + ": expected success, CUDA said " +
                                                 cudaGetErrorName(error) + " (" + cudaGetErrorString(error) + "); " +
                                                 detail::advice(error));
}

namespace detail {

/// Static and dynamic shared memory together may pass 48 KiB only on request. The request is always for all that the
/// device has: a request for just `shared_bytes` could lower what another host thread had asked for this same kernel.
inline void allow_dynamic_shared(const void* kernel, std::size_t shared_bytes) {
  cudaFuncAttributes attributes{};
  check(cudaFuncGetAttributes(&attributes, kernel), "reading a kernel's attributes");
  if (shared_bytes <= static_cast<std::size_t>(attributes.maxDynamicSharedSizeBytes)) return;
  int device = 0;
  int limit = 0;
  check(cudaGetDevice(&device), "asking for the current device");
  check(cudaDeviceGetAttribute(&limit, cudaDevAttrMaxSharedMemoryPerBlockOptin, device), "asking for shared memory");
  const std::size_t available = static_cast<std::size_t>(limit) - attributes.sharedSizeBytes;
  if (shared_bytes > available) refuse_shared(shared_bytes, available);
  check(cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, static_cast<int>(available)),
        "asking for more shared memory");
}

}  // namespace detail

/// Issues a kernel to a stream: the only place with <<<>>>. Throws DeviceError when the launch is refused; a failure
/// while the kernel runs comes with a later call, as always with CUDA. `args` convert to the kernel's parameters as in
/// a call of a function.
template <class... P>
void launch(void (*kernel)(P...), dim3 grid, dim3 block, std::size_t shared_bytes, Stream stream,
            std::type_identity_t<P>... args) {
  static_assert((std::is_trivially_copyable_v<P> && ...), "kernel parameters are copied as bytes");
  detail::require_launchable(grid, block);
  if (shared_bytes != 0) detail::allow_dynamic_shared(reinterpret_cast<const void*>(kernel), shared_bytes);
  kernel<<<grid, block, shared_bytes, stream.get()>>>(args...);
  check(cudaGetLastError(), "launching a kernel");
}

/// Waits until all work issued to the stream is done, and reports what failed in it.
inline void synchronize(Stream stream) { check(cudaStreamSynchronize(stream.get()), "waiting for a stream"); }

#elif defined(BAKEOFF_EMULATION)

/// The same under emulation: has run to its end on return. Throws emulation::EmulationError for what a kernel did
/// wrong, DeviceError for a configuration that CUDA refuses.
template <class... P>
void launch(void (*kernel)(P...), dim3 grid, dim3 block, std::size_t shared_bytes, Stream,
            std::type_identity_t<P>... args) {
  static_assert((std::is_trivially_copyable_v<P> && ...), "kernel parameters are copied as bytes");
  detail::require_launchable(grid, block);
  if (shared_bytes > emulation::kMaxSharedBytes) detail::refuse_shared(shared_bytes, emulation::kMaxSharedBytes);
  emulation::launch(kernel, grid, block, shared_bytes, args...);
}

inline void synchronize(Stream) {}

#endif

}  // namespace bakeoff::kernels

// BAKEOFF_STATIC_SHARED(partial, float[32]);  declares a reference `partial` to a shared array of fixed size.
// BAKEOFF_DYNAMIC_SHARED(float, tile);        declares a pointer `tile` to the launch's dynamic shared memory.
// Both start undefined. They are bytes, not a `__shared__ Type`: nvcc refuses a __shared__ object whose default
// constructor does something, and the default of a metric's State is its identity.
#if defined(__CUDACC__)
#define BAKEOFF_STATIC_SHARED(name, ...)                                                          \
  static_assert(std::is_trivially_copyable_v<std::type_identity_t<__VA_ARGS__>>);                 \
  __shared__ alignas(std::type_identity_t<__VA_ARGS__>) unsigned char name##_shared_bytes[sizeof( \
      std::type_identity_t<__VA_ARGS__>)];                                                        \
  auto& name = *reinterpret_cast<std::type_identity_t<__VA_ARGS__>*>(name##_shared_bytes)
#define BAKEOFF_DYNAMIC_SHARED(T, name)                                      \
  extern __shared__ __align__(128) unsigned char bakeoff_dynamic_shared[]; \
  T* const name = reinterpret_cast<T*>(bakeoff_dynamic_shared)
#elif defined(BAKEOFF_EMULATION)
#define BAKEOFF_STATIC_SHARED(name, ...)                                                            \
  static_assert(std::is_trivially_copyable_v<std::type_identity_t<__VA_ARGS__>>);                   \
  static constinit ::bakeoff::emulation::SharedSlot name##_shared_slot{                             \
      sizeof(std::type_identity_t<__VA_ARGS__>), alignof(std::type_identity_t<__VA_ARGS__>), #name}; \
  auto& name = *static_cast<std::type_identity_t<__VA_ARGS__>*>(name##_shared_slot.address())
#define BAKEOFF_DYNAMIC_SHARED(T, name) T* const name = static_cast<T*>(::bakeoff::emulation::dynamic_shared())
#endif
