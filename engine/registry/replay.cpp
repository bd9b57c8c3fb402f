#include "registry/replay.h"

namespace bakeoff {
namespace {

std::string show(std::optional<std::int64_t> version) { return version ? std::to_string(*version) : "none"; }

std::string expectation(const HistoryEntry& e, const std::string& what, std::optional<std::int64_t> expected,
                        std::optional<std::int64_t> found) {
  return e.name + ": history entry " + std::to_string(e.id) + " (" + e.action + "): expected " + what + " " +
         show(expected) + ", found " + show(found);
}

}  // namespace

Replay replay(const std::vector<HistoryEntry>& entries) {
  Replay result;
  auto& stack = result.champions;
  for (const auto& e : entries) {
    if (e.action == "register") continue;
    const auto top = stack.empty() ? std::nullopt : std::optional(stack.back());
    if (e.previous != top) result.problems.push_back(expectation(e, "previous champion", top, e.previous));
    if (e.action == "promote") {
      stack.push_back(e.version);
      continue;
    }
    if (!stack.empty()) stack.pop_back();
    const auto below = stack.empty() ? std::nullopt : std::optional(stack.back());
    if (below != e.version) {
      result.problems.push_back(expectation(e, "version", below, e.version));
      stack.push_back(e.version);
    }
  }
  return result;
}

}  // namespace bakeoff
