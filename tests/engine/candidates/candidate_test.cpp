#include "candidates/candidate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <utility>

#include "candidates/strategy/strategy.h"
#include "core/error.h"
#include "spec/vocabulary.h"

namespace bakeoff {
namespace {

using Values = std::vector<double>;

CandidatesSpec flights(const std::string& strategy = "sobol", int count = 256) {
  CandidatesSpec spec;
  spec.count = count;
  spec.strategy = strategy;
  spec.windows = {60 * kDay, 90 * kDay, CandidatesSpec::kAllHistory};
  spec.feature_sets = {{"schedule", {"origin"}}, {"weather", {"temp"}}};
  spec.families = {{"logistic", {{"l2", Range{Range::Scale::log, 1e-6, 10}}}}};
  return spec;
}
CandidatesSpec discrete(const std::string& strategy, int count) {
  CandidatesSpec spec = flights(strategy, count);
  spec.families = {{"logistic", {{"l2", Values{0, 0.1, 1, 10}}}}, {"ridge", {{"l2", Values{1, 2}}}}};
  return spec;
}
std::vector<std::string> labels(const CandidateSet& set) {
  std::vector<std::string> out;
  for (const Candidate& candidate : set) out.push_back(candidate.label());
  return out;
}
template <class F>
std::vector<int> tally(const CandidateSet& set, const F& group) {
  std::map<std::string, int> counts;
  for (const Candidate& candidate : set) ++counts[group(candidate)];
  std::vector<int> out;
  for (const auto& [name, count] : counts) out.push_back(count);
  return out;
}

TEST(Candidate, LabelSaysEverything) {
  EXPECT_EQ((Candidate{"logistic", {{"l2", 0.1}}, 60 * kDay, "schedule"}).label(),
            "logistic l2=0.1 window=60d features=schedule");
  EXPECT_EQ((Candidate{"ridge", {{"l2", 1e-6}}, CandidatesSpec::kAllHistory, ""}).label(),
            "ridge l2=1e-06 window=all features=all");
}

// All that a strategy asks for, `piece` at a time; in rungs, where everything is told to be equally good, each once.
std::vector<std::string> everything(const CandidatesSpec& spec, std::uint64_t seed, std::size_t piece) {
  const auto strategy = make_strategy(spec, {.seed = seed});
  const bool rungs = spec.strategy == "halving" || spec.strategy == "hyperband";
  const auto count = static_cast<std::size_t>(spec.count);
  std::vector<std::string> all;
  std::size_t waiting = 0;
  while (rungs || all.size() < count) {
    const CandidateSet set = strategy->ask(static_cast<int>(rungs ? piece : std::min(piece, count - all.size())));
    if (set.empty() && waiting == 0) break;
    if (set.empty()) strategy->tell(std::vector<double>(std::exchange(waiting, 0), 0.0));
    waiting += rungs ? set.size() : 0;
    for (const std::string& label : labels(set))
      if (!rungs || std::find(all.begin(), all.end(), label) == all.end()) all.push_back(label);
  }
  return all;
}

class EachStrategy : public testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Catalog, EachStrategy, testing::ValuesIn(known_strategies()),
                         [](const auto& info) { return info.param; });

TEST_P(EachStrategy, GivesAsManyAsAskedEachOnceAndInTheSpace) {
  const CandidatesSpec spec = GetParam() == "grid" ? discrete("grid", 1000) : flights(GetParam());
  const std::vector<std::string> all = everything(spec, 1, 1000);
  EXPECT_GE(all.size(), GetParam() == "grid" ? 36u : 256u);
  EXPECT_EQ(std::set<std::string>(all.begin(), all.end()).size(), all.size());
  for (const Candidate& candidate : make_candidates(spec, 1)) {
    EXPECT_GE(candidate.parameters.at("l2"), 0);
    EXPECT_LE(candidate.parameters.at("l2"), 10);
  }
}

TEST_P(EachStrategy, GivesAllOfASmallSpaceOnce) {
  const std::vector<std::string> all = everything(discrete(GetParam(), 1000), 3, 1000);
  EXPECT_EQ(all.size(), (4 + 2) * 2 * 3u);
  EXPECT_EQ(std::set<std::string>(all.begin(), all.end()).size(), all.size());
}

TEST_P(EachStrategy, IsInTheCatalogAndTheVocabulary) {
  std::vector<std::string> catalog;
  for (const StrategyEntry& entry : strategy_catalog()) catalog.push_back(entry.name);
  EXPECT_EQ(catalog, known_strategies());
}

TEST_P(EachStrategy, ContinuesWhereItStoppedWithoutRepeating) {
  const std::vector<std::string> pieces = everything(discrete(GetParam(), 36), 5, 7);
  EXPECT_EQ(pieces.size(), 36u);
  EXPECT_EQ(pieces, everything(discrete(GetParam(), 36), 5, 1000));
}

class Sampling : public testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Strategies, Sampling, testing::Values("random", "sobol"),
                         [](const auto& info) { return info.param; });

TEST_P(Sampling, DependsOnTheSeedAlone) {
  EXPECT_EQ(labels(make_candidates(flights(GetParam()), 7)), labels(make_candidates(flights(GetParam()), 7)));
  EXPECT_NE(labels(make_candidates(flights(GetParam()), 7)), labels(make_candidates(flights(GetParam()), 8)));
}

