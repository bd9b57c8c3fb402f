#include "kernels/device_memory.h"
#include "kernels/no_cuda.h"

namespace bakeoff::kernels {

void* device_allocate(std::size_t) { refuse("memory"); }
void device_release(void*) noexcept {}
void device_upload(Stream, void*, const void*, std::size_t) { refuse("memory"); }
void device_download(Stream, void*, const void*, std::size_t) { refuse("memory"); }

}  // namespace bakeoff::kernels
