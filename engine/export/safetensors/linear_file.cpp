#include "export/safetensors/linear_file.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/file.h"
#include "core/text.h"
#include "export/load_model.h"
#include "export/safetensors/container.h"

namespace bakeoff {
namespace {

using nlohmann::json;
using Parts = LinearModel::Parts;

constexpr int kFormat = 1;
constexpr std::array kLinks = {"identity", "logistic", "log"};  // in the order of LinearModel::Link

std::string table_name(std::size_t i) { return "categorical." + std::to_string(i) + ".coefficient"; }

json describe(const Parts& parts, const std::vector<std::string>& classes) {
  json numeric = json::array(), categorical = json::array();
  for (const auto& term : parts.numeric) numeric.push_back(term.column);
  for (const auto& term : parts.categorical)
    categorical.push_back({{"column", term.column}, {"categories", term.categories}});
  json out = {{"format", kFormat},
              {"family", parts.family},
              {"task", task_name(parts.task)},
              {"link", kLinks[static_cast<std::size_t>(parts.link)]},
              {"zone", parts.zone},
              {"numeric", numeric},
              {"categorical", categorical}};
  if (!classes.empty()) out["classes"] = classes;
  return out;
}

// Takes what it is asked for out of the file, so that what is left is what nobody knows.
class Reader {
 public:
  Reader(safetensors::File file, const std::string& path) : file_(std::move(file)), path_(path) {}

  std::vector<float> tensor(const std::string& name, std::size_t size) {
    auto node = file_.tensors.extract(name);
    if (node.empty() || node.mapped().size() != size)
      refuse("tensor '" + name + "' to have " + std::to_string(size) + " values, got " +
             (node.empty() ? "none" : std::to_string(node.mapped().size())));
    return std::move(node.mapped());
  }
  std::string metadata(const std::string& key) {
    auto node = file_.metadata.extract(key);
    if (node.empty()) refuse("metadata '" + key + "', got a file without it: Bakeoff did not write it");
    return std::move(node.mapped());
  }
  void finish() {
    if (!file_.tensors.empty())
      refuse("the tensors of a linear model, got also '" + printable(file_.tensors.begin()->first) + "'");
  }
  [[noreturn]] void refuse(const std::string& expected) const {
    throw DataError(path_ + ": expected " + expected + "; export the model again");
  }

