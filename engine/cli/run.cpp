#include <cmath>
#include <iostream>

#include "cli/command.h"
#include "cli/exit_code.h"
#include "cli/progress.h"
#include "cli/text_table.h"
#include "pipeline.h"

namespace bakeoff::cli {
namespace {

struct RunArguments {
  SpecOptions spec;
  RunOptions run;
  int skip_code = kOk;
  bool fail_on_reject = false, quiet = false;
};

void print_slices(const Verdict& verdict) {
  if (verdict.slices.empty()) return;
  TextTable table({"slice", "rows", "difference", "verdict"});
  for (const SliceVerdict& slice : verdict.slices)
    table.add({slice.name, std::to_string(slice.rows), cell(slice.difference),
               (slice.vetoes ? "veto" : "pass") + (slice.reason.empty() ? "" : ": " + slice.reason)});
  std::cout << "\n" << table.text();
}

void print(const RunResult& result) {
  const Verdict& verdict = result.verdict;
  std::cout << "verdict: " << name(verdict.outcome) << (result.resumed ? " (decided before; nothing was done)" : "")
            << "\n";
  for (const std::string& reason : verdict.reasons) std::cout << "  " << reason << "\n";
  if (!std::isnan(verdict.difference.value)) {
    TextTable table({"", verdict.metric + " on the holdout", "model"});
    table.add({"champion", cell(verdict.champion_value), verdict.champion});
    table.add({"challenger", cell(verdict.challenger_value), verdict.challenger});
    table.add({"difference", cell(verdict.difference), verdict.method});
    std::cout << "\n" << table.text();
  } else if (!verdict.challenger.empty()) {
    std::cout << "  best candidate: " << verdict.challenger << "\n";
  }
  print_slices(verdict);
  std::cout << "\nrun folder: " << result.path << "\n";
}

int run(const RunArguments& arguments) {
  const Spec spec = load_spec(arguments.spec);
  EventSink events;
  const auto progress = show_progress(events, arguments.quiet);
  const RunResult result = run_bakeoff(make_execution(spec), spec, arguments.run, events);
  print(result);
  if (arguments.fail_on_reject && result.verdict.outcome != Outcome::promote) return kRejected;
  return result.resumed ? arguments.skip_code : static_cast<int>(kOk);
}

}  // namespace

void add_run(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand("run", "Hold a bake-off and decide");
  const auto arguments = std::make_shared<RunArguments>();
  add_spec_options(*command, arguments->spec);
  command->add_option("--out", arguments->run.out, "where run folders are made")->capture_default_str();
  command->add_option("--run-id", arguments->run.run_id,
                      "a finished id returns its result, an unfinished one resumes; by default a new one");
  command->add_option("--skip-code", arguments->skip_code, "exit code where nothing had to be done (Airflow: 99)")
      ->check(CLI::Range(0, 255));
  command->add_flag("--fail-on-reject", arguments->fail_on_reject, "exit code 4 unless the verdict is promote");
  command->add_flag("--quiet", arguments->quiet, "no progress, only the result");
  command->callback([arguments, &exit_code] { exit_code = run(*arguments); });
}

}  // namespace bakeoff::cli
