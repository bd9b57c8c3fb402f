// max_error. A replicate is the largest error of the rows it drew: walk the units from the largest error down to the
// first one that was drawn, on average 1.6 of them.
#include <algorithm>
#include <cmath>

#include "evaluate/row_set_state.h"
#include "kernels/resample/weights.h"

namespace bakeoff {
namespace {

// Units sorted at first. That none of 64 is drawn happens once in 1e27 resamples; then all are sorted.
constexpr std::size_t kFirstUnits = 64;

struct UnitError {
  double error;
  std::int64_t id;
  bool operator<(const UnitError& other) const { return error > other.error; }
};

// The largest error of each unit that has a row with weight.
template <class T>
std::vector<UnitError> unit_errors(const RowSet<T>& set, Index candidate) {
  const auto scores = set.scores_of(candidate);
  std::vector<UnitError> errors(static_cast<std::size_t>(set.units.count()), {-1, 0});
  for (Index i = 0; i < set.n; ++i) {
    if (set.input.weights && set.input.weights[i] == 0) continue;
    UnitError& unit = errors[set.units.by_row() ? static_cast<std::size_t>(i) : set.units.of_row[i]];
    unit.id = set.units.by_row() ? i : set.units.ids[set.units.of_row[i]];
    unit.error = std::max(unit.error, std::abs(set.input.labels[i] - static_cast<double>(scores(i))));
  }
  std::erase_if(errors, [](const UnitError& unit) { return unit.error < 0; });
  return errors;
}

double drawn_maximum(const std::vector<UnitError>& sorted, std::size_t count, kernels::RngKey key, Index resample) {
  for (std::size_t i = 0; i < count; ++i)
    if (kernels::unit_weight(key, sorted[i].id, static_cast<std::uint32_t>(resample)) > 0) return sorted[i].error;
  return kNaN;
}

}  // namespace

template <class T>
void maximum_metrics(RowSet<T>& set) {
  for (const std::size_t place : set.plan.maxima)
    for (Index candidate = 0; candidate < set.m; ++candidate) {
      set.execution.check_stop();
      std::vector<UnitError> errors = unit_errors(set, candidate);
      if (errors.empty()) {
        set.value(candidate, place) = {kNaN, set.n == 0 ? Reason::empty : Reason::no_weight};
        continue;
      }
      const std::size_t first = std::min(kFirstUnits, errors.size());
      std::partial_sort(errors.begin(), errors.begin() + static_cast<std::ptrdiff_t>(first), errors.end());
      set.value(candidate, place) = {errors[0].error, Reason::ok};
      for (Index b = 0; b < set.options.resamples; ++b) {
        double& replicate = set.replicate(b, candidate, place);
        replicate = drawn_maximum(errors, first, set.key(), b);
        if (!std::isnan(replicate) || first == errors.size()) continue;
        std::vector<UnitError> all = errors;
        std::sort(all.begin(), all.end());
        replicate = drawn_maximum(all, all.size(), set.key(), b);
      }
    }
}

template void maximum_metrics(RowSet<float>&);
template void maximum_metrics(RowSet<double>&);

}  // namespace bakeoff
