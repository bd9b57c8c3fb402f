#include "registry/registry.h"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "registry/content_address.h"
#include "registry/replay.h"
#include "registry/schema.h"
#include "registry/sqlite.h"

namespace bakeoff {
namespace fs = std::filesystem;
using sqlite::Statement;
using sqlite::WriteTransaction;
namespace {

constexpr const char* kModelColumns = "version, name, kind, location, sha256, metadata, created";
constexpr const char* kNow = "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')";

std::string sql(std::initializer_list<const char*> parts) {
  std::string text;
  for (const char* part : parts) text += part;
  return text;
}

RegisteredModel model_of(const Statement& row) {
  return {row.integer(0), row.text(1), row.text(2), row.text(3), row.text(4), row.text(5), row.text(6)};
}

std::optional<RegisteredModel> find(sqlite3* db, const std::string& name, std::int64_t version) {
  const auto text = sql({"SELECT ", kModelColumns, " FROM models WHERE name = ? AND version = ?"});
  Statement query(db, text);
  query.bind(name).bind(version);
  if (!query.step()) return std::nullopt;
  return model_of(query);
}

RegisteredModel find_or_throw(sqlite3* db, const std::string& name, std::int64_t version) {
  if (auto model = find(db, name, version)) return *model;
  Statement query(db, "SELECT count(*) FROM models WHERE name = ?");
  query.bind(name).step();
  throw SpecError("registry: " + name + " has no version " + std::to_string(version) + "; it has " +
                  std::to_string(query.integer(0)) + " (`bakeoff registry list` shows them)");
}

std::optional<std::int64_t> champion_version(sqlite3* db, const std::string& name) {
  Statement query(db, "SELECT version FROM champions WHERE name = ?");
  query.bind(name);
  if (!query.step()) return std::nullopt;
  return query.integer(0);
}

std::vector<HistoryEntry> entries_of(sqlite3* db, const std::string& name) {
  Statement query(
      db, "SELECT id, name, action, version, previous, run_id, reason, at FROM history WHERE name = ? ORDER BY id");
  query.bind(name);
  std::vector<HistoryEntry> entries;
  while (query.step())
    entries.push_back({query.integer(0), query.text(1), query.text(2), query.integer(3), query.optional_integer(4),
                       query.text(5), query.text(6), query.text(7)});
  return entries;
}

void append(sqlite3* db, const HistoryEntry& e) {
  const auto text = sql(
      {"INSERT INTO history (name, action, version, previous, run_id, reason, at) VALUES (?,?,?,?,?,?,", kNow, ")"});
  Statement(db, text).bind(e.name).bind(e.action).bind(e.version).bind(e.previous).bind(e.run_id).bind(e.reason).step();
}

void set_champion(sqlite3* db, const std::string& name, std::int64_t version) {
  Statement(db,
            "INSERT INTO champions (name, version) VALUES (?, ?) "
            "ON CONFLICT (name) DO UPDATE SET version = excluded.version")
      .bind(name)
      .bind(version)
      .step();
}

std::string show(std::optional<std::int64_t> version) {
  return version ? "version " + std::to_string(*version) : "none";
}

void expect_champion(sqlite3* db, const std::string& name, std::optional<std::int64_t> expected,
                     std::optional<std::int64_t> found) {
  if (found == expected) return;
  std::string by;
  const auto entries = entries_of(db, name);
  const auto last =
      std::find_if(entries.rbegin(), entries.rend(), [](const auto& e) { return e.action != "register"; });
  if (last != entries.rend())
    by = " (" + last->action + (last->run_id.empty() ? "" : " by run " + last->run_id) + " at " + last->at + ")";
  throw PromotionConflict(name + ": expected the champion to be " + show(expected) + ", found " + show(found) + by +
                          ". It changed since it was evaluated and nothing was done; start a new run, which will be "
                          "compared with the champion of now");
}

bool promoted_by_run(sqlite3* db, const std::string& name, std::int64_t version, const std::string& run_id) {
  if (run_id.empty()) return false;
  Statement query(db, "SELECT 1 FROM history WHERE name = ? AND action = 'promote' AND version = ? AND run_id = ?");
  return query.bind(name).bind(version).bind(run_id).step();
}

void check_model(const RegisteredModel& model) {
  if (model.name.empty()) throw SpecError("registry: expected a name for the model, got nothing; set registry.name");
  if (model.location.empty())
    throw SpecError("registry: expected where the model is (a folder, a file or a column of scores), got nothing");
  if (model.kind != "bakeoff" && model.kind != "onnx" && model.kind != "scores")
    throw SpecError("registry: kind: expected bakeoff, onnx or scores, got '" + model.kind + "'");
  if (!nlohmann::json::parse(model.metadata, nullptr, false).is_object())
    throw SpecError("registry: metadata of " + model.name + ": expected a JSON object, got '" + model.metadata + "'");
}

}  // namespace

void Registry::Close::operator()(sqlite3* db) const { sqlite3_close_v2(db); }
Registry::Registry(const std::string& path)
    : db_(sqlite::open_registry(path)), folder_(fs::absolute(path).lexically_normal().parent_path().string()) {}
Registry::~Registry() = default;
Registry::Registry(Registry&&) noexcept = default;
Registry& Registry::operator=(Registry&&) noexcept = default;

std::string Registry::stored_location(const std::string& kind, const std::string& location) const {
  if (kind == "scores") return location;
  auto path = fs::absolute(location).lexically_normal();
  if (!path.has_filename()) path = path.parent_path();  // "model/" is "model"
  const auto relative = path.lexically_relative(folder_);
  return relative.empty() || *relative.begin() == ".." ? path.string() : relative.string();
}

std::string Registry::full_location(const std::string& kind, const std::string& stored) const {
  return kind == "scores" ? stored : (fs::path(folder_) / stored).lexically_normal().string();
}

RegisteredModel Registry::add(const RegisteredModel& model, const std::string& run_id) {
  RegisteredModel m = model;
  if (m.metadata.empty()) m.metadata = "{}";
  check_model(m);
  if (m.kind != "scores" && m.sha256.empty()) m.sha256 = content_sha256(m.location);
  m.location = stored_location(m.kind, m.location);
  WriteTransaction transaction(db_.get());
  {
    Statement same(db_.get(),
                   "SELECT version FROM models WHERE name = ? AND kind = ? AND location = ? AND sha256 = ? "
                   "AND metadata = ? AND run_id = ? ORDER BY version");
    same.bind(m.name).bind(m.kind).bind(m.location).bind(m.sha256).bind(m.metadata).bind(run_id);
    if (same.step()) return get(m.name, same.integer(0));
  }
  Statement last(db_.get(), "SELECT coalesce(max(version), 0) FROM models WHERE name = ?");
  last.bind(m.name).step();
  m.version = last.integer(0) + 1;
  const auto text =
      sql({"INSERT INTO models (version, name, kind, location, sha256, metadata, run_id, created) "
           "VALUES (?,?,?,?,?,?,?,",
           kNow, ")"});
  Statement(db_.get(), text)
      .bind(m.version)
      .bind(m.name)
      .bind(m.kind)
      .bind(m.location)
      .bind(m.sha256)
      .bind(m.metadata)
      .bind(run_id)
      .step();
  append(db_.get(), {0, m.name, "register", m.version, std::nullopt, run_id, "", ""});
  m = get(m.name, m.version);
  transaction.commit();
  return m;
}

std::vector<RegisteredModel> Registry::list(const std::string& name) const {
  const auto text = sql({"SELECT ", kModelColumns, " FROM models WHERE ?1 = '' OR name = ?1 ORDER BY name, version"});
  Statement query(db_.get(), text);
  query.bind(name);
  std::vector<RegisteredModel> models;
  while (query.step()) {
    models.push_back(model_of(query));
    models.back().location = full_location(models.back().kind, models.back().location);
  }
  return models;
}

RegisteredModel Registry::get(const std::string& name, std::int64_t version) const {
  auto model = find_or_throw(db_.get(), name, version);
  model.location = full_location(model.kind, model.location);
  return model;
}

std::optional<RegisteredModel> Registry::champion(const std::string& name) const {
  const sqlite::ReadTransaction transaction(db_.get());
  const auto version = champion_version(db_.get(), name);
  if (!version) return std::nullopt;
  return get(name, *version);
}

std::vector<HistoryEntry> Registry::history(const std::string& name) const { return entries_of(db_.get(), name); }

void Registry::promote(const std::string& name, std::int64_t version, std::optional<std::int64_t> expected,
                       const std::string& run_id, const std::string& reason) {
  WriteTransaction transaction(db_.get());
  find_or_throw(db_.get(), name, version);
  if (promoted_by_run(db_.get(), name, version, run_id)) return;
  const auto found = champion_version(db_.get(), name);
  expect_champion(db_.get(), name, expected, found);
  if (found == version) return;
  append(db_.get(), {0, name, "promote", version, found, run_id, reason, ""});
  set_champion(db_.get(), name, version);
  transaction.commit();
}

RegisteredModel Registry::rollback(const std::string& name, const std::string& reason,
                                   std::optional<std::int64_t> expected) {
  WriteTransaction transaction(db_.get());
  const auto found = champion_version(db_.get(), name);
  if (expected) expect_champion(db_.get(), name, expected, found);
  const auto champions = replay(entries_of(db_.get(), name)).champions;
  if (champions.size() < 2)
    throw SpecError("registry: " + name + " has no champion before " +
                    (champions.empty() ? "now" : show(champions.back())) +
                    " to go back to; promote the version you want (`bakeoff registry list` shows them)");
  const auto version = champions[champions.size() - 2];
  append(db_.get(), {0, name, "rollback", version, found, "", reason, ""});
  set_champion(db_.get(), name, version);
  auto model = get(name, version);
  transaction.commit();
  return model;
}

}  // namespace bakeoff
