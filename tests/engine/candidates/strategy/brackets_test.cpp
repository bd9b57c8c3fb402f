#include "candidates/strategy/brackets.h"

#include <gmock/gmock.h>

#include <cmath>

#include "core/error.h"

namespace bakeoff {
namespace {

CandidatesSpec a_range(const std::string& strategy, int count) {
  CandidatesSpec spec;
  spec.count = count;
  spec.strategy = strategy;
  spec.families = {{"logistic", {{"l2", Range{Range::Scale::log, 1e-6, 10}}}}};
  return spec;
}

struct Rung {
  std::size_t candidates;
  double fraction;
};
bool operator==(const Rung& a, const Rung& b) {
  return a.candidates == b.candidates && std::abs(a.fraction - b.fraction) < 1e-12;
}

// Tells -|log(l2) - log(target)|, `piece` candidates at a time.
std::vector<Rung> play(SearchStrategy& search, double target, int piece, CandidateSet& last) {
  std::vector<Rung> rungs;
  while (!search.finished()) {
    Rung rung{0, search.fraction()};
    CandidateSet all;
    for (CandidateSet set = search.ask(piece); !set.empty(); set = search.ask(piece))
      all.insert(all.end(), set.begin(), set.end());
    std::vector<double> merits;
    for (const Candidate& c : all) merits.push_back(-std::abs(std::log(c.parameters.at("l2") / target)));
    rung.candidates = all.size();
    if (rung.fraction == 1) last.insert(last.end(), all.begin(), all.end());
    search.tell(merits);
    rungs.push_back(rung);
  }
  return rungs;
}

TEST(Halving, KeepsTheBestThirdOnThreeTimesTheUnitsUntilAll) {
  CandidateSet last;
  const auto search = make_strategy(a_range("halving", 81), {.seed = 3});
  EXPECT_EQ(play(*search, 1e-3, 1000, last),
            (std::vector<Rung>{{81, 1 / 81.}, {27, 1 / 27.}, {9, 1 / 9.}, {3, 1 / 3.}, {1, 1.}}));
  CandidateSet first = make_strategy(a_range("sobol", 81), {.seed = 3})->ask(81);
  const auto distance = [](const Candidate& c) { return std::abs(std::log(c.parameters.at("l2") / 1e-3)); };
  std::sort(first.begin(), first.end(), [&](const auto& a, const auto& b) { return distance(a) < distance(b); });
  ASSERT_EQ(last.size(), 1u);
  EXPECT_EQ(last[0].label(), first[0].label());
}

TEST(Halving, AsksInPiecesWhatItAsksAtOnce) {
  CandidateSet at_once, in_pieces;
  const auto a = make_strategy(a_range("halving", 100), {.seed = 4}),
             b = make_strategy(a_range("halving", 100), {.seed = 4});
  EXPECT_EQ(play(*a, 1, 1000, at_once), play(*b, 1, 7, in_pieces));
  ASSERT_EQ(at_once.size(), in_pieces.size());
  for (std::size_t i = 0; i < at_once.size(); ++i) EXPECT_EQ(at_once[i].label(), in_pieces[i].label());
}

TEST(Halving, NoRungHasFewerUnitsThanAllowed) {
  CandidateSet last;
  const auto search = make_strategy(a_range("halving", 81), {.seed = 1, .least_fraction = 1 / 9.});
  EXPECT_EQ(play(*search, 1, 1000, last), (std::vector<Rung>{{81, 1 / 9.}, {27, 1 / 3.}, {9, 1.}}));
  const auto whole = make_strategy(a_range("halving", 81), {.seed = 1, .least_fraction = 0.9});
  EXPECT_EQ(play(*whole, 1, 1000, last), (std::vector<Rung>{{81, 1.}}));
}

TEST(Halving, GivesNothingUntilTheRungIsToldAndThenGoesOn) {
  const auto search = make_strategy(a_range("halving", 9), {.seed = 1});
  EXPECT_EQ(search->ask(100).size(), 9u);
  EXPECT_TRUE(search->ask(100).empty());
  search->tell({1, 2, 3, 4});
  EXPECT_TRUE(search->ask(100).empty());
  search->tell({5, 6, 7, 8, 9});
  EXPECT_EQ(search->ask(100).size(), 3u);
}

TEST(Halving, WhatFailedGoesAndIfAllFailedTheSearchEnds) {
  const auto search = make_strategy(a_range("halving", 9), {.seed = 1});
  const CandidateSet first = search->ask(9);
  search->tell({kNaN, 1, kNaN, kNaN, kNaN, kNaN, 2, kNaN, kNaN});
  const CandidateSet second = search->ask(9);
  ASSERT_EQ(second.size(), 2u);
  EXPECT_EQ(second[0].label(), first[1].label());
  EXPECT_EQ(second[1].label(), first[6].label());
  search->tell({kNaN, kNaN});
  EXPECT_TRUE(search->finished());
  EXPECT_TRUE(search->ask(9).empty());
}

TEST(Halving, RefusesValuesOfCandidatesItDidNotGive) {
  const auto search = make_strategy(a_range("halving", 9), {.seed = 1});
  EXPECT_THROW(search->tell({1}), SpecError);
  search->ask(2);
  EXPECT_THROW(search->tell({1, 2, 3}), SpecError);
}

TEST(Hyperband, HasABracketForEachNumberOfHalvingsAndBeginsWithTheCountInAll) {
  CandidateSet last;
  const auto search = make_strategy(a_range("hyperband", 46), {.seed = 2, .least_fraction = 1 / 9.});
  // 15, 7.5 (rounded to even or away), 3 of standard Hyperband with eta 3 and R 9 have the ratio 9 : 4.5 : 3.
  const std::vector<Rung> rungs = play(*search, 1, 1000, last);
  EXPECT_EQ(rungs, (std::vector<Rung>{{25, 1 / 9.}, {9, 1 / 3.}, {3, 1.}, {13, 1 / 3.}, {5, 1.}, {8, 1.}}));
  EXPECT_EQ(last.size(), 16u);
}

TEST(Hyperband, ASmallSpaceEndsTheSearch) {
  CandidatesSpec spec = a_range("hyperband", 40);
  spec.families[0].parameters["l2"] = std::vector<double>{1, 2, 3};
  CandidateSet last;
  const auto search = make_strategy(spec, {.seed = 1});
  std::size_t first_rungs = 0;
  for (const Rung& rung : play(*search, 1, 1000, last)) first_rungs = std::max(first_rungs, rung.candidates);
  EXPECT_LE(first_rungs, 3u);
  EXPECT_FALSE(last.empty());
}

}  // namespace
}  // namespace bakeoff
