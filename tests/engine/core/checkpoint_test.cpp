#include "core/checkpoint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "core/file.h"
#include "core/packing.h"

namespace bakeoff {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class Checkpoints : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "bakeoff-checkpoint-XXXXXX").string();
    root = mkdtemp(pattern.data());
    folder = root + "/checkpoints";
    events.listen([&](const Json& event) {
      told.push_back(event.at("event"));
      if (event.contains("reason")) reason = event.at("reason");
    });
  }
  void TearDown() override { fs::remove_all(root); }

  Checkpoint::Options options(Micros every = 0, const std::string& identity = "this run") const {
    return {folder, identity, every};
  }
  std::vector<std::string> files() const {
    std::vector<std::string> out;
    if (fs::exists(folder))
      for (const auto& entry : fs::directory_iterator(folder)) out.push_back(entry.path().string());
    std::sort(out.begin(), out.end());
    return out;
  }
  // Three answers, each in a file of its own.
  void write_three() {
    Checkpoint checkpoint(options(), events);
    checkpoint.keep("train/pass/1", "one", 1);
    checkpoint.keep("train/pass/2", std::string("t\0w\no", 5), 2);
    checkpoint.keep("train/gram", "", 0.5);
    checkpoint.keep("train/solutions", "three", 4);
    told.clear();
  }

  std::string root, folder, reason;
  EventSink events;
  std::vector<std::string> told;
};

TEST_F(Checkpoints, AnswerWhatWasKeptByAnotherProcess) {
  write_three();
  Checkpoint checkpoint(options(), events);
  EXPECT_THAT(told, ElementsAre("resumed"));
  EXPECT_EQ(checkpoint.find("train/pass/1"), "one");
  EXPECT_EQ(checkpoint.find("train/pass/2"), std::string("t\0w\no", 5));
  EXPECT_EQ(checkpoint.find("train/solutions"), "three");
  EXPECT_EQ(checkpoint.find("train/pass/3"), std::nullopt);
  EXPECT_EQ(checkpoint.seconds_found(), 7);
  EXPECT_GT(checkpoint.seconds_before(), 0);
}

TEST_F(Checkpoints, AreWrittenEverySoOftenAndAtTheEndWhateverEndedIt) {
  {
    Checkpoint checkpoint(options(kDay), events);
    checkpoint.keep("a", "1", 1);
    checkpoint.keep("b", "2", 1);
    EXPECT_EQ(checkpoint.find("a"), "1");
    EXPECT_TRUE(files().empty());
  }
  EXPECT_EQ(files().size(), 1u);
  Checkpoint checkpoint(options(kDay), events);
  EXPECT_EQ(checkpoint.find("b"), "2");
}

TEST_F(Checkpoints, ThatWouldFillTheMemoryAreWrittenAtOnce) {
  Checkpoint::Options small = options(kDay);
  small.most_pending = 100;
  Checkpoint checkpoint(small, events);
  checkpoint.keep("a", std::string(60, 'a'), 1);
  EXPECT_TRUE(files().empty());
  checkpoint.keep("b", std::string(60, 'b'), 1);
  EXPECT_EQ(files().size(), 1u);
}

TEST_F(Checkpoints, ThatAreClosedWriteNothing) {
  {
    Checkpoint checkpoint(options(kDay), events);
    checkpoint.keep("a", "1", 1);
    checkpoint.close();
    checkpoint.keep("b", "2", 1);
  }
  EXPECT_TRUE(files().empty());
}

TEST_F(Checkpoints, ForgetWhatNobodyAsksForAgainOnceWhatReplacesItIsOnTheDisk) {
  write_three();
  {
    Checkpoint checkpoint(options(kDay), events);
    checkpoint.keep("train/answer", "whole", 9);
    checkpoint.forget("train/pass/");
    EXPECT_EQ(checkpoint.find("train/pass/1"), std::nullopt);
    EXPECT_EQ(files().size(), 2u);  // of the solutions, and the new one
  }
  Checkpoint checkpoint(options(), events);
  EXPECT_EQ(checkpoint.find("train/pass/2"), std::nullopt);
  EXPECT_EQ(checkpoint.find("train/solutions"), "three");
  EXPECT_EQ(checkpoint.find("train/answer"), "whole");
}

