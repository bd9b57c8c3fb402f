#include "emulation/block_runner.h"

#include <atomic>
#include <cstdio>
#include <cstring>

namespace bakeoff::emulation {

namespace {

// How often the clock is read: a switch takes 30 ns, and so does reading it.
constexpr std::uint64_t kSwitchesPerLook = 4096;

}  // namespace

std::string where(const std::source_location& site) {
  const char* slash = std::strrchr(site.file_name(), '/');
  return std::string(slash != nullptr ? slash + 1 : site.file_name()) + ":" + std::to_string(site.line());
}

BlockRunner::BlockRunner() { make_fibers(); }

BlockRunner::~BlockRunner() {
  for (DeviceThread& thread : threads_) {
    if (thread.tsan != nullptr) tsan_destroy(thread.tsan);
  }
}

void BlockRunner::make_fibers() {
  free_count_ = 0;
  for (unsigned i = kMaxBlockThreads; i-- > 0;) {
    fibers_[i].context = stacks_.make(i, &entry);
    fibers_[i].runner = this;
    free_fibers_[free_count_++] = &fibers_[i];
  }
}

void BlockRunner::run(const Launch& launch, std::uint64_t linear_block) {
  launch_ = &launch;
  error_.clear();
  running_ = this;
  begin_block(linear_block);
  enter();
  running_ = nullptr;
  if (live_ != 0) forget_threads();
  if (error_.empty()) {
    error_ = shared_.overflow();
    if (!error_.empty()) error_ += " [block " + std::to_string(linear_block) + "]";
  }
  if (!error_.empty()) throw EmulationError(error_);
}

void BlockRunner::begin_block(std::uint64_t linear_block) {
  const dim3 grid = launch_->grid;
  const dim3 block = launch_->block;
  gridDim = grid;
  blockDim = block;
  blockIdx = {static_cast<unsigned>(linear_block % grid.x), static_cast<unsigned>(linear_block / grid.x % grid.y),
              static_cast<unsigned>(linear_block / grid.x / grid.y)};
  count_ = live_ = launch_->block_threads();
  arrived_ = 0;
  votes_ = {};
  scheduler_.reset(launch_->options.schedule, count_,
                   mix_key(launch_->options.seed, launch_->number, linear_block));
  uint3 index{0, 0, 0};
  for (unsigned i = 0; i < count_; ++i) {
    DeviceThread& thread = threads_[i];
    thread.index = index;
    thread.linear = i;
    thread.state = ThreadState::kUnstarted;
    thread.fiber = nullptr;
    if (++index.x < block.x) continue;
    index.x = 0;
    if (++index.y < block.y) continue;
    index.y = 0;
    ++index.z;
  }
  for (unsigned w = 0; w * kWarpThreads < count_; ++w) {
    const unsigned left = count_ - w * kWarpThreads;
    warps_[w] = {left >= kWarpThreads ? ~0u : (1u << left) - 1, 0, 0, 0};
  }
  shared_.reset(launch_->shared_bytes, launch_->options.poison_shared);
}

// Runs the block: returns when its last thread has finished, or when one has failed.
void BlockRunner::enter() {
  main_tsan_ = tsan_current();
  for (unsigned i = 0; i < count_; ++i) {
    if (threads_[i].tsan == nullptr) threads_[i].tsan = tsan_create();
  }
  tsan_release(&start_token_);
  describe_own_stack(main_);
  DeviceThread& first = threads_[static_cast<unsigned>(scheduler_.pick())];
  start(first);
  make_current(first);
  switch_context(main_, first.fiber->context);
  if (live_ != 0) order_abandoned();
  tsan_acquire(&exit_token_);
}

// After a failure threads are abandoned where they stand. What they did is over all the same.
void BlockRunner::order_abandoned() {
  for (unsigned w = 0; w * kWarpThreads < count_ && kUnderTsan; ++w) {
    order_memory(w, warps_[w].exists & ~warps_[w].exited, &tsan_release, &exit_token_);
  }
}

// The stacks of abandoned threads serve again without being unwound: kernels own nothing, and unwinding would run code
// of theirs.
void BlockRunner::forget_threads() {
  make_fibers();
  for (DeviceThread& thread : threads_) {
    if (thread.tsan == nullptr) continue;
    tsan_destroy(thread.tsan);
    thread.tsan = nullptr;
  }
}

void BlockRunner::entry(boost::context::detail::transfer_t transfer) {
  note_switch(transfer);
  asan_finish_switch(nullptr);
  Fiber& self = *running_->current_->fiber;
  self.runner->loop(self);
}

void BlockRunner::loop(Fiber& self) {
  for (;;) {
    run_kernel();
    DeviceThread* next = nullptr;
    guarded([&] { next = next_thread(); });
    // Without a barrier no switch at all: the stack of a finished thread serves the next one. Not under TSan, for which
    // two threads on one stack would race.
    if (!kUnderTsan && next != nullptr && next->state == ThreadState::kUnstarted) {
      next->fiber = &self;
      make_current(*next);
      continue;
    }
    if (!kUnderTsan) free_fibers_[free_count_++] = &self;
    if (next == nullptr) {
      leave(self.context);
    } else {
      if (next->state == ThreadState::kUnstarted) start(*next);
      make_current(*next);
      switch_context(self.context, next->fiber->context);
    }
  }
}

void BlockRunner::run_kernel() {
  tsan_acquire(&start_token_);
  current_->state = ThreadState::kReady;
  guarded([&] { launch_->kernel.call(launch_->kernel.object); });
  tsan_release(&exit_token_);
  guarded([&] { finish_current(); });
}

void BlockRunner::finish_current() {
  const Quiet quiet;
  current_->state = ThreadState::kDone;
  --live_;
  const unsigned warp = current_->linear / kWarpThreads;
  warps_[warp].exited |= 1u << (current_->linear % kWarpThreads);
  if (warps_[warp].in_collective != 0) complete_after_exit(warp);
  if (arrived_ != 0 && arrived_ == live_) release_barrier();
  // The rest waits for something that nobody can bring any more
  if (live_ != 0 && !scheduler_.any_ready()) deadlock();
}

DeviceThread* BlockRunner::next_thread() {
  if (++switches_ % kSwitchesPerLook == 0 && std::chrono::steady_clock::now() > launch_->deadline) {
    fail("the launch ran past its time limit of " + std::to_string(launch_->options.time_limit.count()) +
         " s: does a thread wait for one that can't come?");
  }
  const int linear = scheduler_.pick();
  return linear == Scheduler::kNobody ? nullptr : &threads_[static_cast<unsigned>(linear)];
}

// Gives a thread its stack. Under TSan always the same one, which then belongs to one TSan fiber.
void BlockRunner::start(DeviceThread& thread) {
  thread.fiber = kUnderTsan ? &fibers_[thread.linear] : free_fibers_[--free_count_];
}

void BlockRunner::make_current(DeviceThread& thread) {
  current_ = &thread;
  threadIdx = thread.index;
  tsan_become(thread.tsan);
}

// Lets another thread go on. The caller has noted what it waits for, or made itself ready.
void BlockRunner::suspend() {
  DeviceThread* const self = current_;
  DeviceThread* const next = next_thread();
  if (next == self) return;
  if (next == nullptr) deadlock();
  if (next->state == ThreadState::kUnstarted) start(*next);
  make_current(*next);
  switch_context(self->fiber->context, next->fiber->context);
}

void BlockRunner::leave(Context& from) {
  tsan_become(main_tsan_);
  switch_context(from, main_);
}

void BlockRunner::yield() {
  guarded([&] {
    scheduler_.make_ready(current_->linear);
    suspend();
  });
}

void BlockRunner::preemption_point() {
  const unsigned one_in = launch_->options.preempt_one_in;
  if (one_in != 0 && scheduler_.random() % one_in == 0) yield();
}

// TSan has no model of fences. One token for the process is stronger than a fence is on the device: two threads that
// both pass a fence are ordered by the order in which they passed. It can hide a race, never invent one.
void BlockRunner::fence() {
  static char token = 0;
  std::atomic_thread_fence(std::memory_order_seq_cst);
  tsan_acquire(&token);
  tsan_release(&token);
  preemption_point();
}

void BlockRunner::trap(const std::source_location& site) {
  guarded([&] { fail("__trap() at " + where(site)); });
}

void* BlockRunner::slot(SharedSlot& slot) {
  return guarded([&] {
    const Quiet quiet;
    try {
      return shared_.slot(slot);
    } catch (const SharedArena::Refused& refused) {
      fail(refused.what);
    }
  });
}

void* BlockRunner::dynamic_shared() {
  return guarded([&] {
    const Quiet quiet;
    try {
      return shared_.dynamic();
    } catch (const SharedArena::Refused& refused) {
      fail(refused.what);
    }
  });
}

void BlockRunner::fail(const std::string& what) {
  const uint3 i = current_->index;
  char place[224];
  std::snprintf(place, sizeof place,
                " [block (%u,%u,%u), thread (%u,%u,%u); launch %llu with seed %llu, schedule %s]", blockIdx.x,
                blockIdx.y, blockIdx.z, i.x, i.y, i.z, static_cast<unsigned long long>(launch_->number),
                static_cast<unsigned long long>(launch_->options.seed), name(scheduler_.schedule()));
  error_ = what + place;
  throw Aborted{};
}

void BlockRunner::deadlock() {
  const DeviceThread* at_barrier = nullptr;
  const DeviceThread* at_collective = nullptr;
  unsigned barrier_count = 0;
  unsigned collective_count = 0;
  for (unsigned i = 0; i < count_; ++i) {
    const DeviceThread& thread = threads_[i];
    const bool barrier = thread.state == ThreadState::kAtBarrier;
    if (!barrier && thread.state != ThreadState::kAtCollective) continue;
    ++(barrier ? barrier_count : collective_count);
    const DeviceThread*& first = barrier ? at_barrier : at_collective;
    if (first == nullptr) first = &thread;
  }
  const auto waiting = [](unsigned n, const DeviceThread& first) {
    return std::to_string(n) + " thread(s) wait at " + where(first.site) + ", the first is thread " +
           std::to_string(first.linear);
  };
  std::string text = "deadlock: ";
  if (at_barrier != nullptr) text += "in __syncthreads " + waiting(barrier_count, *at_barrier) + "; ";
  if (at_collective != nullptr) {
    char mask[16];
    std::snprintf(mask, sizeof mask, "0x%08x", at_collective->mask);
    text += std::string("in ") + name(at_collective->op) + " with mask " + mask + " " +
            waiting(collective_count, *at_collective) + "; ";
  }
  fail(text + std::to_string(count_ - live_) + " exited");
}

}  // namespace bakeoff::emulation
