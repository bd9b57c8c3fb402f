#include "drift/unit_tails.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "core/error.h"
#include "drift/columns.h"
#include "drift/unit_pool.h"
#include "kernels/philox.h"

namespace bakeoff {
namespace {

std::int32_t encode(const std::vector<std::int64_t>& ids, std::int32_t next, std::vector<std::int32_t>& codes) {
  std::unordered_map<std::int64_t, std::int32_t> seen;
  for (const std::int64_t id : ids) {
    const auto [at, is_new] = seen.try_emplace(id, next);
    next += is_new;
    codes.push_back(at->second);
  }
  return next;
}

UnitCodes encode(const DriftUnits& units) {
  UnitCodes codes;
  codes.in_reference = encode(units.reference, 0, codes.reference);
  codes.count = encode(units.current, codes.in_reference, codes.current);
  return codes;
}

void check_ids(const TableView& table, const std::vector<std::int64_t>& ids) {
  if (static_cast<Index>(ids.size()) != table.rows)
    throw DataError(table.source + ": units: expected an id for each of " + std::to_string(table.rows) + " rows, got " +
                    std::to_string(ids.size()));
}

// Which units form the reference in this deal: every choice of that many is equally likely (Knuth, 3.4.2, algorithm S).
void deal(const UnitCodes& units, kernels::RngKey key, std::uint32_t draw, std::vector<char>& in_reference) {
  constexpr auto kStream = static_cast<std::uint32_t>(kernels::Stream4::drift);
  auto to_take = static_cast<std::uint64_t>(units.in_reference), to_come = static_cast<std::uint64_t>(units.count);
  kernels::Counter words{};
  for (std::uint32_t unit = 0; unit < in_reference.size(); ++unit) {
    if (unit % 4 == 0) words = kernels::philox(key, {{unit / 4, 3, draw, kStream}});
    const bool taken = words.word[unit % 4] * to_come >> 32 < to_take;
    in_reference[unit] = taken;
    to_take -= taken;
    --to_come;
  }
}

void replace_tails(const UnitPool& pool, const UnitCodes& units, int bins, const DriftOptions& options,
                   ColumnDrift& column) {
  std::vector<std::string> tests;
  for (const DriftTest& test : column.tests) tests.push_back(test.test);
  std::vector<char> side(static_cast<std::size_t>(units.count));
  std::fill_n(side.begin(), units.in_reference, char{1});
  const std::vector<double> seen = statistics_of(pool, pool.counts(side), tests, bins);
  std::vector<int> above(tests.size());
  const kernels::RngKey key = kernels::RngKey::from_seed(options.seed);
  for (int draw = 0; draw < options.permutations; ++draw) {
    deal(units, key, static_cast<std::uint32_t>(draw), side);
    const std::vector<double> dealt = statistics_of(pool, pool.counts(side), tests, bins);
    // Deals without rows on a side have no statistic: they count against drift. Equal deals differ in the last bits.
    for (std::size_t t = 0; t < tests.size(); ++t) above[t] += !(dealt[t] < seen[t] * (1 - 1e-12));
  }
  for (std::size_t t = 0; t < tests.size(); ++t) {
    DriftTest& test = column.tests[t];
    const bool undefined = std::isnan(test.p) && test.test != "wasserstein";
    if (undefined || !std::isfinite(seen[t])) continue;
    test.p = (1. + above[t]) / (1. + options.permutations);
    test.method = "units";
    if (test.test == "wasserstein") test.note.clear();
  }
}

}  // namespace

DriftReport drift_by_unit(const Execution& execution, const TableView& reference, const TableView& current,
                          const DriftUnits& units, const ReferenceOptions& fit, const DriftOptions& options,
                          const std::vector<std::string>& columns) {
  if (options.permutations < 1)
    throw SpecError("permutations: expected at least 1 with units, got " + std::to_string(options.permutations));
  check_ids(reference, units.reference);
  check_ids(current, units.current);
  const UnitCodes codes = encode(units);
  DriftOptions by_row = options;
  by_row.permutations = 0;  // the asymptotic p of rows is replaced
  by_row.permute = false;
  ReferenceOptions kept = fit;
  kept.distances = false;
  DriftReport report = drift(execution, DriftReference::fit(execution, reference, kept), current, by_row, columns);
  for_each_column(execution, report.columns.size(), [&](std::size_t c, const kernels::Workers&) {
    const std::string& name = report.columns[c].name;
    const UnitPool pool = pool_column(column_of(reference, name), column_of(current, name), codes);
    replace_tails(pool, codes, fit.bins, options, report.columns[c]);
  });
  conclude(report, options);
  return report;
}

}  // namespace bakeoff
