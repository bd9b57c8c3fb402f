// Atomics, fences and what else touches the scheduling of threads. Atomics are relaxed, as on the device: they order
// nothing but themselves, and TSan says so where a kernel relies on more.
#pragma once

#include <algorithm>
#include <atomic>
#include <concepts>
#include <source_location>
#include <type_traits>

#include "emulation/runtime.h"

namespace bakeoff::emulation {

template <class T>
concept AtomicInteger = std::same_as<T, int> || std::same_as<T, unsigned> || std::same_as<T, unsigned long long>;
template <class T>
concept Atomic = AtomicInteger<T> || std::same_as<T, float> || std::same_as<T, double>;

/// Replaces *p by update(*p) and returns what it was.
template <class T, class Update>
T atomic_update(T* p, Update update) {
  preemption_point();
  std::atomic_ref<T> target(*p);
  T old = target.load(std::memory_order_relaxed);
  while (!target.compare_exchange_weak(old, update(old), std::memory_order_relaxed)) {
  }
  return old;
}

}  // namespace bakeoff::emulation

template <bakeoff::emulation::Atomic T>
T atomicAdd(T* p, std::type_identity_t<T> value) {
  bakeoff::emulation::preemption_point();
  return std::atomic_ref<T>(*p).fetch_add(value, std::memory_order_relaxed);
}
template <bakeoff::emulation::AtomicInteger T>
T atomicSub(T* p, std::type_identity_t<T> value) {
  bakeoff::emulation::preemption_point();
  return std::atomic_ref<T>(*p).fetch_sub(value, std::memory_order_relaxed);
}
template <bakeoff::emulation::AtomicInteger T>
T atomicMin(T* p, std::type_identity_t<T> value) {
  return bakeoff::emulation::atomic_update(p, [value](T old) { return std::min(old, value); });
}
template <bakeoff::emulation::AtomicInteger T>
T atomicMax(T* p, std::type_identity_t<T> value) {
  return bakeoff::emulation::atomic_update(p, [value](T old) { return std::max(old, value); });
}
template <bakeoff::emulation::AtomicInteger T>
T atomicAnd(T* p, std::type_identity_t<T> value) {
  return bakeoff::emulation::atomic_update(p, [value](T old) { return old & value; });
}
template <bakeoff::emulation::AtomicInteger T>
T atomicOr(T* p, std::type_identity_t<T> value) {
  return bakeoff::emulation::atomic_update(p, [value](T old) { return old | value; });
}
template <bakeoff::emulation::AtomicInteger T>
T atomicXor(T* p, std::type_identity_t<T> value) {
  return bakeoff::emulation::atomic_update(p, [value](T old) { return old ^ value; });
}
template <bakeoff::emulation::Atomic T>
T atomicExch(T* p, std::type_identity_t<T> value) {
  return bakeoff::emulation::atomic_update(p, [value](T) { return value; });
}
template <bakeoff::emulation::AtomicInteger T>
T atomicCAS(T* p, std::type_identity_t<T> expected, std::type_identity_t<T> desired) {
  bakeoff::emulation::preemption_point();
  std::atomic_ref<T>(*p).compare_exchange_strong(expected, desired, std::memory_order_relaxed);
  return expected;
}

inline void __threadfence() { bakeoff::emulation::fence(); }
inline void __threadfence_block() { bakeoff::emulation::fence(); }
/// Also where a thread that waits for another one of its block lets it run: a loop without it never ends here.
inline void __nanosleep(unsigned) { bakeoff::emulation::yield(); }
inline void __trap(const std::source_location& site = std::source_location::current()) {
  bakeoff::emulation::trap(site);
}
