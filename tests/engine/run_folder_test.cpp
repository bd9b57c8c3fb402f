#include "run_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "core/error.h"
#include "core/file.h"

namespace bakeoff {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;

class RunFolders : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "bakeoff-runs-XXXXXX").string();
    out = mkdtemp(pattern.data());
  }
  void TearDown() override { fs::remove_all(out); }

  void make(const std::string& id, const RunIdentity& identity) {
    RunFolder folder(out, id, "name");
    folder.claim(identity);
    write_file(folder.path("decision.json"), "{}");
    folder.publish();
  }
  std::string refused(const std::string& id, const RunIdentity& identity) {
    RunFolder folder(out, id, "name");
    try {
      folder.claim(identity);
    } catch (const SpecError& error) {
      return error.what();
    }
    return "";
  }

  std::string out;
};

TEST_F(RunFolders, AreWrittenAsideAndThenRenamed) {
  RunFolder folder(out, "r1", "name");
  EXPECT_FALSE(folder.finished());
  folder.claim({"spec", "data"});
  write_file(folder.path("model/model.onnx"), "bytes");
  write_file(folder.path("decision.json"), "{}");
  EXPECT_FALSE(fs::exists(folder.target()));
  folder.publish();
  EXPECT_TRUE(folder.finished());
  EXPECT_EQ(read_file(folder.target() + "/model/model.onnx"), "bytes");
  EXPECT_FALSE(fs::exists(folder.aside()));
  EXPECT_EQ(folder.path("x"), folder.target() + "/x");
}

TEST_F(RunFolders, AFolderThatIsNoRunsIsLeftAlone) {
  write_file(out + "/mine/notes.txt", "mine");
  EXPECT_THROW(RunFolder(out, "mine", "name"), SpecError);
  EXPECT_EQ(read_file(out + "/mine/notes.txt"), "mine");
  EXPECT_EQ(std::distance(fs::directory_iterator(out), {}), 1);  // and no lock is left
}

TEST_F(RunFolders, AnIdStandsForOneSpecAndOneDataSet) {
  make("done", {"spec", "data"});
  { RunFolder(out, "begun", "name").claim({"spec", "data"}); }
  for (const char* id : {"done", "begun"}) {
    EXPECT_EQ(refused(id, {"spec", "data"}), "");
    EXPECT_THAT(refused(id, {"spec 2", "data"}), HasSubstr("another spec"));
    EXPECT_THAT(refused(id, {"spec", "data 2"}), HasSubstr("other data"));
  }
}

TEST_F(RunFolders, AnUnfinishedOneKeepsWhatWasWritten) {
  {
    RunFolder folder(out, "r", "name");
    folder.claim({"spec", "data"});
    write_file(folder.path("leaderboard.csv"), "rows");
  }
  RunFolder again(out, "r", "name");
  again.claim({"spec", "data"});
  EXPECT_FALSE(again.finished());
  EXPECT_EQ(read_file(again.path("leaderboard.csv")), "rows");
}

TEST_F(RunFolders, TwoAtOnceWithOneIdAreRefusedAndWorthAnotherTry) {
  {
    const RunFolder first(out, "r", "name");
    EXPECT_THROW(RunFolder(out, "r", "name"), RetryableError);
    EXPECT_NO_THROW(RunFolder(out, "other", "name"));
  }
  EXPECT_NO_THROW(RunFolder(out, "r", "name"));
  EXPECT_TRUE(fs::is_empty(out)) << "locks go away";
}

TEST_F(RunFolders, WithoutAnIdTheNameAndTheTimeMakeOne) {
  EXPECT_THAT(RunFolder(out, "", "late").id(), MatchesRegex("late-[0-9]+T[0-9]+Z-[0-9]+"));
}

TEST_F(RunFolders, AnIdIsAPlainName) {
  for (const std::string& id : std::vector<std::string>{"../x", "a/b", ".hidden", "a b", "a\n", std::string(201, 'a')})
    EXPECT_THROW(RunFolder(out, id, "name"), SpecError) << id;
  EXPECT_NO_THROW(RunFolder(out, "Run-1.2_3", "name"));
}

}  // namespace
}  // namespace bakeoff
