// Queries as the kernels want them: the documents of a query side by side.
#pragma once
#include <cstdint>
#include <vector>

#include "core/execution.h"

namespace bakeoff {

// Rows that follow each other with the same id: run r is rows starts[r] ... starts[r + 1] - 1.
struct QueryRuns {
  std::vector<std::int64_t> ids, starts;
};
QueryRuns find_runs(const std::int64_t* ids, std::int64_t rows);

struct QueryIndex {
  std::vector<std::int64_t> ids;  // in order of appearance
  std::vector<Index> offsets;     // queries + 1, into places
  std::vector<Index> row;         // by place: the row that stands there; empty: rows are grouped, and places are rows

  std::int64_t queries() const { return static_cast<std::int64_t>(ids.size()); }
  std::int64_t rows() const { return offsets.back(); }
  Index row_at(Index place) const { return row.empty() ? place : row[static_cast<std::size_t>(place)]; }
};

// Rows that are grouped by query stay where they are, whatever the order of the ids; else one stable counting sort.
QueryIndex make_query_index(const QueryRuns& runs, std::int64_t rows);
// Query q has rows offsets[q] ... offsets[q + 1] - 1 and the id q. DataError unless they ascend from 0 to `rows`.
QueryIndex make_query_index(std::vector<Index> offsets, std::int64_t rows);

}  // namespace bakeoff
