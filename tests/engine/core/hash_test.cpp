#include "core/hash.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "core/error.h"
#include "core/file.h"

namespace bakeoff {
namespace {

// FIPS 180-4, examples of the NIST Cryptographic Toolkit.
TEST(Sha256, GivesThePublishedValues) {
  EXPECT_EQ(sha256(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256(std::string(1'000'000, 'a')), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, DoesNotDependOnHowTheBytesArrive) {
  Sha256 hash;
  hash.update("a").update("").update("bc");
  EXPECT_EQ(hash.hex(), sha256("abc"));
}

TEST(Sha256, OfAFileIsThatOfItsBytes) {
  const std::string path = testing::TempDir() + "bakeoff_hash_file";
  const std::string bytes(2'500'000, '\x7f');
  write_file(path, bytes);
  EXPECT_EQ(sha256_file(path), sha256(bytes));
  std::filesystem::remove(path);
  EXPECT_THROW(sha256_file(path), SpecError);
}

TEST(Sha256, OfAFolderCoversNamesAndContentsAndNotThePlace) {
  namespace fs = std::filesystem;
  const fs::path root = fs::path(testing::TempDir()) / "bakeoff_hash_folder";
  fs::remove_all(root);
  for (const char* folder : {"a", "b", "renamed", "changed"}) {
    const fs::path at = root / folder;
    write_file((at / "sub/x").string(), "1");
    write_file((at / (std::string(folder) == "renamed" ? "z" : "y")).string(),
               std::string(folder) == "changed" ? "3" : "2");
  }
  const auto hash = [&](const char* folder) { return sha256_folder((root / folder).string()); };
  EXPECT_EQ(hash("a"), hash("b"));
  EXPECT_NE(hash("a"), hash("renamed"));
  EXPECT_NE(hash("a"), hash("changed"));
  EXPECT_THROW(hash("missing"), SpecError);
  fs::remove_all(root);
}

}  // namespace
}  // namespace bakeoff
