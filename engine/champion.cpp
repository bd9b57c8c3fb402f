#include "champion.h"

#include <algorithm>
#include <filesystem>

#include "core/error.h"
#include "core/json_text.h"
#include "core/text.h"
#include "export/load_model.h"
#include "export/onnx/runtime.h"

namespace bakeoff {
namespace {

Json metadata_of(const Champion& champion) {
  return champion.registered ? parse_json(champion.registered->metadata, champion.label() + " metadata")
                             : Json::object();
}

// What is registered may be gone: an error about its files says whose they are.
std::shared_ptr<const Model> load_champion(const Champion& champion) {
  const auto told = [&](const Error& error) {
    return "the champion " + champion.label() + ": " + error.what() +
           "; restore its folder, or go back with `bakeoff registry rollback " + champion.registered->name + "`";
  };
  try {
    return load_model(champion.registered->location);
  } catch (const SpecError& error) {
    throw SpecError(told(error));
  } catch (const DataError& error) {
    throw DataError(told(error));
  }
}

std::vector<float> foreign_scores(const Execution& execution, const Champion& champion, const Dataset& data) {
  try {
    return predict_onnx(execution, champion.registered->location, data, champion.columns()).scores;
  } catch (const DataError& error) {
    throw DataError("the champion " + champion.label() + ": " + error.what());
  }
}

double mean_label(const RunTable& table, const RowRange& rows) {
  double sum = 0;
  for (std::int64_t i = rows.begin; i < rows.end; ++i) sum += table.labels[i];
  return sum / static_cast<double>(rows.size());
}

std::vector<float> class_shares(const RunTable& table, const RowRange& train, std::int64_t rows) {
  const std::size_t classes = table.classes.size();
  std::vector<float> shares(classes);
  std::vector<std::int64_t> counts(classes);
  for (std::int64_t i = train.begin; i < train.end; ++i) ++counts[static_cast<std::size_t>(table.labels[i])];
  for (std::size_t k = 0; k < classes; ++k)
    shares[k] = static_cast<float>(static_cast<double>(counts[k]) / static_cast<double>(train.size()));
  std::vector<float> out;
  for (std::int64_t i = 0; i < rows; ++i) out.insert(out.end(), shares.begin(), shares.end());
  return out;
}

// The champion's scores as those of the table's classes.
std::vector<float> by_class(const Champion& champion, const Model& model, const std::vector<float>& scores,
                            const RunTable& table) {
  const std::vector<std::string> known = model.classes();
  if (known.empty())
    throw SpecError("the champion " + champion.label() + " is for " + task_name(model.task()) +
                    " tasks, but data.task is multiclass; give the bake-off another registry.name");
  std::vector<std::size_t> places;
  for (const std::string& name : known) {
    const auto at = std::find(table.classes.begin(), table.classes.end(), name);
    if (at == table.classes.end())
      throw DataError("the champion " + champion.label() + " knows the class '" + printable(name) +
                      "', which no row has; take more data, or give the bake-off another registry.name");
    places.push_back(static_cast<std::size_t>(at - table.classes.begin()));
  }
  const std::size_t rows = scores.size() / known.size();
  std::vector<float> out(rows * table.classes.size(), 0.0f);
  for (std::size_t i = 0; i < rows; ++i)
    for (std::size_t k = 0; k < known.size(); ++k)
      out[i * table.classes.size() + places[k]] = scores[i * known.size() + k];
  return out;
}

}  // namespace

std::string Champion::label() const {
  return registered ? registered->name + " v" + std::to_string(registered->version) : "constant";
}

std::vector<std::string> Champion::columns() const {
  if (!registered) return {};
  if (registered->kind == "scores") return {registered->location};
  if (registered->kind == "bakeoff") return load_champion(*this)->columns();
  return metadata_of(*this).value("columns", std::vector<std::string>());
}

std::optional<double> Champion::reference(const std::string& metric) const {
  const Json metadata = metadata_of(*this);
  if (!metadata.contains("reference") || !metadata["reference"].contains(metric)) return std::nullopt;
  const Json& value = metadata["reference"][metric];
  return value.is_number() ? std::optional(value.get<double>()) : std::nullopt;
}

std::optional<Micros> Champion::since() const {
  const Json metadata = metadata_of(*this);
  if (!metadata.contains("decided_at") || !metadata["decided_at"].is_string()) return std::nullopt;
  return parse_time(metadata["decided_at"]);
}

std::optional<Candidate> Champion::configuration() const {
  const Json metadata = metadata_of(*this);
  if (!metadata.contains("candidate")) return std::nullopt;
  const Json& json = metadata["candidate"];
  Candidate candidate;
  candidate.family = json.at("family");
  candidate.parameters = json.at("parameters").get<std::map<std::string, double>>();
  candidate.window = json.at("window") == "all" ? CandidatesSpec::kAllHistory : parse_period(json.at("window"));
  candidate.feature_set = json.at("feature_set");
  candidate.champion_configuration = true;
  return candidate;
}

std::optional<Micros> last_decision(const Spec& spec, Micros at) {
  std::optional<Micros> last;
  if (!std::filesystem::exists(spec.registry.store)) return last;
  for (const RegisteredModel& model : Registry(spec.registry.store).list(spec.registry.name)) {
    const Json metadata = parse_json(model.metadata, model.name + " metadata");
    if (!metadata.contains("decided_at") || !metadata["decided_at"].is_string()) continue;
    const Micros decided = parse_time(metadata["decided_at"]);
    if (decided <= at && (!last || decided > *last)) last = decided;
  }
  return last;
}

Champion find_champion(const Spec& spec) {
  Champion champion;
  // A store that can't be made is told before the training, not after it.
  const auto folder = std::filesystem::absolute(spec.registry.store).parent_path();
  if (std::error_code none; !spec.registry.name.empty() && !std::filesystem::is_directory(folder, none))
    throw SpecError("registry.store: expected a file in a folder that exists, got " + spec.registry.store +
                    "; create the folder, or name another store");
  if (spec.gate.baseline == "champion" && !spec.registry.name.empty() && std::filesystem::exists(spec.registry.store))
    champion.registered = Registry(spec.registry.store).champion(spec.registry.name);
  return champion;
}

std::vector<float> champion_scores(const Execution& execution, const Champion& champion, const RunTable& table,
                                   const RowRange& train, const RowRange& rows) {
  const bool many = !table.classes.empty();
  if (!champion.registered && many) return class_shares(table, train, rows.size());
  if (!champion.registered)
    return std::vector<float>(static_cast<std::size_t>(rows.size()), static_cast<float>(mean_label(table, train)));
  const RegisteredModel& model = *champion.registered;
  std::vector<std::int64_t> indices(static_cast<std::size_t>(rows.size()));
  for (std::int64_t i = 0; i < rows.size(); ++i) indices[i] = rows.begin + i;
  const Dataset part = table.data.take(indices);
  if (many && model.kind != "bakeoff")
    throw SpecError("the champion " + champion.label() + " is of kind " + model.kind +
                    ", whose scores have no names of classes; with task multiclass only models that Bakeoff trained "
                    "are champions; give the bake-off another registry.name");
  if (model.kind == "bakeoff") {
    const auto own = load_champion(champion);
    std::vector<float> scores = own->predict(execution, part);
    if (many) return by_class(champion, *own, scores, table);
    if (own->outputs() > 1)
      throw SpecError("the champion " + champion.label() +
                      " is for multiclass tasks, but data.task is not; give the bake-off another registry.name");
    return scores;
  }
  if (model.kind == "onnx") return foreign_scores(execution, champion, part);
  const std::vector<double>& logged = part.numeric(model.location).values;
  return {logged.begin(), logged.end()};
}

}  // namespace bakeoff
