// A scoreboard for people and programs.
#pragma once
#include <string>

#include "evaluate/scoreboard.h"

namespace bakeoff::cli {

// format: table | json | parquet. `out` empty: the standard output. With `baseline`, differences to it, too.
void report(const Scoreboard& board, const std::string& baseline, const std::string& format, const std::string& out);

}  // namespace bakeoff::cli
