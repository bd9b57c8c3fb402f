#include "drift/drift.h"

#include <algorithm>
#include <iostream>

#include "cli/arrow_file.h"
#include "cli/command.h"
#include "cli/text_table.h"
#include "core/error.h"
#include "core/file.h"
#include "core/json_text.h"
#include "drift/files.h"
#include "drift/json.h"

namespace bakeoff::cli {
namespace {

struct DriftArguments {
  std::string reference, current, format = "table", out, save, units;
  DriftColumns columns;
  ReferenceOptions fit;
  DriftOptions options;
  MachineOptions machine;
};

// Calls f(column, test) for each test of each column.
template <class F>
void for_each_test(const DriftReport& report, const F& f) {
  for (const ColumnDrift& column : report.columns)
    for (const DriftTest& test : column.tests) f(column, test);
}

std::string as_table(const DriftReport& report) {
  TextTable table({"column", "test", "statistic", "effect", "p", "p adjusted", "drifted", ""});
  for_each_test(report, [&](const ColumnDrift& column, const DriftTest& test) {
    std::string note = test.note;
    if (test.test == "new_categories" && !column.new_names.empty()) note = "such as " + column.new_names[0];
    table.add({column.name, test.test, cell(test.statistic), cell(test.effect), cell(test.p), cell(test.p_adjusted),
               column.drifted ? "yes" : "no", note});
  });
  return table.text();
}

Columns as_columns(const DriftReport& report) {
  std::vector<std::string> names, kinds, tests, methods, notes;
  std::vector<double> statistic, effect, p, p_adjusted;
  std::vector<std::int64_t> drifted;
  for_each_test(report, [&](const ColumnDrift& column, const DriftTest& test) {
    names.push_back(column.name), kinds.push_back(column.kind), tests.push_back(test.test);
    statistic.push_back(test.statistic), effect.push_back(test.effect), p.push_back(test.p);
    p_adjusted.push_back(test.p_adjusted), methods.push_back(test.method), notes.push_back(test.note);
    drifted.push_back(column.drifted);
  });
  Columns columns;
  columns.add("column", names);
  columns.add("kind", kinds);
  columns.add("test", tests);
  columns.add("statistic", statistic);
  columns.add("effect", effect);
  columns.add("p", p);
  columns.add("p_adjusted", p_adjusted);
  columns.add("method", methods);
  columns.add("note", notes);
  columns.add("drifted", drifted);
  return columns;
}

void print(const DriftReport& report, const std::string& format, const std::string& out) {
  if (format == "parquet") return write_table(*as_columns(report).table(), out);
  const std::string text = format == "json" ? json_pretty(to_json(report)) : as_table(report);
  if (out.empty())
    std::cout << text;
  else
    write_file(out, text);
}

void run(DriftArguments arguments) {
  const Execution execution = make_execution(arguments.machine);
  const std::vector<std::string>& tests = arguments.options.tests;
  arguments.fit.seed = arguments.options.seed;
  const auto asked = [&](const char* test) { return std::find(tests.begin(), tests.end(), test) != tests.end(); };
  const bool all = tests.empty() || !arguments.save.empty();
  arguments.fit.keep_values = all || asked("ks") || asked("wasserstein");
  arguments.fit.distances = all || asked("wasserstein");
  const bool saved = arguments.reference.ends_with(".safetensors");
  if (!arguments.units.empty()) {
    if (saved || !arguments.save.empty())
      throw SpecError("--units: expected two tables and no --save: a saved reference doesn't know its units");
    return print(drift_files_by_unit(execution, arguments.reference, arguments.current, arguments.units, arguments.fit,
                                     arguments.options, arguments.columns),
                 arguments.format, arguments.out);
  }
  const DriftReference reference =
      saved ? DriftReference::load(arguments.reference)
            : fit_drift_file(execution, arguments.reference, arguments.columns, arguments.fit);
  if (!arguments.save.empty()) reference.save(arguments.save);
  print(drift_file(execution, reference, arguments.current, arguments.options, arguments.columns), arguments.format,
        arguments.out);
}

}  // namespace

void add_drift(CLI::App& app) {
  CLI::App* command = app.add_subcommand("drift", "Compares a table with a reference, column by column");
  const auto a = std::make_shared<DriftArguments>();
  command
      ->add_option("REFERENCE", a->reference,
                   "Parquet, CSV or Arrow IPC: a file, a folder or a glob; or a .safetensors that --save has written")
      ->required();
  command->add_option("CURRENT", a->current, "the table that may have drifted")->required();
  add_list(*command, "--columns", a->columns.names, "those to compare: a,b; by default all but times");
  add_list(*command, "--categorical", a->columns.categorical, "columns of integers that are names");
  add_list(*command, "--tests", a->options.tests,
           "ks, psi, jensen_shannon, wasserstein, chi2, missing, new_categories; by default all. Without ks and "
           "wasserstein memory doesn't grow with the current rows");
  command->add_option("--units", a->units,
                      "a column of both tables: its rows belong together, and p-values permute them as a whole");
  command->add_option("--bins", a->fit.bins, "quantile bins of psi and jensen_shannon")->capture_default_str();
  command->add_option("--fdr", a->options.fdr, "the false discovery rate at which a column has drifted")
      ->capture_default_str();
  command->add_option("--permutations", a->options.permutations, "of psi and jensen_shannon where counts are small")
      ->check(CLI::Range(0, 1'000'000))
      ->capture_default_str();
  command->add_option("--seed", a->options.seed, "of the permutations")->capture_default_str();
  command->add_option("--save", a->save, "keep the fitted reference in this .safetensors");
  command->add_option("--format", a->format, "table, json or parquet")
      ->check(CLI::IsMember({"table", "json", "parquet"}))
      ->capture_default_str();
  command->add_option("--out", a->out, "a file instead of the terminal");
  add_machine_options(*command, a->machine);
  command->callback([a] {
    if (a->format == "parquet" && a->out.empty())
      throw SpecError("--format parquet: expected --out FILE.parquet, since a terminal can't show it");
    run(*a);
  });
}

}  // namespace bakeoff::cli
