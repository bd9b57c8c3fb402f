// Detectors of change in a stream, one value at a time: a metric, an error, a feature. Each forgets what was before
// once it has seen a change, so that the next one is found too. DataError for a value that is no finite number.
#pragma once
#include <cstdint>
#include <vector>

namespace bakeoff {

// Bifet and Gavalda, "Learning from time-changing data with adaptive windowing" (ADWIN2), SDM 2007. A window of recent
// values in an exponential histogram, at most M buckets of each size 1, 2, 4, ...: memory and time grow with the
// logarithm of the window. Older buckets go while some cut of the window has means that differ by more than
//   sqrt(2 v d / h) + 2 d / (3 h),  d = ln(2 ln(W) / delta),  1/h = 1/(n0 - s + 1) + 1/(n1 - s + 1),
// v the variance of the window of W values and s the shortest side: false alarms at most delta a test.
class Adwin {
 public:
  struct Options {
    double delta = 0.002;
    int clock = 32;       // values between tests
    int max_buckets = 5;  // M
    int min_window = 5;   // s
    int grace = 10;       // no test of fewer values
  };
  explicit Adwin(const Options& options);

  bool update(double value);  // drifted()
  bool drifted() const { return drifted_; }
  // The largest difference of means in the last test over its bound; above 1 a change was seen.
  double statistic() const { return statistic_; }
  std::int64_t width() const { return width_; }
  double mean() const { return width_ > 0 ? total_ / static_cast<double>(width_) : 0; }
  double variance() const { return width_ > 0 ? squares_ / static_cast<double>(width_) : 0; }

 private:
  struct Bucket {
    double total = 0, squares = 0;  // squares: of the deviations from its mean
  };
  void insert(double value);
  void compress();
  void drop_oldest();
  double largest_ratio() const;

  Options options_;
  std::vector<std::vector<Bucket>> rows_;  // row i: buckets of 2^i values, oldest first
  std::int64_t width_ = 0, seen_ = 0;
  double total_ = 0, squares_ = 0, statistic_ = 0;
  bool drifted_ = false;
};

// Page, "Continuous inspection schemes", Biometrika 41 (1954), with the running mean in the place of the known one
// (Hinkley 1971): m_t = alpha m_(t-1) + x_t - mean_t - delta; alarm when m_t - min m > threshold, and the mirror image
// for decreases.
class PageHinkley {
 public:
  struct Options {
    double delta = 0.005, threshold = 50, alpha = 0.9999;
    int min_values = 30;
    bool up = true, down = true;
  };
  explicit PageHinkley(const Options& options);

  bool update(double value);
  bool drifted() const { return drifted_; }
  double statistic() const;  // the larger of the sides; an alarm above the threshold
  double mean() const { return mean_; }

 private:
  void reset();

  Options options_;
  std::int64_t n_ = 0;
  double mean_ = 0, rising_ = 0, lowest_ = 0, falling_ = 0, highest_ = 0;
  bool drifted_ = false;
};

// The tabular CUSUM (Page 1954; Montgomery, "Introduction to statistical quality control", ch. 9): of z = (x - mean) /
// deviation, high = max(0, high + z - slack), low = max(0, low - z - slack); alarm when one exceeds the threshold. With
// slack .5 and threshold 5 a false alarm comes every 465 values on average, and a shift of one deviation is seen
// after 10.4.
class Cusum {
 public:
  struct Options {
    double slack = 0.5, threshold = 5;
    double mean = 0,
           deviation = 0;  // deviation 0: both are taken from the first `warm_up` values, and after an alarm again
    int warm_up = 30;
  };
  explicit Cusum(const Options& options);

  bool update(double value);
  bool drifted() const { return drifted_; }
  double statistic() const { return high_ > low_ ? high_ : low_; }

 private:
  void learn(double value);

  Options options_;
  std::int64_t n_ = 0;
  double mean_ = 0, squares_ = 0, deviation_ = 0, high_ = 0, low_ = 0;
  bool drifted_ = false;
};

// Positions of the values at which `detector` saw a change.
template <class Detector>
std::vector<std::int64_t> update_many(Detector& detector, const double* values, std::int64_t n) {
  std::vector<std::int64_t> changes;
  for (std::int64_t i = 0; i < n; ++i)
    if (detector.update(values[i])) changes.push_back(i);
  return changes;
}

}  // namespace bakeoff
