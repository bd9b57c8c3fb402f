// Work on many columns at once. Inner to this layer.
#pragma once
#include <algorithm>

#include "core/execution.h"

namespace bakeoff {

// Calls f(column, workers) for every column. Many columns: one a thread. Few: one after the other, each with all
// threads. What f computes must not depend on its workers; kernels' answers don't.
template <class F>
void for_each_column(const Execution& execution, std::size_t count, const F& f) {
  const kernels::Workers one(1);
  const auto threads = static_cast<std::size_t>(execution.threads());
  // Ctrl-C is looked for between groups, by the caller's thread.
  const std::size_t group = count >= threads ? 16 * threads : 1;
  for (std::size_t first = 0; first < count; first += group) {
    execution.check_stop();
    if (group == 1) {
      f(first, execution.workers());
      continue;
    }
    execution.workers().for_each(static_cast<Index>(std::min(group, count - first)),
                                 [&](Index c) { f(first + static_cast<std::size_t>(c), one); });
  }
}

}  // namespace bakeoff
