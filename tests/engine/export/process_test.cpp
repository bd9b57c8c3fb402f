#include "export/process.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>
#include <fstream>
#include <thread>

#include "../registry/temporary_folder.h"
#include "core/error.h"

namespace bakeoff {
namespace {

using ::testing::HasSubstr;

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

class ProcessTest : public ::testing::Test {
 protected:
  ProcessResult shell(const std::string& script, double seconds = 60) {
    return run_process(execution_, {"sh", "-c", script}, seconds);
  }
  Execution execution_{Device::cpu, 1};
};

TEST_F(ProcessTest, CollectsBothOutputsAndTheExitCode) {
  const auto good = shell("echo one; echo two >&2");
  EXPECT_EQ(good.output, "one\ntwo\n");
  EXPECT_EQ(good.exit_code, 0);
  EXPECT_EQ(good.failure, "");
  const auto bad = shell("echo why >&2; exit 7");
  EXPECT_EQ(bad.exit_code, 7);
  EXPECT_EQ(bad.output, "why\n");
  EXPECT_EQ(bad.failure, "sh ended with code 7");
}

TEST_F(ProcessTest, ArgumentsArePassedAsTheyAreWithoutAShell) {
  EXPECT_EQ(run_process(execution_, {"printf", "%s", "a b;$HOME `id` 'x' \"y\" *\n"}, 60).output,
            "a b;$HOME `id` 'x' \"y\" *\n");
}

TEST_F(ProcessTest, KeepsTheEndOfMuchOutput) {
  const auto result = shell("i=0; while [ $i -lt 20000 ]; do echo line $i; i=$((i+1)); done");
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_LE(result.output.size(), 8192u);
  EXPECT_THAT(result.output, HasSubstr("line 19999\n"));
}

TEST_F(ProcessTest, ItHasNoInputToWaitFor) { EXPECT_EQ(shell("cat; echo done").output, "done\n"); }

TEST_F(ProcessTest, AProgramThatIsNotThereIsSaid) {
  EXPECT_THAT(run_process(execution_, {"/no/such/python", "-c", ""}, 60).failure, HasSubstr("/no/such/python"));
  EXPECT_NE(run_process(execution_, {"no-such-program-here"}, 60).failure, "");
}

TEST_F(ProcessTest, ADeathBySignalIsSaid) { EXPECT_THAT(shell("kill -SEGV $$").failure, HasSubstr("signal 11")); }

TEST_F(ProcessTest, IsStoppedWithAllItStartedWhenTheTimeIsOver) {
  const TemporaryFolder folder;
  const auto start = std::chrono::steady_clock::now();
  const auto result = shell("sleep 100 & echo $! > '" + (folder / "pid") + "'; wait", 0.5);
  EXPECT_LT(seconds_since(start), 20);
  EXPECT_THAT(result.failure, HasSubstr("stopped after"));
  EXPECT_EQ(result.exit_code, -1);
  pid_t grandchild = 0;
  std::ifstream(folder / "pid") >> grandchild;
  ASSERT_GT(grandchild, 0);
  // Gone, or a zombie that nobody has collected yet.
  std::string state;
  for (int i = 0; i < 100; ++i) {
    std::ifstream status("/proc/" + std::to_string(grandchild) + "/stat");
    std::string number, name;
    state.clear();
    status >> number >> name >> state;
    if (state.empty() || state == "Z") break;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  EXPECT_TRUE(state.empty() || state == "Z") << state;
}

TEST_F(ProcessTest, AGrandchildThatKeepsTheOutputOpenIsNotWaitedFor) {
  const auto start = std::chrono::steady_clock::now();
  const auto result = shell("sleep 30 & echo started");
  EXPECT_EQ(result.output, "started\n");
  EXPECT_LT(seconds_since(start), 20);
}

TEST_F(ProcessTest, AStopOfTheRunStopsIt) {
  const auto start = std::chrono::steady_clock::now();
  execution_.set_stop_check([&] { return seconds_since(start) > 0.3; });
  EXPECT_THROW(shell("sleep 100"), Interrupted);
  EXPECT_LT(seconds_since(start), 20);
}

TEST_F(ProcessTest, BlockedAndIgnoredSignalsAreNotInherited) {
  signal(SIGTERM, SIG_IGN);
  const auto result = shell("kill -TERM $$; echo survived");
  signal(SIGTERM, SIG_DFL);
  EXPECT_THAT(result.failure, HasSubstr("signal 15"));
}

}  // namespace
}  // namespace bakeoff
