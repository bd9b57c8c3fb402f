#include "export/safetensors/container.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <nlohmann/json.hpp>
#include <set>

#include "core/error.h"
#include "core/text.h"

namespace bakeoff::safetensors {
namespace {

using nlohmann::json;
static_assert(std::endian::native == std::endian::little, "lengths and numbers are little endian");

constexpr std::uint64_t kLengthBytes = 8, kLargestHeader = 100'000'000, kAlignment = 8;

[[noreturn]] void damaged(const std::string& path, const std::string& what) {
  throw DataError(path + ": expected a safetensors file, got one where " + what + "; export or copy it again");
}

// JSON lets a name come twice and parsers keep either; here both would be a different model.
json parse_header(const std::string& text, const std::string& path) {
  std::vector<std::set<std::string>> seen;
  const auto once = [&](int, json::parse_event_t event, json& value) {
    if (event == json::parse_event_t::object_start) seen.emplace_back();
    if (event == json::parse_event_t::object_end) seen.pop_back();
    if (event == json::parse_event_t::key && !seen.back().insert(value.get<std::string>()).second)
      damaged(path, "the name '" + printable(value.get<std::string>()) + "' comes twice");
    return true;
  };
  try {
    json header = json::parse(text, once);
    if (!header.is_object()) damaged(path, "the header is no JSON object");
    return header;
  } catch (const json::exception&) {
    damaged(path, "the header is no valid JSON");
  }
}

struct Span {
  std::uint64_t begin = 0, end = 0;
  std::string name;
};

Span span_of(const std::string& name, const json& entry, const std::string& path) {
  const std::string tensor = "tensor '" + printable(name) + "' ";
  if (!entry.is_object() || entry.value("dtype", json()) != "F32") damaged(path, tensor + "is not of dtype F32");
  const json shape = entry.value("shape", json()), offsets = entry.value("data_offsets", json());
  if (!shape.is_array() || shape.size() != 1 || !shape[0].is_number_unsigned())
    damaged(path, tensor + "has not one dimension");
  if (!offsets.is_array() || offsets.size() != 2 || !offsets[0].is_number_unsigned() ||
      !offsets[1].is_number_unsigned())
    damaged(path, tensor + "has no data_offsets");
  const Span span{offsets[0].get<std::uint64_t>(), offsets[1].get<std::uint64_t>(), name};
  const auto elements = shape[0].get<std::uint64_t>();
  if (span.end < span.begin || (span.end - span.begin) % sizeof(float) != 0 ||
      (span.end - span.begin) / sizeof(float) != elements)
    damaged(path, tensor + "has another number of bytes than its shape");
  return span;
}

}  // namespace

std::string encode(const File& file) {
  json header = json::object();
  header["__metadata__"] = file.metadata;
  std::uint64_t at = 0;
  std::string data;
  for (const auto& [name, values] : file.tensors) {
    const std::uint64_t bytes = values.size() * sizeof(float);
    header[name] = {{"dtype", "F32"}, {"shape", {values.size()}}, {"data_offsets", {at, at + bytes}}};
    data.append(reinterpret_cast<const char*>(values.data()), bytes);
    at += bytes;
  }
  std::string text;
  try {
    text = header.dump();
  } catch (const json::type_error&) {
    throw DataError("export safetensors: expected names of columns and categories in UTF-8; convert the data");
  }
  text.append((kAlignment - text.size() % kAlignment) % kAlignment, ' ');
  const std::uint64_t length = text.size();
  std::string bytes(reinterpret_cast<const char*>(&length), kLengthBytes);
  return bytes + text + data;
}

File decode(const std::string& bytes, const std::string& path) {
  if (bytes.size() < kLengthBytes) damaged(path, "even the length of the header is missing");
  std::uint64_t length = 0;
  std::memcpy(&length, bytes.data(), kLengthBytes);
  if (length > kLargestHeader || length > bytes.size() - kLengthBytes)
    damaged(path, "the header should have " + std::to_string(length) + " bytes, of a file of " +
                      std::to_string(bytes.size()));
  const json header = parse_header(bytes.substr(kLengthBytes, length), path);
  File file;
  std::vector<Span> spans;
  for (const auto& [name, entry] : header.items()) {
    if (name != "__metadata__") {
      spans.push_back(span_of(name, entry, path));
      continue;
    }
    if (!entry.is_object()) damaged(path, "__metadata__ is no object");
    for (const auto& [key, value] : entry.items()) {
      if (!value.is_string()) damaged(path, "__metadata__ holds something else than text");
      file.metadata[key] = value.get<std::string>();
    }
  }
  // By end as well, so that an empty tensor comes before the one that begins at the same byte.
  std::sort(spans.begin(), spans.end(),
            [](const Span& a, const Span& b) { return std::tie(a.begin, a.end) < std::tie(b.begin, b.end); });
  const std::uint64_t data_bytes = bytes.size() - kLengthBytes - length;
  std::uint64_t at = 0;
  for (const Span& span : spans) {
    if (span.begin != at || span.end > data_bytes)
      damaged(path, "tensor '" + printable(span.name) + "' overlaps another, leaves a gap or goes beyond the end");
    auto& values = file.tensors[span.name];
    values.resize((span.end - span.begin) / sizeof(float));
    if (!values.empty())
      std::memcpy(values.data(), bytes.data() + kLengthBytes + length + span.begin, span.end - span.begin);
    at = span.end;
  }
  if (at != data_bytes) damaged(path, std::to_string(data_bytes - at) + " bytes at the end belong to no tensor");
  return file;
}

}  // namespace bakeoff::safetensors
