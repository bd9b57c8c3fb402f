// The scoreboard as every task fills it: options, sizes of slices, a slice's results in its cells.
#pragma once
#include <string>
#include <utility>
#include <vector>

#include "evaluate/row_set.h"
#include "evaluate/slice_set.h"

namespace bakeoff {

// SpecError for values that no task takes.
void check_options(const EvaluateOptions& options);

// Names of M candidates: those given, or "0", "1", ...
std::vector<std::string> candidate_names(const std::vector<std::string>& given, std::int64_t candidates);

// All cells without values. `slices` are those besides "all".
Scoreboard empty_board(std::vector<std::string> names, const std::vector<Slice>& slices,
                       const std::vector<std::pair<std::string, Direction>>& metrics, const EvaluateOptions& options);

// Fills count and units. The slices of at least min_slice_rows rows; the cells of the others say that they are small.
SliceSet sized_slices(const std::vector<Slice>& slices, const UnitIndex& units, std::int64_t min_slice_rows,
                      Scoreboard& board);

// Names the law by which the replicates of a metric of slice s are drawn, if there are any.
void set_law(std::int64_t s, std::int64_t metric, Resampling law, Scoreboard& board);

// Values and replicates of slice s. The metrics of `rows` are those at `places` of the board.
void fill_slice(const RowSetResult& rows, std::int64_t s, const std::vector<std::int64_t>& places, Scoreboard& board);

}  // namespace bakeoff
