#include <set>

#include "core/error.h"
#include "registry/content_address.h"
#include "registry/registry.h"
#include "registry/replay.h"
#include "registry/sqlite.h"

namespace bakeoff {
using sqlite::Statement;
namespace {

void check_structure(sqlite3* db, std::vector<std::string>& problems) {
  Statement integrity(db, "PRAGMA integrity_check");
  while (integrity.step())
    if (integrity.text(0) != "ok") problems.push_back("database: " + integrity.text(0));
  Statement keys(db, "PRAGMA foreign_key_check");
  while (keys.step())
    problems.push_back("database: row " + std::to_string(keys.integer(1)) + " of " + keys.text(0) +
                       " names a model that is not there");
}

void check_history(const std::string& name, const std::vector<HistoryEntry>& entries,
                   std::optional<std::int64_t> champion, std::vector<std::string>& problems) {
  const auto replayed = replay(entries);
  problems.insert(problems.end(), replayed.problems.begin(), replayed.problems.end());
  const auto expected = replayed.champions.empty() ? std::nullopt : std::optional(replayed.champions.back());
  const auto show = [](std::optional<std::int64_t> v) {
    return v ? "version " + std::to_string(*v) : std::string("none");
  };
  if (champion != expected)
    problems.push_back(name + ": expected the champion that the history leads to, " + show(expected) + ", found " +
                       show(champion));
}

void check_content(const RegisteredModel& m, std::vector<std::string>& problems) {
  if (m.kind == "scores") return;
  const auto where = m.name + " version " + std::to_string(m.version) + ": " + m.location + ": ";
  try {
    const auto found = content_sha256(m.location);
    if (found != m.sha256) problems.push_back(where + "expected SHA-256 " + m.sha256 + ", found " + found);
  } catch (const Error& e) {
    problems.push_back(m.name + " version " + std::to_string(m.version) + ": " + e.what());
  }
}

}  // namespace

std::vector<std::string> Registry::verify() const {
  std::vector<std::string> problems;
  std::vector<RegisteredModel> models;
  {
    const sqlite::ReadTransaction transaction(db_.get());
    check_structure(db_.get(), problems);
    models = list();
    std::set<std::string> names;
    for (const auto& m : models) names.insert(m.name);
    Statement others(db_.get(), "SELECT name FROM history UNION SELECT name FROM champions");
    while (others.step()) names.insert(others.text(0));
    for (const auto& name : names) {
      const auto entries = history(name);
      Statement query(db_.get(), "SELECT version FROM champions WHERE name = ?");
      query.bind(name);
      check_history(name, entries, query.step() ? std::optional(query.integer(0)) : std::nullopt, problems);
      std::multiset<std::int64_t> registered;
      for (const auto& e : entries)
        if (e.action == "register") registered.insert(e.version);
      for (const auto& m : models)
        if (m.name == name && registered.count(m.version) != 1)
          problems.push_back(name + " version " + std::to_string(m.version) +
                             ": expected one entry of its registration in the "
                             "history, found " +
                             std::to_string(registered.count(m.version)));
    }
  }
  for (const auto& m : models) check_content(m, problems);
  return problems;
}

}  // namespace bakeoff
