#include "monitor/monitor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace bakeoff {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr Micros kStart = 20000 * kDay;
constexpr int kRows = 10;  // of a day

// Days from kStart on with labels of 0 and scores that are their errors: mae is `level(day)` and a little noise.
template <class Level>
ServedLog served(int days, const Level& level) {
  ServedLog log;
  for (int day = 0; day < days; ++day)
    for (int row = 0; row < kRows; ++row) {
      log.times.push_back(kStart + day * kDay + row);
      log.units.push_back(day);
      log.labels.push_back(0);
      log.scores.push_back(level(day) + 0.05 * std::sin(7.0 * day + row));
    }
  return log;
}

struct Asked {
  ServedLog log;
  int at = 0;  // day
  MonitorSpec spec;
  double reference = 1.0;
  Micros label_delay = 0;
  std::optional<Micros> since = {}, last_decision = {};
  Task task = Task::regression;

  TriggerDecision answer() const {
    return monitor(Execution(), log, task, spec, reference, kStart + at * kDay, label_delay, since, last_decision, 1);
  }
};

// Two weeks at 1.0, then at 1.5.
Asked ask(int at, int patience = 1) {
  Asked out{served(70, [](int day) { return day < 28 ? 1.0 : 1.5; }), at, {}};
  out.spec.metric = "mae";
  out.spec.window = 14 * kDay;
  out.spec.trigger = {0.1, 0.95, patience, 0};
  return out;
}

TEST(Monitor, TriggersWhenTheWholeIntervalLiesBeyondTheDrop) {
  const TriggerDecision sound = ask(28).answer(), declined = ask(42).answer();
  EXPECT_FALSE(sound.triggered);
  EXPECT_THAT(sound.reason, HasSubstr("not shown to have declined"));
  EXPECT_TRUE(declined.triggered);
  ASSERT_THAT(declined.windows, SizeIs(1));
  const MonitoredWindow& window = declined.windows[0];
  EXPECT_EQ(window.begin, kStart + 28 * kDay);
  EXPECT_EQ(window.end, kStart + 42 * kDay);
  EXPECT_EQ(window.units, 14);
  EXPECT_EQ(window.rows, 14 * kRows);
  EXPECT_NEAR(window.metric.value, 1.5, 0.02);
  EXPECT_LT(window.metric.low, window.metric.value);
  Asked strict = ask(42);
  strict.spec.trigger.drop = 0.5;  // the interval covers reference + drop
  EXPECT_FALSE(strict.answer().triggered);
}

TEST(Monitor, AnImprovementIsNoDecline) {
  Asked question = ask(42);
  question.reference = 3.0;
  EXPECT_FALSE(question.answer().triggered);
}

TEST(Monitor, AMaximisedMetricDeclinesDownwards) {
  Asked question = ask(42);
  question.task = Task::binary;
  question.spec.metric = "roc_auc";
  for (std::size_t i = 0; i < question.log.labels.size(); ++i) {
    question.log.labels[i] = i % 2;
    const double mixed = std::sin(12.9898 * static_cast<double>(i)) * 43758.5453;
    question.log.scores[i] = (i % 2) * 0.3 + mixed - std::floor(mixed);  // an AUC of about 1 - .7^2 / 2
  }
  question.reference = 0.99;
  EXPECT_TRUE(question.answer().triggered);
  question.reference = 0.8;
  EXPECT_FALSE(question.answer().triggered);
}

TEST(Monitor, PatienceAsksForThatManyWindowsInARow) {
  const TriggerDecision first = ask(42, 2).answer(), second = ask(56, 2).answer();
  EXPECT_FALSE(first.triggered);
  EXPECT_EQ(first.declined_in_a_row, 1);
  EXPECT_THAT(first.reason, HasSubstr("1 of 2 windows in a row"));
  EXPECT_TRUE(second.triggered);
  EXPECT_THAT(second.windows, SizeIs(2));
}

TEST(Monitor, AWindowWithoutRowsBreaksTheRow) {
  Asked question = ask(70, 3);
  question.log = served(70, [](int day) { return day < 28 ? 1.0 : 1.5; });
  ServedLog& log = question.log;
  ServedLog kept;
  for (std::size_t i = 0; i < log.times.size(); ++i)
    if (const int day = static_cast<int>(log.units[i]); day < 42 || day >= 56) {
      kept.times.push_back(log.times[i]);
      kept.units.push_back(log.units[i]);
      kept.labels.push_back(log.labels[i]);
      kept.scores.push_back(log.scores[i]);
    }
  question.log = kept;
  EXPECT_FALSE(question.answer().triggered);
}

TEST(Monitor, WaitsForTheCooldown) {
  Asked question = ask(42);
  question.spec.trigger.cooldown = 28 * kDay;
  question.last_decision = kStart + 20 * kDay;
  EXPECT_FALSE(question.answer().triggered);
  EXPECT_THAT(question.answer().reason, HasSubstr("within the cooldown"));
  question.last_decision = kStart + 14 * kDay;  // exactly as long ago as the cooldown lasts
  EXPECT_TRUE(question.answer().triggered);
}

TEST(Monitor, LeavesOutWhatAnotherChampionServedAndWhatHasNoLabelYet) {
  Asked question = ask(42);
  question.since = kStart + 29 * kDay;
  EXPECT_FALSE(question.answer().triggered);
  EXPECT_THAT(question.answer().reason, HasSubstr("no whole window"));
  question = ask(42);
  question.label_delay = 3 * kDay;
  EXPECT_EQ(question.answer().windows.at(0).end, kStart + 39 * kDay);
  EXPECT_EQ(question.answer().windows.at(0).begin, kStart + 25 * kDay);
}

TEST(Monitor, WhatIsUndefinedTriggersNothing) {
  Asked question = ask(42);
  question.task = Task::binary;
  question.spec.metric = "roc_auc";  // all labels are 0
  const TriggerDecision decision = question.answer();
  EXPECT_FALSE(decision.triggered);
  EXPECT_TRUE(std::isnan(decision.windows.at(0).metric.value));
  question.log = {};
  EXPECT_FALSE(question.answer().triggered);
  EXPECT_THAT(question.answer().reason, HasSubstr("no whole window"));
}

}  // namespace
}  // namespace bakeoff
