// What a test may choose about the emulation, and the error that the emulation throws.
#pragma once

#include <chrono>
#include <cstdint>
#include <stdexcept>

namespace bakeoff::emulation {

/// What a kernel did wrong: the text names the statement, the block, the thread and the seed that shows it again.
struct EmulationError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The order in which the threads of a block go on.
/// Measured by emulation_test: in how many of 200 launches of 256 threads a removed barrier gave a wrong result.
///                                        in order  reverse  uniform  priority  random
///   block_sum, before the second stage         200        0      200       196     173
///   block_sum, after the second stage            0      200        0       160     110
///   histogram, after the zeroing               200      200      200       200     200
/// Each of the first three misses one; kRandom finds all within a few launches and keeps each order in play.
enum class Schedule : std::uint8_t {
  kInOrder,
  kReverse,
  kUniform,   ///< any thread that can go on
  kPriority,  ///< warps have random priorities that change now and then, so that one runs far ahead or lags far behind
  kRandom,    ///< each block draws one of the four above, kPriority most often
};

struct Options {
  std::uint64_t seed;  ///< by default 1, or the environment's BAKEOFF_EMULATION_SEED
  Schedule schedule = Schedule::kRandom;
  unsigned workers;             ///< OS threads that run blocks; by default 2 to 4, by the number of cores
  unsigned preempt_one_in = 0;  ///< n > 0: an atomic lets another thread go first once in n times
  bool allow_exited = true;     ///< as since Volta: exited threads no longer count at a barrier or in a mask
  bool poison_shared = true;    ///< shared memory starts as NaN, or -1
  std::chrono::seconds time_limit;  ///< of a launch, after which it fails; by default 60 s, under a sanitizer 300 s

  Options();
};

/// The options of launches from this host thread.
const Options& options();

/// Sets the options of launches from this host thread, and restores those from before at its end. Also restarts the
/// count of launches from which schedules are drawn, so that what follows repeats whatever ran before.
class ScopedOptions {
 public:
  explicit ScopedOptions(const Options& options);
  ~ScopedOptions();
  ScopedOptions(const ScopedOptions&) = delete;
  ScopedOptions& operator=(const ScopedOptions&) = delete;

 private:
  Options before_;
  std::uint64_t launches_before_;
};

#if defined(BAKEOFF_EMULATION_TSAN)
inline constexpr bool kUnderTsan = true;
#else
inline constexpr bool kUnderTsan = false;
#endif
#if defined(BAKEOFF_EMULATION_ASAN)
inline constexpr bool kUnderAsan = true;
#else
inline constexpr bool kUnderAsan = false;
#endif

/// How many: TSan is exact whatever the schedule and the data, but some 30 times slower, so few and small launches are
/// enough there. `for (int seed = 1; seed <= scale(20, 1); ++seed)`
template <class T>
constexpr T scale(T normal, T under_tsan) {
  return kUnderTsan ? under_tsan : normal;
}

}  // namespace bakeoff::emulation
