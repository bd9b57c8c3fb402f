#include <iostream>

#include "cli/command.h"
#include "cli/exit_code.h"
#include "cli/progress.h"
#include "cli/text_table.h"
#include "pipeline.h"

namespace bakeoff::cli {
namespace {

struct MonitorArguments {
  SpecOptions spec;
  std::string at, format = "table";
  int skip_code = kOk;
};

std::string drift_table(const DriftWatch& watch) {
  TextTable table({"column", "test", "effect", "p", "p adjusted", ""});
  for (const ColumnDrift& column : watch.report.columns)
    for (const DriftTest& test : column.tests)
      table.add({column.name, test.test, cell(test.effect), cell(test.p), cell(test.p_adjusted),
                 column.drifted ? "drifted" : ""});
  return table.text();
}

void print(const TriggerDecision& decision) {
  TextTable table({"from", "to", decision.metric, "rows", "units", ""});
  for (const MonitoredWindow& window : decision.windows)
    table.add({format_time(window.begin), format_time(window.end), cell(window.metric), std::to_string(window.rows),
               std::to_string(window.units), window.declined ? "declined" : ""});
  if (!decision.windows.empty()) std::cout << table.text() << "\n";
  if (decision.drift && !decision.drift->report.columns.empty()) std::cout << drift_table(*decision.drift) << "\n";
  std::cout << "reference: " << cell(decision.reference) << "\n"
            << "decision: " << (decision.triggered ? "hold a bake-off" : "nothing to do") << "\n  " << decision.reason
            << "\n";
}

int run(const MonitorArguments& arguments) {
  const Spec spec = load_spec(arguments.spec);
  MonitorOptions options;
  if (!arguments.at.empty()) options.at = parse_time(arguments.at, spec.data.unit.zone);
  EventSink events;
  const TriggerDecision decision = monitor_champion(make_execution(spec), spec, options, events);
  if (arguments.format == "json")
    std::cout << monitor_json(decision);
  else
    print(decision);
  return decision.triggered ? static_cast<int>(kOk) : arguments.skip_code;
}

}  // namespace

void add_monitor(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand("monitor", "Did the champion decline? Metric per window, and the decision");
  const auto arguments = std::make_shared<MonitorArguments>();
  add_spec_options(*command, arguments->spec);
  command->add_option("--at", arguments->at, "as if it were this time, in the zone of the unit; by default now");
  command->add_option("--format", arguments->format, "table or json")
      ->check(CLI::IsMember({"table", "json"}))
      ->capture_default_str();
  command->add_option("--skip-code", arguments->skip_code, "exit code where there is nothing to do (Airflow: 99)")
      ->check(CLI::Range(0, 255));
  command->callback([arguments, &exit_code] { exit_code = run(*arguments); });
}

}  // namespace bakeoff::cli
