#include "drift/reference.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

#include "core/buffer.h"
#include "core/error.h"
#include "core/text.h"
#include "drift/columns.h"
#include "kernels/drift/sort_values.h"
#include "kernels/philox.h"

namespace bakeoff {
namespace {

constexpr Index kCells = 256, kDraws = 999;

// |B(t)| / sqrt(t (1 - t)) at the middles of 256 cells, B Brownian bridges: what the null of W1 is summed from.
std::vector<double> standard_bridges(std::uint64_t seed) {
  std::vector<double> out(static_cast<std::size_t>(kDraws * kCells));
  constexpr auto kStream = static_cast<std::uint32_t>(kernels::Stream4::drift);
  const kernels::RngKey key = kernels::RngKey::from_seed(seed);
  // Half a cell, 255 cells, half a cell: 257 increments of a Wiener process, in pairs.
  double path[kCells + 2];
  for (Index b = 0; b < kDraws; ++b) {
    for (Index k = 0; k <= kCells; k += 2) {
      const kernels::Counter c =
          kernels::philox(key, {{static_cast<std::uint32_t>(k), 1, static_cast<std::uint32_t>(b), kStream}});
      const double u = (c.word[0] + .5) * 0x1p-32, angle = 2 * std::numbers::pi * (c.word[1] * 0x1p-32);
      const double size = std::sqrt(-2 * std::log(u));
      path[k] = size * std::cos(angle);
      path[k + 1] = size * std::sin(angle);
    }
    double at = 0;
    for (Index k = 0; k <= kCells; ++k)
      path[k] = at += path[k] * std::sqrt((k == 0 || k == kCells ? .5 : 1.) / static_cast<double>(kCells));
    for (Index k = 0; k < kCells; ++k) {
      const double t = (static_cast<double>(k) + .5) / static_cast<double>(kCells);
      out[static_cast<std::size_t>(b * kCells + k)] = std::abs(path[k] - t * at) / std::sqrt(t * (1 - t));
    }
  }
  return out;
}

std::vector<double> null_of_w1(const std::vector<double>& sorted, const std::vector<double>& bridges) {
  double weight[kCells] = {};
  const auto n = static_cast<double>(sorted.size());
  for (std::size_t r = 0; r + 1 < sorted.size(); ++r) {
    const double t = static_cast<double>(r + 1) / n;
    const double step = sorted[r + 1] - sorted[r];
    if (step > 0) weight[static_cast<Index>(t * kCells)] += std::sqrt(t * (1 - t)) * step;
  }
  std::vector<double> draws(static_cast<std::size_t>(kDraws));
  for (std::size_t b = 0; b < draws.size(); ++b) {
    const double* const bridge = bridges.data() + b * static_cast<std::size_t>(kCells);
    for (Index k = 0; k < kCells; ++k) draws[b] += bridge[k] * weight[k];
  }
  std::sort(draws.begin(), draws.end());
  return draws;
}

double deviation_of(const std::vector<double>& values) {
  const auto n = static_cast<double>(values.size());
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) / n;
  double sum = 0;
  for (double value : values) sum += (value - mean) * (value - mean);
  return std::sqrt(sum / n);
}

NumericReference fit_numbers(const kernels::Workers& workers, const Numbers& values, const ReferenceOptions& options,
                             const std::vector<double>& bridges) {
  NumericReference to;
  const Index rows = values.extent(0);
  std::vector<double> sorted(static_cast<std::size_t>(rows));
  {
    const Buffer<char> scratch(static_cast<Index>(kernels::sort_values_scratch_bytes(workers, rows)));
    sorted.resize(static_cast<std::size_t>(kernels::sort_values(workers, values, sorted.data(), scratch.data())));
  }
  fill_bins(sorted, static_cast<std::uint64_t>(rows) - sorted.size(), options.bins, to);
  to.deviation = sorted.empty() ? std::nan("") : deviation_of(sorted);
  if (!options.keep_values) return to;
  if (options.distances && sorted.size() > 1) to.w1_null = null_of_w1(sorted, bridges);
  sorted.shrink_to_fit();
  to.sorted = std::move(sorted);
  return to;
}

CategoricalReference fit_text(const CategoricalColumn& column) {
  Counts by_code(column.categories.size() + 1);
  for (const std::int32_t code : column.codes) ++by_code[code < 0 ? column.categories.size() : std::size_t(code)];
  std::vector<std::size_t> order(column.categories.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return column.categories[a] < column.categories[b]; });
  CategoricalReference to;
  for (const std::size_t code : order) {
    if (by_code[code] == 0) continue;  // a dictionary may name what no row has
    to.categories.push_back(column.categories[code]);
    to.counts.push_back(by_code[code]);
  }
  to.counts.push_back(by_code.back());
  return to;
}

}  // namespace

