// What the shell gets (CONTRACT). The one place where errors become exit codes.
#pragma once
#include <ostream>

namespace bakeoff::cli {

enum ExitCode : int {
  kOk = 0,
  kBug = 1,      // an error that isn't ours to name: please report it
  kBadSpec = 2,  // the spec, an option or an argument
  kBadData = 3,
  kRejected = 4,  // not promoted, and --fail-on-reject
  kConflict = 5,  // the champion changed since it was evaluated
  kRetry = 138,   // out of memory, disk full, device lost
  kStopped = 143  // SIGTERM; 130 after SIGINT
};

// Call it inside a catch: says the error in flight, a line each, and returns its exit code.
int report_error(std::ostream& out);

}  // namespace bakeoff::cli
