#include "kernels/metrics/value_range.h"

#include <algorithm>

#include "kernels/metrics/value_range_simd.h"

namespace bakeoff::kernels {
namespace {

constexpr Index kMaxParts = 256;
constexpr Index kPartRows = Index{1} << 16;

}  // namespace

template <class T>
ValueRange value_range(const Workers& workers, const T* values, Index stride, Index n) {
  const Isa isa = best_isa();
  const Index parts = std::clamp<Index>(n / kPartRows, 1, kMaxParts);
  ValueRange part[kMaxParts];
  workers.for_each(parts, [&](Index p) {
    const Index first = n / parts * p + std::min(p, n % parts), rows = n / parts + (p < n % parts);
    part[p] = BAKEOFF_FOR_ISA(isa, range_of(values + first * stride, stride, rows));
  });
  ValueRange all;
  for (Index p = 0; p < parts; ++p) {
    all.low = std::min(all.low, part[p].low);
    all.high = std::max(all.high, part[p].high);
    all.finite = all.finite && part[p].finite;
    all.zero_or_one = all.zero_or_one && part[p].zero_or_one;
    all.nonzero += part[p].nonzero;
  }
  return all;
}

template ValueRange value_range(const Workers&, const float*, Index, Index);
template ValueRange value_range(const Workers&, const double*, Index, Index);

}  // namespace bakeoff::kernels
