#include "train/rung.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <unordered_map>

#include "kernels/philox.h"

namespace bakeoff {

std::vector<Index> rung_rows(const std::int64_t* units, Index begin, Index end, double fraction, std::uint64_t seed) {
  const Index rows = end - begin;
  std::vector<Index> unit_of(static_cast<std::size_t>(std::max<Index>(rows, 0)));
  Index count = rows;
  if (units) {
    std::unordered_map<std::int64_t, Index> seen;
    for (Index i = 0; i < rows; ++i)
      unit_of[i] = seen.emplace(units[begin + i], static_cast<Index>(seen.size())).first->second;
    count = static_cast<Index>(seen.size());
  } else {
    std::iota(unit_of.begin(), unit_of.end(), Index{0});
  }
  if (count <= 0) return {};
  const Index chosen =
      std::clamp(static_cast<Index>(std::ceil(fraction * static_cast<double>(count) - 1e-9)), Index{1}, count);
  const kernels::RngKey key = kernels::RngKey::from_seed(seed);
  std::vector<bool> taken(static_cast<std::size_t>(count), false);
  for (Index k = 0; k < chosen; ++k) {
    const Index from = k * count / chosen, to = (k + 1) * count / chosen;
    const kernels::Counter draw =
        kernels::philox(key, {{static_cast<std::uint32_t>(k), static_cast<std::uint32_t>(chosen), 2,
                               static_cast<std::uint32_t>(kernels::Stream4::search)}});
    // The upper bits of a product: even to within 2^-32.
    taken[from + static_cast<Index>(
                     (static_cast<std::uint64_t>(draw.word[0]) * static_cast<std::uint64_t>(to - from)) >> 32)] = true;
  }
  std::vector<Index> out;
  for (Index i = 0; i < rows; ++i)
    if (taken[unit_of[i]]) out.push_back(begin + i);
  return out;
}

std::map<std::string, double> rung_parameters(const Family& family, std::map<std::string, double> given,
                                              double fraction) {
  const bool has_l1 = std::any_of(family.parameters.begin(), family.parameters.end(),
                                  [](const Family::Parameter& p) { return p.name == "l1_ratio"; });
  if (has_l1 && family.parameter(given, "l1_ratio") > 0)
    given["l2"] = family.parameter(given, "l2") * std::sqrt(fraction);
  return given;
}

}  // namespace bakeoff
