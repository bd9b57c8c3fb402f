#include "evaluate/gaps.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "evaluate/intervals.h"

namespace bakeoff {
namespace {

struct Range {
  double low, high;

  double difference() const { return high - low; }
  double ratio() const { return high == 0 ? kNaN : low / high; }
};

// value(slice) of slices that have one.
template <class Value>
Range range_of(const std::vector<std::int64_t>& slices, const Value& value) {
  Range out{value(slices[0]), value(slices[0])};
  for (const std::int64_t s : slices) {
    const double v = value(s);
    if (std::isnan(v)) return {kNaN, kNaN};
    out = {std::min(out.low, v), std::max(out.high, v)};
  }
  return out;
}

Interval with_ends(double value, std::vector<double> replicates, double confidence) {
  std::erase_if(replicates, [](double v) { return std::isnan(v); });
  std::sort(replicates.begin(), replicates.end());
  return percentile_interval(value, replicates, confidence);
}

}  // namespace

Gaps gaps(const Scoreboard& board, const std::vector<std::int64_t>& slices) {
  const auto metrics = static_cast<std::int64_t>(board.metric_names.size());
  const auto candidates = static_cast<std::int64_t>(board.names.size());
  for (const std::int64_t s : slices)
    if (s < 0 || s >= static_cast<std::int64_t>(board.slice_names.size()))
      throw SpecError("gaps: expected slices of the report, got number " + std::to_string(s));
  Gaps out;
  for (std::int64_t m = 0; m < candidates; ++m)
    for (std::int64_t k = 0; k < metrics; ++k) {
      const auto value = [&](std::int64_t s) { return board.cell(m, s, k).value; };
      std::vector<std::int64_t> valued;
      std::copy_if(slices.begin(), slices.end(), std::back_inserter(valued),
                   [&](auto s) { return !std::isnan(value(s)); });
      out.lowest.push_back(-1), out.highest.push_back(-1), out.valid_resamples.push_back(0);
      out.difference.emplace_back(), out.ratio.emplace_back();
      if (valued.size() < 2) continue;
      const auto less = [&](auto a, auto b) { return value(a) < value(b); };
      out.lowest.back() = *std::min_element(valued.begin(), valued.end(), less);
      out.highest.back() = *std::max_element(valued.begin(), valued.end(), less);
      std::vector<double> differences, ratios;
      for (std::int64_t b = 0; b < board.resamples; ++b) {
        const double* const at = board.replicates.data() + b * static_cast<std::int64_t>(board.cells.size());
        const Range range = range_of(valued, [&](std::int64_t s) { return at[board.index(m, s, k)]; });
        differences.push_back(range.difference()), ratios.push_back(range.ratio());
        out.valid_resamples.back() += !std::isnan(range.low);
      }
      const Range range = range_of(valued, value);
      out.difference.back() = with_ends(range.difference(), differences, board.confidence);
      out.ratio.back() = with_ends(range.ratio(), ratios, board.confidence);
    }
  return out;
}

}  // namespace bakeoff
