#include "evaluate/rank/query_index.h"

#include <numeric>
#include <unordered_map>

#include "core/error.h"

namespace bakeoff {

QueryRuns find_runs(const std::int64_t* ids, std::int64_t rows) {
  QueryRuns runs;
  for (std::int64_t i = 0; i < rows; ++i)
    if (i == 0 || ids[i] != ids[i - 1]) {
      runs.ids.push_back(ids[i]);
      runs.starts.push_back(i);
    }
  return runs;
}

QueryIndex make_query_index(const QueryRuns& runs, std::int64_t rows) {
  QueryIndex index;
  std::unordered_map<std::int64_t, std::uint32_t> place;
  place.reserve(runs.ids.size());
  std::vector<std::uint32_t> query(runs.ids.size());
  for (std::size_t r = 0; r < runs.ids.size(); ++r) {
    const auto [found, added] = place.try_emplace(runs.ids[r], static_cast<std::uint32_t>(index.ids.size()));
    query[r] = found->second;
    if (added) index.ids.push_back(runs.ids[r]);
  }
  const auto end = [&](std::size_t r) { return r + 1 < runs.starts.size() ? runs.starts[r + 1] : rows; };
  if (index.ids.size() == runs.ids.size()) {
    index.offsets.assign(runs.starts.begin(), runs.starts.end());
    index.offsets.push_back(rows);
    return index;
  }
  index.offsets.assign(index.ids.size() + 1, 0);
  for (std::size_t r = 0; r < query.size(); ++r) index.offsets[query[r] + 1] += end(r) - runs.starts[r];
  std::partial_sum(index.offsets.begin(), index.offsets.end(), index.offsets.begin());
  index.row.resize(static_cast<std::size_t>(rows));
  std::vector<Index> next(index.offsets.begin(), index.offsets.end() - 1);
  for (std::size_t r = 0; r < query.size(); ++r)
    for (Index row = runs.starts[r]; row < end(r); ++row) index.row[next[query[r]]++] = row;
  return index;
}

QueryIndex make_query_index(std::vector<Index> offsets, std::int64_t rows) {
  if (offsets.empty() || offsets.front() != 0 || offsets.back() != rows)
    throw DataError("offsets: expected queries + 1 of them, from 0 to the number of rows " + std::to_string(rows) +
                    (offsets.empty()
                         ? ", got none"
                         : ", got " + std::to_string(offsets.front()) + " ... " + std::to_string(offsets.back())));
  for (std::size_t q = 1; q < offsets.size(); ++q)
    if (offsets[q] < offsets[q - 1])
      throw DataError("offsets: expected ascending numbers, got " + std::to_string(offsets[q]) + " after " +
                      std::to_string(offsets[q - 1]) + " at place " + std::to_string(q));
  QueryIndex index;
  index.ids.resize(offsets.size() - 1);
  std::iota(index.ids.begin(), index.ids.end(), std::int64_t{0});
  index.offsets = std::move(offsets);
  return index;
}

}  // namespace bakeoff
