// The rows of a rung of successive halving.
#pragma once
#include <cstdint>
#include <vector>

#include "kernels/views.h"

namespace bakeoff {

using kernels::Index;

// Ascending rows of about `fraction` of the units in rows [begin, end): of each run of neighbours, by their first rows,
// one unit drawn by the seed, so that the sample is even over the window. All rows of a chosen unit. `units`: one id a
// row; null: each row is one. At least one unit; all rows for a fraction of 1.
std::vector<Index> rung_rows(const std::int64_t* units, Index begin, Index end, double fraction, std::uint64_t seed);

}  // namespace bakeoff
