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

std::vector<double> bridges_for(const ReferenceOptions& options) {
  return options.keep_values && options.distances ? standard_bridges(options.seed) : std::vector<double>();
}

void check_bins(const ReferenceOptions& options) {
  if (options.bins < 2 || options.bins > 100)
    throw SpecError("bins: expected 2 to 100, got " + std::to_string(options.bins));
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

NumericReference finish(std::vector<double> sorted, std::uint64_t missing, const ReferenceOptions& options,
                        const std::vector<double>& bridges) {
  NumericReference to;
  fill_bins(sorted, missing, options.bins, to);
  to.deviation = sorted.empty() ? std::nan("") : deviation_of(sorted);
  if (!options.keep_values) return to;
  if (options.distances && sorted.size() > 1) to.w1_null = null_of_w1(sorted, bridges);
  sorted.shrink_to_fit();
  to.sorted = std::move(sorted);
  return to;
}

NumericReference fit_numbers(const kernels::Workers& workers, const Numbers& values, const ReferenceOptions& options,
                             const std::vector<double>& bridges) {
  const Index rows = values.extent(0);
  std::vector<double> sorted(static_cast<std::size_t>(rows));
  {
    const Buffer<char> scratch(static_cast<Index>(kernels::sort_values_scratch_bytes(workers, rows)));
    sorted.resize(static_cast<std::size_t>(kernels::sort_values(workers, values, sorted.data(), scratch.data())));
  }
  const std::uint64_t missing = static_cast<std::uint64_t>(rows) - sorted.size();
  return finish(std::move(sorted), missing, options, bridges);
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

CategoricalReference merge_text(const CategoricalReference& a, const CategoricalReference& b) {
  CategoricalReference to;
  const std::size_t n = a.categories.size(), m = b.categories.size();
  for (std::size_t i = 0, j = 0; i < n || j < m;) {
    const bool left = j == m || (i < n && a.categories[i] <= b.categories[j]);
    const bool right = i == n || (j < m && b.categories[j] <= a.categories[i]);
    to.categories.push_back(left ? a.categories[i] : b.categories[j]);
    to.counts.push_back((left ? a.counts[i] : 0) + (right ? b.counts[j] : 0));
    i += left;
    j += right;
  }
  to.counts.push_back(a.missing() + b.missing());
  return to;
}

bool holds_values(const ReferenceColumn& column) {
  if (const auto* text = std::get_if<CategoricalReference>(&column.data)) return !text->categories.empty();
  const Counts& counts = std::get<NumericReference>(column.data).counts;
  return std::any_of(counts.begin(), counts.end() - 1, [](std::uint64_t count) { return count > 0; });
}

std::vector<double> merge_sorted(const NumericReference& a, const NumericReference& b) {
  std::vector<double> sorted(a.sorted.size() + b.sorted.size());
  std::merge(a.sorted.begin(), a.sorted.end(), b.sorted.begin(), b.sorted.end(), sorted.begin());
  return sorted;
}

void check_values_kept(const ReferenceColumn& column) {
  const auto* numbers = std::get_if<NumericReference>(&column.data);
  if (numbers && numbers->sorted.empty() && holds_values(column))
    throw SpecError("merge: the values of column '" + printable(column.name) +
                    "' are needed, and a reference has kept its quantiles only; fit it with its values");
}

// A side without any value is of any kind.
ReferenceColumn merge_column(const ReferenceColumn& a, const ReferenceColumn& b, const ReferenceOptions& options,
                             const std::vector<double>& bridges) {
  if (a.data.index() != b.data.index()) {
    if (holds_values(a) && holds_values(b))
      throw DataError("merge: column '" + printable(a.name) + "' holds " + a.kind() + " here and " + b.kind() +
                      " there; convert one of the two");
    const ReferenceColumn &full = holds_values(b) ? b : a, &none = holds_values(b) ? a : b;
    const auto missing = std::visit([](const auto& data) { return data.missing(); }, none.data);
    const ReferenceColumn same{a.name, full.data.index() == 0 ? decltype(a.data)(finish({}, missing, options, bridges))
                                                              : decltype(a.data)(CategoricalReference{{}, {missing}})};
    return merge_column(full, same, options, bridges);
  }
  if (const auto* text = std::get_if<CategoricalReference>(&a.data))
    return {a.name, merge_text(*text, std::get<CategoricalReference>(b.data))};
  check_values_kept(a);
  check_values_kept(b);
  const NumericReference &left = std::get<NumericReference>(a.data), &right = std::get<NumericReference>(b.data);
  return {a.name, finish(merge_sorted(left, right), left.missing() + right.missing(), options, bridges)};
}

const ReferenceColumn& of_name(const DriftReference& reference, const std::string& name) {
  for (const ReferenceColumn& column : reference.columns())
    if (column.name == name) return column;
  throw DataError("merge: a reference has no column '" + printable(name) + "'" + hint(name, reference.names()));
}

}  // namespace

DriftReference DriftReference::merge(const Execution& execution, const DriftReference& a, const DriftReference& b,
                                     const ReferenceOptions& options) {
  check_bins(options);
  for (const ReferenceColumn& column : b.columns()) of_name(a, column.name);
  for (const ReferenceColumn& column : a.columns()) of_name(b, column.name);
  const std::vector<double> bridges = bridges_for(options);
  std::vector<ReferenceColumn> columns(a.columns().size());
  for_each_column(execution, columns.size(), [&](std::size_t c, const kernels::Workers&) {
    const ReferenceColumn& column = a.columns()[c];
    columns[c] = merge_column(column, of_name(b, column.name), options, bridges);
  });
  return {std::move(columns), a.rows() + b.rows()};
}

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
  to.edges = quantile_edges(n, bins, [&](std::size_t rank) { return sorted[rank]; });
  to.counts.assign(static_cast<std::size_t>(to.edges.bins()) + 1, 0);
  count_sorted(sorted.data(), static_cast<Index>(n), to.edges, to.counts);
  to.counts.back() = missing;
}

DriftReference DriftReference::fit(const Execution& execution, const TableView& table,
                                   const ReferenceOptions& options) {
  check_bins(options);
  if (table.rows == 0) throw DataError(table.source + ": expected rows, got none: there is nothing to compare with");
  std::vector<std::string> names;
  for (const ColumnView& column : table.columns) names.push_back(column.name);
  std::sort(names.begin(), names.end());
  const auto twice = std::adjacent_find(names.begin(), names.end());
  if (twice != names.end()) throw DataError(table.source + ": two columns are called '" + printable(*twice) + "'");

  const std::vector<double> bridges = bridges_for(options);
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
