#include "drift/current_column.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/buffer.h"
#include "core/error.h"
#include "drift/kolmogorov.h"
#include "drift/permuted_distance.h"
#include "drift/probability.h"
#include "kernels/drift/sort_values.h"
#include "kernels/drift/two_sample.h"

namespace bakeoff {
namespace {

std::uint64_t total(const Counts& counts) { return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0}); }

void add_shares(const Counts& reference, const Counts& current, Bins bins, const DriftOptions& options,
                ColumnDrift& to) {
  const bool psi = asks_for(options, "psi"), js = asks_for(options, "jensen_shannon");
  if (!psi && !js) return;
  const ShareTails tails = share_tails(reference, current, bins, {options.permutations, options.permute, options.seed});
  const std::string note = total(current) == 0 ? "no rows" : occupied(reference, current) < 2 ? "one bin only" : "";
  if (psi) {
    const double value = population_stability_index(reference, current);
    to.tests.push_back({"psi", value, value - psi_null_mean(reference, current), tails.psi, kNaN, tails.method, note});
  }
  if (js) {
    const double distance = std::sqrt(jensen_shannon_divergence(reference, current));
    to.tests.push_back({"jensen_shannon", distance, distance, tails.jensen_shannon, kNaN, tails.method, note});
  }
}

void add_missing(std::uint64_t reference, std::uint64_t current, const DriftOptions& options, ColumnDrift& to) {
  const RateChange rate = rate_change(reference, static_cast<std::uint64_t>(to.reference_rows), current,
                                      static_cast<std::uint64_t>(to.current_rows));
  to.reference_missing = rate.reference;
  to.current_missing = rate.current;
  if (asks_for(options, "missing"))
    to.tests.push_back({"missing", rate.current, rate.current - rate.reference, rate.p, kNaN, "z", ""});
}

struct DistanceTail {
  double p = kNaN;
  std::string method;
};

// In small samples by permuting rows, in large ones from the draws that the reference keeps. (2 x 60 values of the
// square of an exponential: P(p < .05) is .15 from the draws.)
DistanceTail w1_tail(const NumericReference& reference, const kernels::SortedPair& pair, const kernels::TwoSample& both,
                     const DriftOptions& options) {
  constexpr Index kSmall = 2000;
  if (!std::isfinite(both.area) || !std::isfinite(pair.a[0]) || !std::isfinite(pair.a[pair.n - 1])) return {};
  if (options.permutations > 0 && (options.permute || pair.ranks() <= kSmall))
    return {permuted_distance_tail(pair, both.area, {options.permutations, true, options.seed}), "permutation"};
  if (reference.w1_null.empty()) return {};
  const double scaled =
      kernels::wasserstein(both, pair) *
      std::sqrt(static_cast<double>(pair.n) * static_cast<double>(pair.m) / static_cast<double>(pair.ranks()));
  const auto below = std::lower_bound(reference.w1_null.begin(), reference.w1_null.end(), scaled * (1 - 1e-12));
  return {
      (1 + static_cast<double>(reference.w1_null.end() - below)) / (1 + static_cast<double>(reference.w1_null.size())),
      "bridge"};
}

void add_walk(const kernels::Workers& workers, const NumericReference& reference, const double* sorted, Index n,
              const DriftOptions& options, ColumnDrift& to) {
  const bool ks = asks_for(options, "ks"), w1 = asks_for(options, "wasserstein");
  const kernels::SortedPair pair{reference.sorted.data(), sorted, static_cast<Index>(reference.sorted.size()), n};
  const std::string note = pair.n == 0 || pair.m == 0 ? "all missing" : "";
  kernels::TwoSample both;
  if (note.empty()) {
    const Buffer<char> scratch(static_cast<Index>(kernels::two_sample_scratch_bytes(pair.ranks())));
    kernels::two_sample(workers, pair, &both, scratch.data());
  }
  if (ks) {
    const KsTail tail = ks_tail(pair.n, pair.m, both.gap);
    const double distance = kernels::ks_statistic(both, pair);
    to.tests.push_back({"ks", distance, distance, tail.p, kNaN,
                        !note.empty() ? ""
                        : tail.exact  ? "exact"
                                      : "asymptotic",
                        note});
  }
  if (w1) {
    const double distance = kernels::wasserstein(both, pair);
    const double effect = distance == 0 ? 0 : distance / reference.deviation;
    const DistanceTail tail = note.empty() ? w1_tail(reference, pair, both, options) : DistanceTail{};
    to.tests.push_back({"wasserstein", distance, effect, tail.p, kNaN, tail.method,
                        note.empty() && std::isnan(tail.p) ? "infinite values, or one alone in the reference" : note});
  }
}

