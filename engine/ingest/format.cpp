#include "ingest/format.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>
#include <string_view>

#include "core/error.h"

namespace bakeoff {
namespace {

std::string ending(const std::filesystem::path& file) {
  std::string text = file.extension().string();
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

std::string first_bytes(const std::string& file, std::size_t count) {
  struct Close {
    void operator()(std::FILE* f) const { std::fclose(f); }
  };
  std::unique_ptr<std::FILE, Close> in(std::fopen(file.c_str(), "rb"));
  std::string bytes(count, '\0');
  if (in) bytes.resize(std::fread(bytes.data(), 1, count, in.get()));
  if (!in || std::ferror(in.get()))
    throw DataError(file + ": expected a file that can be read: " + std::strerror(errno));
  return bytes;
}

}  // namespace

const char* name(Format format) {
  static constexpr const char* kNames[] = {"unknown", "empty", "Parquet", "CSV", "Arrow IPC", "Arrow IPC stream"};
  return kNames[static_cast<int>(format)];
}

std::string compression_of(const std::string& file) {
  const std::string last = ending(file);
  return last == ".gz" || last == ".zst" || last == ".bz2" || last == ".lz4" ? last.substr(1) : "";
}

Format format_of(const std::string& file) {
  constexpr std::size_t kEnough = 4096;
  const std::string bytes = first_bytes(file, kEnough);
  const std::string_view view = bytes;
  if (view.empty()) return Format::empty;
  if (view.substr(0, 4) == "PAR1" || view.substr(0, 4) == "PARE") return Format::parquet;
  if (view.substr(0, 6) == "ARROW1") return Format::arrow_file;
  if (view.substr(0, 4) == "\xff\xff\xff\xff") return Format::arrow_stream;
  const bool compressed = !compression_of(file).empty();
  const std::string last = ending(compressed ? std::filesystem::path(file).stem() : std::filesystem::path(file));
  const bool named_csv = last == ".csv" || last == ".tsv" || last == ".txt" || (last.empty() && !compressed);
  const bool text = compressed || view.find('\0') == std::string_view::npos;
  return named_csv && text ? Format::csv : Format::unknown;
}

}  // namespace bakeoff
