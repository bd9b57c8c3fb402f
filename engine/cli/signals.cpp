#include "cli/signals.h"

#include <csignal>
#include <initializer_list>

namespace bakeoff::cli {
namespace {

volatile std::sig_atomic_t received = 0;

void receive(int signal) { received = signal; }

}  // namespace

void listen_for_signals() {
  struct sigaction action {};
  action.sa_handler = receive;
  action.sa_flags = SA_RESETHAND | SA_RESTART;
  for (const int signal : {SIGINT, SIGTERM}) sigaction(signal, &action, nullptr);
  // A write beyond the limit of a file's size then fails with EFBIG instead of killing the process.
  std::signal(SIGXFSZ, SIG_IGN);
}

int stop_signal() { return received; }

}  // namespace bakeoff::cli
