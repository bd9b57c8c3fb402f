#include "kernels/cuda_runtime.h"
#include "kernels/device_memory.h"

namespace bakeoff::kernels {
namespace {

[[noreturn]] void refuse() {
  throw DeviceError(DeviceFault::kNoDevice, "memory of the GPU: " + why_no_cuda() + "; run on the CPU (device: cpu)");
}

}  // namespace

void* device_allocate(std::size_t) { refuse(); }
void device_release(void*) noexcept {}
void device_upload(Stream, void*, const void*, std::size_t) { refuse(); }
void device_download(Stream, void*, const void*, std::size_t) { refuse(); }

}  // namespace bakeoff::kernels