// Of PSI and Jensen-Shannon: beyond these many categories the rarer ones of the reference are one bin. A share that has
// to be floored says nothing, and 999 permutations of a million bins take minutes.
constexpr std::size_t kOwnBins = 255;

}  // namespace

CategoryBins category_bins(const Counts& reference, const Counts& current, std::uint64_t fresh) {
  const std::size_t categories = reference.size() - 1;
  CategoryBins bins;
  if (categories <= kOwnBins) {
    bins = {reference, current};
  } else {
    std::vector<std::size_t> order(categories);
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::nth_element(order.begin(), order.begin() + kOwnBins, order.end(), [&](std::size_t a, std::size_t b) {
      return reference[a] != reference[b] ? reference[a] > reference[b] : a < b;
    });
    bins = {Counts(kOwnBins + 1), Counts(kOwnBins + 1)};
    std::sort(order.begin(), order.begin() + kOwnBins);  // one order of sums
    for (std::size_t k = 0; k < categories; ++k) {
      bins.reference[std::min(k, kOwnBins)] += reference[order[k]];
      bins.current[std::min(k, kOwnBins)] += current[order[k]];
    }
    bins.reference.push_back(reference.back());
    bins.current.push_back(current.back());
  }
  bins.reference.push_back(0);
  bins.current.push_back(fresh);
  return bins;
}

bool asks_for(const DriftOptions& options, const std::string& test) {
  return options.tests.empty() || std::find(options.tests.begin(), options.tests.end(), test) != options.tests.end();
}

void DriftBatch::Column::take(const kernels::Workers& workers, const ColumnView& block, Index rows, bool lend) {
  const auto* text = std::get_if<const CategoricalColumn*>(&block.data);
  if (std::holds_alternative<CategoricalReference>(reference->data)) {
    if (text)
      take_text(**text);
    else
      counts.back() += static_cast<std::uint64_t>(rows);  // all missing, and read as numbers
    return;
  }
  if (text) {
    if (keep_values)
      values.insert(values.end(), static_cast<std::size_t>(rows), kNaN);
    else
      counts.back() += static_cast<std::uint64_t>(rows);
    return;
  }
  const Numbers& numbers = std::get<Numbers>(block.data);
  if (!keep_values)
    kernels::bin_counts(workers, numbers, std::get<NumericReference>(reference->data).edges, counts.data());
  else if (lend)
    lent = numbers;
  else
    for (Index i = 0; i < rows; ++i) values.push_back(numbers(i));
}

// A category at a time, not a row at a time: a table has few of them, and the reference's are sorted.
void DriftBatch::Column::take_text(const CategoricalColumn& text) {
  const auto& known = std::get<CategoricalReference>(reference->data).categories;
  Counts by_code(text.categories.size() + 1);
  for (const std::int32_t code : text.codes) ++by_code[code < 0 ? text.categories.size() : std::size_t(code)];
  counts.back() += by_code.back();
  for (std::size_t code = 0; code < text.categories.size(); ++code) {
    if (by_code[code] == 0) continue;
    const auto at = std::lower_bound(known.begin(), known.end(), text.categories[code]);
    if (at != known.end() && *at == text.categories[code])
      counts[static_cast<std::size_t>(at - known.begin())] += by_code[code];
    else
      unseen[text.categories[code]] += by_code[code];
  }
}

ColumnDrift DriftBatch::Column::compare(const kernels::Workers& workers, const DriftOptions& options) const {
  ColumnDrift to;
  to.name = reference->name;
  to.kind = reference->kind();
  if (std::holds_alternative<NumericReference>(reference->data))
    compare_numbers(workers, options, to);
  else
    compare_text(options, to);
  return to;
}

