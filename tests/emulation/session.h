// What the emulation remembers for each host thread. Internal.
#pragma once

#include <cstdint>

#include "emulation/options.h"

namespace bakeoff::emulation {

struct Session {
  Options options;
  std::uint64_t launches = 0;
};

/// Of the calling host thread: host threads that launch at the same time don't see each other's options.
Session& session();

}  // namespace bakeoff::emulation
