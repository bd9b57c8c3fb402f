// A scoreboard for people and programs.
#pragma once
#include <optional>
#include <string>

#include "evaluate/compare.h"

namespace bakeoff::cli {

// format: table | json | parquet. `out` empty: the standard output. With differences to a baseline, if there are any.
void report(const Scoreboard& board, const std::optional<Comparison>& comparison, const std::string& format,
            const std::string& out);

}  // namespace bakeoff::cli
