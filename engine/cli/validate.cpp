#include <iostream>

#include "candidates/candidate.h"
#include "cli/command.h"
#include "core/error.h"
#include "core/text.h"
#include "evaluate/task_evaluate.h"

namespace bakeoff::cli {
namespace {

void check_metric(const Spec& spec, const std::string& field, const std::string& metric) {
  try {
    task_metric_direction(spec.data.task, metric);
  } catch (const SpecError& error) {
    throw SpecError(field + ": " + error.what());
  }
}

void print_split(const Spec& spec) {
  const SplitSpec& split = spec.split;
  if (!split.at) {
    std::cout << "  folds       " << split.folds << " by " << split.by << "; no holdout, so the verdict will be none\n";
    return;
  }
  const Micros holdout = *split.at + split.select, end = holdout + split.holdout;
  std::cout << "  training    before " << format_time(*split.at - split.gap) << "\n"
            << "  select      " << format_time(*split.at) << " to " << format_time(holdout) << "\n"
            << "  holdout     " << format_time(holdout) << " to " << format_time(end) << "\n"
            << "  decided at  " << format_time(end + spec.data.label_delay) << "\n";
}

void validate(const SpecOptions& options) {
  const Spec spec = load_spec(options);
  check_metric(spec, "objective.metric", spec.objective);
  if (spec.monitor) check_metric(spec, "monitor.metric", spec.monitor->metric);
  const CandidateSet candidates = make_candidates(spec.candidates, spec.compute.seed);
  std::cout << options.path << " is valid\n"
            << "  name        " << spec.name << "\n"
            << "  candidates  " << candidates.size() << " by " << spec.candidates.strategy
            << ", the first: " << candidates[0].label() << "\n";
  print_split(spec);
  std::cout << "  objective   " << spec.objective << "\n"
            << "  registry    " << spec.registry.store << ", " << spec.registry.name << "\n";
}

}  // namespace

void add_validate(CLI::App& app) {
  CLI::App* command = app.add_subcommand("validate", "Check a spec and say what it would do");
  const auto options = std::make_shared<SpecOptions>();
  add_spec_options(*command, *options);
  command->callback([options] { validate(*options); });
}

}  // namespace bakeoff::cli
