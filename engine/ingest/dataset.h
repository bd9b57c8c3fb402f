// A table in memory, columns typed the way the engine uses them.
#pragma once
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "core/types.h"

namespace bakeoff {

// float64; NaN where missing. Integers, booleans and decimals become numeric too.
struct NumericColumn {
  std::vector<double> values;
  // Read from integers or booleans throughout: may be an id or a category.
  bool integer = false;
  // The exact integers, where some are beyond 2^53 (a double would merge ids); else empty. 0 where missing; a uint64 in
  // two's complement.
  std::vector<std::int64_t> exact;
};
// Codes into `categories` (in the order of their first appearance in the data), -1 where missing.
struct CategoricalColumn {
  std::vector<std::int32_t> codes;
  std::vector<std::string> categories;
};
// UTC microseconds; kMissingTime where missing. A naive time is taken as UTC.
struct TimeColumn {
  static constexpr Micros kMissingTime = std::numeric_limits<Micros>::min();
  std::vector<Micros> micros;
};

struct Column {
  std::string name;
  std::variant<NumericColumn, CategoricalColumn, TimeColumn> data;

  std::int64_t size() const;
  bool missing(std::int64_t row) const;
  bool all_missing() const;
  // "numbers", "text" or "times", as error texts call it.
  const char* kind() const;
};

// Where a row was read, for error texts.
struct SourcePart {
  std::string file;
  std::int64_t first_row = 0;  // of the dataset
};
// A column that the source has but the engine does not read (a list, a struct, ...).
struct UnreadColumn {
  std::string name, type;
};

class Dataset {
 public:
  Dataset() = default;
  // DataError unless all columns have the same length and names of their own. `parts`: the files, in the order of their
  // rows; empty: the source is one.
  Dataset(std::vector<Column> columns, std::string source, std::vector<SourcePart> parts = {},
          std::vector<UnreadColumn> unread = {});

  std::int64_t rows() const { return rows_; }
  const std::vector<Column>& columns() const { return columns_; }
  const std::string& source() const { return source_; }
  bool has(const std::string& name) const;

  // DataError if the column is missing (names the nearest) or has another kind (says which it has).
  const Column& column(const std::string& name) const;
  const NumericColumn& numeric(const std::string& name) const;
  const CategoricalColumn& categorical(const std::string& name) const;
  const TimeColumn& time(const std::string& name) const;

  // The rows in the given order; may repeat or leave out rows.
  Dataset take(const std::vector<std::int64_t>& rows) const;
  // SHA-256 (hex) over names, kinds and values: the same data gives the same hash however it was stored, chunked or
  // dictionary-encoded, and in whatever order its columns come. Of the columns named; none: of all.
  std::string content_hash(const std::vector<std::string>& names = {}) const;
  // "data/part-1.csv, column 'seats', row 17 (counted from 0)": how an error names a value. Rows are those of the file,
  // also after take().
  std::string place(const std::string& column, std::int64_t row) const;

 private:
  [[noreturn]] void refuse_kind(const Column& column, const char* expected, bool (*fits)(const std::string&)) const;

  std::vector<Column> columns_;
  std::string source_;
  std::vector<SourcePart> parts_;
  std::vector<UnreadColumn> unread_;
  std::vector<std::int64_t> origin_;  // row -> row as read; empty: the same
  std::int64_t rows_ = 0;
};

}  // namespace bakeoff
