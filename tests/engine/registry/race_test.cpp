// Many processes at one file. Each opens its own connection after the fork: SQLite forbids to carry one across.
#include <sys/wait.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>

#include "core/error.h"
#include "registry/registry.h"
#include "temporary_folder.h"

namespace bakeoff {
namespace {

enum Outcome { kWon = 0, kConflict = 1, kOther = 2 };

// Runs `work(i)` in n processes that start together; how many ended with which outcome.
std::map<int, int> race(int n, const std::function<void(int)>& work) {
  int gate[2];
  if (pipe(gate) != 0) throw std::runtime_error("pipe failed");
  std::vector<pid_t> children;
  for (int i = 0; i < n; ++i) {
    const pid_t child = fork();
    if (child == 0) {
      close(gate[1]);
      char byte;
      [[maybe_unused]] const auto end_of_file = read(gate[0], &byte, 1);  // until the parent opens the gate
      int outcome = kWon;
      try {
        work(i);
      } catch (const PromotionConflict&) {
        outcome = kConflict;
      } catch (const std::exception& e) {
        fprintf(stderr, "process %d: %s\n", i, e.what());
        outcome = kOther;
      }
      _exit(outcome);
    }
    children.push_back(child);
  }
  close(gate[0]);
  close(gate[1]);
  std::map<int, int> outcomes;
  for (const pid_t child : children) {
    int status = 0;
    waitpid(child, &status, 0);
    ++outcomes[WIFEXITED(status) ? WEXITSTATUS(status) : kOther];
  }
  return outcomes;
}

std::string version_text(int i) { return "score_" + std::to_string(i); }

TEST(RegistryRace, SixtyFourProcessesTwentyTimesOneWinnerEach) {
  constexpr int kProcesses = 64, kRuns = 20;
  const TemporaryFolder folder;
  const auto path = folder / "bakeoff.db";
  {
    Registry registry(path);
    for (int i = 0; i < kProcesses; ++i) registry.add({0, "m", "scores", version_text(i), "", "", ""});
  }
  std::optional<std::int64_t> champion;
  for (int run = 0; run < kRuns; ++run) {
    const auto outcomes = race(kProcesses, [&](int i) {
      Registry registry(path);
      // Not the champion itself, which would be no change and no conflict.
      const std::int64_t version = champion == i + 1 ? (i + 1) % kProcesses + 1 : i + 1;
      registry.promote("m", version, champion, "run-" + std::to_string(run) + "-" + std::to_string(i), "");
    });
    ASSERT_EQ(outcomes, (std::map<int, int>{{kWon, 1}, {kConflict, kProcesses - 1}})) << "run " << run;
    Registry registry(path);
    const auto now = registry.champion("m")->version;
    EXPECT_EQ(registry.history("m").back().previous, champion);
    EXPECT_EQ(registry.history("m").back().version, now);
    champion = now;
  }
  Registry registry(path);
  EXPECT_EQ(registry.history("m").size(), static_cast<std::size_t>(kProcesses + kRuns));
  EXPECT_THAT(registry.verify(), ::testing::IsEmpty());
}

TEST(RegistryRace, AllCreateTheFileAtOnceAndEachRegistersItsModel) {
  constexpr int kProcesses = 16;
  for (int run = 0; run < 3; ++run) {
    const TemporaryFolder folder;
    const auto path = folder / "bakeoff.db";
    const auto outcomes = race(kProcesses, [&](int i) {
      Registry(path).add({0, "m", "scores", version_text(i), "", "", ""});
    });
    ASSERT_EQ(outcomes, (std::map<int, int>{{kWon, kProcesses}})) << "run " << run;
    Registry registry(path);
    EXPECT_EQ(registry.list("m").size(), static_cast<std::size_t>(kProcesses));
    EXPECT_EQ(registry.list("m").back().version, kProcesses);
    EXPECT_THAT(registry.verify(), ::testing::IsEmpty());
  }
}

[[noreturn]] void promote_for_ever(const std::string& path, const std::string& prefix) try {
  Registry registry(path);
  for (int i = 0;; ++i) {
    const auto version = registry.add({0, "m", "scores", prefix + std::to_string(i), "", "", ""}).version;
    const auto champion = registry.champion("m");
    registry.promote("m", version, champion ? std::optional(champion->version) : std::nullopt, "", "");
  }
} catch (...) {
  _exit(kOther);
}

TEST(RegistryRace, AKilledWriterLeavesAWholeRegistry) {
  const TemporaryFolder folder;
  const auto path = folder / "bakeoff.db";
  Registry(path).add({0, "m", "scores", "first", "", "", ""});
  for (int run = 0; run < 10; ++run) {
    const pid_t child = fork();
    if (child == 0) promote_for_ever(path, "run " + std::to_string(run) + " ");
    usleep(20'000 + 3'000 * run);
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
    Registry registry(path);
    EXPECT_THAT(registry.verify(), ::testing::IsEmpty());
  }
  EXPECT_GT(Registry(path).history("m").size(), 10u);
}

}  // namespace
}  // namespace bakeoff
