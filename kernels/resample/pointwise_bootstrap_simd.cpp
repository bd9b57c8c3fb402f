#include "kernels/resample/pointwise_bootstrap_simd.h"

#include "kernels/resample/double_lanes.h"

namespace bakeoff::kernels::BAKEOFF_ISA {
namespace {

constexpr int kVectors = 2;
constexpr int kMaxColumns = 6;  // 12 sums, 2 weights and a term fill the 16 registers

BAKEOFF_INLINE Doubles multiply_add(Doubles a, Doubles b, Doubles c) {
#if defined(__AVX512F__)
  return (Doubles)_mm512_fmadd_pd((__m512d)a, (__m512d)b, (__m512d)c);
#elif defined(__FMA__)
  return (Doubles)_mm256_fmadd_pd((__m256d)a, (__m256d)b, (__m256d)c);
#else
  return a * b + c;
#endif
}

template <int kColumns, bool kPlaced>
void add_rows(const WeightedColumns& job, const double* terms, double* sums) {
  for (int first = 0; first < kTileResamples; first += kVectors * kWidth) {
    Doubles sum[kColumns][kVectors];
    BAKEOFF_UNROLL for (int c = 0; c < kColumns; ++c) BAKEOFF_UNROLL for (int v = 0; v < kVectors; ++v) sum[c][v] =
        load(sums + c * kTileResamples + first + v * kWidth);
    for (Index row = 0; row < job.rows; ++row) {
      const std::uint8_t* weights = job.weights + (kPlaced ? job.place[row] : row) * kTileResamples + first;
      Doubles weight[kVectors];
      BAKEOFF_UNROLL for (int v = 0; v < kVectors; ++v) weight[v] = load_weights(weights + v * kWidth);
      BAKEOFF_UNROLL for (int c = 0; c < kColumns; ++c) {
        const Doubles term = Doubles{} + terms[c * job.stride + row];
        BAKEOFF_UNROLL for (int v = 0; v < kVectors; ++v) sum[c][v] = multiply_add(weight[v], term, sum[c][v]);
      }
    }
    BAKEOFF_UNROLL for (int c = 0; c < kColumns; ++c) BAKEOFF_UNROLL for (int v = 0; v < kVectors; ++v)
        store(sum[c][v], sums + c * kTileResamples + first + v * kWidth);
  }
}

template <int kColumns>
void add_block(const WeightedColumns& job, const double* terms, double* sums) {
  if (job.place)
    add_rows<kColumns, true>(job, terms, sums);
  else
    add_rows<kColumns, false>(job, terms, sums);
}

}  // namespace

void add_weighted(const WeightedColumns& job) {
  for (Index c = 0; c < job.columns; c += kMaxColumns) {
    const double* terms = job.terms + c * job.stride;
    double* sums = job.sums + c * kTileResamples;
    switch (job.columns - c) {
      case 1:
        add_block<1>(job, terms, sums);
        break;
      case 2:
        add_block<2>(job, terms, sums);
        break;
      case 3:
        add_block<3>(job, terms, sums);
        break;
      case 4:
        add_block<4>(job, terms, sums);
        break;
      case 5:
        add_block<5>(job, terms, sums);
        break;
      default:
        add_block<kMaxColumns>(job, terms, sums);
    }
  }
}

}  // namespace bakeoff::kernels::BAKEOFF_ISA