TEST_P(Sampling, RefillsWhatRepeats) { EXPECT_EQ(make_candidates(discrete(GetParam(), 35), 1).size(), 35u); }

TEST_P(Sampling, ParametersHaveSixDigits) {
  for (const Candidate& candidate : make_candidates(flights(GetParam()), 1)) {
    const double l2 = candidate.parameters.at("l2");
    const double unit = std::pow(10.0, std::floor(std::log10(l2)) - 5);
    EXPECT_NEAR(l2 / unit, std::round(l2 / unit), 1e-6) << l2;
  }
}

TEST_P(Sampling, ALogRangeIsEvenInTheLogarithmAndALinearOneInTheValue) {
  CandidatesSpec spec = flights(GetParam(), 1024);
  const auto above = [](const CandidateSet& set, double value) {
    return std::count_if(set.begin(), set.end(), [&](const Candidate& c) { return c.parameters.at("l2") > value; });
  };
  // 1e-6 ... 10 is seven decades. Five standard deviations of 1,024 independent draws are 77.
  EXPECT_NEAR(static_cast<double>(above(make_candidates(spec, 1), 1e-1)), 1024 * 2 / 7.0, 77);
  spec.families[0].parameters["l2"] = Range{Range::Scale::linear, 1, 3};
  EXPECT_NEAR(static_cast<double>(above(make_candidates(spec, 1), 2.5)), 256, 77);
}

TEST(Sobol, DealsChoicesEvenly) {
  for (const std::uint64_t seed : {1, 2, 3}) {
    const CandidateSet set = make_candidates(flights(), seed);
    for (int n : tally(set, [](const Candidate& c) { return std::to_string(c.window); }))
      EXPECT_NEAR(n, 256 / 3.0, 1.01);
    EXPECT_THAT(tally(set, [](const Candidate& c) { return c.feature_set; }), testing::ElementsAre(128, 128));
    for (int n : tally(set, [](const Candidate& c) { return c.feature_set + std::to_string(c.window); }))
      EXPECT_NEAR(n, 256 / 6.0, 5);
  }
}

TEST(Sobol, CoversARangeBetterThanChance) {
  const CandidateSet set = make_candidates(flights(), 1);
  // Each of 256 equal parts of the logarithm has one value; the last digit may move one across an edge.
  std::set<int> parts;
  for (const Candidate& c : set) parts.insert(static_cast<int>((std::log10(c.parameters.at("l2")) + 6) / 7 * 256));
  EXPECT_GE(parts.size(), 254u);
}

TEST(Sobol, ItsFirstCandidatesForASeedStayTheSame) {
  // A change here changes every stored run: it must be meant.
  const std::vector<std::string> all = labels(make_candidates(flights(), 1));
  EXPECT_THAT(std::vector<std::string>(all.begin(), all.begin() + 3),
              testing::ElementsAre("logistic l2=0.00668947 window=all features=weather",
                                   "logistic l2=0.000106841 window=60d features=schedule",
                                   "logistic l2=1.23978 window=90d features=weather"));
}

TEST(MakeCandidates, ParametersThatAreNotNamedTakeTheirDefault) {
  CandidatesSpec spec;
  spec.families = {{"logistic", {}}};
  EXPECT_EQ(labels(make_candidates(spec, 1)), std::vector<std::string>{"logistic l2=1 window=all features=all"});
}

TEST(MakeCandidates, AParameterCountsOnlyWhereItsConditionHolds) {
  for (const char* strategy : {"grid", "random", "sobol"}) {
    CandidatesSpec spec;
    spec.strategy = strategy;
    spec.families = {{"logistic", {{"l2", Values{1, 2, 3}}, {"bend", Values{5, 6}}}, {{"bend", {"l2", {1, 3}}}}}};
    EXPECT_THAT(labels(make_candidates(spec, 1)),
                testing::UnorderedElementsAre(
                    "logistic bend=5 l2=1 window=all features=all", "logistic bend=6 l2=1 window=all features=all",
                    "logistic l2=2 window=all features=all", "logistic bend=5 l2=3 window=all features=all",
                    "logistic bend=6 l2=3 window=all features=all"));
    spec.families[0].conditions.clear();
    EXPECT_EQ(make_candidates(spec, 1).size(), 6u);
  }
}

TEST(MakeCandidates, RefusesAGridThatDoesNotFit) {
  EXPECT_THROW(make_candidates(discrete("grid", 35), 1), SpecError);
  EXPECT_THROW(make_candidates(flights("grid"), 1), SpecError);
  EXPECT_THROW(make_candidates(flights("sobl"), 1), SpecError);
  EXPECT_THROW(make_candidates(CandidatesSpec{}, 1), SpecError);
}

TEST(MakeCandidates, ARangeWithoutRoomGivesWhatThereIs) {
  CandidatesSpec spec = flights();
  spec.windows = {};
  spec.feature_sets = {};
  spec.families[0].parameters["l2"] = Range{Range::Scale::linear, 1, 1.00002};  // three values of six digits
  EXPECT_EQ(make_candidates(spec, 1).size(), 3u);
}

}  // namespace
}  // namespace bakeoff
