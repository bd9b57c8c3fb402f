// The commands of the binary, one file each. Each adds itself to the app and runs as its callback; what it returns to
// the shell is 0 unless it says otherwise or throws.
#pragma once
#include <CLI/CLI.hpp>
#include <string>

#include "core/execution.h"
#include "spec/spec.h"

namespace bakeoff::cli {

void add_run(CLI::App& app, int& exit_code);
void add_validate(CLI::App& app);
void add_monitor(CLI::App& app, int& exit_code);
void add_evaluate(CLI::App& app);
void add_drift(CLI::App& app);
void add_metrics(CLI::App& app);
void add_predict(CLI::App& app);
void add_registry(CLI::App& app, int& exit_code);
void add_schema(CLI::App& app);
void add_version(CLI::App& app);

// Where a command runs: --device and --threads.
struct MachineOptions {
  std::string device;  // empty: auto, or what the spec says
  int threads = -1;    // -1: all cores, or what the spec says
};
void add_machine_options(CLI::App& command, MachineOptions& options);
// Stops between two pieces of work once SIGINT or SIGTERM came.
Execution make_execution(const MachineOptions& options);

// A spec and what is set on the command line: SPEC, --set, --device and --threads.
struct SpecOptions {
  std::string path;
  std::vector<std::string> set;
  MachineOptions machine;
};
void add_spec_options(CLI::App& command, SpecOptions& options);
Spec load_spec(const SpecOptions& options);
Execution make_execution(const Spec& spec);

// An option that takes names with commas between them, once or several times.
CLI::Option* add_list(CLI::App& command, const std::string& name, std::vector<std::string>& to,
                      const std::string& help);

}  // namespace bakeoff::cli
