#include "ingest/dataset.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "core/error.h"
#include "core/hash.h"
#include "core/text.h"
#include "spec/spec.h"

namespace bakeoff {
namespace {

bool is_number(const std::string& text) {
  double value;
  const auto end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, value);
  return parsed.ec == std::errc() && parsed.ptr == end;
}

bool is_time(const std::string& text) {
  try {
    parse_time(text);
    return true;
  } catch (const SpecError&) {
    return false;
  }
}

// The first row whose text `fits` refuses; -1 if there is none.
std::int64_t first_misfit(const CategoricalColumn& column, bool (*fits)(const std::string&)) {
  std::vector<bool> good(column.categories.size());
  for (std::size_t c = 0; c < good.size(); ++c) good[c] = fits(column.categories[c]);
  const auto found =
      std::find_if(column.codes.begin(), column.codes.end(), [&](auto code) { return code >= 0 && !good[code]; });
  return found == column.codes.end() ? -1 : found - column.codes.begin();
}

template <class T>
std::vector<T> gather(const std::vector<T>& values, const std::vector<std::int64_t>& rows) {
  std::vector<T> out(values.empty() ? 0 : rows.size());
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = values[rows[i]];
  return out;
}

struct Gather {
  const std::vector<std::int64_t>& rows;
  decltype(Column::data) operator()(const NumericColumn& c) const {
    return NumericColumn{gather(c.values, rows), c.integer, gather(c.exact, rows)};
  }
  decltype(Column::data) operator()(const CategoricalColumn& c) const {
    return CategoricalColumn{gather(c.codes, rows), c.categories};
  }
  decltype(Column::data) operator()(const TimeColumn& c) const { return TimeColumn{gather(c.micros, rows)}; }
};

void add_number(Sha256& hash, std::uint64_t value) { hash.update(&value, sizeof value); }
void add_text(Sha256& hash, const std::string& text) {
  add_number(hash, text.size());
  hash.update(text);
}
template <class T>
void add_all(Sha256& hash, const std::vector<T>& values) {
  add_number(hash, values.size());
  hash.update(values.data(), values.size() * sizeof(T));
}

struct AddColumn {
  Sha256& hash;

  void operator()(const NumericColumn& column) const {
    std::vector<double> values(column.values);
    // One NaN and one zero: how missing values and signs of zero are stored is the format's business.
    for (double& v : values) v = std::isnan(v) ? kNaN : v + 0.0;
    add_all(hash, values);
    add_all(hash, column.exact);
  }
  void operator()(const CategoricalColumn& column) const {
    std::vector<std::int32_t> seen(column.categories.size(), -1);
    std::vector<std::int32_t> codes(column.codes);
    std::vector<const std::string*> categories;
    for (std::int32_t& code : codes) {
      if (code < 0) continue;
      if (seen[code] < 0) {
        seen[code] = static_cast<std::int32_t>(categories.size());
        categories.push_back(&column.categories[code]);
      }
      code = seen[code];
    }
    add_number(hash, categories.size());
    for (const std::string* category : categories) add_text(hash, *category);
    add_all(hash, codes);
  }
  void operator()(const TimeColumn& column) const { add_all(hash, column.micros); }
};

}  // namespace

std::int64_t Column::size() const {
  if (const auto* c = std::get_if<NumericColumn>(&data)) return static_cast<std::int64_t>(c->values.size());
  if (const auto* c = std::get_if<CategoricalColumn>(&data)) return static_cast<std::int64_t>(c->codes.size());
  return static_cast<std::int64_t>(std::get<TimeColumn>(data).micros.size());
}

bool Column::missing(std::int64_t row) const {
  if (const auto* c = std::get_if<NumericColumn>(&data)) return std::isnan(c->values[row]);
  if (const auto* c = std::get_if<CategoricalColumn>(&data)) return c->codes[row] < 0;
  return std::get<TimeColumn>(data).micros[row] == TimeColumn::kMissingTime;
}

bool Column::all_missing() const {
  for (std::int64_t row = 0; row < size(); ++row)
    if (!missing(row)) return false;
  return true;
}

const char* Column::kind() const {
  static constexpr const char* kNames[] = {"numbers", "text", "times"};
  return kNames[data.index()];
}

