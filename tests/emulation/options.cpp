#include "emulation/options.h"

#include <algorithm>
#include <cstdlib>
#include <thread>

#include "emulation/session.h"

namespace bakeoff::emulation {

namespace {

std::uint64_t default_seed() {
  const char* text = std::getenv("BAKEOFF_EMULATION_SEED");
  return text != nullptr && *text != '\0' ? std::strtoull(text, nullptr, 10) : 1;
}

}  // namespace

// At most 4 workers because CTest runs tests side by side; at least 2 so that blocks do run at the same time.
Options::Options()
    : seed(default_seed()),
      workers(std::clamp(std::thread::hardware_concurrency(), 2u, 4u)),
      time_limit(kUnderTsan || kUnderAsan ? 300 : 60) {}

Session& session() {
  thread_local Session current;
  return current;
}

const Options& options() { return session().options; }

ScopedOptions::ScopedOptions(const Options& options)
    : before_(session().options), launches_before_(session().launches) {
  session() = {options, 0};
}

ScopedOptions::~ScopedOptions() { session() = {before_, launches_before_}; }

}  // namespace bakeoff::emulation
