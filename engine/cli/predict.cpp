#include <iostream>

#include "cli/arrow_file.h"
#include "cli/command.h"
#include "core/error.h"
#include "export/load_model.h"
#include "ingest/read.h"

namespace bakeoff::cli {
namespace {

struct PredictArguments {
  std::string model, data, out;
  std::vector<std::string> keep;
  MachineOptions machine;
};

void predict(const PredictArguments& arguments) {
  const Execution execution = make_execution(arguments.machine);
  const auto model = load_model(arguments.model);
  std::vector<std::string> columns = model->columns();
  for (const std::string& name : arguments.keep) {
    if (name == "score")
      throw SpecError("--keep: 'score' is the column of the predictions; rename the one in the data");
    if (std::find(columns.begin(), columns.end(), name) == columns.end()) columns.push_back(name);
  }
  const Dataset data = read_dataset(execution, arguments.data, columns);
  Columns out;
  for (const std::string& name : arguments.keep) out.add(data.column(name));
  out.add("score", model->predict(execution, data));
  write_table(*out.table(), arguments.out);
  std::cout << data.rows() << " rows scored: " << arguments.out << "\n";
}

}  // namespace

void add_predict(CLI::App& app) {
  CLI::App* command = app.add_subcommand("predict", "Score data with an exported model");
  const auto arguments = std::make_shared<PredictArguments>();
  command->add_option("MODEL_DIR", arguments->model, "a model folder, such as runs/ID/model")->required();
  command->add_option("DATA", arguments->data, "Parquet, CSV or Arrow IPC: a file, a folder or a glob")->required();
  command->add_option("--out", arguments->out, "the file to write: .parquet, .csv or .arrow")->required();
  add_list(*command, "--keep", arguments->keep, "columns of the data to write beside the score: a,b");
  add_machine_options(*command, arguments->machine);
  command->callback([arguments] { predict(*arguments); });
}

}  // namespace bakeoff::cli
