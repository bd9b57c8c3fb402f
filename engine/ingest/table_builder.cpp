#include "ingest/table_builder.h"

#include <arrow/api.h>
#include <arrow/util/decimal.h>
#include <arrow/util/float16.h>
#include <arrow/visit_array_inline.h>

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/text.h"

namespace bakeoff {
namespace {

constexpr std::uint64_t kExactInDouble = std::uint64_t{1} << 53;

std::string at(const std::string& file, const std::string& column) { return file + ", column '" + column + "'"; }

}  // namespace

// One overload for each kind of Arrow type; what has none isn't read.
struct AppendArray {
  ColumnBuilder& to;
  using Kind = ColumnBuilder::Kind;

  arrow::Status Visit(const arrow::NullArray& a) { return to.append_missing(a.length()), arrow::Status::OK(); }

  arrow::Status Visit(const arrow::BooleanArray& a) {
    to.take_kind(Kind::numbers, a);
    return numbers(a, [&](std::int64_t i) { return a.Value(i) ? 1.0 : 0.0; });
  }
  template <class T>
  arrow::enable_if_integer<T, arrow::Status> Visit(const arrow::NumericArray<T>& a) {
    to.take_kind(Kind::numbers, a);
    const auto first = to.size();
    ARROW_RETURN_NOT_OK(numbers(a, [&](std::int64_t i) { return static_cast<double>(a.Value(i)); }));
    if constexpr (sizeof(typename T::c_type) == 8) keep_exact(a, first);
    return arrow::Status::OK();
  }
  template <class T>
  arrow::enable_if_physical_floating_point<T, arrow::Status> Visit(const arrow::NumericArray<T>& a) {
    to.take_kind(Kind::numbers, a);
    to.integer_ &= a.null_count() == a.length();
    return numbers(a, [&](std::int64_t i) { return static_cast<double>(a.Value(i)); });
  }
  arrow::Status Visit(const arrow::HalfFloatArray& a) {
    to.take_kind(Kind::numbers, a);
    to.integer_ &= a.null_count() == a.length();
    return numbers(a, [&](std::int64_t i) { return arrow::util::Float16::FromBits(a.Value(i)).ToDouble(); });
  }
  arrow::Status Visit(const arrow::Decimal32Array& a) { return decimals<arrow::Decimal32>(a); }
  arrow::Status Visit(const arrow::Decimal64Array& a) { return decimals<arrow::Decimal64>(a); }
  arrow::Status Visit(const arrow::Decimal128Array& a) { return decimals<arrow::Decimal128>(a); }
  arrow::Status Visit(const arrow::Decimal256Array& a) { return decimals<arrow::Decimal256>(a); }

  arrow::Status Visit(const arrow::StringArray& a) { return text(a); }
  arrow::Status Visit(const arrow::LargeStringArray& a) { return text(a); }
  arrow::Status Visit(const arrow::StringViewArray& a) { return text(a); }
  arrow::Status Visit(const arrow::DictionaryArray& a) { return to.append_dictionary(a), arrow::Status::OK(); }

  arrow::Status Visit(const arrow::Date32Array& a) { return times(a, kDay, 1); }
  arrow::Status Visit(const arrow::Date64Array& a) { return times(a, 1000, 1); }
  arrow::Status Visit(const arrow::TimestampArray& a) {
    switch (static_cast<const arrow::TimestampType&>(*a.type()).unit()) {
      case arrow::TimeUnit::SECOND:
        return times(a, kSecond, 1);
      case arrow::TimeUnit::MILLI:
        return times(a, 1000, 1);
      case arrow::TimeUnit::MICRO:
        return times(a, 1, 1);
      case arrow::TimeUnit::NANO:
        return times(a, 1, 1000);
    }
    return arrow::Status::Invalid("an unknown time unit");
  }
  arrow::Status Visit(const arrow::Array& a) {
    to.take_kind(Kind::unread, a);
    return arrow::Status::OK();
  }

