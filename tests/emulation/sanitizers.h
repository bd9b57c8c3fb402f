// The sanitizers' interfaces as plain functions that do nothing where there is no sanitizer. Internal.
//
// Under TSan every CUDA thread is a TSan fiber, switched to without synchronisation: for TSan two CUDA threads are
// ordered by barriers, __syncwarp and fences alone, whatever order they ran in. That makes it an exact race detector:
// a race is reported even if the schedule happened to give the right result.
//
// The emulation's own sources are compiled without -fsanitize=thread (CMakeLists.txt): its data, touched in the name
// of every fiber, would look like races. `Quiet` covers what the standard library inlines into them.
#pragma once

#include <cstddef>

#if defined(BAKEOFF_EMULATION_ASAN)
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif

#if defined(BAKEOFF_EMULATION_TSAN)
extern "C" {
void* __tsan_get_current_fiber(void);
void* __tsan_create_fiber(unsigned flags);
void __tsan_destroy_fiber(void* fiber);
void __tsan_switch_to_fiber(void* fiber, unsigned flags);
void __tsan_acquire(void* token);
void __tsan_release(void* token);
void __tsan_ignore_thread_begin(void);
void __tsan_ignore_thread_end(void);
}
#endif

namespace bakeoff::emulation {

using TsanFiber = void*;

#if defined(BAKEOFF_EMULATION_TSAN)
inline TsanFiber tsan_current() { return __tsan_get_current_fiber(); }
inline TsanFiber tsan_create() { return __tsan_create_fiber(0); }
inline void tsan_destroy(TsanFiber fiber) { __tsan_destroy_fiber(fiber); }
inline void tsan_become(TsanFiber fiber) { __tsan_switch_to_fiber(fiber, 1); }  // 1: no synchronisation
inline void tsan_acquire(void* token) { __tsan_acquire(token); }
inline void tsan_release(void* token) { __tsan_release(token); }
struct Quiet {
  Quiet() { __tsan_ignore_thread_begin(); }
  ~Quiet() { __tsan_ignore_thread_end(); }
  Quiet(const Quiet&) = delete;
  Quiet& operator=(const Quiet&) = delete;
};
#else
inline TsanFiber tsan_current() { return nullptr; }
inline TsanFiber tsan_create() { return nullptr; }
inline void tsan_destroy(TsanFiber) {}
inline void tsan_become(TsanFiber) {}
inline void tsan_acquire(void*) {}
inline void tsan_release(void*) {}
struct Quiet {
  Quiet() {}
  ~Quiet() {}
  Quiet(const Quiet&) = delete;
  Quiet& operator=(const Quiet&) = delete;
};
#endif

#if defined(BAKEOFF_EMULATION_ASAN)
inline void asan_poison(const void* p, std::size_t bytes) { __asan_poison_memory_region(p, bytes); }
inline void asan_unpoison(const void* p, std::size_t bytes) { __asan_unpoison_memory_region(p, bytes); }
inline void asan_start_switch(void** fake_stack, const void* bottom, std::size_t bytes) {
  __sanitizer_start_switch_fiber(fake_stack, bottom, bytes);
}
inline void asan_finish_switch(void* fake_stack) { __sanitizer_finish_switch_fiber(fake_stack, nullptr, nullptr); }
#else
inline void asan_poison(const void*, std::size_t) {}
inline void asan_unpoison(const void*, std::size_t) {}
inline void asan_start_switch(void**, const void*, std::size_t) {}
inline void asan_finish_switch(void*) {}
#endif

}  // namespace bakeoff::emulation
