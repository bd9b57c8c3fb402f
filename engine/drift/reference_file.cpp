// A DriftReference as a safetensors file: 8 bytes with the header's length, the header in JSON, the arrays. Column k's
// are k.counts with k.edges, k.deviation, k.values and k.w1_null (numbers), or with k.ends and k.text (text: the
// categories, one after the other).
#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>

#include "core/error.h"
#include "core/file.h"
#include "core/json_text.h"
#include "core/text.h"
#include "drift/reference.h"

namespace bakeoff {
namespace {

constexpr const char* kFormat = "bakeoff-drift-1";

template <class T>
constexpr const char* dtype() {
  return std::is_same_v<T, double> ? "F64" : std::is_same_v<T, char> ? "U8" : "U64";
}

class Writer {
 public:
  template <class T>
  void add(const std::string& name, const T* data, std::size_t size) {
    // Large types first would be needed for alignment if text weren't padded.
    bytes_.resize((bytes_.size() + 7) / 8 * 8, '\0');
    const std::size_t begin = bytes_.size();
    bytes_.append(reinterpret_cast<const char*>(data), size * sizeof(T));
    header_[name] = {{"dtype", dtype<T>()}, {"shape", {size}}, {"data_offsets", {begin, bytes_.size()}}};
  }
  std::string finish(Json metadata) {
    header_["__metadata__"] = std::move(metadata);
    std::string header = json_line(header_);
    header.resize((header.size() + 7) / 8 * 8, ' ');
    const std::uint64_t size = header.size();
    std::string out(sizeof size, '\0');
    std::memcpy(out.data(), &size, sizeof size);
    return out + header + bytes_;
  }

 private:
  Json header_;
  std::string bytes_;
};

class Reader {
 public:
  explicit Reader(const std::string& path) : path_(path), bytes_(read_file(path)) {
    std::uint64_t size = 0;
    if (bytes_.size() < sizeof size) refuse("a header, got " + std::to_string(bytes_.size()) + " bytes");
    std::memcpy(&size, bytes_.data(), sizeof size);
    if (size > bytes_.size() - sizeof size) refuse("a header within the file");
    header_ = parse_json(bytes_.substr(sizeof size, size), path);
    start_ = sizeof size + size;
    const auto metadata = header_.find("__metadata__");
    if (!header_.is_object() || metadata == header_.end() || !metadata->is_object() ||
        metadata->value("format", "") != kFormat)
      refuse(std::string("the format ") + kFormat + "; another safetensors file?");
  }
  Json metadata() const { return header_.at("__metadata__"); }
  [[noreturn]] void refuse(const std::string& expected) const {
    throw DataError(path_ + ": expected a drift reference as DriftReference.save writes it: " + expected);
  }
  void require(bool good, const std::string& expected) const {
    if (!good) refuse(expected);
  }

  template <class T>
  std::vector<T> get(const std::string& name) const {
    const auto at = header_.find(name);
    require(at != header_.end() && at->is_object(), "an array " + name);
    const Json offsets = at->value("data_offsets", Json::array());
    require(at->value("dtype", "") == dtype<T>() && offsets.is_array() && offsets.size() == 2 &&
                offsets[0].is_number_unsigned() && offsets[1].is_number_unsigned(),
            "an array " + name + " of " + dtype<T>());
    const auto begin = offsets[0].get<std::size_t>(), end = offsets[1].get<std::size_t>();
    require(begin <= end && end <= bytes_.size() - start_ && (end - begin) % sizeof(T) == 0,
            "the whole array " + name + "; the file is cut short");
    std::vector<T> out((end - begin) / sizeof(T));
    if (!out.empty()) std::memcpy(out.data(), bytes_.data() + start_ + begin, end - begin);
    return out;
  }

