#include "train/sparse_gram.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace bakeoff {
namespace {

using kernels::Index;

// What is not zero of z, columns ascending.
void spell_out(const kernels::SparseRowsView& rows, Index row, double label_shift,
               std::vector<std::pair<Index, double>>& z) {
  z.clear();
  for (Index e = rows.starts[row]; e < rows.starts[row + 1]; ++e) z.emplace_back(rows.indices[e], rows.value(e));
  z.emplace_back(rows.columns, 1.0);
  z.emplace_back(rows.columns + 1, rows.labels[row] - label_shift);
}

}  // namespace

void sparse_gram(const Execution& execution, const kernels::SparseRowsView& rows, const Index* order,
                 const kernels::GramSegment* segments, int count, double label_shift, double* out) {
  const Index n = rows.columns + Index{2}, size = n * n;
  // A segment's rows are dealt in order to slots, as many as 256 MB hold: never a matter of the threads.
  const Index slots = std::clamp((Index{256} << 20) / (size * Index{sizeof(double)} * count), Index{1}, Index{8});
  std::vector<double> sums(static_cast<std::size_t>(count * slots * size), 0.0);
  execution.workers().for_each(count * slots, [&](Index task) {
    const kernels::GramSegment& segment = segments[task / slots];
    const Index length = segment.end - segment.begin, slot = task % slots;
    double* const to = sums.data() + task * size;
    std::vector<std::pair<Index, double>> z;
    for (Index i = segment.begin + length * slot / slots; i < segment.begin + length * (slot + 1) / slots; ++i) {
      if (i % 4096 == 0) execution.check_stop();
      const Index row = order ? order[i] : i;
      spell_out(rows, row, label_shift, z);
      const double weight = rows.weights ? rows.weights[row] : 1.0;
      for (std::size_t a = 0; a < z.size(); ++a) {
        const double value = weight * z[a].second;
        for (std::size_t b = a; b < z.size(); ++b) to[z[a].first * n + z[b].first] += value * z[b].second;
      }
    }
  });
  execution.workers().for_each(count * n, [&](Index task) {
    const Index segment = task / n, i = task % n;
    double* const to = out + segment * size;
    for (Index j = i; j < n; ++j) {
      double sum = 0;
      for (Index slot = 0; slot < slots; ++slot) sum += sums[(segment * slots + slot) * size + i * n + j];
      to[i * n + j] = to[j * n + i] = sum;
    }
  });
}

}  // namespace bakeoff
