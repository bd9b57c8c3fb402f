#include "registry/sqlite.h"

#include <cerrno>

#include "core/error.h"

namespace bakeoff::sqlite {

void raise(sqlite3* db, int code, const std::string& path) {
  const int system = db ? sqlite3_system_errno(db) : 0;
  const std::string what = "registry " + path + ": " + (db ? sqlite3_errmsg(db) : sqlite3_errstr(code));
  switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:
      throw RetryableError(what +
                           ". Another process held it for too long; try again, and look for a process that hangs");
    case SQLITE_FULL:
      throw RetryableError(what + ". Nothing was changed; free some space and try again");
    case SQLITE_NOMEM:
      throw RetryableError(what + ". Nothing was changed; try again with more memory");
    case SQLITE_IOERR:
      throw RetryableError(what + ". Nothing was changed; check the disk (and its free space), then try again");
    case SQLITE_CANTOPEN:
      if (system == EMFILE || system == ENFILE)
        throw RetryableError(what + ". Too many files are open; try again later");
      throw SpecError(what +
                      ". Expected a file in a folder that exists and can be written; create the folder, "
                      "correct its permissions, or name another store");
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      throw SpecError(what +
                      ". Expected a file and a folder that can be written; correct their permissions, "
                      "or name another store");
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      throw DataError(what + ". Expected a registry of Bakeoff; restore it from a backup, or name another store");
    default:
      throw DataError(what + " (SQLite code " + std::to_string(code) +
                      "). Expected a registry of Bakeoff that nobody else edits; run `bakeoff registry verify`");
  }
}

namespace {
std::string path_of(sqlite3* db) {
  const char* path = sqlite3_db_filename(db, "main");
  return path ? path : "";
}
}  // namespace

Statement::Statement(sqlite3* db, std::string_view sql) : db_(db) {
  check(sqlite3_prepare_v2(db, sql.data(), static_cast<int>(sql.size()), &statement_, nullptr));
}

void Statement::check(int code) const {
  if (code != SQLITE_OK) raise(db_, code, path_of(db_));
}

Statement& Statement::bind(std::string_view text) {
  // A null pointer would bind NULL where an empty text is meant.
  const char* data = text.data() ? text.data() : "";
  check(sqlite3_bind_text(statement_, ++bound_, data, static_cast<int>(text.size()), SQLITE_STATIC));
  return *this;
}

Statement& Statement::bind(std::int64_t value) {
  check(sqlite3_bind_int64(statement_, ++bound_, value));
  return *this;
}

Statement& Statement::bind(std::optional<std::int64_t> value) {
  if (value) return bind(*value);
  check(sqlite3_bind_null(statement_, ++bound_));
  return *this;
}

bool Statement::step() {
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) raise(db_, code, path_of(db_));
  return false;
}

std::string Statement::text(int column) const {
  const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
  return data ? std::string(data, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))) : std::string();
}

std::optional<std::int64_t> Statement::optional_integer(int column) const {
  if (sqlite3_column_type(statement_, column) == SQLITE_NULL) return std::nullopt;
  return integer(column);
}

void execute(sqlite3* db, const char* sql) {
  const int code = sqlite3_exec(db, sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) raise(db, code, path_of(db));
}

std::int64_t query_integer(sqlite3* db, std::string_view sql) {
  Statement statement(db, sql);
  return statement.step() ? statement.integer(0) : 0;
}

WriteTransaction::~WriteTransaction() {
  if (open_) sqlite3_exec(db_, "ROLLBACK", nullptr, nullptr, nullptr);
}

void WriteTransaction::commit() {
  execute(db_, "COMMIT");
  open_ = false;
}

}  // namespace bakeoff::sqlite
