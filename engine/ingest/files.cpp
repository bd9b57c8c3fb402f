#include "ingest/files.h"

#include <glob.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "core/error.h"
#include "core/text.h"
#include "ingest/format.h"

namespace bakeoff {
namespace {

namespace fs = std::filesystem;

bool hidden(const fs::path& path) {
  const std::string name = path.filename().string();
  return name.empty() || name[0] == '.' || name[0] == '_';
}

std::vector<std::string> files_of_glob(const std::string& pattern) {
  glob_t found{};
  const int failed = glob(pattern.c_str(), GLOB_NOSORT | GLOB_ERR, nullptr, &found);
  std::vector<std::string> files;
  for (std::size_t i = 0; failed == 0 && i < found.gl_pathc; ++i) files.emplace_back(found.gl_pathv[i]);
  globfree(&found);
  if (failed == GLOB_NOSPACE) throw std::bad_alloc();
  if (failed == GLOB_ABORTED) throw DataError(pattern + ": a folder of this glob can't be read: " + strerror(errno));
  if (files.empty()) throw DataError(pattern + ": expected a glob that matches files; it matches none");
  return files;
}

std::vector<std::string> files_of_folder(const std::string& folder) {
  std::error_code failed;
  std::vector<std::string> files;
  for (fs::directory_iterator at(folder, failed), end; !failed && at != end; at.increment(failed))
    if (!hidden(at->path())) files.push_back(at->path().string());
  if (failed) throw DataError(folder + ": expected a folder that can be read: " + failed.message());
  if (files.empty()) throw DataError(folder + ": expected a folder with Parquet, CSV or Arrow IPC files; it is empty");
  return files;
}

// Of several files: that each is data, and all of one format.
void require_one_table(const std::string& source, const std::vector<std::string>& files) {
  const std::string advice = "; name the files with a glob such as " +
                             (fs::is_directory(source) ? (fs::path(source) / "*.parquet").string() : "data/*.parquet");
  Format first = Format::unknown;
  for (const std::string& file : files) {
    if (fs::is_directory(file))
      throw DataError(source + ": holds the folder " + file + ", and folders in folders aren't read" + advice);
    const Format format = format_of(file);
    if (format == Format::unknown)
      throw DataError(source + ": holds " + file + ", which is neither Parquet, CSV nor Arrow IPC" + advice);
    if (format == Format::empty) throw DataError(file + ": expected a data file, got an empty one (0 bytes)");
    if (first == Format::unknown) first = format;
    if (format != first)
      throw DataError(source + ": holds " + name(first) + " (" + files.front() + ") and " + name(format) + " (" + file +
                      "), perhaps the same rows twice" + advice);
  }
}

}  // namespace

std::vector<std::string> data_files(const std::string& source) {
  if (source.empty()) throw DataError("expected a file, a folder or a glob as the source of data, got an empty name");
  std::error_code failed;
  const fs::file_status status = fs::status(source, failed);
  std::vector<std::string> files;
  if (fs::is_directory(status)) {
    files = files_of_folder(source);
  } else if (fs::exists(status)) {
    return {source};
  } else if (status.type() == fs::file_type::not_found && source.find_first_of("*?[") != std::string::npos) {
    files = files_of_glob(source);
  } else {
    throw DataError(source + ": expected a file, a folder or a glob: " + failed.message() +
                    " (relative names start at " + fs::current_path().string() + ")");
  }
  std::sort(files.begin(), files.end());
  require_one_table(source, files);
  return files;
}

}  // namespace bakeoff
