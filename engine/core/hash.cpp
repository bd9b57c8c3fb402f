#include "core/hash.h"

#define XXH_INLINE_ALL
#include <openssl/evp.h>
#include <xxhash.h>

#include <algorithm>
#include <filesystem>
#include <stdexcept>
#include <vector>

#include "core/file.h"

namespace bakeoff {

struct Sha256::State {
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context{EVP_MD_CTX_new(), EVP_MD_CTX_free};
};

namespace {
void require(bool ok) {
  if (!ok) throw std::runtime_error("SHA-256 failed inside OpenSSL: the library was built without it");
}

std::string as_hex(const unsigned char* bytes, std::size_t size) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  for (std::size_t i = 0; i < size; ++i) {
    out += kDigits[bytes[i] >> 4];
    out += kDigits[bytes[i] & 15];
  }
  return out;
}

}  // namespace

Sha256::Sha256() : state_(std::make_unique<State>()) {
  require(state_->context && EVP_DigestInit_ex(state_->context.get(), EVP_sha256(), nullptr) == 1);
}
Sha256::~Sha256() = default;

Sha256& Sha256::update(const void* bytes, std::size_t size) {
  require(EVP_DigestUpdate(state_->context.get(), bytes, size) == 1);
  return *this;
}

std::string Sha256::hex() {
  unsigned char digest[32];
  unsigned length = 0;
  require(EVP_DigestFinal_ex(state_->context.get(), digest, &length) == 1 && length == sizeof digest);
  return as_hex(digest, sizeof digest);
}

std::string sha256(std::string_view bytes) { return Sha256().update(bytes).hex(); }

std::string sha256_file(const std::string& path) {
  Sha256 hash;
  read_blocks(path, [&](std::string_view block) { hash.update(block); });
  return hash.hex();
}

std::string sha256_folder(const std::string& folder) {
  namespace fs = std::filesystem;
  std::vector<std::string> names;
  std::error_code error;
  for (fs::recursive_directory_iterator it(folder, error), end; !error && it != end; it.increment(error))
    if (it->is_regular_file()) names.push_back(fs::relative(it->path(), folder).generic_string());
  if (error) throw_file_error("read", folder, error.value());
  std::sort(names.begin(), names.end());
  Sha256 hash;
  for (const std::string& name : names) {
    hash.update(name).update("\0", 1);
    hash.update(sha256_file((fs::path(folder) / name).string()));
  }
  return hash.hex();
}

// Each step hashes what came before, the part's length and the part's own hash.
Fingerprint& Fingerprint::add(const void* bytes, std::size_t size) {
  const XXH128_hash_t part = XXH3_128bits(bytes, size);
  const std::uint64_t step[] = {state_[0], state_[1], size, part.low64, part.high64};
  const XXH128_hash_t next = XXH3_128bits(step, sizeof step);
  state_[0] = next.low64;
  state_[1] = next.high64;
  return *this;
}

std::string Fingerprint::text() const { return as_hex(reinterpret_cast<const unsigned char*>(state_), sizeof state_); }

}  // namespace bakeoff
