#include "emulation/fiber.h"

#include <pthread.h>
#include <sys/mman.h>

#include <new>

#include "emulation/options.h"
#include "emulation/runtime.h"
#include "emulation/sanitizers.h"

namespace bakeoff::emulation {

namespace {

// Address space, not memory: a page is backed when it is first touched. Sanitizers enlarge every frame.
constexpr std::size_t kStackBytes = kUnderAsan || kUnderTsan ? 256 * 1024 : 128 * 1024;
constexpr std::size_t kGuardBytes = 4096;
constexpr std::size_t kStride = kStackBytes + kGuardBytes;

}  // namespace

void describe_own_stack(Context& context) {
  if constexpr (!kUnderAsan) return;
  struct Bounds {
    void* bottom = nullptr;
    std::size_t bytes = 0;
    Bounds() {
      pthread_attr_t attributes;
      pthread_getattr_np(pthread_self(), &attributes);
      pthread_attr_getstack(&attributes, &bottom, &bytes);
      pthread_attr_destroy(&attributes);
    }
  };
  thread_local const Bounds own;  // asked once: for the main thread the answer is read from /proc/self/maps
  context.stack_bottom = own.bottom;
  context.stack_bytes = own.bytes;
}

FiberStacks::FiberStacks() {
  void* memory = mmap(nullptr, kStride * kMaxBlockThreads, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  memory_ = static_cast<std::byte*>(memory);
  for (std::size_t i = 0; i < kMaxBlockThreads; ++i) mprotect(memory_ + i * kStride, kGuardBytes, PROT_NONE);
}

FiberStacks::~FiberStacks() {
  asan_unpoison(memory_, kStride * kMaxBlockThreads);
  munmap(memory_, kStride * kMaxBlockThreads);
}

Context FiberStacks::make(std::size_t index, Entry entry) {
  std::byte* bottom = memory_ + index * kStride + kGuardBytes;
  asan_unpoison(bottom, kStackBytes);
  // Tops at different offsets: otherwise the hot frames of all fibers fall into the same few cache sets.
  const std::size_t colour = index * 448 % 4096 / 64 * 64;
  Context context;
  context.stack_bottom = bottom;
  context.stack_bytes = kStackBytes - colour;
  context.handle =
      boost::context::detail::make_fcontext(bottom + context.stack_bytes, context.stack_bytes, entry);
  return context;
}

}  // namespace bakeoff::emulation