 private:
  std::string path_, bytes_;
  Json header_;
  std::size_t start_ = 0;
};

bool ascending(const std::vector<double>& values) {
  return std::none_of(values.begin(), values.end(), [](double v) { return std::isnan(v); }) &&
         std::is_sorted(values.begin(), values.end());
}

void write(Writer& to, const std::string& k, const NumericReference& numbers) {
  to.add(k + ".edges", numbers.edges.edge, static_cast<std::size_t>(numbers.edges.count));
  to.add(k + ".deviation", &numbers.deviation, 1);
  to.add(k + ".values", numbers.sorted.data(), numbers.sorted.size());
  to.add(k + ".w1_null", numbers.w1_null.data(), numbers.w1_null.size());
}

void write(Writer& to, const std::string& k, const CategoricalReference& text) {
  std::vector<std::uint64_t> ends;
  std::string all;
  for (const std::string& category : text.categories) {
    all += category;
    ends.push_back(all.size());
  }
  to.add(k + ".ends", ends.data(), ends.size());
  to.add(k + ".text", all.data(), all.size());
}

NumericReference read_numbers(const Reader& from, const std::string& k) {
  NumericReference numbers;
  const std::vector<double> edges = from.get<double>(k + ".edges"), deviation = from.get<double>(k + ".deviation");
  from.require(ascending(edges) && edges.size() <= kernels::kMaxBinEdges && deviation.size() == 1, "ascending edges");
  std::copy(edges.begin(), edges.end(), numbers.edges.edge);
  numbers.edges.count = static_cast<int>(edges.size());
  numbers.deviation = deviation[0];
  numbers.counts = from.get<std::uint64_t>(k + ".counts");
  numbers.sorted = from.get<double>(k + ".values");
  numbers.w1_null = from.get<double>(k + ".w1_null");
  from.require(numbers.counts.size() == edges.size() + 2, "a count for each bin");
  from.require(ascending(numbers.sorted), "ascending values");
  std::uint64_t counted = 0;
  for (std::size_t bin = 0; bin + 1 < numbers.counts.size(); ++bin) counted += numbers.counts[bin];
  from.require(numbers.sorted.empty() || numbers.sorted.size() == counted, "as many values as were counted");
  return numbers;
}

CategoricalReference read_text(const Reader& from, const std::string& k) {
  CategoricalReference text;
  const std::vector<std::uint64_t> ends = from.get<std::uint64_t>(k + ".ends");
  const std::vector<char> all = from.get<char>(k + ".text");
  std::uint64_t begin = 0;
  for (const std::uint64_t end : ends) {
    from.require(begin <= end && end <= all.size(), "categories within their text");
    text.categories.emplace_back(all.data() + begin, end - begin);
    begin = end;
  }
  text.counts = from.get<std::uint64_t>(k + ".counts");
  from.require(text.counts.size() == text.categories.size() + 1, "a count for each category");
  from.require(std::is_sorted(text.categories.begin(), text.categories.end()), "ascending categories");
  return text;
}

}  // namespace

void DriftReference::save(const std::string& path) const {
  Writer writer;
  Json columns = Json::array();
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    const ReferenceColumn& column = columns_[c];
    const std::string k = std::to_string(c);
    std::visit(
        [&](const auto& data) {
          writer.add(k + ".counts", data.counts.data(), data.counts.size());
          write(writer, k, data);
        },
        column.data);
    columns.push_back({{"name", column.name}, {"kind", column.kind()}});
  }
  write_file(path,
             writer.finish({{"format", kFormat}, {"rows", std::to_string(rows_)}, {"columns", json_line(columns)}}));
}

DriftReference DriftReference::load(const std::string& path) {
  const Reader reader(path);
  const Json metadata = reader.metadata();
  const std::string rows = metadata.value("rows", "");
  reader.require(!rows.empty() && rows.size() < 19 && rows.find_first_not_of("0123456789") == std::string::npos,
                 "a number of rows");
  const Json names = parse_json(metadata.value("columns", ""), path);
  reader.require(names.is_array(), "a list of columns");
  std::vector<ReferenceColumn> columns;
  for (const Json& each : names) {
    const std::string k = std::to_string(columns.size());
    reader.require(each.is_object() && each.contains("name") && each["name"].is_string(), "names of columns");
    ReferenceColumn column{each["name"], {}};
    if (each.value("kind", "") == "numbers")
      column.data = read_numbers(reader, k);
    else
      column.data = read_text(reader, k);
    const Counts& counts = std::visit([](const auto& data) -> const Counts& { return data.counts; }, column.data);
    reader.require(std::accumulate(counts.begin(), counts.end(), std::uint64_t{0}) == std::stoull(rows),
                   "counts that add up to the rows");
    columns.push_back(std::move(column));
  }
  return {std::move(columns), static_cast<std::int64_t>(std::stoull(rows))};
}

}  // namespace bakeoff
