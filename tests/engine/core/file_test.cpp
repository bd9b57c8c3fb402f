#include "core/file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <thread>

#include "core/error.h"

namespace bakeoff {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class FileTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(testing::TempDir()) /
              (std::string("bakeoff_file_") + testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }
  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  std::ptrdiff_t entries() const { return std::distance(fs::directory_iterator(folder_), fs::directory_iterator()); }

  fs::path folder_;
};

template <class E, class F>
std::string text_of(const F& f) {
  try {
    f();
  } catch (const E& error) {
    return error.what();
  }
  return "nothing was thrown";
}

TEST_F(FileTest, KeepsEveryByte) {
  std::string bytes(3'000'000, 'x');
  for (std::size_t i = 0; i < bytes.size(); i += 7) bytes[i] = static_cast<char>(i);
  write_file(path("a/b/bytes"), bytes);
  EXPECT_EQ(read_file(path("a/b/bytes")), bytes);
}

TEST_F(FileTest, ReplacesInOneStepAndLeavesNothingBeside) {
  write_file(path("x"), "old and longer");
  write_file(path("x"), "new");
  EXPECT_EQ(read_file(path("x")), "new");
  EXPECT_EQ(entries(), 1);
}

TEST_F(FileTest, AReaderNeverSeesHalfAFile) {
  const std::string a(200'000, 'a'), b(100'000, 'b');
  write_file(path("x"), a);
  std::atomic<bool> stop{false};
  std::jthread writer([&] {
    for (int i = 0; i < 30; ++i) write_file(path("x"), i % 2 ? a : b);
    stop = true;
  });
  while (!stop) {
    const std::string seen = read_file(path("x"));
    ASSERT_TRUE(seen == a || seen == b) << seen.size();
  }
}

TEST_F(FileTest, AFailedWriteKeepsTheOldFile) {
  write_file(path("x"), "old");
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit tight{1000, before.rlim_max};
  ::setrlimit(RLIMIT_FSIZE, &tight);
  EXPECT_THROW(write_file(path("x"), std::string(100'000, 'n')), Error);
  ::setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  EXPECT_EQ(read_file(path("x")), "old");
  EXPECT_EQ(entries(), 1);
}

TEST_F(FileTest, NamesThePathThatCannotBeRead) {
  EXPECT_THAT(text_of<SpecError>([&] { read_file(path("missing")); }), HasSubstr(path("missing")));
  EXPECT_THAT(text_of<SpecError>([&] { read_file(folder_.string()); }), HasSubstr("directory"));
}

TEST_F(FileTest, RefusesAFileLargerThanItsLimit) {
  write_file(path("x"), "12345");
  EXPECT_EQ(read_file(path("x"), 5), "12345");
  EXPECT_THAT(text_of<SpecError>([&] { read_file(path("x"), 4); }), HasSubstr("larger than 4 bytes"));
}

TEST_F(FileTest, AFullDiskIsWorthAnotherTryAndAReadOnlyOneIsNot) {
  EXPECT_THAT(text_of<RetryableError>([] { throw_file_error("write", "f", ENOSPC); }), HasSubstr("free some space"));
  EXPECT_THROW(throw_file_error("write", "f", EIO), RetryableError);
  EXPECT_THROW(throw_file_error("write", "f", EROFS), SpecError);
  EXPECT_THROW(throw_file_error("write", "f", EACCES), SpecError);
}

TEST_F(FileTest, RefusesAFolderWhoseNameIsAFile) {
  write_file(path("x"), "file");
  EXPECT_THAT(text_of<SpecError>([&] { write_file(path("x/y"), ""); }), HasSubstr(path("x")));
}

TEST_F(FileTest, PublishesAFolderOnce) {
  write_file(path("run.part/deep/a"), "1");
  publish_folder(path("run.part"), path("runs/run"));
  EXPECT_EQ(read_file(path("runs/run/deep/a")), "1");
  EXPECT_FALSE(fs::exists(path("run.part")));
  write_file(path("run.part/a"), "2");
  EXPECT_THAT(text_of<SpecError>([&] { publish_folder(path("run.part"), path("runs/run")); }), HasSubstr("exists"));
  EXPECT_EQ(read_file(path("runs/run/deep/a")), "1");
}

TEST_F(FileTest, DoesNotPublishOverAnEmptyFolderEither) {
  write_file(path("run.part/a"), "1");
  fs::create_directories(path("run"));
  EXPECT_THROW(publish_folder(path("run.part"), path("run")), SpecError);
}

TEST(File, ADeviceOrAPipeIsWrittenToAndNotReplaced) {
  EXPECT_NO_THROW(write_file("/dev/null", "bytes"));
  EXPECT_TRUE(std::filesystem::is_character_file("/dev/null"));
  EXPECT_THROW(write_file("/dev/full", "bytes"), RetryableError);
  EXPECT_TRUE(std::filesystem::is_character_file("/dev/full"));
}

}  // namespace
}  // namespace bakeoff
