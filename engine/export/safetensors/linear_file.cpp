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

json describe(const Parts& parts) {
  json numeric = json::array(), categorical = json::array();
  for (const auto& term : parts.numeric) numeric.push_back(term.column);
  for (const auto& term : parts.categorical)
    categorical.push_back({{"column", term.column}, {"categories", term.categories}});
  return {{"format", kFormat},
          {"family", parts.family},
          {"task", parts.task == Task::binary ? "binary" : "regression"},
          {"link", kLinks[static_cast<std::size_t>(parts.link)]},
          {"zone", parts.zone},
          {"numeric", numeric},
          {"categorical", categorical}};
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

template <class T>
T choose(const json& value, const char* field, const char* first, T if_first, const char* second, T if_second,
         const Reader& reader) {
  if (value.at(field) == first) return if_first;
  if (value.at(field) == second) return if_second;
  reader.refuse(std::string(field) + " to be " + first + " or " + second + ", got " +
                printable(value.at(field).dump()));
}

Parts read_parts(const json& about, Reader& reader) {
  if (about.at("format") != kFormat)
    reader.refuse("format " + std::to_string(kFormat) + ", got " + printable(about.at("format").dump()) +
                  ": another version of Bakeoff wrote it");
  Parts parts;
  parts.family = about.at("family").get<std::string>();
  parts.task = choose(about, "task", "binary", Task::binary, "regression", Task::regression, reader);
  const auto link = std::find(kLinks.begin(), kLinks.end(), about.at("link").get<std::string>());
  if (link == kLinks.end())
    reader.refuse("link to be identity, logistic or log, got " + printable(about.at("link").dump()));
  parts.link = static_cast<LinearModel::Link>(link - kLinks.begin());
  parts.zone = about.at("zone").get<std::string>();
  const auto numeric = about.at("numeric").get<std::vector<std::string>>();
  const auto& categorical = about.at("categorical");
  if (!categorical.is_array()) reader.refuse("a list of categorical columns");
  parts.intercept = reader.tensor("intercept", 1)[0];
  const auto means = reader.tensor("numeric.mean", numeric.size());
  const auto coefficients = reader.tensor("numeric.coefficient", numeric.size());
  for (std::size_t i = 0; i < numeric.size(); ++i) parts.numeric.push_back({numeric[i], means[i], coefficients[i]});
  const auto other = reader.tensor("categorical.other", categorical.size());
  const auto missing = reader.tensor("categorical.missing", categorical.size());
  for (std::size_t i = 0; i < categorical.size(); ++i) {
    auto categories = categorical[i].at("categories").get<std::vector<std::string>>();
    auto table = reader.tensor(table_name(i), categories.size());
    parts.categorical.push_back({categorical[i].at("column").get<std::string>(), std::move(categories),
                                 std::move(table), other[i], missing[i]});
  }
  reader.finish();
  return parts;
}

}  // namespace

std::string safetensors_bytes(const Model& model) {
  const LinearModel* linear = model.linear();
  if (!linear)
    throw SpecError("export safetensors: expected a linear model, got the family '" + model.family() +
                    "'; leave safetensors out of `export`");
  const Parts& parts = linear->parts();
  safetensors::File file;
  file.tensors["intercept"] = {parts.intercept};
  auto& means = file.tensors["numeric.mean"];
  auto& coefficients = file.tensors["numeric.coefficient"];
  for (const auto& term : parts.numeric) {
    means.push_back(term.mean);
    coefficients.push_back(term.coefficient);
  }
  auto& other = file.tensors["categorical.other"];
  auto& missing = file.tensors["categorical.missing"];
  for (std::size_t i = 0; i < parts.categorical.size(); ++i) {
    file.tensors[table_name(i)] = parts.categorical[i].coefficients;
    other.push_back(parts.categorical[i].other);
    missing.push_back(parts.categorical[i].missing);
  }
  try {
    file.metadata["bakeoff"] = describe(parts).dump();
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
    return std::make_shared<const LinearModel>(read_parts(json::parse(reader.metadata("bakeoff")), reader));
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
