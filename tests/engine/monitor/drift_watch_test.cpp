// Drift as a trigger: what is compared, and what follows.
#include "monitor/drift_watch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bakeoff {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr Micros kStart = 20000 * kDay;

Dataset table(int rows, double shift, double scale = 1) {
  NumericColumn moves, stays;
  for (int i = 0; i < rows; ++i) {
    moves.values.push_back(scale * ((i * 37) % 101) + shift);
    stays.values.push_back((i * 53) % 97);
  }
  return Dataset({{"moves", moves}, {"stays", stays}}, "log");
}

MonitorSpec monitor_spec() {
  MonitorSpec spec;
  spec.window = 14 * kDay;
  spec.trigger.patience = 1;
  spec.trigger.drift = DriftTriggerSpec{{{"psi", 0.2}}, 0.05};
  return spec;
}

DriftWatch watch(const Dataset& before, const Dataset& now, const DriftTriggerSpec& spec, DriftUnits units = {}) {
  DriftWatch out = drift_periods(monitor_spec(), kStart, kStart + 70 * kDay);
  watch_drift(Execution(), {{view_of(before), view_of(now), std::move(units)}}, spec, 1, out);
  return out;
}

TEST(DriftWatch, NamesTheColumnThatMovedWithItsFigures) {
  const DriftWatch found = watch(table(1000, 0), table(1000, 60), {{{"psi", 0.2}}, 0.05});
  EXPECT_THAT(found.drifted, ElementsAre("moves"));
  EXPECT_THAT(found.reason, AllOf(HasSubstr("of moves (psi "), HasSubstr("1000 rows against 1000")));
  const DriftWatch none = watch(table(1000, 0), table(1000, 0), {{{"psi", 0.2}}, 0.05});
  EXPECT_THAT(none.drifted, IsEmpty());
  EXPECT_THAT(none.reason, HasSubstr("none in 2 columns"));
}

TEST(DriftWatch, WantsBothSignificanceAndSize) {
  // Many rows, a small shift: significant and small.
  const Dataset before = table(50000, 0), now = table(50000, 3);
  EXPECT_THAT(watch(before, now, {{{"ks", 0}}, 0.05}).drifted, ElementsAre("moves"));
  EXPECT_THAT(watch(before, now, {{{"ks", 0.2}}, 0.05}).drifted, IsEmpty());
  // Few rows, a large effect: large and by chance.
  const DriftWatch few = watch(table(6, 0), table(6, 20), {{{"ks", 0.1}}, 0.05});
  EXPECT_GT(few.report.columns[0].tests[0].effect, 0.1);
  EXPECT_THAT(few.drifted, IsEmpty());
}

// One unit a side has nothing to be permuted with.
TEST(DriftWatch, PermutesUnitsWhereThereAreSome) {
  const DriftUnits one{std::vector<std::int64_t>(1000, 1), std::vector<std::int64_t>(1000, 2)};
  const DriftWatch found = watch(table(1000, 0), table(1000, 60), {{{"psi", 0.2}}, 0.05}, one);
  EXPECT_THAT(found.drifted, IsEmpty());
  EXPECT_EQ(found.report.columns[0].tests[0].method, "units");
}

TEST(DriftWatch, WaitsUntilTwoWindowsWereServed) {
  const MonitorSpec spec = monitor_spec();
  EXPECT_THAT(drift_periods(spec, kStart, kStart + 28 * kDay - 1).reason, HasSubstr("not judged before"));
  const DriftWatch ready = drift_periods(spec, kStart, kStart + 28 * kDay);
  EXPECT_EQ(ready.reason, "");
  EXPECT_EQ(ready.reference.end, ready.current.begin);
  const DriftWatch empty = watch(table(0, 0), table(10, 0), {{{"psi", 0.2}}, 0.05});
  EXPECT_THAT(empty.reason, HasSubstr("log has no rows from"));
  EXPECT_THAT(empty.report.columns, IsEmpty());
}

TEST(DriftWatch, TriggersUnlessTheCooldownHolds) {
  const MonitorSpec spec = monitor_spec();
  TriggerSpec trigger = spec.trigger;
  trigger.cooldown = 28 * kDay;
  const Micros at = kStart + 70 * kDay;
  const DriftWatch moved = watch(table(1000, 0), table(1000, 60), *spec.trigger.drift);
  TriggerDecision decision;
  add_drift(decision, moved, trigger, at, {});
  EXPECT_TRUE(decision.triggered);
  EXPECT_THAT(decision.reason, HasSubstr("drift of moves"));
  TriggerDecision cooling;
  add_drift(cooling, moved, trigger, at, at - 27 * kDay);
  EXPECT_FALSE(cooling.triggered);
  EXPECT_THAT(cooling.reason, HasSubstr("within the cooldown"));
  TriggerDecision quiet;
  add_drift(quiet, watch(table(1000, 0), table(1000, 0), *spec.trigger.drift), trigger, at, {});
  EXPECT_FALSE(quiet.triggered);
}

}  // namespace
}  // namespace bakeoff
