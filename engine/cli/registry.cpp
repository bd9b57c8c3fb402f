#include "registry/registry.h"

#include <charconv>
#include <cmath>
#include <filesystem>
#include <iostream>
#include <set>

#include "cli/command.h"
#include "cli/exit_code.h"
#include "cli/text_table.h"
#include "core/error.h"
#include "core/json_text.h"
#include "core/text.h"
#include "export/load_model.h"

namespace bakeoff::cli {
namespace {

struct RegistryArguments {
  std::string store = "bakeoff.db", name, reason, expected;
  std::int64_t version = 0;
  std::string model, onnx, scores;
  std::vector<std::string> references;
  bool promote = false;
};
using Arguments = std::shared_ptr<RegistryArguments>;

// Reading must not make a registry where there is none.
Registry open_existing(const std::string& store) {
  if (!std::filesystem::exists(store))
    throw SpecError("no registry at '" + store + "'; name one with --store, or make it with `bakeoff registry add`");
  std::error_code ignored;  // a folder or a device has no size; SQLite says what is wrong with them
  if (std::filesystem::file_size(store, ignored) == 0)
    throw DataError("'" + store + "' is empty (0 bytes) and so no registry; if it was one, restore it from a copy");
  return Registry(store);
}

RegisteredModel find(const Registry& registry, const RegistryArguments& arguments) {
  if (arguments.version > 0) return registry.get(arguments.name, arguments.version);
  if (const auto champion = registry.champion(arguments.name)) return *champion;
  if (registry.list(arguments.name).empty()) {
    std::set<std::string> known;
    for (const RegisteredModel& model : registry.list()) known.insert(model.name);
    throw SpecError("'" + arguments.store + "' has no models named '" + printable(arguments.name) + "'" +
                    hint(arguments.name, {known.begin(), known.end()}));
  }
  throw SpecError("'" + arguments.name + "' has no champion; name a version with --version");
}

// "none", a version, or nothing: whoever is champion now.
std::optional<std::int64_t> expected_champion(const Registry& registry, const RegistryArguments& arguments) {
  if (arguments.expected == "none") return std::nullopt;
  if (arguments.expected.empty()) {
    const auto champion = registry.champion(arguments.name);
    return champion ? std::optional(champion->version) : std::nullopt;
  }
  std::int64_t version = 0;
  const char* end = arguments.expected.data() + arguments.expected.size();
  const auto [at, error] = std::from_chars(arguments.expected.data(), end, version);
  if (error != std::errc() || at != end || version < 1)
    throw SpecError("--expected: expected a version such as 3, or none, got '" + printable(arguments.expected) + "'");
  return version;
}

void list(const RegistryArguments& arguments) {
  const Registry registry = open_existing(arguments.store);
  TextTable table({"name", "version", "champion", "kind", "created", "location"});
  for (const RegisteredModel& model : registry.list(arguments.name)) {
    const auto champion = registry.champion(model.name);
    table.add({model.name, std::to_string(model.version),
               champion && champion->version == model.version ? "champion" : "", model.kind, model.created,
               model.location});
  }
  std::cout << table.text();
}

void show(const RegistryArguments& arguments) {
  const Registry registry = open_existing(arguments.store);
  const RegisteredModel model = find(registry, arguments);
  const auto champion = registry.champion(model.name);
  std::cout << model.name << " v" << model.version
            << (champion && champion->version == model.version ? ", champion" : "") << "\n  kind      " << model.kind
            << "\n  location  " << model.location << "\n  sha256    " << (model.sha256.empty() ? "-" : model.sha256)
            << "\n  created   " << model.created << "\n  metadata  "
            << json_pretty(parse_json(model.metadata, "metadata")) << "\n";
  TextTable table({"at", "action", "version", "before", "run", "reason"});
  for (const HistoryEntry& entry : registry.history(model.name))
    table.add({entry.at, entry.action, std::to_string(entry.version),
               entry.previous ? std::to_string(*entry.previous) : "-", entry.run_id, entry.reason});
  std::cout << table.text();
}

// {"reference": {"roc_auc": 0.7}}: what monitoring compares with.
std::string metadata_of(const std::vector<std::string>& references) {
  Json metadata = Json::object();
  for (const std::string& argument : references) {
    const std::size_t equals = argument.find('=');
    const std::string text = equals == std::string::npos ? "" : argument.substr(equals + 1);
    double value = 0;
    const auto [at, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (equals == 0 || text.empty() || error != std::errc() || at != text.data() + text.size() || !std::isfinite(value))
      throw SpecError("--reference: expected METRIC=VALUE such as roc_auc=0.71, got '" + printable(argument) + "'");
    metadata["reference"][argument.substr(0, equals)] = value;
  }
  return json_line(metadata);
}

void promote(Registry& registry, const RegistryArguments& arguments, std::int64_t version) {
  registry.promote(arguments.name, version, expected_champion(registry, arguments), "", arguments.reason);
  std::cout << arguments.name << " v" << version << " is champion\n";
}

void add(const RegistryArguments& arguments) {
  RegisteredModel model;
  model.name = arguments.name;
  model.kind = !arguments.model.empty() ? "bakeoff" : !arguments.onnx.empty() ? "onnx" : "scores";
  model.location = arguments.model + arguments.onnx + arguments.scores;
  if (model.location.empty())
    throw SpecError("registry add: expected --onnx FILE, --scores COLUMN or --model MODEL_DIR, got none");
  if (model.kind == "bakeoff") load_model(model.location);  // an error here, not in the next bake-off
  if (model.kind != "scores") model.location = std::filesystem::absolute(model.location).lexically_normal().string();
  model.metadata = metadata_of(arguments.references);
  Registry registry(arguments.store);
  const RegisteredModel added = registry.add(model);
  std::cout << added.name << " v" << added.version << " is registered\n";
  if (arguments.promote) promote(registry, arguments, added.version);
}

void rollback(const RegistryArguments& arguments) {
  Registry registry = open_existing(arguments.store);
  const RegisteredModel model =
      registry.rollback(arguments.name, arguments.reason, expected_champion(registry, arguments));
  std::cout << model.name << " v" << model.version << " is champion again\n";
}

int verify(const RegistryArguments& arguments) {
  const std::vector<std::string> problems = open_existing(arguments.store).verify();
  for (const std::string& problem : problems) std::cerr << "error: " << problem << "\n";
  if (problems.empty()) std::cout << arguments.store << " is sound\n";
  return problems.empty() ? kOk : kBadData;
}

CLI::App* add_command(CLI::App& registry, const Arguments& arguments, const std::string& name,
                      const std::string& help) {
  CLI::App* command = registry.add_subcommand(name, help);
  command->add_option("--store", arguments->store, "the SQLite file")->capture_default_str();
  return command;
}

void add_name(CLI::App* command, const Arguments& arguments) {
  command->add_option("NAME", arguments->name, "the name of the models, such as flights-late")->required();
}

void add_change(CLI::App* command, const Arguments& arguments) {
  command->add_option("--reason", arguments->reason, "for the history");
  command->add_option("--expected", arguments->expected,
                      "fail with 5 unless this version is champion (none: nobody); by default whoever is now");
}

}  // namespace

void add_registry(CLI::App& app, int& exit_code) {
  CLI::App* registry = app.add_subcommand("registry", "Models, champions and their history");
  registry->require_subcommand(1);
  const auto arguments = std::make_shared<RegistryArguments>();

  CLI::App* command = add_command(*registry, arguments, "list", "List models");
  command->add_option("NAME", arguments->name, "of this name alone");
  command->callback([arguments] { list(*arguments); });

  command = add_command(*registry, arguments, "show", "Show a model and the history of its name");
  add_name(command, arguments);
  command->add_option("--version", arguments->version, "by default the champion")->check(CLI::PositiveNumber);
  command->callback([arguments] { show(*arguments); });

  command = add_command(*registry, arguments, "add", "Register a model that Bakeoff did not train, or a model folder");
  add_name(command, arguments);
  auto* source = command->add_option_group("source");
  source->add_option("--onnx", arguments->onnx, "an ONNX file");
  source->add_option("--scores", arguments->scores, "the column of logged scores");
  source->add_option("--model", arguments->model, "a model folder, such as runs/ID/model");
  source->require_option(1);
  command->add_option("--reference", arguments->references, "METRIC=VALUE when it was chosen, for monitoring")
      ->allow_extra_args(false);
  command->add_flag("--promote", arguments->promote, "and make it champion");
  add_change(command, arguments);
  command->callback([arguments] { add(*arguments); });

  command = add_command(*registry, arguments, "promote", "Make a version champion");
  add_name(command, arguments);
  command->add_option("VERSION", arguments->version, "the version to promote")->required()->check(CLI::PositiveNumber);
  add_change(command, arguments);
  command->callback([arguments] {
    Registry opened = open_existing(arguments->store);
    promote(opened, *arguments, arguments->version);
  });

  command = add_command(*registry, arguments, "rollback", "Back to the champion before");
  add_name(command, arguments);
  add_change(command, arguments);
  command->callback([arguments] { rollback(*arguments); });

  command = add_command(*registry, arguments, "verify",
                        "Check structure, history and content hashes; 3 if anything is wrong");
  command->callback([arguments, &exit_code] { exit_code = verify(*arguments); });
}

}  // namespace bakeoff::cli
