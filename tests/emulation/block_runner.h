// Runs the blocks of a launch, one after the other, on the OS thread that calls run(). Internal.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <exception>
#include <source_location>
#include <string>
#include <vector>

#include "emulation/fiber.h"
#include "emulation/options.h"
#include "emulation/runtime.h"
#include "emulation/sanitizers.h"
#include "emulation/scheduler.h"
#include "emulation/shared_arena.h"

namespace bakeoff::emulation {

/// What all blocks of a launch have in common.
struct Launch {
  KernelCall kernel;
  dim3 grid;
  dim3 block;
  std::size_t shared_bytes = 0;
  Options options;
  std::uint64_t number = 0;  ///< counts launches since the options were set
  std::chrono::steady_clock::time_point deadline;

  unsigned block_threads() const { return block.x * block.y * block.z; }
};

enum class ThreadState : std::uint8_t { kUnstarted, kReady, kAtBarrier, kAtCollective, kDone };

class BlockRunner;

struct Fiber {
  Context context;
  BlockRunner* runner = nullptr;
};

/// A CUDA thread: where it stands, and what it brought to the collective it waits in.
struct DeviceThread {
  uint3 index{};
  unsigned linear = 0;
  ThreadState state = ThreadState::kUnstarted;
  Collective op = Collective::kSync;
  unsigned mask = 0;
  int source = 0;
  std::uint64_t value = 0;
  std::uint64_t result = 0;
  std::source_location site{};
  Fiber* fiber = nullptr;
  TsanFiber tsan = nullptr;
};

struct Warp {
  unsigned exists = 0;
  unsigned exited = 0;
  unsigned in_collective = 0;
  unsigned at_barrier = 0;
};

class BlockRunner {
 public:
  BlockRunner();
  ~BlockRunner();
  BlockRunner(const BlockRunner&) = delete;
  BlockRunner& operator=(const BlockRunner&) = delete;

  /// The runner of the kernel that runs on this OS thread, or null.
  static BlockRunner* current() { return running_; }
  /// The same inside a built-in function; throws when no kernel runs.
  static BlockRunner& required(const char* function) {
    if (running_ == nullptr) throw EmulationError(std::string(function) + " outside a kernel; it needs launch()");
    return *running_;
  }

  /// Runs one block to its end. Throws EmulationError for what its kernel did wrong.
  void run(const Launch& launch, std::uint64_t linear_block);

  // Called by the kernel's threads. A thread whose block has failed does not return from these.
  BarrierVotes barrier(bool predicate, const std::source_location& site);
  std::uint64_t collective(Collective op, unsigned mask, std::uint64_t value, int source,
                           const std::source_location& site);
  void* slot(SharedSlot& slot);
  void* dynamic_shared();
  void yield();
  void fence();
  void preemption_point();
  void trap(const std::source_location& site);
  unsigned current_lane() const { return current_->linear % kWarpThreads; }

 private:
  struct Aborted {};  // thrown by fail(), caught before it would reach the kernel

  // block_runner.cpp: fibers
  static void entry(boost::context::detail::transfer_t transfer);
  void loop(Fiber& self);
  void make_fibers();
  void order_abandoned();
  void forget_threads();
  void begin_block(std::uint64_t linear_block);
  void enter();
  void run_kernel();
  void finish_current();
  DeviceThread* next_thread();
  void start(DeviceThread& thread);
  void make_current(DeviceThread& thread);
  void suspend();
  void leave(Context& from);
  // Runs `body`; if the block fails in it, leaves the block for good. So a failure never unwinds through the kernel,
  // whose functions may be noexcept.
  template <class F>
  auto guarded(F body) {
    try {
      return body();
    } catch (const Aborted&) {
    } catch (const std::exception& e) {
      error_ = std::string("an exception in a kernel: ") + e.what();
    }
    for (;;) leave(current_->fiber->context);
  }
  [[noreturn]] void fail(const std::string& what);
  [[noreturn]] void deadlock();

  // collectives.cpp
  void arrive_at_barrier(bool predicate, const std::source_location& site);
  void release_barrier();
  bool arrive_at_collective(Collective op, unsigned mask, std::uint64_t value, int source,
                            const std::source_location& site);
  bool try_complete(unsigned warp, unsigned mask);
  void complete_after_exit(unsigned warp);
  void check_same_collective(unsigned warp, unsigned lanes);
  void compute_results(unsigned warp, unsigned lanes);
  void compute_shuffle(unsigned warp, unsigned lanes);
  void compute_match(unsigned warp, unsigned lanes);
  void compute_reduction(unsigned warp, unsigned lanes);
  void order_memory(unsigned warp, unsigned lanes, void (*action)(void*), void* token);
  DeviceThread& first_of(unsigned warp, unsigned lanes) { return threads_[warp * kWarpThreads + lowest(lanes)]; }

  static inline constinit thread_local BlockRunner* running_ = nullptr;

  const Launch* launch_ = nullptr;
  Scheduler scheduler_;
  SharedArena shared_;
  FiberStacks stacks_;
  std::array<DeviceThread, kMaxBlockThreads> threads_;
  std::array<Warp, kMaxBlockWarps> warps_;
  std::array<Fiber, kMaxBlockThreads> fibers_;
  std::array<Fiber*, kMaxBlockThreads> free_fibers_{};
  unsigned free_count_ = 0;
  Context main_;
  TsanFiber main_tsan_ = nullptr;
  DeviceThread* current_ = nullptr;
  unsigned count_ = 0;
  unsigned live_ = 0;
  std::uint64_t switches_ = 0;
  std::string error_;

  // The block barrier
  unsigned arrived_ = 0;
  unsigned first_arrived_ = 0;
  BarrierVotes votes_;     // of those that have arrived
  BarrierVotes released_;  // of the barrier that was released last

  // Only their addresses matter, to TSan
  char start_token_ = 0;
  char exit_token_ = 0;
  char barrier_token_ = 0;
  char warp_tokens_[kMaxBlockThreads] = {};
};

const char* name(Collective op);

/// "file.cuh:12"
std::string where(const std::source_location& site);

}  // namespace bakeoff::emulation