void DriftBatch::Column::compare_numbers(const kernels::Workers& workers, const DriftOptions& options,
                                         ColumnDrift& to) const {
  const NumericReference& from = std::get<NumericReference>(reference->data);
  to.reference_rows = static_cast<std::int64_t>(total(from.counts));
  Counts here = counts;
  if (keep_values) {
    const Numbers all = lent.data ? lent : kernels::vector_view(values.data(), static_cast<Index>(values.size()));
    const Index rows = all.extent(0);
    const Buffer<double> sorted(rows);
    Index n = 0;
    {
      const Buffer<char> scratch(static_cast<Index>(kernels::sort_values_scratch_bytes(workers, rows)));
      n = kernels::sort_values(workers, all, sorted.data(), scratch.data());
    }
    count_sorted(sorted.data(), n, from.edges, here);
    here.back() += static_cast<std::uint64_t>(rows - n);
    add_walk(workers, from, sorted.data(), n, options, to);
  }
  to.current_rows = static_cast<std::int64_t>(total(here));
  add_shares(from.counts, here, Bins::quantiles, options, to);
  add_missing(from.missing(), here.back(), options, to);
}

void DriftBatch::Column::compare_text(const DriftOptions& options, ColumnDrift& to) const {
  const CategoricalReference& from = std::get<CategoricalReference>(reference->data);
  std::vector<std::pair<std::string, std::uint64_t>> fresh(unseen.begin(), unseen.end());
  std::sort(fresh.begin(), fresh.end(), [](const auto& a, const auto& b) {
    return a.second != b.second ? a.second > b.second : a.first < b.first;
  });
  std::uint64_t fresh_rows = 0;
  for (const auto& [name, count] : fresh) fresh_rows += count;
  to.reference_rows = static_cast<std::int64_t>(total(from.counts));
  to.current_rows = static_cast<std::int64_t>(total(counts) + fresh_rows);

  // Shares: all new ones are one bin, the missing another. The table: each a column, without the missing.
  const CategoryBins bins = category_bins(from.counts, counts, fresh_rows);
  add_shares(bins.reference, bins.current, Bins::fixed, options, to);
  if (asks_for(options, "chi2")) {
    Counts left(from.counts.begin(), from.counts.end() - 1), right(counts.begin(), counts.end() - 1);
    for (const auto& [name, count] : fresh) left.push_back(0), right.push_back(count);
    const ChiSquared table = chi_squared(left, right);
    to.tests.push_back({"chi2", table.statistic, table.cramers_v, table.p, kNaN,
                        std::isnan(table.p) ? "" : "asymptotic",
                        std::isnan(table.p)        ? "one category only, or all missing"
                        : table.least_expected < 5 ? "an expected count is below 5"
                                                   : ""});
  }
  add_missing(from.missing(), counts.back(), options, to);

  const auto n = total(from.counts) - from.missing(), m = total(counts) - counts.back() + fresh_rows;
  to.new_categories = static_cast<std::int64_t>(fresh.size());
  to.new_share = m == 0 ? kNaN : static_cast<double>(fresh_rows) / static_cast<double>(m);
  for (std::size_t k = 0; k < std::min<std::size_t>(fresh.size(), 20); ++k) to.new_names.push_back(fresh[k].first);
  if (!asks_for(options, "new_categories")) return;
  // A reference of n rows has missed about (categories seen once) / n of the rows (Good, 1953): fewer are no news.
  const auto once = static_cast<std::uint64_t>(std::count(from.counts.begin(), from.counts.end() - 1, 1u));
  const RateChange rate = rate_change(once, n, fresh_rows, m);
  to.tests.push_back({"new_categories", to.new_share, to.new_share,
                      rate.current > rate.reference ? rate.p
                      : m == 0                      ? kNaN
                                                    : 1,
                      kNaN, m == 0 ? "" : "good-turing", m == 0 ? "all missing" : ""});
}

}  // namespace bakeoff
