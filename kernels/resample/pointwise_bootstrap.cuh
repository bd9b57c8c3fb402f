#pragma once
#include "kernels/launch.h"
#include "kernels/resample/pointwise_bootstrap.h"

namespace bakeoff::kernels {
namespace detail {

constexpr unsigned kFullWarp = 0xffffffffu;
constexpr int kWarpLanes = 32;
constexpr int kWarps = kLanes / kWarpLanes;
// Columns that a pass takes at once: their sums stand in shared memory beside a chunk's weights.
constexpr Index kDeviceColumns = 32;
// Rows whose terms are kept at once: 256 MiB with 32 columns.
constexpr Index kDeviceRows = Index{1} << 20;
// Chunks that a block adds up before it touches the totals.
constexpr Index kChunksPerBlock = 8;
// 4,096 terms of 2^36 times 8, from 8 chunks, stay far below 2^63.
static_assert((Index{1} << kTermBits) * kMaxWeight * kChunkRows * kChunksPerBlock <= Index{1} << 62);

struct DeviceBlock {
  Index candidates;  // taken at once
  Index columns;
  Index stride;  // integers of scratch for a column: rows taken at once, or units
};

inline DeviceBlock device_block(Index candidates, Index rows, TermSet terms, const ResampleUnits& units) {
  const Index count = terms.count(), whole = chunk_count(rows) * kChunkRows;
  const Index stride = units.of_row ? units.count : whole < kDeviceRows ? whole : kDeviceRows;
  Index block = kDeviceColumns / count;
  const Index room = kDeviceColumns * kDeviceRows / (count * (stride > 0 ? stride : 1));
  block = room < block ? room : block;
  block = block < 1 ? 1 : block > candidates ? candidates : block;
  return {block, block * count, stride};
}

// A row's terms as integers, for the candidates and chunks of a pass.
template <class T>
struct TermPass {
  ScoredRows<T> rows;
  TermSet terms;
  MetricContext context;
  const int* exponents;  // of the pass's first column
  Index first_candidate, first_chunk;
  const std::int32_t* unit_of_row;
  std::int64_t* out;  // [column][stride]
  Index stride;
};

template <Term kTerm, class T>
__device__ std::int64_t integer_term(const TermPass<T>& pass, const MetricContext& context, Index row, double score,
                                     int exponent) {
  double value = term_value<kTerm>(score, pass.rows.labels.data[row], context);
  if (pass.rows.weights.data) value = pass.rows.weights.data[row] * value;
  return static_cast<std::int64_t>(math::round_to_integer(value * term_factor(exponent)));
}

__device__ inline void atomic_add(std::int64_t* to, std::int64_t x) {
  atomicAdd(reinterpret_cast<unsigned long long*>(to), static_cast<unsigned long long>(x));
}

__device__ inline std::int64_t warp_sum(std::int64_t x) {
  for (int distance = kWarpLanes / 2; distance > 0; distance /= 2)
    x += __shfl_down_sync(kFullWarp, static_cast<long long>(x), distance);
  return x;
}

// Grid {chunks, candidates}, kLanes threads. By row: out[column][row - first row] = the term.
template <class T>
static __global__ void row_terms_kernel(TermPass<T> pass) {
  const Index candidate = blockIdx.y, first = pass.first_chunk * kChunkRows, count = pass.terms.count();
  const MetricContext context = pass.context.for_candidate(pass.first_candidate + candidate);
  for (int i = static_cast<int>(threadIdx.x); i < kChunkRows; i += kLanes) {
    const Index row = first + blockIdx.x * kChunkRows + i;
    if (row >= pass.rows.rows()) return;
    const auto score = static_cast<double>(pass.rows.scores(pass.first_candidate + candidate, row));
    for_each_term(pass.terms, [&]<Term kTerm>() {
      const Index column = candidate * count + pass.terms.index(kTerm);
      pass.out[column * pass.stride + row - first] =
          integer_term<kTerm>(pass, context, row, score, pass.exponents[column]);
    });
  }
}

// The same grid. By unit: out[column][unit] += the term. Rows are often sorted by unit: a warp of one unit adds once.
template <class T>
static __global__ void unit_terms_kernel(TermPass<T> pass) {
  const Index candidate = blockIdx.y, count = pass.terms.count(), last = pass.rows.rows() - 1;
  const MetricContext context = pass.context.for_candidate(pass.first_candidate + candidate);
  for (int i = static_cast<int>(threadIdx.x); i < kChunkRows; i += kLanes) {
    const Index wanted = (pass.first_chunk + blockIdx.x) * kChunkRows + i;
    const Index row = wanted < last ? wanted : last;  // all lanes take part in the warp's sum
    const auto score = static_cast<double>(pass.rows.scores(pass.first_candidate + candidate, row));
    const std::int32_t unit = pass.unit_of_row[row];
    const bool together = __all_sync(kFullWarp, unit == __shfl_sync(kFullWarp, unit, 0));
    for_each_term(pass.terms, [&]<Term kTerm>() {
      const Index column = candidate * count + pass.terms.index(kTerm);
      std::int64_t term = wanted <= last ? integer_term<kTerm>(pass, context, row, score, pass.exponents[column]) : 0;
      if (together) term = warp_sum(term);
      if (!together || threadIdx.x % kWarpLanes == 0) atomic_add(pass.out + column * pass.stride + unit, term);
    });
  }
}

static __global__ void zero_kernel(std::int64_t* out, Index count) {
  for (Index i = blockIdx.x * Index{kLanes} + threadIdx.x; i < count; i += gridDim.x * Index{kLanes}) out[i] = 0;
}

// The product of weights and integers: rows [0, count) of the columns, the first of which is unit `first`.
struct ProductPass {
  Resamples draws;
  ResampleUnits units;
  Index first;
  const std::int64_t* terms;  // [column][stride]
  Index stride, count, columns;
  bool limbs;        // a term may need more than 36 bits: its two parts are multiplied apart
  ExactSum* totals;  // [resample][total_columns], at the first column
  Index total_columns;
};

// One warp, one column (of a limb): adds the chunk's eight sums to `sums`.
__device__ inline void multiply_column(const std::int64_t* terms, int part, const std::uint64_t* weights, int rows,
                                       std::int64_t* sums) {
  const int lane = static_cast<int>(threadIdx.x) % kWarpLanes;
  std::int64_t sum[kResamplesPerBlock] = {};
  for (int row = lane; row < rows; row += kWarpLanes) {
    const std::int64_t whole = terms[row], term = part == 0 ? whole : part == 1 ? low_part(whole) : high_part(whole);
    const std::uint64_t weight = weights[row];
    for (int r = 0; r < kResamplesPerBlock; ++r) sum[r] += term * static_cast<std::int64_t>(weight >> (8 * r) & 0xff);
  }
  for (int r = 0; r < kResamplesPerBlock; ++r) {
    const std::int64_t total = warp_sum(sum[r]);
    if (lane == 0) sums[r] += total;
  }
}

__device__ inline void add_product(const ProductPass& pass, std::uint32_t group, int limbs, const std::int64_t* sums) {
  for (Index i = threadIdx.x; i < pass.columns * kResamplesPerBlock; i += kLanes) {
    const Index column = i / kResamplesPerBlock, field = i % kResamplesPerBlock;
    const Index resample = static_cast<Index>(group) * kResamplesPerBlock + field;
    if (resample >= pass.draws.count) continue;
    ExactSum* const total = pass.totals + resample * pass.total_columns + column;
    const std::int64_t* const sum = sums + column * limbs * kResamplesPerBlock + field;
    atomic_add(&total->low, low_part(sum[0]));
    atomic_add(&total->high, high_part(sum[0]) + (limbs == 2 ? sum[kResamplesPerBlock] : 0));
  }
}

// Grid {chunks / kChunksPerBlock, groups of 8 resamples}, kLanes threads: weights of a chunk into shared memory, then a
// warp a column.
static __global__ void product_kernel(ProductPass pass) {
  BAKEOFF_STATIC_SHARED(weights, std::uint64_t[kChunkRows]);
  BAKEOFF_STATIC_SHARED(sums, std::int64_t[2 * kDeviceColumns * kResamplesPerBlock]);
  const auto group = static_cast<std::uint32_t>(blockIdx.y);
  const int limbs = pass.limbs ? 2 : 1, warp = static_cast<int>(threadIdx.x) / kWarpLanes;
  const Index columns = pass.columns * limbs;
  for (Index i = threadIdx.x; i < columns * kResamplesPerBlock; i += kLanes) sums[i] = 0;
  for (Index chunk = blockIdx.x * kChunksPerBlock; chunk < (blockIdx.x + Index{1}) * kChunksPerBlock; ++chunk) {
    const Index first = chunk * kChunkRows, left = pass.count - first;
    if (left <= 0) break;
    const int rows = static_cast<int>(left < kChunkRows ? left : kChunkRows);
    for (int row = static_cast<int>(threadIdx.x); row < rows; row += kLanes)
      weights[row] = packed_weights(
          weight_block(pass.draws.key, id_at(pass.units, pass.first + first + row), pass.draws.first_group() + group));
    __syncthreads();
    for (Index c = warp; c < columns; c += kWarps)
      multiply_column(pass.terms + c / limbs * pass.stride + first, limbs == 1 ? 0 : 1 + static_cast<int>(c % 2),
                      weights, rows, sums + c * kResamplesPerBlock);
    __syncthreads();
  }
  add_product(pass, group, limbs, sums);
}

inline void launch_product(Stream stream, const ProductPass& pass) {
  const Index chunks = chunk_count(pass.count);
  const dim3 grid(static_cast<unsigned>((chunks + kChunksPerBlock - 1) / kChunksPerBlock),
                  static_cast<unsigned>((pass.draws.count + kResamplesPerBlock - 1) / kResamplesPerBlock));
  launch(product_kernel, grid, dim3(kLanes), 0, stream, pass);
}

}  // namespace detail

std::size_t pointwise_bootstrap_scratch_bytes(Stream, Index candidates, Index rows, TermSet terms,
                                              const ResampleUnits& units) {
  const detail::DeviceBlock block = detail::device_block(candidates, rows, terms, units);
  return sizeof(std::int64_t) * static_cast<std::size_t>(block.columns * block.stride);
}

template <class T>
void pointwise_bootstrap(Stream stream, const ScoredRows<T>& rows, const ResampleUnits& units,
                         const Resamples& resamples, TermSet terms, const MetricContext& context, const int* exponents,
                         ExactSum* totals, void* scratch) {
  using namespace detail;
  if (rows.rows() == 0 || rows.candidates() == 0 || resamples.count == 0) return;
  const DeviceBlock block = device_block(rows.candidates(), rows.rows(), terms, units);
  const Index chunks = chunk_count(rows.rows()), all_columns = rows.candidates() * terms.count();
  const Index step = units.of_row ? chunks : block.stride / kChunkRows;
  auto* const integers = static_cast<std::int64_t*>(scratch);
  for (Index m = 0; m < rows.candidates(); m += block.candidates) {
    const Index candidates = rows.candidates() - m < block.candidates ? rows.candidates() - m : block.candidates;
    const Index column = m * terms.count(), columns = candidates * terms.count();
    TermPass<T> pass{rows, terms, context, exponents + column, m, 0, units.of_row, integers, block.stride};
    ProductPass product{resamples,       units,       0,       integers,
                        block.stride,    units.count, columns, units.of_row != nullptr,
                        totals + column, all_columns};
    if (units.of_row) {
      const Index size = columns * block.stride, blocks = chunk_count(size) < 1024 ? chunk_count(size) : 1024;
      launch(zero_kernel, dim3(static_cast<unsigned>(blocks)), dim3(kLanes), 0, stream, integers, size);
    }
    for (Index first = 0; first < chunks; first += step) {
      const Index here = chunks - first < step ? chunks - first : step;
      const dim3 grid(static_cast<unsigned>(here), static_cast<unsigned>(candidates));
      pass.first_chunk = first;
      launch(units.of_row ? unit_terms_kernel<T> : row_terms_kernel<T>, grid, dim3(kLanes), 0, stream, pass);
      if (units.of_row) continue;
      product.first = first * kChunkRows;
      product.count = rows.rows() - product.first < step * kChunkRows ? rows.rows() - product.first : step * kChunkRows;
      launch_product(stream, product);
    }
    if (units.of_row) launch_product(stream, product);
  }
}

}  // namespace bakeoff::kernels
