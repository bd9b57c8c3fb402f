// SHA-256, as lower-case hex: content addresses of specs, data and models.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace bakeoff {

class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;

  Sha256& update(const void* bytes, std::size_t size);
  Sha256& update(std::string_view text) { return update(text.data(), text.size()); }
  // The hash of everything so far; the object must not be used afterwards.
  std::string hex();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

std::string sha256(std::string_view bytes);
// Reads in blocks, so that the file needn't fit in memory. Errors as read_file's.
std::string sha256_file(const std::string& path);
// Over the relative paths and contents of all regular files below `folder`, sorted: the same wherever it lies.
std::string sha256_folder(const std::string& folder);

}  // namespace bakeoff
