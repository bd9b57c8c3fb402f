// The block barrier and the warp collectives: whoever arrives last does what they are for, in everybody's name.
#include <algorithm>
#include <cstdio>
#include <cstring>
#include <utility>

#include "emulation/block_runner.h"

namespace bakeoff::emulation {

namespace {

// What a shuffle from a lane that takes no part gives: CUDA says undefined. As a double it is a NaN, as a float and as
// an integer it is conspicuous.
constexpr std::uint64_t kUndefined = 0xfff7deadffffdeadu;

// Under a random schedule the last to arrive lets the others go first once in so many times.
constexpr unsigned kYieldOneIn = 4;

bool same_site(const std::source_location& a, const std::source_location& b) {
  const bool same_file = a.file_name() == b.file_name() || std::strcmp(a.file_name(), b.file_name()) == 0;
  return same_file && a.line() == b.line() && a.column() == b.column();
}

}  // namespace

const char* name(Collective op) {
  constexpr const char* kNames[] = {"__syncwarp",        "a vote",            "__shfl_sync",      "__match_any_sync",
                                    "__reduce_add_sync", "__reduce_min_sync", "__reduce_max_sync"};
  return kNames[static_cast<int>(op)];
}

// Tells TSan that the lanes acquire or release `token`. It is done in each lane's name by the last to arrive, not by
// each lane when it goes on: a lane that goes on late would also acquire what others have released since.
void BlockRunner::order_memory(unsigned warp, unsigned lanes, void (*action)(void*), void* token) {
  const TsanFiber self = tsan_current();
  for (; lanes != 0; lanes &= lanes - 1) {
    tsan_become(first_of(warp, lanes).tsan);
    action(token);
  }
  tsan_become(self);
}

BarrierVotes BlockRunner::barrier(bool predicate, const std::source_location& site) {
  guarded([&] {
    arrive_at_barrier(predicate, site);
    suspend();
  });
  current_->state = ThreadState::kReady;
  return released_;
}

void BlockRunner::arrive_at_barrier(bool predicate, const std::source_location& site) {
  const Quiet quiet;
  DeviceThread& self = *current_;
  self.site = site;
  if (arrived_ == 0) first_arrived_ = self.linear;
  const DeviceThread& first = threads_[first_arrived_];
  if (!same_site(first.site, site)) {
    fail("divergent __syncthreads: thread " + std::to_string(first.linear) + " waits at " + where(first.site) +
         ", thread " + std::to_string(self.linear) + " comes to " + where(site));
  }
  votes_.any |= predicate;
  votes_.all &= predicate;
  votes_.count += predicate;
  ++arrived_;
  self.state = ThreadState::kAtBarrier;
  warps_[self.linear / kWarpThreads].at_barrier |= 1u << (self.linear % kWarpThreads);
  if (arrived_ == live_) release_barrier();
}

void BlockRunner::release_barrier() {
  if (live_ != count_ && !launch_->options.allow_exited) {
    fail("__syncthreads at " + where(threads_[first_arrived_].site) + " after " + std::to_string(count_ - live_) +
         " thread(s) of the block exited");
  }
  const unsigned warps = (count_ + kWarpThreads - 1) / kWarpThreads;
  if constexpr (kUnderTsan) {
    for (unsigned w = 0; w < warps; ++w) order_memory(w, warps_[w].at_barrier, &tsan_release, &barrier_token_);
    for (unsigned w = 0; w < warps; ++w) order_memory(w, warps_[w].at_barrier, &tsan_acquire, &barrier_token_);
  }
  arrived_ = 0;
  released_ = std::exchange(votes_, BarrierVotes{});
  for (unsigned w = 0; w < warps; ++w) {
    if (warps_[w].at_barrier != 0) scheduler_.make_ready(w, std::exchange(warps_[w].at_barrier, 0u));
  }
}

std::uint64_t BlockRunner::collective(Collective op, unsigned mask, std::uint64_t value, int source,
                                      const std::source_location& site) {
  guarded([&] {
    const bool complete = arrive_at_collective(op, mask, value, source, site);
    if (!complete) {
      suspend();
    } else if (scheduler_.is_random() && scheduler_.random() % kYieldOneIn == 0) {
      scheduler_.make_ready(current_->linear);
      suspend();
    }
  });
  return current_->result;
}

bool BlockRunner::arrive_at_collective(Collective op, unsigned mask, std::uint64_t value, int source,
                                       const std::source_location& site) {
  const Quiet quiet;
  DeviceThread& self = *current_;
  const unsigned warp = self.linear / kWarpThreads;
  const unsigned bit = 1u << (self.linear % kWarpThreads);
  if ((mask & bit) == 0) {
    fail(std::string(name(op)) + " at " + where(site) + ": the calling lane is not in its own mask");
  }
  self.op = op;
  self.mask = mask;
  self.value = value;
  self.source = source;
  self.site = site;
  self.state = ThreadState::kAtCollective;
  warps_[warp].in_collective |= bit;
  return try_complete(warp, mask);
}

// An exited lane is no longer waited for.
void BlockRunner::complete_after_exit(unsigned warp) {
  for (unsigned left = warps_[warp].in_collective; left != 0;) {
    const unsigned mask = first_of(warp, left).mask;
    left &= ~mask & (left - 1);
    try_complete(warp, mask);
  }
}

bool BlockRunner::try_complete(unsigned warp_number, unsigned mask) {
  Warp& warp = warps_[warp_number];
  const unsigned lanes = mask & warp.exists & ~warp.exited;
  if (lanes == 0 || (warp.in_collective & lanes) != lanes) return false;
  const DeviceThread& first = first_of(warp_number, lanes);
  if (lanes != mask && !launch_->options.allow_exited) {
    fail(std::string(name(first.op)) + " at " + where(first.site) +
         ": the mask names lanes that exited or do not exist");
  }
  check_same_collective(warp_number, lanes);
  compute_results(warp_number, lanes);
  // Shuffles and votes exchange values but, as on the device, order no memory
  if (kUnderTsan && first.op == Collective::kSync) {
    char* token = &warp_tokens_[warp_number * kWarpThreads + lowest(mask)];
    order_memory(warp_number, lanes, &tsan_release, token);
    order_memory(warp_number, lanes, &tsan_acquire, token);
  }
  warp.in_collective &= ~lanes;
  for (unsigned left = lanes; left != 0; left &= left - 1) {
    DeviceThread& thread = first_of(warp_number, left);
    thread.state = ThreadState::kReady;
    if (&thread != current_) scheduler_.make_ready(thread.linear);
  }
  return true;
}

void BlockRunner::check_same_collective(unsigned warp, unsigned lanes) {
  const DeviceThread& first = first_of(warp, lanes);
  for (; lanes != 0; lanes &= lanes - 1) {
    const DeviceThread& thread = first_of(warp, lanes);
    if (thread.op == first.op && thread.mask == first.mask) continue;
    char masks[48];
    std::snprintf(masks, sizeof masks, "masks 0x%08x and 0x%08x", first.mask, thread.mask);
    fail("mismatched warp collectives: thread " + std::to_string(first.linear) + " is in " + name(first.op) + " at " +
         where(first.site) + ", thread " + std::to_string(thread.linear) + " in " + name(thread.op) + " at " +
         where(thread.site) + ", " + masks);
  }
}

void BlockRunner::compute_results(unsigned warp, unsigned lanes) {
  switch (first_of(warp, lanes).op) {
    case Collective::kSync:
      return;
    case Collective::kShuffle:
      return compute_shuffle(warp, lanes);
    case Collective::kMatch:
      return compute_match(warp, lanes);
    default:
      return compute_reduction(warp, lanes);
  }
}

void BlockRunner::compute_shuffle(unsigned warp, unsigned lanes) {
  const DeviceThread* const lane = &threads_[warp * kWarpThreads];
  for (unsigned left = lanes; left != 0; left &= left - 1) {
    DeviceThread& thread = first_of(warp, left);
    if (thread.source < 0) {
      thread.result = thread.value;
    } else {
      thread.result = (lanes >> thread.source & 1) != 0 ? lane[thread.source].value : kUndefined;
    }
  }
}

void BlockRunner::compute_match(unsigned warp, unsigned lanes) {
  for (unsigned left = lanes; left != 0; left &= left - 1) {
    DeviceThread& thread = first_of(warp, left);
    thread.result = 0;
    for (unsigned other = lanes; other != 0; other &= other - 1) {
      if (first_of(warp, other).value == thread.value) thread.result |= std::uint64_t{1} << lowest(other);
    }
  }
}

void BlockRunner::compute_reduction(unsigned warp, unsigned lanes) {
  const Collective op = first_of(warp, lanes).op;
  std::uint64_t result = op == Collective::kMin ? ~std::uint64_t{0} : 0;
  for (unsigned left = lanes; left != 0; left &= left - 1) {
    const std::uint64_t value = first_of(warp, left).value;
    if (op == Collective::kAdd) result += value;
    if (op == Collective::kMin) result = std::min(result, value);
    if (op == Collective::kMax) result = std::max(result, value);
    if (op == Collective::kBallot && value != 0) result |= std::uint64_t{1} << lowest(left);
  }
  for (unsigned left = lanes; left != 0; left &= left - 1) first_of(warp, left).result = result;
}

}  // namespace bakeoff::emulation
