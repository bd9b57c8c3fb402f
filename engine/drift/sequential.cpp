#include "drift/sequential.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "core/error.h"
#include "core/text.h"

namespace bakeoff {
namespace {

void require(bool good, const char* detector, const char* option, const char* expected, double got) {
  if (!good)
    throw SpecError(std::string(detector) + ": " + option + ": expected " + expected + ", got " + shortest(got));
}

void require_finite(double value, const char* detector) {
  if (!std::isfinite(value))
    throw DataError(std::string(detector) + ": expected a finite number, got " + shortest(value) +
                    "; leave out what is missing");
}

}  // namespace

Adwin::Adwin(const Options& options) : options_(options) {
  require(options.delta > 0 && options.delta < 1, "Adwin", "delta", "between 0 and 1", options.delta);
  require(options.clock >= 1, "Adwin", "clock", "1 or more", options.clock);
  require(options.max_buckets >= 2, "Adwin", "max_buckets", "2 or more", options.max_buckets);
  require(options.min_window >= 1, "Adwin", "min_window", "1 or more", options.min_window);
  require(options.grace >= 1, "Adwin", "grace", "1 or more", options.grace);
}

void Adwin::insert(double value) {
  if (rows_.empty()) rows_.emplace_back();
  rows_[0].push_back({value, 0});
  if (width_ > 0) {
    const auto n = static_cast<double>(width_);
    const double off = value - total_ / n;
    squares_ += n * off * off / (n + 1);
  }
  ++width_;
  total_ += value;
}

// The two oldest of too many buckets become one of twice the size.
void Adwin::compress() {
  for (std::size_t row = 0; row < rows_.size(); ++row) {
    if (rows_[row].size() <= static_cast<std::size_t>(options_.max_buckets)) break;
    if (row + 1 == rows_.size()) rows_.emplace_back();
    const Bucket a = rows_[row][0], b = rows_[row][1];
    const double n = std::ldexp(1.0, static_cast<int>(row)), off = (a.total - b.total) / n;
    rows_[row + 1].push_back({a.total + b.total, a.squares + b.squares + n * off * off / 2});
    rows_[row].erase(rows_[row].begin(), rows_[row].begin() + 2);
  }
}

void Adwin::drop_oldest() {
  std::vector<Bucket>& row = rows_.back();
  const auto n = std::int64_t{1} << (rows_.size() - 1);
  const Bucket gone = row.front();
  row.erase(row.begin());
  width_ -= n;
  total_ -= gone.total;
  if (width_ > 0) {
    const auto m = static_cast<double>(n), left = static_cast<double>(width_);
    const double off = gone.total / m - total_ / left;
    squares_ = std::max(0.0, squares_ - gone.squares - m * left * off * off / (m + left));
  } else {
    squares_ = 0;
  }
  while (!rows_.empty() && rows_.back().empty()) rows_.pop_back();
}

// Over all cuts between buckets: the difference of the means over what chance allows.
double Adwin::largest_ratio() const {
  const double d = std::log(2 * std::log(static_cast<double>(width_)) / options_.delta);
  double before = 0, largest = 0;
  std::int64_t n0 = 0;
  for (std::size_t row = rows_.size(); row-- > 0;)
    for (const Bucket& bucket : rows_[row]) {
      n0 += std::int64_t{1} << row;
      before += bucket.total;
      const std::int64_t n1 = width_ - n0;
      if (n0 < options_.min_window || n1 < options_.min_window) continue;
      const double inverse =
          1 / static_cast<double>(n0 - options_.min_window + 1) + 1 / static_cast<double>(n1 - options_.min_window + 1);
      const double bound = std::sqrt(2 * inverse * variance() * d) + 2. / 3 * inverse * d;
      const double difference = before / static_cast<double>(n0) - (total_ - before) / static_cast<double>(n1);
      largest = std::max(largest, std::abs(difference) / bound);
    }
  return largest;
}

bool Adwin::update(double value) {
  require_finite(value, "Adwin");
  drifted_ = false;
  insert(value);
  compress();
  if (++seen_ % options_.clock != 0 || width_ <= options_.grace) return false;
  statistic_ = largest_ratio();
  drifted_ = statistic_ > 1;
  for (double ratio = statistic_; ratio > 1; ratio = largest_ratio()) drop_oldest();
  return drifted_;
}

PageHinkley::PageHinkley(const Options& options) : options_(options) {
  require(options.delta >= 0, "PageHinkley", "delta", "0 or more", options.delta);
  require(options.threshold > 0, "PageHinkley", "threshold", "above 0", options.threshold);
  require(options.alpha > 0 && options.alpha <= 1, "PageHinkley", "alpha", "above 0, at most 1", options.alpha);
  require(options.min_values >= 1, "PageHinkley", "min_values", "1 or more", options.min_values);
  if (!options.up && !options.down)
    throw SpecError("PageHinkley: expected up, down or both to be true: with neither no change is ever seen");
}

void PageHinkley::reset() {
  n_ = 0;
  mean_ = rising_ = lowest_ = falling_ = highest_ = 0;
  drifted_ = false;
}

double PageHinkley::statistic() const {
  const double up = options_.up ? rising_ - lowest_ : 0, down = options_.down ? highest_ - falling_ : 0;
  return std::max(up, down);
}

bool PageHinkley::update(double value) {
  require_finite(value, "PageHinkley");
  if (drifted_) reset();
  ++n_;
  mean_ += (value - mean_) / static_cast<double>(n_);
  const double off = value - mean_;
  rising_ = options_.alpha * rising_ + off - options_.delta;
  falling_ = options_.alpha * falling_ + off + options_.delta;
  lowest_ = n_ == 1 ? rising_ : std::min(lowest_, rising_);
  highest_ = n_ == 1 ? falling_ : std::max(highest_, falling_);
  return drifted_ = n_ >= options_.min_values && statistic() > options_.threshold;
}

Cusum::Cusum(const Options& options) : options_(options), mean_(options.mean), deviation_(options.deviation) {
  require(options.slack >= 0, "Cusum", "slack", "0 or more", options.slack);
  require(options.threshold > 0, "Cusum", "threshold", "above 0", options.threshold);
  require(options.deviation >= 0, "Cusum", "deviation", "0 (to be learnt) or more", options.deviation);
  require(options.warm_up >= 2, "Cusum", "warm_up", "2 or more", options.warm_up);
}

void Cusum::learn(double value) {
  if (n_ == 0) mean_ = squares_ = 0;
  ++n_;
  const double off = value - mean_;
  mean_ += off / static_cast<double>(n_);
  squares_ += off * (value - mean_);
  // A constant start teaches no scale: wait for a value that differs.
  if (n_ >= options_.warm_up && squares_ > 0) deviation_ = std::sqrt(squares_ / static_cast<double>(n_ - 1));
}

bool Cusum::update(double value) {
  require_finite(value, "Cusum");
  if (drifted_) {
    high_ = low_ = 0;
    n_ = 0;
    deviation_ = options_.deviation;
    drifted_ = false;
  }
  if (deviation_ == 0) {
    learn(value);
    return false;
  }
  const double z = (value - mean_) / deviation_;
  high_ = std::max(0.0, high_ + z - options_.slack);
  low_ = std::max(0.0, low_ - z - options_.slack);
  return drifted_ = statistic() > options_.threshold;
}

}  // namespace bakeoff
