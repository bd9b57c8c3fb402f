#include "train/solution_memory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "core/error.h"
#include "linear_oracle.h"
#include "train/families/catalog.h"

namespace bakeoff {
namespace {

namespace fs = std::filesystem;
using test::Sample;

struct Problem {
  Sample sample;

  // 40 candidates on each of four sets: panels of two windows, several groups of them.
  explicit Problem(const Family& family) : sample(1500, 5, {3, 6}, family.labels == Labels::classes, 11, 3) {
    if (family.labels == Labels::not_negative || family.labels == Labels::positive)
      for (double& y : sample.labels) y = std::exp(0.3 * (y - 10));
    LinearProblem& problem = sample.problem;
    problem.sets = {{0, 1500, -1, sample.identity()},
                    {0, 1500, 1, sample.identity()},
                    {200, 1500, -1, sample.standardised(1)},
                    {200, 1500, 2, sample.standardised(1)}};
    for (int candidate = 0; candidate < 40; ++candidate) {
      std::map<std::string, double> parameters{{"l2", std::pow(10.0, candidate % 7 - 3)}};
      for (const Family::Parameter& p : family.parameters)
        if (p.name == "l1_ratio" && candidate % 2) parameters["l1_ratio"] = 0.1 * (candidate % 5);
      for (int set = 0; set < 4; ++set) problem.fits.push_back(family.fit(set, parameters));
    }
  }
};

class Memories : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "bakeoff-memory-XXXXXX").string();
    folder = mkdtemp(pattern.data());
    events.listen([&](const Json& event) {
      if (event.at("event") == "resumed") kept = event.at("answers");
    });
  }
  void TearDown() override { fs::remove_all(folder); }

  const Family& family() const { return find_family(GetParam()); }
  std::string run(const Execution& execution, LinearProblem problem, Checkpoint* checkpoint) const {
    problem.memory = {checkpoint, "train"};
    const SolvedBatch solved =
        solve_remembered(problem, family().name, [&] { return family().solve(execution, problem, {}); });
    EXPECT_GE(solved.seconds, 0);
    return pack(solved.solutions);
  }
  // Stops at the given check; empty if it did.
  std::string run_until(int check, const LinearProblem& problem, int threads = 2) {
    Execution execution(Device::cpu, threads);
    std::atomic<int> checks{0};
    execution.set_stop_check([&] { return checks++ >= check; });
    Checkpoint checkpoint({folder, "same", kDay}, events);
    try {
      return run(execution, problem, &checkpoint);
    } catch (const Interrupted&) {
      return {};
    }
  }

  std::string folder;
  EventSink events;
  int kept = 0;
};

TEST_P(Memories, OfAStoppedSolverLeadToTheSameBits) {
  const Problem problem(family());
  const Execution two(Device::cpu, 2);
  const std::string whole = run(two, problem.sample.problem, nullptr);
  std::string found;
  int before = 0;
  // Each goes a little further than what the one before it has left; threads don't matter.
  for (int attempt = 0; found.empty(); ++attempt) {
    ASSERT_LT(attempt, 1000);
    found = run_until(3 + 2 * attempt * attempt, problem.sample.problem, 1 + attempt % 2);
    EXPECT_GE(kept, before) << attempt;
    before = kept;
  }
  EXPECT_EQ(found, whole);
  EXPECT_EQ(run_until(0, problem.sample.problem), whole) << "nothing is solved a second time";
}

TEST_P(Memories, OfOtherFitsSetsOrMapsAreNotUsed) {
  const Problem problem(family());
  const Execution two(Device::cpu, 2);
  run_until(1'000'000, problem.sample.problem);
  LinearProblem other = problem.sample.problem;
  const auto differs = [&](const char* what) {
    const std::string expected = run(two, other, nullptr);
    EXPECT_NE(expected, run(two, problem.sample.problem, nullptr)) << what;
    EXPECT_EQ(run_until(1'000'000, other), expected) << what;
    other = problem.sample.problem;
  };
  other.fits[5].l2 *= 1.5;
  differs("l2");
  other.sets[1].left_out = 2;
  differs("fold");
  other.sets[2].begin = 300;
  differs("window");
  other.sets[3].map = problem.sample.standardised(2);
  differs("map");
}

INSTANTIATE_TEST_SUITE_P(EveryFamily, Memories, ::testing::ValuesIn([] {
                           std::vector<std::string> names;
                           for (const Family& family : families()) names.push_back(family.name);
                           return names;
                         }()),
                         [](const auto& name) { return name.param; });

TEST(PackedSolutions, ComeBackOrAreRefused) {
  LinearSolution one, two;
  one.reason = "because";
  one.beta = {1, kNaN};
  two.status = FitStatus::diverged;
  const std::string bytes = pack({one, two});
  std::vector<LinearSolution> back;
  ASSERT_TRUE(unpack(bytes, 2, back));
  EXPECT_EQ(pack(back), bytes);
  EXPECT_EQ(back[0].reason, "because");
  EXPECT_EQ(back[1].status, FitStatus::diverged);
  EXPECT_FALSE(unpack(bytes, 1, back));
  EXPECT_FALSE(unpack(bytes, 3, back));
  for (std::size_t size = 0; size < bytes.size(); ++size) EXPECT_FALSE(unpack(bytes.substr(0, size), 2, back)) << size;
}

}  // namespace
}  // namespace bakeoff
