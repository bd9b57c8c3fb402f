// What may happen to the file, its folder and its disk.
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <functional>
#include <map>

#include "core/error.h"
#include "registry/registry.h"
#include "temporary_folder.h"

namespace bakeoff {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// Another program's hand on the file. Gives SQLite's message, "" if it agreed.
std::string by_hand(const std::string& path, const std::string& sql) {
  sqlite3* db = nullptr;
  sqlite3_open(path.c_str(), &db);
  char* message = nullptr;
  sqlite3_exec(db, sql.c_str(), nullptr, nullptr, &message);
  const std::string text = message ? message : "";
  sqlite3_free(message);
  sqlite3_close(db);
  return text;
}

class RegistryDamageTest : public ::testing::Test {
 protected:
  void SetUp() override {
    Registry registry(path_);
    for (const char* column : {"a", "b", "c"}) registry.add({0, "m", "scores", column, "", "", ""});
    registry.promote("m", 1, std::nullopt, "r1", "");
    registry.promote("m", 2, 1, "r2", "");
  }
  TemporaryFolder folder_;
  std::string path_ = folder_ / "bakeoff.db";
};

TEST_F(RegistryDamageTest, HistoryAndModelsCannotBeRewritten) {
  for (const char* sql :
       {"UPDATE history SET version = 3 WHERE id = 4", "DELETE FROM history", "UPDATE models SET location = 'x'",
        "DELETE FROM models", "INSERT OR REPLACE INTO history SELECT * FROM history WHERE id = 4",
        "REPLACE INTO models SELECT * FROM models WHERE version = 1"})
    EXPECT_THAT(by_hand(path_, sql), HasSubstr("append-only")) << sql;
  EXPECT_THAT(Registry(path_).verify(), IsEmpty());
}

TEST_F(RegistryDamageTest, VerifyNoticesAChampionThatTheHistoryDoesNotLeadTo) {
  ASSERT_EQ(by_hand(path_, "UPDATE champions SET version = 3"), "");
  EXPECT_THAT(Registry(path_).verify(),
              Contains("m: expected the champion that the history leads to, version 2, found version 3"));
  ASSERT_EQ(by_hand(path_, "DELETE FROM champions"), "");
  EXPECT_THAT(Registry(path_).verify(), Contains(HasSubstr("found none")));
}

TEST_F(RegistryDamageTest, VerifyNoticesAForgedHistory) {
  ASSERT_EQ(by_hand(path_, "DROP TRIGGER history_update; UPDATE history SET previous = 3 WHERE id = 5"), "");
  EXPECT_THAT(Registry(path_).verify(),
              Contains("m: history entry 5 (promote): expected previous champion 1, found 3"));
  ASSERT_EQ(by_hand(path_, "UPDATE history SET previous = 1, action = 'rollback' WHERE id = 5"), "");
  EXPECT_THAT(Registry(path_).verify(), Contains(HasSubstr("(rollback): expected version none, found 2")));
}

TEST_F(RegistryDamageTest, VerifyNoticesARegistrationWithoutItsEntry) {
  ASSERT_EQ(by_hand(path_, "DROP TRIGGER history_delete; DELETE FROM history WHERE id = 3"), "");
  EXPECT_THAT(Registry(path_).verify(), Contains(HasSubstr("m version 3: expected one entry")));
}

TEST_F(RegistryDamageTest, ADamagedFileIsADataErrorOrIsNoticedByVerify) {
  by_hand(path_, "PRAGMA wal_checkpoint(TRUNCATE)");
  const auto good = folder_.read("bakeoff.db");
  for (std::size_t at = 100; at + 200 < good.size(); at += 997) {
    auto bad = good;
    bad.replace(at, 200, 200, '\xa5');
    folder_.write("bakeoff.db", bad);
    std::filesystem::remove(path_ + "-wal");
    std::filesystem::remove(path_ + "-shm");
    try {
      Registry registry(path_);
      registry.champion("m");
      registry.history("m");
      registry.verify();  // bytes in free space harm nobody
    } catch (const DataError& e) {
      EXPECT_THAT(e.what(), HasSubstr("bakeoff.db")) << at;
    }
  }
}

TEST_F(RegistryDamageTest, ACutFileIsADataError) {
  by_hand(path_, "PRAGMA wal_checkpoint(TRUNCATE)");
  std::filesystem::resize_file(path_, 4096);
  const auto text = error_text<DataError>([&] { Registry(path_).verify(); });
  EXPECT_THAT(text, HasSubstr("restore it from a backup"));
}

TEST(RegistryFile, WhatIsNoDatabaseIsADataErrorAndStaysAsItWas) {
  const TemporaryFolder folder;
  const std::string text(5000, 'x');
  const auto path = folder.write("notes.txt", text);
  EXPECT_THAT(error_text<DataError>([&] { Registry registry(path); }), HasSubstr("Expected a registry of Bakeoff"));
  EXPECT_EQ(folder.read("notes.txt"), text);
}

TEST(RegistryFile, ADatabaseOfSomethingElseIsLeftAlone) {
  const TemporaryFolder folder;
  by_hand(folder / "mlflow.db", "CREATE TABLE runs (id INTEGER)");
  EXPECT_THAT(error_text<DataError>([&] { Registry registry(folder / "mlflow.db"); }),
              HasSubstr("the database of something else"));
  EXPECT_EQ(by_hand(folder / "mlflow.db", "CREATE TABLE models (id INTEGER)"), "");
}

TEST(RegistryFile, ANewerFormatIsRefused) {
  const TemporaryFolder folder;
  { Registry registry(folder / "r.db"); }
  by_hand(folder / "r.db", "PRAGMA user_version = 2");
  EXPECT_THAT(error_text<SpecError>([&] { Registry registry(folder / "r.db"); }),
              HasSubstr("expected format 1, found 2"));
}

TEST(RegistryFile, PathsThatCannotBe) {
  const TemporaryFolder folder;
  EXPECT_THAT(error_text<SpecError>([&] { Registry registry(folder / "no/such/folder.db"); }),
              HasSubstr("create the folder"));
  EXPECT_THAT(error_text<SpecError>([&] { Registry registry(folder.path().string()); }), HasSubstr("found a folder"));
  EXPECT_THROW(Registry(""), SpecError);
}

// Root may write everything, so the process becomes somebody else first.
int as_nobody(const std::function<bool()>& holds) {
  const pid_t child = fork();
  if (child == 0) {
    if (geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0)) _exit(3);
    bool ok = false;
    try {
      ok = holds();
    } catch (const std::exception& e) {
      fprintf(stderr, "%s\n", e.what());
    }
    _exit(ok ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WEXITSTATUS(status);
}

template <class F>
bool is_spec_error_about_permissions(F&& call) {
  try {
    call();
  } catch (const SpecError& e) {
    return std::string(e.what()).find("permissions") != std::string::npos;
  }
  return false;
}

TEST_F(RegistryDamageTest, AFolderWithoutWritePermissionIsASpecError) {
  chmod(folder_.path().c_str(), 0555);
  const int code =
      as_nobody([&] { return is_spec_error_about_permissions([&] { Registry registry(folder_ / "new.db"); }); });
  chmod(folder_.path().c_str(), 0755);
  EXPECT_EQ(code, 0);
}

TEST_F(RegistryDamageTest, AFileWithoutWritePermissionIsReadButNotWritten) {
  Registry keeps_the_wal_open(path_);
  keeps_the_wal_open.champion("m");
  chmod(folder_.path().c_str(), 0777);
  chmod(path_.c_str(), 0444);
  for (const char* part : {"-wal", "-shm"}) chmod((path_ + part).c_str(), 0666);
  EXPECT_EQ(as_nobody([&] {
              Registry registry(path_);
              return registry.champion("m")->version == 2 &&
                     is_spec_error_about_permissions([&] { registry.promote("m", 3, 2, "r3", ""); });
            }),
            0);
}

// A file system that answers every write with `code`.
int failing_code = 0;
int (*true_write)(sqlite3_file*, const void*, int, sqlite3_int64) = nullptr;
int write_or_fail(sqlite3_file* file, const void* data, int size, sqlite3_int64 at) {
  return failing_code ? failing_code : true_write(file, data, size, at);
}
int open_failing(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  static std::map<const sqlite3_io_methods*, sqlite3_io_methods> replaced;
  sqlite3_vfs* real = sqlite3_vfs_find("unix");
  const int code = real->xOpen(real, name, file, flags, out_flags);
  if (code != SQLITE_OK || !file->pMethods) return code;
  auto& methods = replaced.try_emplace(file->pMethods, *file->pMethods).first->second;
  true_write = file->pMethods->xWrite;
  methods.xWrite = write_or_fail;
  file->pMethods = &methods;
  return code;
}

class FullDisk {
 public:
  FullDisk() : vfs_(*sqlite3_vfs_find("unix")) {
    vfs_.zName = "failing";
    vfs_.xOpen = open_failing;
    sqlite3_vfs_register(&vfs_, 1);
  }
  ~FullDisk() {
    failing_code = 0;
    sqlite3_vfs_unregister(&vfs_);
  }

 private:
  sqlite3_vfs vfs_;
};

TEST_F(RegistryDamageTest, AFullOrFailingDiskIsRetryableAndChangesNothing) {
  const FullDisk disk;
  Registry registry(path_);
  const std::map<int, std::string> codes = {{SQLITE_FULL, "free some space"}, {SQLITE_IOERR_WRITE, "check the disk"}};
  for (const auto& [code, advice] : codes) {
    failing_code = code;
    EXPECT_THAT(error_text<RetryableError>([&] { registry.promote("m", 3, 2, "r3", ""); }), HasSubstr(advice));
    EXPECT_THROW(registry.add({0, "m", "scores", "d", "", "", ""}), RetryableError);
    failing_code = 0;
    EXPECT_EQ(registry.champion("m")->version, 2);
    EXPECT_EQ(registry.list("m").size(), 3u);
  }
  registry.promote("m", 3, 2, "r3", "");
  EXPECT_EQ(Registry(path_).champion("m")->version, 3);
  EXPECT_THAT(registry.verify(), IsEmpty());
}

TEST(RegistryFile, AFullDiskAtCreationIsRetryableAndTheNextOpeningSucceeds) {
  const TemporaryFolder folder;
  {
    const FullDisk disk;
    failing_code = SQLITE_FULL;
    EXPECT_THROW(Registry(folder / "r.db"), RetryableError);
  }
  Registry registry(folder / "r.db");
  EXPECT_EQ(registry.add({0, "m", "scores", "a", "", "", ""}).version, 1);
}

}  // namespace
}  // namespace bakeoff