void count_sorted(const double* sorted, Index n, const kernels::BinEdges& edges, Counts& counts) {
  const double* at = sorted;
  for (int k = 0; k < edges.count; ++k) {
    const double* const next = std::upper_bound(at, sorted + n, edges.edge[k]);
    counts[static_cast<std::size_t>(k)] += static_cast<std::uint64_t>(next - at);
    at = next;
  }
  counts[static_cast<std::size_t>(edges.count)] += static_cast<std::uint64_t>(sorted + n - at);
}

void fill_bins(const std::vector<double>& sorted, std::uint64_t missing, int bins, NumericReference& to) {
  const std::size_t n = sorted.size();
  to.edges.count = 0;
  const auto add = [&](double edge) { to.edges.edge[to.edges.count++] = edge; };
  for (int k = 1; k < bins && n > 0; ++k) {
    const std::size_t rank =
        (n * static_cast<std::size_t>(k) + static_cast<std::size_t>(bins) - 1) / static_cast<std::size_t>(bins);
    const double edge = sorted[rank - 1];
    if (k == 1 && edge == sorted[0] && !std::isinf(edge))
      add(std::nextafter(edge, -std::numeric_limits<double>::infinity()));
    if (to.edges.count == 0 || edge > to.edges.edge[to.edges.count - 1]) add(edge);
  }
  to.counts.assign(static_cast<std::size_t>(to.edges.bins()) + 1, 0);
  count_sorted(sorted.data(), static_cast<Index>(n), to.edges, to.counts);
  to.counts.back() = missing;
}

DriftReference DriftReference::fit(const Execution& execution, const TableView& table,
                                   const ReferenceOptions& options) {
  if (options.bins < 2 || options.bins > 100)
    throw SpecError("bins: expected 2 to 100, got " + std::to_string(options.bins));
  if (table.rows == 0) throw DataError(table.source + ": expected rows, got none: there is nothing to compare with");
  std::vector<std::string> names;
  for (const ColumnView& column : table.columns) names.push_back(column.name);
  std::sort(names.begin(), names.end());
  const auto twice = std::adjacent_find(names.begin(), names.end());
  if (twice != names.end()) throw DataError(table.source + ": two columns are called '" + printable(*twice) + "'");

  const std::vector<double> bridges =
      options.keep_values && options.distances ? standard_bridges(options.seed) : std::vector<double>();
  std::vector<ReferenceColumn> columns(table.columns.size());
  for_each_column(execution, columns.size(), [&](std::size_t c, const kernels::Workers& workers) {
    const ColumnView& from = table.columns[c];
    columns[c].name = from.name;
    if (const auto* text = std::get_if<const CategoricalColumn*>(&from.data))
      columns[c].data = fit_text(**text);
    else
      columns[c].data = fit_numbers(workers, std::get<Numbers>(from.data), options, bridges);
  });
  return {std::move(columns), table.rows};
}

std::vector<std::string> DriftReference::names() const {
  std::vector<std::string> out;
  for (const ReferenceColumn& column : columns_) out.push_back(column.name);
  return out;
}

}  // namespace bakeoff
