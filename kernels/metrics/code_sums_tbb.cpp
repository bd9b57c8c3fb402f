#include "kernels/metrics/code_sums.h"

namespace bakeoff::kernels {

void code_sums(const Workers& workers, const CodedRows& rows, double* sums, void* scratch) {
  const Index chunks = chunk_count(rows.rows());
  auto* const partials = static_cast<double*>(scratch);  // [chunk][sum]: a chunk's sums lie side by side
  workers.for_each(rows.columns() * chunks, [&](Index item) {
    const Index j = item / chunks, chunk = item % chunks, begin = chunk * kChunkRows;
    const Index end = begin + kChunkRows < rows.rows() ? begin + kChunkRows : rows.rows();
    double* const sum = partials + chunk * rows.sums + rows.first[j];
    for (Index c = 0; c < rows.first[j + 1] - rows.first[j]; ++c) sum[c] = 0;
    for (Index i = begin; i < end; ++i)
      if (const std::int16_t code = rows.codes(j, i); code >= 0)
        sum[code] += rows.weights.data ? rows.weights.data[i] : 1.0;
  });
  workers.for_each(rows.sums, [&](Index s) {
    for (Index half = power_of_two_at_least(chunks) / 2; half > 0; half /= 2)
      for (Index k = 0; k < half && k + half < chunks; ++k)
        partials[k * rows.sums + s] += partials[(k + half) * rows.sums + s];
    sums[s] = chunks > 0 ? partials[s] : 0.0;
  });
}

}  // namespace bakeoff::kernels
