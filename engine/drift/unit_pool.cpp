#include "drift/unit_pool.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "drift/current_column.h"
#include "drift/reference.h"

namespace bakeoff {
namespace {

std::uint64_t total(const Counts& counts) { return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0}); }

const CategoricalColumn* text_of(const ColumnView& column) {
  const auto* text = std::get_if<const CategoricalColumn*>(&column.data);
  return text ? *text : nullptr;
}

// Where each row's value stands among `values`; behind them if it is missing.
std::vector<std::size_t> places(const ColumnView& column, const std::vector<double>& values) {
  const Numbers& numbers = std::get<Numbers>(column.data);
  std::vector<std::size_t> out;
  for (Index i = 0; i < numbers.extent(0); ++i)
    out.push_back(
        std::isnan(numbers(i))
            ? values.size()
            : static_cast<std::size_t>(std::lower_bound(values.begin(), values.end(), numbers(i)) - values.begin()));
  return out;
}

std::vector<std::size_t> places(const CategoricalColumn& text, const std::vector<std::string>& categories) {
  std::vector<std::size_t> by_code;
  for (const std::string& name : text.categories)
    by_code.push_back(
        static_cast<std::size_t>(std::lower_bound(categories.begin(), categories.end(), name) - categories.begin()));
  std::vector<std::size_t> out;
  for (const std::int32_t code : text.codes)
    out.push_back(code < 0 ? categories.size() : by_code[static_cast<std::size_t>(code)]);
  return out;
}

std::vector<double> different_values(const ColumnView& a, const ColumnView& b) {
  std::vector<double> values;
  for (const ColumnView* column : {&a, &b}) {
    const Numbers& numbers = std::get<Numbers>(column->data);
    for (Index i = 0; i < numbers.extent(0); ++i)
      if (!std::isnan(numbers(i))) values.push_back(numbers(i));
  }
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
  return values;
}

void count_entries(const std::vector<std::size_t>& reference, const std::vector<std::size_t>& current,
                   const UnitCodes& units, UnitPool& to) {
  std::vector<std::pair<std::int32_t, std::size_t>> rows;
  for (std::size_t i = 0; i < reference.size(); ++i) rows.emplace_back(units.reference[i], reference[i]);
  for (std::size_t i = 0; i < current.size(); ++i) rows.emplace_back(units.current[i], current[i]);
  std::sort(rows.begin(), rows.end());
  to.first.assign(static_cast<std::size_t>(units.count) + 1, 0);
  to.total.assign(to.values.size() + 1, 0);
  for (std::size_t i = 0, next = 0; i < rows.size(); i = next) {
    while (next < rows.size() && rows[next] == rows[i]) ++next;
    to.entries.push_back({rows[i].second, next - i});
    to.total[rows[i].second] += next - i;
    to.first[static_cast<std::size_t>(rows[i].first) + 1] = to.entries.size();
  }
}

Counts others(const Counts& all, const Counts& some) {
  Counts out(all.size());
  for (std::size_t k = 0; k < all.size(); ++k) out[k] = all[k] - some[k];
  return out;
}

struct Bars {
  Counts reference, current;
};

// Quantile bins of the reference, the missing last.
Bars number_bars(const UnitPool& pool, const Counts& reference, const Counts& current, int bins) {
  std::size_t at = 0;
  std::uint64_t behind = reference[0];  // rows up to and with value `at`
  const kernels::BinEdges edges = quantile_edges(total(reference) - reference.back(), bins, [&](std::size_t rank) {
    while (behind <= rank) behind += reference[++at];
    return pool.values[at];
  });
  Bars bars{Counts(static_cast<std::size_t>(edges.bins()) + 1), Counts(static_cast<std::size_t>(edges.bins()) + 1)};
  std::size_t bin = 0;
  for (std::size_t k = 0; k < pool.values.size(); ++k) {
    while (bin < static_cast<std::size_t>(edges.count) && pool.values[k] > edges.edge[bin]) ++bin;
    bars.reference[bin] += reference[k];
    bars.current[bin] += current[k];
  }
  bars.reference.back() = reference.back();
  bars.current.back() = current.back();
  return bars;
}

struct TextSides {
  Counts reference, current;  // of categories that the reference has, then of the missing
  std::uint64_t fresh = 0;    // rows of the current side with others
};

