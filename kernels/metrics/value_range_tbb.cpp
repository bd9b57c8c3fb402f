#include "kernels/metrics/value_range.h"

#include <algorithm>

#include "kernels/metrics/value_range_simd.h"

namespace bakeoff::kernels {
namespace {

constexpr Index kMaxParts = 256;
constexpr Index kPartRows = Index{1} << 16;

// Calls use(part, its first row, its rows); returns how many parts there are.
template <class Use>
Index for_each_part(const Workers& workers, Index n, const Use& use) {
  const Index parts = std::clamp<Index>(n / kPartRows, 1, kMaxParts);
  workers.for_each(parts,
                   [&](Index p) { use(p, n / parts * p + std::min(p, n % parts), n / parts + (p < n % parts)); });
  return parts;
}

}  // namespace

template <class T>
ValueRange value_range(const Workers& workers, const T* values, Index stride, Index n) {
  const Isa isa = best_isa();
  ValueRange part[kMaxParts];
  const Index parts = for_each_part(workers, n, [&](Index p, Index first, Index rows) {
    part[p] = BAKEOFF_FOR_ISA(isa, range_of(values + first * stride, stride, rows));
  });
  ValueRange all;
  for (Index p = 0; p < parts; ++p) {
    all.low = std::min(all.low, part[p].low);
    all.high = std::max(all.high, part[p].high);
    all.finite = all.finite && part[p].finite;
    all.zero_or_one = all.zero_or_one && part[p].zero_or_one;
  }
  return all;
}

template ValueRange value_range(const Workers&, const float*, Index, Index);
template ValueRange value_range(const Workers&, const double*, Index, Index);

Index count_nonzero(const Workers& workers, const double* values, Index n) {
  const Isa isa = best_isa();
  Index part[kMaxParts], count = 0;
  const Index parts = for_each_part(workers, n, [&](Index p, Index first, Index rows) {
    part[p] = BAKEOFF_FOR_ISA(isa, nonzero_of(values + first, rows));
  });
  for (Index p = 0; p < parts; ++p) count += part[p];
  return count;
}

}  // namespace bakeoff::kernels
