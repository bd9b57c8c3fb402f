// Replicates of sums by code from the weight law and plain integers.
#pragma once
#include <cmath>
#include <vector>

#include "../metrics/coded_cases.h"
#include "kernels/resample/code_bootstrap.h"

namespace bakeoff::kernels {

__extension__ using Wide = __int128;

inline std::vector<Wide> integers(const std::vector<ExactSum>& totals) {
  std::vector<Wide> out;
  for (const ExactSum& s : totals) out.push_back(static_cast<Wide>(s.high) * (Wide{1} << 32) + s.low);
  return out;
}

inline std::vector<Wide> code_oracle(const CodedCase& c, const ResampleUnits& units, const Resamples& resamples,
                                     int exponent) {
  std::vector<Wide> out(static_cast<std::size_t>(resamples.count * c.first.back()), 0);
  for (Index i = 0; i < c.rows; ++i) {
    const double scaled = c.weights.empty() ? 1.0 : std::ldexp(c.weights[i], kTermBits - exponent);
    const auto term = static_cast<std::int64_t>(std::nearbyint(scaled));
    const std::int64_t id = id_at(units, units.of_row ? units.of_row[i] : i);
    for (int r = 0; r < resamples.count; ++r) {
      const Wide counted =
          static_cast<Wide>(term) * unit_weight(resamples.key, id, resamples.first + static_cast<std::uint32_t>(r));
      for (std::size_t j = 0; j + 1 < c.first.size(); ++j)
        if (const int code = c.codes[j * c.rows + i]; code >= 0) out[r * c.first.back() + c.first[j] + code] += counted;
    }
  }
  return out;
}

// Units in runs of 10 rows, some of which come again.
struct DrawnUnits {
  std::vector<std::int64_t> ids;
  std::vector<std::int32_t> of_row;

  DrawnUnits(Index rows, Index count) {
    for (Index u = 0; u < count; ++u) ids.push_back(u * u * 977 - 5000);
    for (Index i = 0; i < rows; ++i) of_row.push_back(static_cast<std::int32_t>(i / 10 * 7 % count));
  }
  ResampleUnits view() const { return {static_cast<Index>(ids.size()), ids.data(), 0, of_row.data()}; }
};

inline constexpr int kWeightExponent = 3;  // weights of make_coded() are below 8

}  // namespace bakeoff::kernels