TextSides text_sides(const Counts& reference, const Counts& current) {
  TextSides out;
  for (std::size_t k = 0; k + 1 < reference.size(); ++k) {
    if (reference[k] == 0) {
      out.fresh += current[k];
      continue;
    }
    out.reference.push_back(reference[k]);
    out.current.push_back(current[k]);
  }
  out.reference.push_back(reference.back());
  out.current.push_back(current.back());
  return out;
}

struct Distances {
  double ks = 0, w1 = 0;
};

Distances walk(const UnitPool& pool, const Counts& reference, const Counts& current) {
  const auto n = static_cast<double>(total(reference) - reference.back());
  const auto m = static_cast<double>(total(current) - current.back());
  if (n == 0 || m == 0) return {kNaN, kNaN};
  Distances out;
  std::uint64_t i = 0, j = 0;
  for (std::size_t k = 0; k + 1 < pool.values.size(); ++k) {
    i += reference[k];
    j += current[k];
    const double gap = std::abs(static_cast<double>(i) / n - static_cast<double>(j) / m);
    out.ks = std::max(out.ks, gap);
    if (gap != 0) out.w1 += gap * (pool.values[k + 1] - pool.values[k]);
  }
  return out;
}

}  // namespace

Counts UnitPool::counts(const std::vector<char>& in_side) const {
  Counts out(total.size());
  for (std::size_t unit = 0; unit < in_side.size(); ++unit)
    if (in_side[unit])
      for (std::size_t e = first[unit]; e < first[unit + 1]; ++e) out[entries[e].value] += entries[e].count;
  return out;
}

UnitPool pool_column(const ColumnView& reference, const ColumnView& current, const UnitCodes& units) {
  UnitPool to;
  const CategoricalColumn *before = text_of(reference), *now = text_of(current);
  to.text = before || now;
  if (!to.text) {
    to.values = different_values(reference, current);
    count_entries(places(reference, to.values), places(current, to.values), units, to);
    return to;
  }
  std::vector<std::string> categories;
  for (const CategoricalColumn* column : {before, now})
    if (column) categories.insert(categories.end(), column->categories.begin(), column->categories.end());
  std::sort(categories.begin(), categories.end());
  categories.erase(std::unique(categories.begin(), categories.end()), categories.end());
  to.values.resize(categories.size());
  // A side that isn't text is all missing.
  const auto side = [&](const CategoricalColumn* column, std::size_t rows) {
    return column ? places(*column, categories) : std::vector<std::size_t>(rows, categories.size());
  };
  count_entries(side(before, units.reference.size()), side(now, units.current.size()), units, to);
  return to;
}

std::vector<double> statistics_of(const UnitPool& pool, const Counts& reference, const std::vector<std::string>& tests,
                                  int bins) {
  const auto asked = [&](const char* test) { return std::find(tests.begin(), tests.end(), test) != tests.end(); };
  const Counts current = others(pool.total, reference);
  const auto n = static_cast<double>(total(reference)), m = static_cast<double>(total(current));
  Bars bars;
  double fresh = 0;
  if (pool.text) {
    const TextSides sides = text_sides(reference, current);
    CategoryBins all = category_bins(sides.reference, sides.current, sides.fresh);
    bars = {std::move(all.reference), std::move(all.current)};
    fresh = static_cast<double>(sides.fresh) / (m - static_cast<double>(current.back()));
  } else if (asked("psi") || asked("jensen_shannon")) {
    bars = number_bars(pool, reference, current, bins);
  }
  const Distances distances = asked("ks") || asked("wasserstein") ? walk(pool, reference, current) : Distances{};
  std::vector<double> out;
  for (const std::string& test : tests)
    out.push_back(
        test == "psi"              ? population_stability_index(bars.reference, bars.current)
        : test == "jensen_shannon" ? std::sqrt(jensen_shannon_divergence(bars.reference, bars.current))
        : test == "ks"             ? distances.ks
        : test == "wasserstein"    ? distances.w1
        : test == "missing"
            ? std::abs(static_cast<double>(reference.back()) / n - static_cast<double>(current.back()) / m)
        : test == "chi2"
            ? chi_squared({reference.begin(), reference.end() - 1}, {current.begin(), current.end() - 1}).statistic
            : fresh);
  return out;
}

}  // namespace bakeoff
