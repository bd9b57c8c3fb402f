// What a history says: the champions in force, one above the other, the present one last. Pure.
#pragma once
#include <string>
#include <vector>

#include "registry/registry.h"

namespace bakeoff {

struct Replay {
  std::vector<std::int64_t> champions;
  std::vector<std::string> problems;  // entries that don't follow from those before
};

// `entries` of one name, oldest first. A promotion is laid on top, a rollback takes the top away.
Replay replay(const std::vector<HistoryEntry>& entries);

}  // namespace bakeoff
