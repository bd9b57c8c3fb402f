#include "kernels/device_memory.h"

namespace bakeoff::kernels {

void* device_allocate(std::size_t bytes) {
  void* memory = nullptr;
  check(cudaMalloc(&memory, bytes), "allocating memory of the GPU");
  return memory;
}

// A failure here is an older one coming to light; whoever launched that has heard of it.
void device_release(void* memory) noexcept { static_cast<void>(cudaFree(memory)); }

void device_upload(Stream stream, void* device, const void* host, std::size_t bytes) {
  check(cudaMemcpyAsync(device, host, bytes, cudaMemcpyHostToDevice, stream.get()), "copying to the GPU");
  synchronize(stream);
}

void device_download(Stream stream, void* host, const void* device, std::size_t bytes) {
  check(cudaMemcpyAsync(host, device, bytes, cudaMemcpyDeviceToHost, stream.get()), "copying from the GPU");
  synchronize(stream);
}

}  // namespace bakeoff::kernels
