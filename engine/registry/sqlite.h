// The little of SQLite that the registry needs, with its return codes as errors that say what to do.
#pragma once
#include <sqlite3.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace bakeoff::sqlite {

// RetryableError: busy, full, I/O, memory. SpecError: can't be opened or written. DataError: damaged or not a database.
[[noreturn]] void raise(sqlite3* db, int code, const std::string& path);

// A prepared statement; parameters are bound in order. Texts must live until the statement is stepped.
class Statement {
 public:
  Statement(sqlite3* db, std::string_view sql);
  ~Statement() { sqlite3_finalize(statement_); }
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  Statement& bind(std::string_view text);
  Statement& bind(std::int64_t value);
  Statement& bind(std::optional<std::int64_t> value);

  // True while there is a row.
  bool step();
  std::string text(int column) const;
  std::int64_t integer(int column) const { return sqlite3_column_int64(statement_, column); }
  std::optional<std::int64_t> optional_integer(int column) const;

 private:
  void check(int code) const;
  sqlite3* db_;
  sqlite3_stmt* statement_ = nullptr;
  int bound_ = 0;
};

void execute(sqlite3* db, const char* sql);
std::int64_t query_integer(sqlite3* db, std::string_view sql);

// Takes the write lock at once (waiting for it), so that what is read stays true until commit(); undone otherwise.
class WriteTransaction {
 public:
  explicit WriteTransaction(sqlite3* db) : db_(db) { execute(db, "BEGIN IMMEDIATE"); }
  ~WriteTransaction();
  WriteTransaction(const WriteTransaction&) = delete;
  WriteTransaction& operator=(const WriteTransaction&) = delete;
  void commit();

 private:
  sqlite3* db_;
  bool open_ = true;
};

// All reads inside see one state.
class ReadTransaction {
 public:
  explicit ReadTransaction(sqlite3* db) : db_(db) { execute(db, "BEGIN"); }
  ~ReadTransaction() { sqlite3_exec(db_, "ROLLBACK", nullptr, nullptr, nullptr); }
  ReadTransaction(const ReadTransaction&) = delete;
  ReadTransaction& operator=(const ReadTransaction&) = delete;

 private:
  sqlite3* db_;
};

}  // namespace bakeoff::sqlite
