#include "core/event.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <limits>
#include <sstream>
#include <thread>

#include "core/error.h"
#include "core/file.h"

namespace bakeoff {
namespace {

class EventTest : public testing::Test {
 protected:
  void SetUp() override {
    path_ = testing::TempDir() + "bakeoff_events_" + testing::UnitTest::GetInstance()->current_test_info()->name();
    std::filesystem::remove(path_);
  }
  void TearDown() override { std::filesystem::remove(path_); }
  std::vector<Json> lines() const {
    std::vector<Json> out;
    std::istringstream text(read_file(path_));
    for (std::string line; std::getline(text, line);) out.push_back(Json::parse(line));
    return out;
  }
  std::string path_;
};

TEST_F(EventTest, WritesTimeAndNameFirst) {
  EventSink sink;
  sink.open(path_);
  sink.emit("started", {{"run", "r1"}, {"candidates", 3}});
  const std::string text = read_file(path_);
  EXPECT_THAT(text,
              testing::MatchesRegex(
                  "\\{\"time\":\"[-0-9]+T[:.0-9]+Z\",\"event\":\"started\",\"run\":\"r1\",\"candidates\":3\\}\n"));
}

TEST_F(EventTest, AppendsToWhatIsThere) {
  for (int i = 0; i < 2; ++i) {
    EventSink sink;
    sink.open(path_);
    sink.emit("n", {{"i", i}});
  }
  ASSERT_EQ(lines().size(), 2u);
  EXPECT_EQ(lines()[1]["i"], 1);
}

TEST_F(EventTest, ClosesALineThatAKilledProcessLeftOpen) {
  write_file(path_, "{\"event\":\"whole\"}\n{\"event\":\"ha");
  EventSink sink;
  sink.open(path_);
  sink.emit("next");
  EXPECT_THAT(read_file(path_), testing::HasSubstr("{\"event\":\"ha\n{\"time\""));
}

TEST_F(EventTest, ListenersHearEveryEventInOrder) {
  EventSink sink;
  std::vector<std::string> heard;
  sink.listen([&](const Json& event) { heard.push_back(event["event"]); });
  sink.emit("a");
  sink.progress("train", 1, 2);
  sink.emit("b");
  EXPECT_THAT(heard, testing::ElementsAre("a", "progress", "b"));
}

TEST_F(EventTest, TheFileKeepsFewProgressLinesAndTheLast) {
  EventSink sink;
  sink.open(path_);
  int heard = 0;
  sink.listen([&](const Json&) { ++heard; });
  for (int i = 1; i <= 1000; ++i) sink.progress("train", i, 1000);
  EXPECT_EQ(heard, 1000);
  EXPECT_LT(lines().size(), 100u);
  EXPECT_EQ(lines().back()["done"], 1000);
}

TEST_F(EventTest, LinesOfManyThreadsDoNotMix) {
  EventSink sink;
  sink.open(path_);
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 8; ++t)
      threads.emplace_back([&, t] {
        for (int i = 0; i < 100; ++i) sink.emit("e", {{"thread", t}, {"text", std::string(300, 'x')}});
      });
  }
  EXPECT_EQ(lines().size(), 800u);
}

TEST_F(EventTest, SurvivesInvalidTextAndNumbersThatJsonLacks) {
  EventSink sink;
  sink.open(path_);
  sink.emit("odd", {{"text", "\xff\n"}, {"value", std::numeric_limits<double>::quiet_NaN()}});
  ASSERT_EQ(lines().size(), 1u);
  EXPECT_TRUE(lines()[0]["value"].is_null());
}

TEST_F(EventTest, NamesTheFileThatCannotBeWritten) {
  EventSink sink;
  EXPECT_THROW(sink.open("/nonexistent/folder/events.jsonl"), SpecError);
}

TEST_F(EventTest, AFullDiskReachesTheCaller) {
  if (!std::filesystem::exists("/dev/full")) GTEST_SKIP() << "no /dev/full here";
  EventSink sink;
  sink.open("/dev/full");
  EXPECT_THROW(sink.emit("lost"), RetryableError);
}

}  // namespace
}  // namespace bakeoff
