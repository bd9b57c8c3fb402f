// What the built-in functions of cuda_emulation.h call. Kernels and tests don't need it.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <source_location>
#include <string>
#include <tuple>
#include <type_traits>

#include "emulation/builtins.h"

namespace bakeoff::emulation {

inline constexpr unsigned kWarpThreads = 32;
inline constexpr unsigned kMaxBlockThreads = 1024;
inline constexpr unsigned kMaxBlockWarps = kMaxBlockThreads / kWarpThreads;
inline constexpr std::size_t kMaxSharedBytes = 227 * 1024;       // of a block on sm_90
inline constexpr std::size_t kMaxStaticSharedBytes = 48 * 1024;  // ptxas refuses more

enum class Collective : std::uint8_t { kSync, kBallot, kShuffle, kMatch, kAdd, kMin, kMax };

/// The answers of a block barrier about the predicates of its threads.
struct BarrierVotes {
  bool any = false;
  bool all = true;
  int count = 0;
};

BarrierVotes barrier(bool predicate, const std::source_location& site);

/// `source`: the lane that a shuffle reads, -1 for the caller's own value.
std::uint64_t collective(Collective op, unsigned mask, std::uint64_t value, int source,
                         const std::source_location& site);

unsigned current_lane();
void fence();
void yield();
/// Lets another thread go first if the options' preempt_one_in says so.
void preemption_point();
void trap(const std::source_location& site);

/// One for each BAKEOFF_STATIC_SHARED (and each instantiation of the template around it).
class SharedSlot {
 public:
  constexpr SharedSlot(std::size_t bytes, std::size_t alignment, const char* label)
      : bytes_(bytes), alignment_(alignment), label_(label) {}

  /// Of the running block.
  void* address();

  std::size_t bytes() const { return bytes_; }
  std::size_t alignment() const { return alignment_; }
  const char* label() const { return label_; }
  /// A small number of its own, given on first use.
  int id();

 private:
  std::size_t bytes_;
  std::size_t alignment_;
  const char* label_;
  std::atomic<int> id_{-1};
};

void* dynamic_shared();

/// A kernel with its arguments.
struct KernelCall {
  void (*call)(const void*) = nullptr;
  const void* object = nullptr;
};

/// Runs all blocks to their end. The grid and the block have been found valid.
void run_grid(KernelCall kernel, dim3 grid, dim3 block, std::size_t shared_bytes);

template <class... P>
void launch(void (*kernel)(P...), dim3 grid, dim3 block, std::size_t shared_bytes, std::type_identity_t<P>... args) {
  struct Bound {
    void (*kernel)(P...);
    std::tuple<P...> args;
  };
  const Bound bound{kernel, {args...}};
  // Passed by value, so that each thread has parameters of its own
  const auto call = [](const void* object) {
    const auto& b = *static_cast<const Bound*>(object);
    std::apply(b.kernel, b.args);
  };
  run_grid({call, &bound}, grid, block, shared_bytes);
}

}  // namespace bakeoff::emulation
