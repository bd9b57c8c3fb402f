// SHA-256, as lower-case hex: content addresses of specs, data and models. Fingerprints, where nobody would forge one.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>

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

// 128 bits of XXH3 over parts, each with its length, as hex: some twenty times as fast as SHA-256.
class Fingerprint {
 public:
  Fingerprint& add(const void* bytes, std::size_t size);
  Fingerprint& add(std::string_view text) { return add(text.data(), text.size()); }
  template <class T>
  Fingerprint& add_all(const T* values, std::int64_t count) {
    static_assert(std::has_unique_object_representations_v<T> || std::is_floating_point_v<T>, "padding has no value");
    return add(values, static_cast<std::size_t>(count) * sizeof(T));
  }
  std::string text() const;

 private:
  std::uint64_t state_[2] = {0, 0};
};

}  // namespace bakeoff