 private:
  safetensors::File file_;
  const std::string& path_;
};

Task read_task(const json& about, const Reader& reader) {
  for (const Task task : {Task::binary, Task::regression, Task::multiclass})
    if (about.at("task") == task_name(task)) return task;
  reader.refuse("task to be binary, regression or multiclass, got " + printable(about.at("task").dump()));
}

// What all classes have in common.
Parts read_head(const json& about, Reader& reader) {
  if (about.at("format") != kFormat)
    reader.refuse("format " + std::to_string(kFormat) + ", got " + printable(about.at("format").dump()) +
                  ": another version of Bakeoff wrote it");
  Parts parts;
  parts.family = about.at("family").get<std::string>();
  parts.task = read_task(about, reader);
  const auto link = std::find(kLinks.begin(), kLinks.end(), about.at("link").get<std::string>());
  if (link == kLinks.end())
    reader.refuse("link to be identity, logistic or log, got " + printable(about.at("link").dump()));
  parts.link = static_cast<LinearModel::Link>(link - kLinks.begin());
  parts.zone = about.at("zone").get<std::string>();
  return parts;
}

// The tensors hold one model, or one a class after the other.
std::vector<Parts> read_parts(const json& about, std::size_t outputs, Reader& reader) {
  std::vector<Parts> all(outputs, read_head(about, reader));
  const auto numeric = about.at("numeric").get<std::vector<std::string>>();
  const auto& categorical = about.at("categorical");
  if (!categorical.is_array()) reader.refuse("a list of categorical columns");
  const auto intercepts = reader.tensor("intercept", outputs);
  const auto means = reader.tensor("numeric.mean", numeric.size());
  const auto coefficients = reader.tensor("numeric.coefficient", outputs * numeric.size());
  for (std::size_t k = 0; k < outputs; ++k) {
    all[k].intercept = intercepts[k];
    for (std::size_t i = 0; i < numeric.size(); ++i)
      all[k].numeric.push_back({numeric[i], means[i], coefficients[k * numeric.size() + i]});
  }
  const std::size_t columns = categorical.size();
  const auto other = reader.tensor("categorical.other", outputs * columns);
  const auto missing = reader.tensor("categorical.missing", outputs * columns);
  for (std::size_t i = 0; i < columns; ++i) {
    const auto name = categorical[i].at("column").get<std::string>();
    const auto categories = categorical[i].at("categories").get<std::vector<std::string>>();
    const auto table = reader.tensor(table_name(i), outputs * categories.size());
    for (std::size_t k = 0; k < outputs; ++k) {
      const auto first = table.begin() + static_cast<std::ptrdiff_t>(k * categories.size());
      all[k].categorical.push_back({name, categories,
                                    std::vector(first, first + static_cast<std::ptrdiff_t>(categories.size())),
                                    other[k * columns + i], missing[k * columns + i]});
    }
  }
  reader.finish();
  return all;
}

std::shared_ptr<const Model> read_model(const json& about, Reader& reader) {
  if (about.at("task") != task_name(Task::multiclass))
    return std::make_shared<const LinearModel>(read_parts(about, 1, reader).front());
  const auto classes = about.at("classes").get<std::vector<std::string>>();
  if (classes.size() < 2) reader.refuse("at least two classes, got " + std::to_string(classes.size()));
  std::vector<LinearModel> logits;
  for (Parts& parts : read_parts(about, classes.size(), reader)) logits.emplace_back(std::move(parts));
  return std::make_shared<const SoftmaxModel>(classes, std::move(logits));
}

std::vector<const Parts*> parts_of(const Model& model) {
  if (model.linear()) return {&model.linear()->parts()};
  if (!model.softmax())
    throw SpecError("export safetensors: expected a linear model, got the family '" + model.family() +
                    "'; leave safetensors out of `export`");
  std::vector<const Parts*> all;
  for (const LinearModel& one : model.softmax()->logits()) all.push_back(&one.parts());
  return all;
}

}  // namespace

std::string safetensors_bytes(const Model& model) {
  const std::vector<const Parts*> all = parts_of(model);
  safetensors::File file;
  auto& means = file.tensors["numeric.mean"];
  for (const auto& term : all[0]->numeric) means.push_back(term.mean);
  auto& intercepts = file.tensors["intercept"];
  auto& coefficients = file.tensors["numeric.coefficient"];
  auto& other = file.tensors["categorical.other"];
  auto& missing = file.tensors["categorical.missing"];
  for (const Parts* parts : all) {
    intercepts.push_back(parts->intercept);
    for (const auto& term : parts->numeric) coefficients.push_back(term.coefficient);
    for (std::size_t i = 0; i < parts->categorical.size(); ++i) {
      const auto& term = parts->categorical[i];
      auto& table = file.tensors[table_name(i)];
      table.insert(table.end(), term.coefficients.begin(), term.coefficients.end());
      other.push_back(term.other);
      missing.push_back(term.missing);
    }
  }
  try {
    file.metadata["bakeoff"] = describe(*all[0], model.classes()).dump();
  } catch (const json::type_error&) {
    throw DataError("export safetensors: expected names of columns and categories in UTF-8; convert the data");
  }
  file.metadata["bakeoff_version"] = BAKEOFF_VERSION;
  return safetensors::encode(file);
}

void write_safetensors(const Model& model, const std::string& folder) {
  write_file((std::filesystem::path(folder) / kSafetensorsFile).string(), safetensors_bytes(model));
}

std::shared_ptr<const Model> model_from_safetensors(const std::string& bytes, const std::string& path) {
  Reader reader(safetensors::decode(bytes, path), path);
  try {
    return read_model(json::parse(reader.metadata("bakeoff")), reader);
  } catch (const json::exception& e) {
    reader.refuse(std::string("the description of a model in metadata 'bakeoff', got something else (") +
                  printable(e.what()) + ")");
  }
}

std::shared_ptr<const Model> load_model(const std::string& folder) {
  const auto path = (std::filesystem::path(folder) / kSafetensorsFile).string();
  return model_from_safetensors(read_file(path), path);
}

}  // namespace bakeoff