Dataset::Dataset(std::vector<Column> columns, std::string source, std::vector<SourcePart> parts,
                 std::vector<UnreadColumn> unread)
    : columns_(std::move(columns)), source_(std::move(source)), parts_(std::move(parts)), unread_(std::move(unread)) {
  if (columns_.empty()) return;
  rows_ = columns_.front().size();
  std::vector<std::string> names;
  for (const Column& column : columns_) {
    if (column.size() != rows_)
      throw DataError(source_ + ": expected columns of one length; '" + columns_.front().name + "' has " +
                      std::to_string(rows_) + " rows, '" + column.name + "' has " + std::to_string(column.size()));
    names.push_back(column.name);
  }
  std::sort(names.begin(), names.end());
  const auto twice = std::adjacent_find(names.begin(), names.end());
  if (twice != names.end())
    throw DataError(source_ + ": expected columns with names of their own; two are called '" + printable(*twice) + "'");
}

bool Dataset::has(const std::string& name) const {
  return std::any_of(columns_.begin(), columns_.end(), [&](const Column& c) { return c.name == name; });
}

const Column& Dataset::column(const std::string& name) const {
  std::vector<std::string> known;
  for (const Column& column : columns_) {
    if (column.name == name) return column;
    known.push_back(column.name);
  }
  for (const UnreadColumn& column : unread_)
    if (column.name == name)
      throw DataError(source_ + ": column '" + name + "' has type " + column.type +
                      "; expected numbers, booleans, text or times: convert it before");
  throw DataError(source_ + ": no column '" + printable(name) + "'" + hint(name, known));
}

void Dataset::refuse_kind(const Column& column, const char* expected, bool (*fits)(const std::string&)) const {
  std::string text = source_ + ": column '" + column.name + "' holds " + column.kind() + "; expected " + expected;
  const auto* categorical = std::get_if<CategoricalColumn>(&column.data);
  if (categorical && fits && !column.all_missing()) {
    const std::int64_t row = first_misfit(*categorical, fits);
    text += row < 0 ? ", and every text reads as such: convert the column"
                    : ". The first that doesn't fit: '" + printable(categorical->categories[categorical->codes[row]]) +
                          "' at " + place(column.name, row);
  }
  throw DataError(text);
}

const NumericColumn& Dataset::numeric(const std::string& name) const {
  const Column& found = column(name);
  if (const auto* c = std::get_if<NumericColumn>(&found.data)) return *c;
  refuse_kind(found, "numbers", is_number);
}

const CategoricalColumn& Dataset::categorical(const std::string& name) const {
  const Column& found = column(name);
  if (const auto* c = std::get_if<CategoricalColumn>(&found.data)) return *c;
  refuse_kind(found, "text", nullptr);
}

const TimeColumn& Dataset::time(const std::string& name) const {
  const Column& found = column(name);
  if (const auto* c = std::get_if<TimeColumn>(&found.data)) return *c;
  refuse_kind(found, "times (dates or timestamps; in CSV text in ISO 8601 such as 2013-07-01T12:00:00Z)", is_time);
}

Dataset Dataset::take(const std::vector<std::int64_t>& rows) const {
  Dataset out;
  for (const Column& column : columns_) out.columns_.push_back({column.name, std::visit(Gather{rows}, column.data)});
  out.source_ = source_;
  out.parts_ = parts_;
  out.unread_ = unread_;
  out.origin_ = origin_.empty() ? rows : gather(origin_, rows);
  out.rows_ = static_cast<std::int64_t>(rows.size());
  return out;
}

std::string Dataset::content_hash(const std::vector<std::string>& names) const {
  std::vector<const Column*> sorted;
  for (const Column& column : columns_)
    if (names.empty() || std::find(names.begin(), names.end(), column.name) != names.end()) sorted.push_back(&column);
  std::sort(sorted.begin(), sorted.end(), [](const Column* a, const Column* b) { return a->name < b->name; });
  Sha256 hash;
  hash.update("bakeoff dataset 1\n");
  for (const Column* column : sorted) {
    add_text(hash, column->name);
    add_number(hash, column->data.index());
    std::visit(AddColumn{hash}, column->data);
  }
  return hash.hex();
}

std::string Dataset::place(const std::string& column, std::int64_t row) const {
  if (!origin_.empty()) row = origin_[row];
  const std::string* file = &source_;
  std::int64_t first = 0;
  for (const SourcePart& part : parts_) {
    if (part.first_row > row) break;
    file = &part.file;
    first = part.first_row;
  }
  return *file + ", column '" + column + "', row " + std::to_string(row - first) + " (counted from 0)";
}

}  // namespace bakeoff
