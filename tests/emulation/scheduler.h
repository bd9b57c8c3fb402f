// Which thread of a block goes on next. Internal.
#pragma once

#include <bit>
#include <cstdint>

#include "emulation/options.h"
#include "emulation/runtime.h"

namespace bakeoff::emulation {

// A change point once in so many picks: rare enough that a low warp lags far behind, frequent enough for a few changes
// within a block reduction of 256 threads.
inline constexpr unsigned kPicksPerChange = 64;

// The first set bit at or after a random place: not uniform, but every thread has its chance, without a loop.
inline unsigned random_bit(unsigned mask, unsigned start) {
  start &= 31;
  return (static_cast<unsigned>(std::countr_zero(std::rotr(mask, static_cast<int>(start)))) + start) & 31;
}

inline unsigned lowest(unsigned mask) { return static_cast<unsigned>(std::countr_zero(mask)); }
inline unsigned highest(unsigned mask) { return 31 - static_cast<unsigned>(std::countl_zero(mask)); }

/// The threads of a block that can go on, as one mask of lanes for each warp, and the choice of the next.
class Scheduler {
 public:
  static constexpr int kNobody = -1;

  /// All of `threads` threads can go on. `key` seeds every random choice; kRandom draws a schedule by it.
  void reset(Schedule schedule, unsigned threads, std::uint64_t key);

  void make_ready(unsigned linear) { make_ready(linear / kWarpThreads, 1u << (linear % kWarpThreads)); }
  void make_ready(unsigned warp, unsigned lanes);

  bool any_ready() const { return ready_ranks_ != 0; }

  /// Takes one out of those that can go on.
  int pick();

  /// A draw for a decision beside the order itself.
  std::uint64_t random();

  /// True if the schedule makes random choices.
  bool is_random() const { return schedule_ >= Schedule::kUniform; }
  Schedule schedule() const { return schedule_; }

 private:
  unsigned pick_rank(unsigned bits);
  void swap_ranks(unsigned a, unsigned b);

  // A warp's rank is its priority: rank 0 goes first. Without kPriority the rank is the number of the warp.
  unsigned ready_ranks_ = 0;
  unsigned ready_lanes_[kMaxBlockWarps] = {};   // by rank
  std::uint8_t rank_of_[kMaxBlockWarps] = {};   // by warp
  std::uint8_t warp_at_[kMaxBlockWarps] = {};   // by rank
  unsigned warps_ = 0;
  Schedule schedule_ = Schedule::kInOrder;
  std::uint64_t state_ = 1;
};

// Inline because every thread passes here: with calls instead, emulation_bench fell from 75 to 47 M threads/s.

inline std::uint64_t Scheduler::random() {
  state_ = state_ * 6364136223846793005u + 1442695040888963407u;
  return state_ >> 32;
}

inline void Scheduler::make_ready(unsigned warp, unsigned lanes) {
  const unsigned rank = rank_of_[warp];
  ready_lanes_[rank] |= lanes;
  ready_ranks_ |= 1u << rank;
}

inline int Scheduler::pick() {
  if (ready_ranks_ == 0) return kNobody;
  unsigned rank = lowest(ready_ranks_);
  unsigned lane = 0;
  switch (schedule_) {
    case Schedule::kInOrder:
      lane = lowest(ready_lanes_[rank]);
      break;
    case Schedule::kReverse:
      rank = highest(ready_ranks_);
      lane = highest(ready_lanes_[rank]);
      break;
    default: {
      const auto bits = static_cast<unsigned>(random());
      rank = pick_rank(bits);
      lane = random_bit(ready_lanes_[rank], bits);
    }
  }
  ready_lanes_[rank] &= ~(1u << lane);
  if (ready_lanes_[rank] == 0) ready_ranks_ &= ~(1u << rank);
  return static_cast<int>(warp_at_[rank] * kWarpThreads + lane);
}

inline unsigned Scheduler::pick_rank(unsigned bits) {
  if (schedule_ == Schedule::kUniform) return random_bit(ready_ranks_, bits >> 8);
  if ((bits >> 16) % kPicksPerChange == 0) swap_ranks((bits >> 22 & 31) % warps_, (bits >> 27) % warps_);
  return lowest(ready_ranks_);
}

/// Mixes a key for the draws of one block, or of one launch.
std::uint64_t mix_key(std::uint64_t seed, std::uint64_t launch, std::uint64_t block);

const char* name(Schedule schedule);

}  // namespace bakeoff::emulation
