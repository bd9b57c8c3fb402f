#include <iostream>

#include "cli/command.h"

namespace bakeoff::cli {

void add_schema(CLI::App& app) {
  // Not in --help: it is there to make configs/schema.json.
  CLI::App* command = app.add_subcommand("schema", "Print the JSON Schema of a spec")->group("");
  command->callback([] { std::cout << spec_schema(); });
}

}  // namespace bakeoff::cli