TEST_F(Checkpoints, OfAnotherIdentityAreIgnoredAndRemoved) {
  write_three();
  Checkpoint checkpoint(options(0, "another run"), events);
  EXPECT_THAT(told, ElementsAre("checkpoint_ignored", "checkpoint_ignored", "checkpoint_ignored"));
  EXPECT_THAT(reason, HasSubstr("another run"));
  EXPECT_EQ(checkpoint.find("train/pass/1"), std::nullopt);
  EXPECT_TRUE(files().empty());
}

// Each byte of a file in turn, and each length: the answer is right or there is none.
TEST_F(Checkpoints, ThatAreDamagedGiveNoAnswer) {
  write_three();
  const std::string path = files()[0], whole = read_file(path);
  int unknown = 0;
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (const bool cut : {false, true}) {
      std::string bytes = cut ? whole.substr(0, at) : whole;
      if (!cut) bytes[at] = static_cast<char>(bytes[at] ^ (1 << (at % 8)));
      std::ofstream(path, std::ios::binary) << bytes;
      EventSink quiet;
      Checkpoint checkpoint(options(kDay), quiet);
      const std::optional<std::string> answer = checkpoint.find("train/pass/1");
      EXPECT_EQ(answer.value_or("one"), "one") << at;
      unknown += !answer;
      EXPECT_EQ(checkpoint.find("train/solutions"), "three");
      checkpoint.close();
    }
  }
  EXPECT_EQ(unknown, 2 * static_cast<int>(whole.size()));
  fs::create_directories(folder + "/7.checkpoint");
  write_file(folder + "/000001.checkpoint.1.2.part", "half");
  write_file(folder + "/empty.checkpoint", "");
  Checkpoint checkpoint(options(kDay), events);
  EXPECT_EQ(checkpoint.find("train/solutions"), "three");
  EXPECT_THAT(files(), ::testing::Not(::testing::Contains(HasSubstr(".part"))));
}

TEST_F(Checkpoints, ThatCannotBeWrittenStopNothing) {
  write_file(folder, "a file where the folder should be");
  Checkpoint::Options small = options();
  small.most_pending = 10;
  Checkpoint checkpoint(small, events);
  for (int i = 0; i < 5; ++i) checkpoint.keep(std::to_string(i), "1234", 1);
  EXPECT_THAT(told, ElementsAre("checkpoint_failed"));
  EXPECT_EQ(checkpoint.find("4"), "1234");
  EXPECT_EQ(checkpoint.find("0"), std::nullopt);  // let go, so that memory does not fill
  fs::remove(folder);
  checkpoint.keep("5", "1234", 1);
  EXPECT_THAT(told, ElementsAre("checkpoint_failed", "checkpoint"));
}

TEST_F(Checkpoints, TakeAnswersFromManyThreads) {
  {
    Checkpoint checkpoint(options(kSecond / 50), events);
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
      threads.emplace_back([&, t] {
        for (int i = 0; i < 200; ++i) {
          const std::string name = std::to_string(t) + "/" + std::to_string(i);
          checkpoint.keep(name, name, 1);
          EXPECT_EQ(checkpoint.find(name), name);
        }
      });
    for (std::thread& thread : threads) thread.join();
  }
  Checkpoint checkpoint(options(), events);
  for (int t = 0; t < 4; ++t) EXPECT_EQ(checkpoint.find(std::to_string(t) + "/199"), std::to_string(t) + "/199");
}

TEST(Packings, ComeBackOrAreRefused) {
  const std::string bytes = Packing().add(7).add_list(std::vector<double>{1, kNaN}).add_list(std::string("why")).take();
  int number = 0;
  std::vector<double> list;
  std::string text;
  Unpacking whole(bytes);
  EXPECT_TRUE(whole.take(number) && whole.take_list(list) && whole.take_list(text) && whole.done());
  EXPECT_EQ(number, 7);
  EXPECT_EQ(list.size(), 2u);
  EXPECT_EQ(text, "why");
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    Unpacking part(std::string_view(bytes).substr(0, size));
    EXPECT_FALSE(part.take(number) && part.take_list(list) && part.take_list(text)) << size;
  }
  const std::string huge = Packing().add(std::int64_t{1} << 60).take(),
                    negative = Packing().add(std::int64_t{-1}).take();
  for (const std::string* wrong : {&huge, &negative}) {
    Unpacking unpacking(*wrong);
    EXPECT_FALSE(unpacking.take_list(list));
  }
}

}  // namespace
}  // namespace bakeoff
