// What the current data are compared with: fitted once, saved, loaded, used for any number of batches.
#pragma once
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <variant>
#include <vector>

#include "drift/shares.h"
#include "drift/table_view.h"
#include "kernels/drift/bin_counts.h"

namespace bakeoff {

struct NumericReference {
  // Quantiles of the reference (values of its own, so that ties don't matter), fewer where values repeat. If a tenth or
  // more is the smallest value, an edge lies just below it: what is smaller still has a bin of its own, empty here.
  kernels::BinEdges edges;
  Counts counts;               // edges.bins(), then the missing
  double deviation = 0;        // standard deviation, ddof = 0
  std::vector<double> sorted;  // empty if not kept
  // Draws of sqrt(n m / (n + m)) W1 under no change, ascending: integrals of Brownian bridges over the reference.
  std::vector<double> w1_null;

  std::uint64_t missing() const { return counts.back(); }
};

struct CategoricalReference {
  std::vector<std::string> categories;  // ascending
  Counts counts;                        // of each, then the missing
  std::uint64_t missing() const { return counts.back(); }
};

struct ReferenceColumn {
  std::string name;
  std::variant<NumericReference, CategoricalReference> data;
  // "numbers" or "text".
  const char* kind() const { return data.index() == 0 ? "numbers" : "text"; }
};

struct ReferenceOptions {
  int bins = 10;  // 2 to 100
  // false: 10 quantiles instead of all values; ks and wasserstein can't be asked for then.
  bool keep_values = true;
  std::uint64_t seed = 0;
  bool distances = true;  // false: no draws for the p of wasserstein in large samples
};

class DriftReference {
 public:
  DriftReference() = default;
  DriftReference(std::vector<ReferenceColumn> columns, std::int64_t rows) : columns_(std::move(columns)), rows_(rows) {}
  // DataError for a table without rows or with two columns of one name. A column that is all missing is text if its
  // table says so.
  static DriftReference fit(const Execution& execution, const TableView& table, const ReferenceOptions& options = {});

  // What fit() gives for the rows of both, in any order. DataError if one lacks a column of the other or holds another
  // kind; SpecError if one has not kept its values: bins can't be cut anew from counts.
  static DriftReference merge(const Execution& execution, const DriftReference& a, const DriftReference& b,
                              const ReferenceOptions& options = {});

  const std::vector<ReferenceColumn>& columns() const { return columns_; }
  std::int64_t rows() const { return rows_; }
  std::vector<std::string> names() const;

  // A safetensors file: a header in JSON, then arrays of doubles and integers. DataError from load() for one that is
  // damaged or of another kind; nothing in it is executed.
  void save(const std::string& path) const;
  static DriftReference load(const std::string& path);

 private:
  std::vector<ReferenceColumn> columns_;
  std::int64_t rows_ = 0;
};

// The edges of NumericReference from n values; at(rank) is the rank-th, asked for in ascending order.
template <class ValueAt>
kernels::BinEdges quantile_edges(std::size_t n, int bins, const ValueAt& at) {
  kernels::BinEdges edges;
  const auto add = [&](double edge) { edges.edge[edges.count++] = edge; };
  if (n == 0) return edges;
  const double least = at(0);
  for (int k = 1; k < bins; ++k) {
    const std::size_t rank =
        (n * static_cast<std::size_t>(k) + static_cast<std::size_t>(bins) - 1) / static_cast<std::size_t>(bins);
    const double edge = at(rank - 1);
    if (k == 1 && edge == least && !std::isinf(edge))
      add(std::nextafter(edge, -std::numeric_limits<double>::infinity()));
    if (edges.count == 0 || edge > edges.edge[edges.count - 1]) add(edge);
  }
  return edges;
}

// Of ascending values: the edges and their counts as NumericReference describes them; the rest is left as it is.
void fill_bins(const std::vector<double>& sorted, std::uint64_t missing, int bins, NumericReference& to);
// How many of the ascending values lie in each bin.
void count_sorted(const double* sorted, Index n, const kernels::BinEdges& edges, Counts& counts);

}  // namespace bakeoff
