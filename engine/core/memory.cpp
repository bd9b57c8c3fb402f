#include "core/memory.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>

namespace bakeoff {

std::int64_t resident_bytes() {
  std::int64_t all = 0, resident = 0;
  std::ifstream("/proc/self/statm") >> all >> resident;
  return resident * sysconf(_SC_PAGESIZE);
}

std::int64_t peak_resident_bytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<std::int64_t>(usage.ru_maxrss) * 1024;
}

PeakMemory::PeakMemory() : before_(peak_resident_bytes()) { look(); }

void PeakMemory::look() { seen_ = std::max(seen_, resident_bytes()); }

std::int64_t PeakMemory::bytes() {
  look();
  const std::int64_t peak = peak_resident_bytes();
  return peak > before_ ? peak : seen_;
}

}  // namespace bakeoff
