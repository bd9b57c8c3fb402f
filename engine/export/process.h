// A program run to its end, without a shell.
#pragma once
#include <string>
#include <vector>

#include "core/execution.h"

namespace bakeoff {

struct ProcessResult {
  int exit_code = -1;   // -1: it did not end by itself
  std::string output;   // the last 8 KiB of what it wrote to stdout and stderr
  std::string failure;  // empty if the program ran and ended with 0; else what happened, in words
};

// `arguments[0]` is looked for in PATH if it has no slash. It gets no input, default signal handlers and a process
// group of its own, which is killed after `seconds` or when the execution's stop check says so (then Interrupted is
// thrown). RetryableError if no process can be made.
ProcessResult run_process(const Execution& execution, const std::vector<std::string>& arguments, double seconds);

}  // namespace bakeoff
