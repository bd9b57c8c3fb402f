#include <fnmatch.h>

#include <algorithm>
#include <filesystem>
#include <iostream>

#include "cli/arrow_file.h"
#include "cli/command.h"
#include "core/error.h"
#include "core/text.h"
#include "export/load_model.h"
#include "ingest/read.h"

namespace bakeoff::cli {
namespace {

struct PredictArguments {
  std::string model, data, out;
  std::vector<std::string> keep;
  MachineOptions machine;
};

// `score`; of many classes the likeliest as `class`, and `score.CLASS` of each.
void add_scores(const Model& model, const std::vector<float>& scores, Columns& out) {
  const std::vector<std::string> classes = model.classes();
  if (classes.empty()) return out.add("score", scores);
  std::vector<std::string> likeliest;
  for (auto row = scores.begin(); row != scores.end(); row += static_cast<std::ptrdiff_t>(classes.size()))
    likeliest.push_back(classes[std::max_element(row, row + static_cast<std::ptrdiff_t>(classes.size())) - row]);
  out.add("class", likeliest);
  for (std::size_t k = 0; k < classes.size(); ++k) {
    std::vector<float> of;
    for (std::size_t at = k; at < scores.size(); at += classes.size()) of.push_back(scores[at]);
    out.add("score." + classes[k], of);
  }
}

void check_kept(const Model& model, const std::string& name) {
  const bool taken = model.classes().empty() ? name == "score" : name == "class" || name.starts_with("score.");
  if (taken)
    throw SpecError("--keep: '" + printable(name) + "' is a column of the predictions; rename the one in the data");
}

void keep_data(const PredictArguments& arguments) {
  namespace fs = std::filesystem;
  std::error_code none;
  const fs::path out = fs::absolute(arguments.out, none);
  const bool beside = fs::is_directory(arguments.data, none) && fs::equivalent(out.parent_path(), arguments.data, none);
  if (beside || fs::equivalent(out, arguments.data, none) ||
      fnmatch(arguments.data.c_str(), arguments.out.c_str(), 0) == 0)
    throw SpecError("--out " + arguments.out + ": is among the data that is read; name another file");
}

void predict(const PredictArguments& arguments) {
  keep_data(arguments);
  const Execution execution = make_execution(arguments.machine);
  const auto model = load_model(arguments.model);
  std::vector<std::string> columns = model->columns();
  for (const std::string& name : arguments.keep) {
    check_kept(*model, name);
    if (std::find(columns.begin(), columns.end(), name) == columns.end()) columns.push_back(name);
  }
  const Dataset data = read_dataset(execution, arguments.data, columns);
  Columns out;
  for (const std::string& name : arguments.keep) out.add(data.column(name));
  add_scores(*model, model->predict(execution, data), out);
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
