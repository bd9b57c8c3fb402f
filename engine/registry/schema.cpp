#include "registry/schema.h"

#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <thread>

#include "core/error.h"
#include "registry/sqlite.h"

namespace bakeoff::sqlite {
namespace {

constexpr int kBusyMilliseconds = 30'000;
constexpr std::int64_t kApplication = 0x42414b45;  // "BAKE", in the file's header
constexpr std::int64_t kVersion = 1;

// A trigger on INSERT too: INSERT OR REPLACE removes the old row without firing the triggers on DELETE.
constexpr const char* kSchema = R"sql(
CREATE TABLE models (
  name TEXT NOT NULL CHECK (name <> ''), version INTEGER NOT NULL CHECK (version > 0),
  kind TEXT NOT NULL CHECK (kind IN ('bakeoff', 'onnx', 'scores')), location TEXT NOT NULL, sha256 TEXT NOT NULL,
  metadata TEXT NOT NULL CHECK (json_valid(metadata)), run_id TEXT NOT NULL, created TEXT NOT NULL,
  PRIMARY KEY (name, version)
) STRICT;
CREATE TABLE history (
  id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL,
  action TEXT NOT NULL CHECK (action IN ('register', 'promote', 'rollback')),
  version INTEGER NOT NULL, previous INTEGER, run_id TEXT NOT NULL, reason TEXT NOT NULL, at TEXT NOT NULL,
  FOREIGN KEY (name, version) REFERENCES models, FOREIGN KEY (name, previous) REFERENCES models
) STRICT;
CREATE INDEX history_of_name ON history (name, id);
CREATE TABLE champions (
  name TEXT PRIMARY KEY, version INTEGER NOT NULL,
  FOREIGN KEY (name, version) REFERENCES models
) STRICT;
CREATE TRIGGER models_update BEFORE UPDATE ON models BEGIN SELECT raise(ABORT, 'models are append-only'); END;
CREATE TRIGGER models_delete BEFORE DELETE ON models BEGIN SELECT raise(ABORT, 'models are append-only'); END;
CREATE TRIGGER models_replace BEFORE INSERT ON models
  WHEN EXISTS (SELECT 1 FROM models WHERE name = NEW.name AND version = NEW.version)
  BEGIN SELECT raise(ABORT, 'models are append-only'); END;
CREATE TRIGGER history_update BEFORE UPDATE ON history BEGIN SELECT raise(ABORT, 'history is append-only'); END;
CREATE TRIGGER history_delete BEFORE DELETE ON history BEGIN SELECT raise(ABORT, 'history is append-only'); END;
CREATE TRIGGER history_replace BEFORE INSERT ON history WHEN EXISTS (SELECT 1 FROM history WHERE id = NEW.id)
  BEGIN SELECT raise(ABORT, 'history is append-only'); END;
PRAGMA application_id = 1111575365;
PRAGMA user_version = 1;
)sql";
static_assert(kApplication == 1111575365 && kVersion == 1, "as written in kSchema");

bool empty(sqlite3* db) { return query_integer(db, "SELECT count(*) FROM sqlite_schema") == 0; }

void check_identity(sqlite3* db, const std::string& path) {
  if (query_integer(db, "PRAGMA application_id") != kApplication)
    throw DataError("registry " + path +
                    ": expected a registry of Bakeoff, found the database of something else; "
                    "name another store");
  const auto version = query_integer(db, "PRAGMA user_version");
  if (version != kVersion)
    throw SpecError("registry " + path + ": expected format " + std::to_string(kVersion) + ", found " +
                    std::to_string(version) + "; use the version of Bakeoff that wrote it, or a newer one");
}

// The change to WAL needs the file alone, and SQLite answers "busy" at once where waiting could end in a deadlock.
// Where the file system can't do WAL the journal stays as it was: slower, just as safe.
void use_wal(sqlite3* db, const std::string& path) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(kBusyMilliseconds);
  for (;;) {
    const int code = sqlite3_exec(db, "PRAGMA journal_mode = WAL", nullptr, nullptr, nullptr);
    if (code == SQLITE_OK) return;
    if ((code & 0xff) != SQLITE_BUSY || std::chrono::steady_clock::now() > end) raise(db, code, path);
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

void create(sqlite3* db, const std::string& path) {
  use_wal(db, path);
  WriteTransaction transaction(db);
  if (!empty(db)) return;  // another process was first
  execute(db, kSchema);
  transaction.commit();
}

void prepare(sqlite3* db, const std::string& path) {
  sqlite3_extended_result_codes(db, 1);
  sqlite3_busy_timeout(db, kBusyMilliseconds);
  execute(db, "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON");  // a promotion that was told outlives a power cut
  if (empty(db)) create(db, path);
  check_identity(db, path);
}

// A registry that this user may read but not write, file or folder. A WAL beside it holds what the file lacks: then
// SQLite's own error stands. Whether it can be read is asked first: a file that another process creates in between
// is then merely new, not one that could not be written.
bool only_readable(const std::string& path) {
  namespace fs = std::filesystem;
  if (access(path.c_str(), R_OK) != 0) return false;
  std::error_code ignored;
  const std::string folder = fs::absolute(path, ignored).parent_path().string();
  if (access(path.c_str(), W_OK) == 0 && access(folder.c_str(), W_OK) == 0) return false;
  const auto wal = fs::file_size(path + "-wal", ignored);
  return ignored || wal == 0;
}

// WAL needs a file beside the registry even for reading; `immutable` says that it can be read as it lies.
int open_as_it_lies(const std::string& path, sqlite3** db) {
  std::string uri = "file:";
  for (const char c : path) uri += c == '%' ? "%25" : c == '?' ? "%3f" : c == '#' ? "%23" : std::string(1, c);
  return sqlite3_open_v2((uri + "?immutable=1").c_str(), db, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, nullptr);
}

}  // namespace

sqlite3* open_registry(const std::string& path) {
  if (path.empty()) throw SpecError("registry: expected the path of its file, got nothing; set registry.store");
  if (std::error_code ignored; std::filesystem::is_directory(path, ignored))
    throw SpecError("registry " + path + ": expected a file, found a folder; name a file in it, e.g. " + path +
                    "/bakeoff.db");
  sqlite3* db = nullptr;
  const int code = only_readable(path)
                       ? open_as_it_lies(path, &db)
                       : sqlite3_open_v2(path.c_str(), &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr);
  try {
    if (code != SQLITE_OK) raise(db, code, path);
    prepare(db, path);
  } catch (...) {
    sqlite3_close_v2(db);
    throw;
  }
  return db;
}

}  // namespace bakeoff::sqlite
