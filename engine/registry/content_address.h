// The address of what is registered, by its content.
#pragma once
#include <filesystem>
#include <string>

#include "core/hash.h"

namespace bakeoff {

// Hex SHA-256 of a file (what `sha256sum` prints) or of a folder (hash.h). Errors as sha256_file's.
inline std::string content_sha256(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::is_directory(path, ignored) ? sha256_folder(path) : sha256_file(path);
}

}  // namespace bakeoff
