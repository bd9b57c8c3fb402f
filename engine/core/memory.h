// The memory that a process takes, as the kernel counts it.
#pragma once
#include <cstdint>

namespace bakeoff {

std::int64_t resident_bytes();       // now; 0 where there is no /proc
std::int64_t peak_resident_bytes();  // the most so far

// The most that the process takes from now on. The kernel keeps one peak for all of its life: where that rises it is
// the answer, and else the most that look() has seen.
class PeakMemory {
 public:
  PeakMemory();
  void look();
  std::int64_t bytes();

 private:
  std::int64_t before_, seen_ = 0;
};

}  // namespace bakeoff
