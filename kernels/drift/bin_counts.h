// How many values fall into each bin: what PSI and Jensen-Shannon are made of. Integers, so any order will do.
#pragma once
#include "kernels/execute_tbb.h"
#include "kernels/launch.h"
#include "kernels/views.h"

namespace bakeoff::kernels {

inline constexpr int kMaxBinEdges = 127;

// Ascending edges: bin k holds (edge[k - 1], edge[k]], the last one what lies above all edges.
struct BinEdges {
  double edge[kMaxBinEdges];
  int count = 0;

  BAKEOFF_HD int bins() const { return count + 1; }
  /// Of a value that is not NaN.
  BAKEOFF_HD int bin_of(double value) const {
    int low = 0, high = count;
    while (low < high) {
      const int middle = (low + high) / 2;
      if (edge[middle] < value)
        low = middle + 1;
      else
        high = middle;
    }
    return low;
  }
};

/// Adds to counts[0, edges.bins()), and to counts[edges.bins()] the values that are NaN. On the GPU `values` and
/// `counts` are the device's.
void bin_counts(const Workers& workers, TensorView<const double, 1> values, const BinEdges& edges,
                std::uint64_t* counts);
void bin_counts(Stream stream, TensorView<const double, 1> values, const BinEdges& edges, std::uint64_t* counts);

}  // namespace bakeoff::kernels
