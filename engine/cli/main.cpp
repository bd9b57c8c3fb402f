// The binary: names its commands, and turns errors into exit codes.
#include <iostream>

#include "cli/command.h"
#include "cli/exit_code.h"
#include "cli/signals.h"
#include "core/error.h"
#include "core/text.h"

namespace bakeoff::cli {
namespace {

void check_command(const CLI::App& app, int count, char** arguments) {
  if (count < 2 || arguments[1][0] == '-') return;
  std::vector<std::string> known;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; }))
    known.push_back(command->get_name());
  if (std::find(known.begin(), known.end(), arguments[1]) == known.end())
    throw SpecError("unknown command '" + printable(arguments[1]) + "'" + hint(arguments[1], known));
}

int run(int count, char** arguments) {
  CLI::App app("Bakeoff: retrain many candidates at once, promote the best only if it is shown to be better.",
               "bakeoff");
  app.require_subcommand(1);
  app.failure_message([](const CLI::App*, const CLI::Error& error) {
    return "error: " + std::string(error.what()) + "; bakeoff COMMAND --help says what is expected\n";
  });
  int exit_code = kOk;
  add_run(app, exit_code);
  add_validate(app);
  add_monitor(app, exit_code);
  add_evaluate(app);
  add_drift(app);
  add_metrics(app);
  add_predict(app);
  add_registry(app, exit_code);
  add_version(app);
  add_schema(app);
  check_command(app, count, arguments);
  try {
    app.parse(count, arguments);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kOk : kBadSpec;
  }
  if (!std::cout.flush()) throw RetryableError("cannot write to the standard output; is its disk full?");
  return exit_code;
}

}  // namespace
}  // namespace bakeoff::cli

int main(int count, char** arguments) {
  bakeoff::cli::listen_for_signals();
  try {
    return bakeoff::cli::run(count, arguments);
  } catch (...) {
    return bakeoff::cli::report_error(std::cerr);
  }
}
