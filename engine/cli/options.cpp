#include "cli/command.h"
#include "cli/signals.h"

namespace bakeoff::cli {

void add_machine_options(CLI::App& command, MachineOptions& options) {
  command.add_option("--device", options.device, "auto, cpu or cuda");
  command.add_option("--threads", options.threads, "threads; 0: all cores. The answer doesn't depend on it")
      ->check(CLI::Range(0, 4096));
}

Execution make_execution(const MachineOptions& options) {
  Execution execution(parse_device(options.device.empty() ? "auto" : options.device), std::max(options.threads, 0));
  execution.set_stop_check([] { return stop_signal() != 0; });
  return execution;
}

void add_spec_options(CLI::App& command, SpecOptions& options) {
  command.add_option("SPEC", options.path, "the spec, YAML or JSON")->required();
  command.add_option("--set", options.set, "set a field of the spec: --set split.at=2013-07-01; may be repeated")
      ->allow_extra_args(false);
  add_machine_options(command, options.machine);
}

Spec load_spec(const SpecOptions& options) {
  Overrides overrides;
  for (const std::string& argument : options.set) overrides.push_back(parse_override(argument));
  if (!options.machine.device.empty()) overrides.emplace_back("compute.device", options.machine.device);
  if (options.machine.threads >= 0) overrides.emplace_back("compute.threads", std::to_string(options.machine.threads));
  return read_spec(options.path, overrides);
}

Execution make_execution(const Spec& spec) {
  return make_execution(MachineOptions{spec.compute.device, spec.compute.threads});
}

CLI::Option* add_list(CLI::App& command, const std::string& name, std::vector<std::string>& to,
                      const std::string& help) {
  return command.add_option(name, to, help)->delimiter(',')->allow_extra_args(false);
}

}  // namespace bakeoff::cli
