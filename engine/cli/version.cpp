#include <iostream>

#include "cli/command.h"
#include "kernels/cuda_runtime.h"

namespace bakeoff::cli {

void add_version(CLI::App& app) {
  app.set_version_flag("--version", std::string("bakeoff " BAKEOFF_VERSION));
  CLI::App* command = app.add_subcommand("version", "Print the version, the compiler and the devices");
  command->callback([] {
    const std::string missing = kernels::why_no_cuda();
    std::cout << "bakeoff " BAKEOFF_VERSION ", g++ " __VERSION__ ", CUDA: " << (missing.empty() ? "usable" : missing)
              << "\n";
  });
}

}  // namespace bakeoff::cli