 private:
  template <class A, class F>
  arrow::Status numbers(const A& a, const F& value) {
    auto& values = to.numbers_.values;
    values.reserve(values.size() + a.length());
    for (std::int64_t i = 0; i < a.length(); ++i) values.push_back(a.IsNull(i) ? kNaN : value(i));
    return arrow::Status::OK();
  }
  template <class D, class A>
  arrow::Status decimals(const A& a) {
    to.take_kind(Kind::numbers, a);
    to.integer_ = false;
    const auto scale = static_cast<const arrow::DecimalType&>(*a.type()).scale();
    return numbers(a, [&](std::int64_t i) { return D(a.GetValue(i)).ToDouble(scale); });
  }
  // Integers that a double can't tell apart stay beside the doubles, because unit ids are taken from them.
  template <class A>
  void keep_exact(const A& a, std::int64_t first) {
    if (!to.integer_) return;
    auto& exact = to.numbers_.exact;
    for (std::int64_t i = 0; i < a.length(); ++i) {
      if (a.IsNull(i)) continue;
      const auto value = a.Value(i);
      const bool beyond = std::is_signed_v<decltype(value)> ? std::abs(static_cast<double>(value)) >= kExactInDouble
                                                            : value >= kExactInDouble;
      if (!beyond && exact.empty()) continue;
      to.fill_exact(first + i);
      exact.push_back(static_cast<std::int64_t>(value));
    }
  }
  template <class A>
  arrow::Status text(const A& a) {
    to.take_kind(Kind::text, a);
    auto& codes = to.text_.codes;
    codes.reserve(codes.size() + a.length());
    for (std::int64_t i = 0; i < a.length(); ++i) codes.push_back(a.IsNull(i) ? -1 : to.code(a.GetView(i)));
    return arrow::Status::OK();
  }
  template <class A>
  arrow::Status times(const A& a, Micros multiply, Micros divide) {
    to.take_kind(Kind::times, a);
    auto& micros = to.times_.micros;
    micros.reserve(micros.size() + a.length());
    for (std::int64_t i = 0; i < a.length(); ++i) {
      Micros value = TimeColumn::kMissingTime;
      if (a.IsValid(i) && __builtin_mul_overflow(static_cast<Micros>(a.Value(i)), multiply, &value))
        throw DataError(at(to.file_, to.name_) + ", row " + std::to_string(to.size() - to.file_row_) +
                        " (counted from 0): expected a time that fits in 64-bit microseconds, got " +
                        std::to_string(a.Value(i)) + " as " + a.type()->ToString());
      if (divide > 1 && a.IsValid(i)) value = value / divide - (value % divide < 0);
      micros.push_back(value);
    }
    return arrow::Status::OK();
  }
};

void ColumnBuilder::append(const arrow::ChunkedArray& chunks, const std::string& file) {
  file_ = file;
  file_row_ = size();
  if (type_.empty()) type_ = chunks.type()->ToString();
  // An empty file says nothing of the kind: its CSV has no types.
  for (const auto& chunk : chunks.chunks())
    if (chunk->length() > 0 && kind_ != Kind::unread) append_array(*chunk);
}

void ColumnBuilder::append_array(const arrow::Array& array) {
  AppendArray visitor{*this};
  const arrow::Status status = arrow::VisitArrayInline(array, &visitor);
  if (!status.ok()) throw DataError(at(file_, name_) + ": " + status.message());
}

void ColumnBuilder::take_kind(Kind kind, const arrow::Array& array) {
  static constexpr const char* kNames[] = {"nothing", "numbers", "text", "times", "a type that isn't read"};
  if (kind_ == Kind::none) {
    kind_ = kind;
    first_file_ = file_;
    type_ = array.type()->ToString();
    append_missing(std::exchange(leading_missing_, 0));
    return;
  }
  if (kind == kind_) return;
  throw DataError(at(file_, name_) + " holds " + kNames[static_cast<int>(kind)] + " (" + array.type()->ToString() +
                  "), but " + kNames[static_cast<int>(kind_)] + " (" + type_ + ") in " + first_file_ +
                  ": expected the same in all files");
}

void ColumnBuilder::append_missing(std::int64_t count) {
  switch (kind_) {
    case Kind::none:
      leading_missing_ += count;
      break;
    case Kind::numbers:
      numbers_.values.resize(numbers_.values.size() + count, kNaN);
      break;
    case Kind::text:
      text_.codes.resize(text_.codes.size() + count, -1);
      break;
    case Kind::times:
      times_.micros.resize(times_.micros.size() + count, TimeColumn::kMissingTime);
      break;
    case Kind::unread:
      break;
  }
}

// What the doubles hold exactly, up to `size`.
void ColumnBuilder::fill_exact(std::int64_t size) {
  auto& exact = numbers_.exact;
  for (auto i = static_cast<std::int64_t>(exact.size()); i < size; ++i)
    exact.push_back(std::isnan(numbers_.values[i]) ? 0 : static_cast<std::int64_t>(numbers_.values[i]));
}

// The dictionary's values become a column of their own, whose rows are then taken by index: so its order, its nulls,
// its doubles and what it holds beyond the data leave no trace.
void ColumnBuilder::append_dictionary(const arrow::Array& array) {
  const auto& encoded = static_cast<const arrow::DictionaryArray&>(array);
  ColumnBuilder values(name_);
  values.file_ = file_;
  values.append_array(*encoded.dictionary());
  if (values.kind_ == Kind::none) return append_missing(array.length());
  take_kind(values.kind_, array);
  integer_ &= values.integer_;
  const std::vector<std::int64_t>& exact = values.numbers_.exact;
  std::vector<std::int32_t> code_of(values.text_.categories.size(), -1);
  for (std::int64_t i = 0; i < array.length(); ++i) {
    const std::int64_t from = array.IsNull(i) ? -1 : encoded.GetValueIndex(i);
    if (from < 0) {
      append_missing(1);
    } else if (kind_ == Kind::times) {
      times_.micros.push_back(values.times_.micros[from]);
    } else if (kind_ == Kind::numbers) {
      const bool keep = integer_ && from < static_cast<std::int64_t>(exact.size()) && exact[from] != 0;
      if (keep) fill_exact(size());
      numbers_.values.push_back(values.numbers_.values[from]);
      if (keep) numbers_.exact.push_back(exact[from]);
    } else if (kind_ == Kind::text) {
      const std::int32_t local = values.text_.codes[from];
      if (local >= 0 && code_of[local] < 0) code_of[local] = code(values.text_.categories[local]);
      text_.codes.push_back(local < 0 ? -1 : code_of[local]);
    }
  }
}

std::int32_t ColumnBuilder::code(std::string_view text) {
  const auto found = code_of_.find(text);
  if (found != code_of_.end()) return found->second;
  const auto next = static_cast<std::int32_t>(text_.categories.size());
  code_of_.emplace(text, next);
  text_.categories.emplace_back(text);
  return next;
}

std::int64_t ColumnBuilder::size() const {
  switch (kind_) {
    case Kind::numbers:
      return static_cast<std::int64_t>(numbers_.values.size());
    case Kind::text:
      return static_cast<std::int64_t>(text_.codes.size());
    case Kind::times:
      return static_cast<std::int64_t>(times_.micros.size());
    default:
      return leading_missing_;
  }
}

Column ColumnBuilder::finish() {
  if (kind_ == Kind::text) return {name_, std::move(text_)};
  if (kind_ == Kind::times) return {name_, std::move(times_)};
  if (kind_ == Kind::none) numbers_.values.assign(leading_missing_, kNaN);
  numbers_.integer = kind_ == Kind::numbers && integer_;
  if (!numbers_.integer) numbers_.exact.clear();
  if (!numbers_.exact.empty()) fill_exact(size());
  return {name_, std::move(numbers_)};
}

void TableBuilder::take_schema(const arrow::Table& table, const std::string& file) {
  const std::vector<std::string> names = table.ColumnNames();
  if (names.empty()) throw DataError(file + ": expected a table with columns, got none");
  for (const std::string& name : wanted_.empty() ? names : wanted_) columns_.emplace_back(name);
}

std::vector<int> TableBuilder::match_schema(const arrow::Table& table, const std::string& file) const {
  const std::vector<std::string> names = table.ColumnNames();
  std::vector<int> found;
  for (const ColumnBuilder& column : columns_) {
    const std::vector<int> at = table.schema()->GetAllFieldIndices(column.name());
    if (at.size() > 1)
      throw DataError(file + ": expected columns with names of their own; " + std::to_string(at.size()) +
                      " are called '" + printable(column.name()) + "'");
    if (at.empty())
      throw DataError(file + ": no column '" + printable(column.name()) + "'" +
                      (parts_.empty() || !wanted_.empty() ? hint(column.name(), names)
                                                          : ", which " + parts_.front().file + " has"));
    found.push_back(at.front());
  }
  if (wanted_.empty() && names.size() != columns_.size())
    for (const std::string& name : names)
      if (std::none_of(columns_.begin(), columns_.end(), [&](auto& column) { return column.name() == name; }))
        throw DataError(file + ": has a column '" + printable(name) + "', which " + parts_.front().file +
                        " lacks: expected the same columns in all files");
  return found;
}

void TableBuilder::append(const Execution& execution, const arrow::Table& table, const std::string& file) {
  if (columns_.empty()) take_schema(table, file);
  const std::vector<int> from = match_schema(table, file);
  parts_.push_back({file, rows_});
  execution.workers().for_each(static_cast<Index>(columns_.size()),
                               [&](Index i) { columns_[i].append(*table.column(from[i]), file); });
  rows_ += table.num_rows();
}

Dataset TableBuilder::finish() {
  if (rows_ == 0) throw DataError(source_ + ": expected at least one row, got none");
  std::vector<Column> columns;
  std::vector<UnreadColumn> unread;
  for (ColumnBuilder& column : columns_) {
    if (column.readable()) {
      columns.push_back(column.finish());
    } else if (wanted_.empty()) {
      unread.push_back({column.name(), column.type()});
    } else {
      throw DataError(at(parts_.front().file, column.name()) + " has type " + column.type() +
                      "; expected numbers, booleans, text or times: convert it before");
    }
  }
  if (columns.empty())
    throw DataError(source_ + ": expected columns of numbers, booleans, text or times, got only " +
                    unread.front().type);
  return Dataset(std::move(columns), source_, std::move(parts_), std::move(unread));
}

}  // namespace bakeoff
