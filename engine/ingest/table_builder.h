// Arrow tables, one after the other, into one Dataset. Inner to this layer: it names Arrow types.
#pragma once
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/execution.h"
#include "ingest/dataset.h"

namespace arrow {
class Array;
class ChunkedArray;
class Table;
}  // namespace arrow

namespace bakeoff {

// One column from Arrow arrays of whatever type and chunking; the kind is that of the first one which isn't all null.
class ColumnBuilder {
 public:
  explicit ColumnBuilder(std::string name) : name_(std::move(name)) {}

  // DataError if the kind differs from that of an earlier file, or a time doesn't fit in microseconds.
  void append(const arrow::ChunkedArray& chunks, const std::string& file);
  bool readable() const { return kind_ != Kind::unread; }
  const std::string& type() const { return type_; }
  const std::string& name() const { return name_; }
  Column finish();

 private:
  enum class Kind { none, numbers, text, times, unread };
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  friend struct AppendArray;

  void take_kind(Kind kind, const arrow::Array& array);
  void append_array(const arrow::Array& array);
  void append_dictionary(const arrow::Array& array);
  void append_missing(std::int64_t count);
  void fill_exact(std::int64_t size);
  std::int32_t code(std::string_view text);
  std::int64_t size() const;

  std::string name_, file_, first_file_, type_;
  Kind kind_ = Kind::none;
  bool integer_ = true;               // no float and no decimal so far
  std::int64_t file_row_ = 0;         // where the rows of file_ begin
  std::int64_t leading_missing_ = 0;  // while the kind is not known
  NumericColumn numbers_;
  CategoricalColumn text_;
  TimeColumn times_;
  std::unordered_map<std::string, std::int32_t, TextHash, std::equal_to<>> code_of_;
};

class TableBuilder {
 public:
  // `wanted` as read_dataset's `columns`.
  TableBuilder(std::string source, std::vector<std::string> wanted)
      : source_(std::move(source)), wanted_(std::move(wanted)) {}

  void append(const Execution& execution, const arrow::Table& table, const std::string& file);
  Dataset finish();

 private:
  void take_schema(const arrow::Table& table, const std::string& file);
  std::vector<int> match_schema(const arrow::Table& table, const std::string& file) const;

  std::string source_;
  std::vector<std::string> wanted_;
  std::vector<ColumnBuilder> columns_;
  std::vector<SourcePart> parts_;
  std::int64_t rows_ = 0;
};

}  // namespace bakeoff
