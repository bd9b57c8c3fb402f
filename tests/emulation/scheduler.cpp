#include "emulation/scheduler.h"

#include <utility>

namespace bakeoff::emulation {

std::uint64_t mix_key(std::uint64_t seed, std::uint64_t launch, std::uint64_t block) {
  std::uint64_t z = seed * 0x9E3779B97F4A7C15u + launch * 0xD1B54A32D192ED03u + block * 0x2545F4914F6CDD1Du + 1;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

const char* name(Schedule schedule) {
  constexpr const char* kNames[] = {"in order", "reverse", "uniform", "priority", "random"};
  return kNames[static_cast<int>(schedule)];
}

void Scheduler::reset(Schedule schedule, unsigned threads, std::uint64_t key) {
  state_ = key;
  schedule_ = schedule;
  if (schedule == Schedule::kRandom) {
    constexpr Schedule kDrawn[8] = {Schedule::kPriority, Schedule::kPriority, Schedule::kUniform,  Schedule::kPriority,
                                    Schedule::kInOrder,  Schedule::kPriority, Schedule::kUniform, Schedule::kReverse};
    schedule_ = kDrawn[random() & 7];
  }
  warps_ = (threads + kWarpThreads - 1) / kWarpThreads;
  ready_ranks_ = warps_ == 32 ? ~0u : (1u << warps_) - 1;
  for (unsigned w = 0; w < warps_; ++w) {
    const unsigned left = threads - w * kWarpThreads;
    ready_lanes_[w] = left >= kWarpThreads ? ~0u : (1u << left) - 1;
    rank_of_[w] = warp_at_[w] = static_cast<std::uint8_t>(w);
  }
  if (schedule_ != Schedule::kPriority) return;
  for (unsigned w = warps_; w-- > 1;) swap_ranks(w, static_cast<unsigned>(random() % (w + 1)));
}

void Scheduler::swap_ranks(unsigned a, unsigned b) {
  std::swap(ready_lanes_[a], ready_lanes_[b]);
  std::swap(warp_at_[a], warp_at_[b]);
  for (const unsigned rank : {a, b}) {
    rank_of_[warp_at_[rank]] = static_cast<std::uint8_t>(rank);
    ready_ranks_ &= ~(1u << rank);
    if (ready_lanes_[rank] != 0) ready_ranks_ |= 1u << rank;
  }
}

}  // namespace bakeoff::emulation
