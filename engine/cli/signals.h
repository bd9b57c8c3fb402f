// SIGINT and SIGTERM ask for a stop between two pieces of work; the second one ends the process at once.
#pragma once

namespace bakeoff::cli {

void listen_for_signals();
// The signal that came, 0 if none did.
int stop_signal();

}  // namespace bakeoff::cli
