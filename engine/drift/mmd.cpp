#include "drift/mmd.h"

#include <algorithm>
#include <cmath>

#include "core/buffer.h"
#include "core/error.h"
#include "core/text.h"
#include "kernels/drift/mmd.h"
#include "kernels/philox.h"

namespace bakeoff {
namespace {

std::vector<Numbers> numbers_of(const TableView& table, const TableView& like) {
  std::vector<Numbers> out;
  for (const ColumnView& column : like.columns) {
    const ColumnView& here = column_of(table, column.name);
    if (!here.numeric())
      throw DataError(table.source + ": column '" + printable(here.name) +
                      "': expected numbers, got text; mmd compares " + "distances, name the columns of numbers");
    out.push_back(std::get<Numbers>(here.data));
  }
  return out;
}

// Up to `most` evenly spaced ones of the rows without a gap, row by row.
std::vector<double> whole_rows(const TableView& table, const std::vector<Numbers>& columns, Index most) {
  std::vector<Index> whole;
  for (Index i = 0; i < table.rows; ++i)
    if (std::all_of(columns.begin(), columns.end(), [&](const Numbers& c) { return std::isfinite(c(i)); }))
      whole.push_back(i);
  if (whole.size() < 2)
    throw DataError(table.source + ": expected two rows without missing values or more, got " +
                    std::to_string(whole.size()));
  const auto count = std::min<std::size_t>(whole.size(), static_cast<std::size_t>(most));
  std::vector<double> out;
  for (std::size_t k = 0; k < count; ++k)
    for (const Numbers& column : columns) out.push_back(column(whole[k * whole.size() / count]));
  return out;
}

void standardise(std::vector<double>& rows, std::size_t reference_values, std::size_t features) {
  for (std::size_t f = 0; f < features; ++f) {
    const double n = static_cast<double>(reference_values / features);
    double mean = 0, squares = 0;
    for (std::size_t i = f; i < reference_values; i += features) mean += rows[i] / n;
    for (std::size_t i = f; i < reference_values; i += features) squares += (rows[i] - mean) * (rows[i] - mean);
    const double deviation = squares > 0 ? std::sqrt(squares / n) : 1;
    for (std::size_t i = f; i < rows.size(); i += features) rows[i] = (rows[i] - mean) / deviation;
  }
}

// Of up to 500 evenly spaced rows.
double median_distance(const std::vector<double>& rows, std::size_t features) {
  const std::size_t count = rows.size() / features, used = std::min<std::size_t>(count, 500);
  std::vector<double> distances;
  for (std::size_t a = 0; a < used; ++a)
    for (std::size_t b = 0; b < a; ++b) {
      double sum = 0;
      for (std::size_t f = 0; f < features; ++f) {
        const double off = rows[a * count / used * features + f] - rows[b * count / used * features + f];
        sum += off * off;
      }
      distances.push_back(std::sqrt(sum));
    }
  const auto middle = distances.begin() + static_cast<std::ptrdiff_t>(distances.size() / 2);
  std::nth_element(distances.begin(), middle, distances.end());
  return *middle;
}

// Deal 0 has all rows, deal 1 is what was seen, the others are permutations of it.
std::vector<std::uint8_t> deals_of(Index n, Index rows, const MmdOptions& options) {
  std::vector<std::uint8_t> sides(static_cast<std::size_t>((options.permutations + 2) * rows), 1);
  constexpr auto kStream = static_cast<std::uint32_t>(kernels::Stream4::drift);
  const kernels::RngKey key = kernels::RngKey::from_seed(options.seed);
  for (Index deal = 1; deal < options.permutations + 2; ++deal) {
    auto to_take = static_cast<std::uint64_t>(n), to_come = static_cast<std::uint64_t>(rows);
    for (Index i = 0; i < rows; ++i, --to_come) {
      const kernels::Counter c =
          kernels::philox(key, {{static_cast<std::uint32_t>(i), 3, static_cast<std::uint32_t>(deal), kStream}});
      const bool taken = deal == 1 ? i < n : c.word[0] * to_come >> 32 < to_take;
      sides[static_cast<std::size_t>(deal * rows + i)] = taken;
      to_take -= taken;
    }
  }
  return sides;
}

}  // namespace

MmdReport mmd(const Execution& execution, const TableView& reference, const TableView& current,
              const MmdOptions& options) {
  if (options.permutations < 0 || options.max_rows < 2)
    throw SpecError("mmd: expected permutations of 0 or more and max_rows of 2 or more, got " +
                    std::to_string(options.permutations) + " and " + std::to_string(options.max_rows));
  if (reference.columns.empty()) throw DataError(reference.source + ": expected columns of numbers, got none");
  const std::size_t features = reference.columns.size();
  std::vector<double> pooled = whole_rows(reference, numbers_of(reference, reference), options.max_rows);
  const std::size_t reference_values = pooled.size();
  const std::vector<double> here = whole_rows(current, numbers_of(current, reference), options.max_rows);
  pooled.insert(pooled.end(), here.begin(), here.end());
  standardise(pooled, reference_values, features);

  MmdReport report;
  report.reference_rows = static_cast<Index>(reference_values / features);
  report.current_rows = static_cast<Index>(here.size() / features);
  report.bandwidth = median_distance(pooled, features);
  if (!(report.bandwidth > 0)) report.bandwidth = 1;  // more than half of the rows are one
  const Index all_rows = report.reference_rows + report.current_rows;
  const std::vector<std::uint8_t> sides = deals_of(report.reference_rows, all_rows, options);
  const kernels::MmdRows rows{pooled.data(),
                              all_rows,
                              static_cast<Index>(features),
                              1 / (2 * report.bandwidth * report.bandwidth),
                              sides.data(),
                              options.permutations + 2};
  std::vector<kernels::MmdSums> sums(static_cast<std::size_t>(rows.deals));
  const Buffer<char> scratch(static_cast<Index>(kernels::mmd_scratch_bytes(rows)));
  execution.check_stop();
  kernels::mmd_sums(execution.workers(), rows, sums.data(), scratch.data());
  const auto value = [&](std::size_t deal) {
    return kernels::mmd_squared(sums[deal], sums[0], static_cast<double>(report.reference_rows),
                                static_cast<double>(report.current_rows));
  };
  report.statistic = value(1);
  int above = 0;
  for (std::size_t deal = 2; deal < sums.size(); ++deal) above += value(deal) >= report.statistic - 1e-12;
  if (options.permutations > 0) report.p = (1. + above) / (1. + options.permutations);
  return report;
}

}  // namespace bakeoff
