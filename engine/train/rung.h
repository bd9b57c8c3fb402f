// A rung of successive halving: its rows, and what its candidates ask of them.
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "train/families/catalog.h"

namespace bakeoff {

using kernels::Index;

// Ascending rows of about `fraction` of the units in rows [begin, end): of each run of neighbours, by their first rows,
// one unit drawn by the seed, so that the sample is even over the window. All rows of a chosen unit. `units`: one id a
// row; null: each row is one. At least one unit; all rows for a fraction of 1.
std::vector<Index> rung_rows(const std::int64_t* units, Index begin, Index end, double fraction, std::uint64_t seed);

// The penalty that asks of a share of the rows what `given` asks of all. The loss is a sum over rows, but the l2 that
// is best for it doesn't grow with them, as the width of a prior does not: on the flights (bench/peers/search.py,
// logistic) it is about 1 from 1,200 rows to 300,000, and with l2 times the fraction halving ended at 23, .0001 of AUC
// below the best. An l1 penalty has to hold against noise, which grows with the root of the number of rows.
std::map<std::string, double> rung_parameters(const Family& family, std::map<std::string, double> given,
                                              double fraction);

}  // namespace bakeoff
