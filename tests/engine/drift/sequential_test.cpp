// The detectors against their definitions: run lengths from the literature, windows kept as plain lists.
#include "drift/sequential.h"

#include <gtest/gtest.h>

#include <cmath>
#include <deque>
#include <numeric>
#include <random>

#include "core/error.h"

namespace bakeoff {
namespace {

double mean_run_length(double threshold, double shift, int runs) {
  std::mt19937_64 rng(5);
  std::normal_distribution<double> normal(shift, 1);
  double total = 0;
  for (int run = 0; run < runs; ++run) {
    Cusum cusum({.5, threshold, 0, 1, 30});
    do ++total;
    while (!cusum.update(normal(rng)));
  }
  return total / runs;
}

// Montgomery, table 9.4 (slack .5): average run lengths of 168 (h = 4) and 465 (h = 5) without a shift; 8.38 and 10.4
// with one of a deviation. Run lengths are about geometric: 1,500 runs put the mean within 10 % (4 sigma).
TEST(Cusum, RunLengthsAreThePublishedOnes) {
  EXPECT_NEAR(mean_run_length(4, 0, 1500), 168, 17);
  EXPECT_NEAR(mean_run_length(5, 0, 1500), 465, 47);
  EXPECT_NEAR(mean_run_length(4, 1, 1500), 8.38, .4);
  EXPECT_NEAR(mean_run_length(5, 1, 1500), 10.4, .5);
  EXPECT_NEAR(mean_run_length(5, -1, 1500), 10.4, .5);
}

TEST(Cusum, LearnsItsScaleAndLearnsAgainAfterAnAlarm) {
  std::mt19937_64 rng(6);
  std::normal_distribution<double> normal;
  std::vector<double> stream;
  for (int i = 0; i < 900; ++i) stream.push_back(100 + 7 * normal(rng) + (i < 300 ? 0 : i < 600 ? 40 : -40));
  Cusum cusum({.5, 10, 0, 0, 100});
  const std::vector<std::int64_t> changes = update_many(cusum, stream.data(), 900);
  ASSERT_EQ(changes.size(), 2u);
  EXPECT_NEAR(static_cast<double>(changes[0]), 303, 3);
  EXPECT_NEAR(static_cast<double>(changes[1]), 603, 3);
  Cusum constant({.5, 5, 0, 0, 10});
  for (int i = 0; i < 100; ++i) EXPECT_FALSE(constant.update(3));
}

TEST(PageHinkley, IsItsDefinition) {
  std::mt19937_64 rng(7);
  std::normal_distribution<double> normal;
  PageHinkley detector({.05, 8, 1, 30, true, false});
  std::vector<double> since;
  int alarms = 0;
  for (int i = 0; i < 3000; ++i) {
    since.push_back(.3 * normal(rng) + (i / 500) % 2);
    const bool seen = detector.update(since.back());
    double m = 0, lowest = 0, sum = 0;  // of all values since the last alarm, again from the first
    for (std::size_t t = 0; t < since.size(); ++t) {
      sum += since[t];
      m += since[t] - sum / static_cast<double>(t + 1) - .05;
      lowest = t == 0 ? m : std::min(lowest, m);
    }
    ASSERT_NEAR(detector.statistic(), m - lowest, 1e-9) << i;
    ASSERT_EQ(seen, since.size() >= 30 && m - lowest > 8) << i;
    alarms += seen;
    if (seen) since.clear();
  }
  EXPECT_EQ(alarms, 3);  // rises at 500, 1500, 2500; falls aren't asked for
}

TEST(PageHinkley, SeesFallsAsItSeesRises) {
  std::mt19937_64 rng(8);
  std::normal_distribution<double> normal;
  PageHinkley there({.005, 20, .9999, 30, true, true}), mirrored = there;
  for (int i = 0; i < 2000; ++i) {
    const double value = normal(rng) + (i < 1000 ? 0 : 2);
    ASSERT_EQ(there.update(value), mirrored.update(-value)) << i;
  }
}

// The window as a list of values: its mean and variance, and no cut that the bound allows to see.
TEST(Adwin, KeepsWhatAListWouldKeep) {
  std::mt19937_64 rng(9);
  std::uniform_real_distribution<double> uniform;
  Adwin adwin({.01, 32, 5, 5, 10});
  std::deque<double> window;
  for (int i = 0; i < 4000; ++i) {
    window.push_back(uniform(rng) + (i < 1500 ? 0 : i < 2500 ? .6 : -.3));
    adwin.update(window.back());
    while (static_cast<std::int64_t>(window.size()) > adwin.width()) window.pop_front();
    ASSERT_EQ(static_cast<std::int64_t>(window.size()), adwin.width());
    if (i % 50 != 49) continue;
    const double n = static_cast<double>(window.size());
    const double mean = std::accumulate(window.begin(), window.end(), 0.0) / n;
    double squares = 0;
    for (double value : window) squares += (value - mean) * (value - mean);
    ASSERT_NEAR(adwin.mean(), mean, 1e-9) << i;
    ASSERT_NEAR(adwin.variance(), squares / n, 1e-9) << i;
  }
  EXPECT_LT(adwin.width(), 1550);  // what was before 2,500 is gone
  EXPECT_GT(adwin.width(), 1400);
}

// Gold: ADWIN(delta=0.002) of river 0.26.1 and its PageHinkley() see the changes of this stream at the same values.
std::vector<double> lehmer_stream() {
  std::vector<double> stream;
  std::uint64_t state = 12345;
  for (int i = 0; i < 6000; ++i) {
    state = state * 48271 % 2147483647;
    const double u = static_cast<double>(state) / 2147483647.0;
    stream.push_back(u + (i < 2000 ? 0 : i < 4000 ? .5 : .2));
  }
  return stream;
}

// river starts anew after a change, where the paper only shrinks the window.
TEST(Adwin, SeesChangesWhereRiverDoes) {
  const std::vector<double> stream = lehmer_stream();
  Adwin adwin({});
  std::vector<std::int64_t> changes, widths;
  std::vector<double> means;
  for (std::size_t i = 0; i < stream.size(); ++i) {
    if (!adwin.update(stream[i])) continue;
    changes.push_back(static_cast<std::int64_t>(i));
    widths.push_back(adwin.width());
    means.push_back(adwin.mean());
    adwin = Adwin({});
  }
  ASSERT_EQ(changes, (std::vector<std::int64_t>{2047, 4063}));
  EXPECT_EQ(widths, (std::vector<std::int64_t>{96, 544}));
  EXPECT_NEAR(means[0], 0.7574762852441329, 1e-12);
  EXPECT_NEAR(means[1], 0.9516702376818872, 1e-12);
  EXPECT_EQ(adwin.width(), 1936);
}

TEST(PageHinkley, SeesChangesWhereRiverDoes) {
  const std::vector<double> stream = lehmer_stream();
  PageHinkley detector({.005, 20, .9999, 30, true, true});
  EXPECT_EQ(update_many(detector, stream.data(), 6000), (std::vector<std::int64_t>{2035, 4033}));
}

// At most delta a test is promised; over 20 streams of 5,000 values (3,125 tests) there is hardly an alarm.
TEST(Adwin, SeldomAlarmsWithoutAChange) {
  std::mt19937_64 rng(10);
  std::normal_distribution<double> normal;
  int alarms = 0;
  for (int stream = 0; stream < 20; ++stream) {
    Adwin adwin({});
    for (int i = 0; i < 5000; ++i) alarms += adwin.update(normal(rng));
  }
  EXPECT_LE(alarms, 6);
}

TEST(Detectors, NameWhatIsWrong) {
  EXPECT_THROW(Adwin({0}), SpecError);
  EXPECT_THROW(PageHinkley({.1, 5, 1, 30, false, false}), SpecError);
  EXPECT_THROW(Cusum({.5, 0}), SpecError);
  Adwin adwin({});
  EXPECT_THROW(adwin.update(std::nan("")), DataError);
}

}  // namespace
}  // namespace bakeoff
