// Weights are made once for a tile of 64 resamples x 256 rows and used for all columns. Rows that share a unit are
// summed first, as integers; then units take the place of rows, and the cost is that of G units instead of N rows.
#include <atomic>

#include "kernels/metrics/pointwise_simd.h"
#include "kernels/resample/pointwise_bootstrap.h"
#include "kernels/resample/pointwise_bootstrap_simd.h"
#include "kernels/resample/weights_simd.h"

namespace bakeoff::kernels {
namespace {

// Candidates are taken in blocks of so many columns that a thread's terms stay in its share of L3, and that the sums of
// units stay below 256 MiB. 48 columns leave the weights at 15 % of the time.
constexpr Index kBlockColumns = 48;
constexpr Index kUnitSums = Index{1} << 25;

struct Layout {
  Index candidates;  // in a block
  Index columns;     // in a block
  Index slot;        // doubles that a slot (one for each thread) works in
  Index unit_sums;   // before the slots
};

Layout layout_of(Index candidates, TermSet terms, const ResampleUnits& units) {
  const Index count = terms.count();
  Index block = kBlockColumns / count;
  if (units.of_row && block * count * units.count > kUnitSums) block = kUnitSums / (count * units.count);
  block = block < 1 ? 1 : block > candidates ? candidates : block;
  const Index columns = block * count, limbs = units.of_row ? 2 : 1;
  return {block, columns, limbs * columns * (kChunkRows + kTileResamples) + columns,
          units.of_row ? columns * units.count : 0};
}

// One block of candidates on its way through the passes below.
template <class T>
struct Job {
  const ScoredRows<T>& rows;
  const ResampleUnits& units;
  const Resamples& resamples;
  TermSet terms;
  const MetricContext& context;
  const int* exponents;  // of the block's first column
  ExactSum* totals;      // of resample 0 and the block's first column
  Index total_columns;   // between resamples
  Index first_candidate, candidates;
  Isa isa = best_isa();

  Index columns() const { return candidates * terms.count(); }
};

void add_shared(std::int64_t& to, std::int64_t x) {
  std::atomic_ref<std::int64_t>(to).fetch_add(x, std::memory_order_relaxed);
}

// terms[c * kChunkRows + i] for all columns of a candidate.
template <class T>
void chunk_columns(const Job<T>& job, Index candidate, Index chunk, double* factors, double* terms) {
  const int count = job.terms.count();
  for (int t = 0; t < count; ++t) factors[t] = term_factor(job.exponents[candidate * count + t]);
  const ChunkRows<T> part = chunk_rows(job.rows, job.first_candidate + candidate, chunk);
  const MetricContext context = job.context.for_candidate(job.first_candidate + candidate);
  BAKEOFF_FOR_ISA(job.isa, chunk_terms(part, job.terms, context, factors, terms));
}

// Adds a chunk's terms to the sums of their units; runs of one unit are added up first.
template <class T>
void scatter(const Job<T>& job, Index column, Index chunk, const double* terms, std::int64_t* unit_sums) {
  const std::int32_t* unit = job.units.of_row + chunk * kChunkRows;
  const Index left = job.rows.rows() - chunk * kChunkRows, count = left < kChunkRows ? left : kChunkRows;
  std::int64_t* const sums = unit_sums + column * job.units.count;
  for (Index i = 0; i < count;) {
    const std::int32_t current = unit[i];
    std::int64_t run = 0;
    for (; i < count && unit[i] == current; ++i) run += static_cast<std::int64_t>(terms[i]);
    add_shared(sums[current], run);
  }
}

template <class T>
void sum_units(const Workers& workers, const Job<T>& job, const Layout& layout, std::int64_t* unit_sums,
               double* slots) {
  workers.for_each(job.columns(), [&](Index c) {
    for (Index g = 0; g < job.units.count; ++g) unit_sums[c * job.units.count + g] = 0;
  });
  const Index chunks = chunk_count(job.rows.rows()), count = job.terms.count();
  std::atomic<Index> next{0};
  workers.for_each(workers.threads(), [&](Index slot) {
    double* const factors = slots + slot * layout.slot;
    double* const terms = factors + layout.columns;
    for (Index item; (item = next.fetch_add(1, std::memory_order_relaxed)) < chunks * job.candidates;) {
      const Index candidate = item / chunks, chunk = item % chunks;
      chunk_columns(job, candidate, chunk, factors, terms);
      for (Index t = 0; t < count; ++t) scatter(job, candidate * count + t, chunk, terms + t * kChunkRows, unit_sums);
    }
  });
}

// What a slot works on: rows of the terms' matrix are rows of the data, or units in two limbs.
template <class T>
Index fill_terms(const Job<T>& job, Index chunk, const std::int64_t* unit_sums, double* factors, double* terms) {
  if (!unit_sums) {
    for (Index m = 0; m < job.candidates; ++m)
      chunk_columns(job, m, chunk, factors, terms + m * job.terms.count() * kChunkRows);
    return job.columns();
  }
  const Index first = chunk * kChunkRows, left = job.units.count - first;
  for (Index c = 0; c < job.columns(); ++c)
    for (Index i = 0; i < kChunkRows && i < left; ++i) {
      const std::int64_t sum = unit_sums[c * job.units.count + first + i];
      terms[2 * c * kChunkRows + i] = static_cast<double>(low_part(sum));
      terms[(2 * c + 1) * kChunkRows + i] = static_cast<double>(high_part(sum));
    }
  return 2 * job.columns();
}

template <class T>
void add_tile(const Job<T>& job, Index first_resample, const double* sums, bool limbs) {
  for (Index c = 0; c < job.columns(); ++c)
    for (Index r = 0; r < kTileResamples && first_resample + r < job.resamples.count; ++r) {
      ExactSum& total = job.totals[(first_resample + r) * job.total_columns + c];
      const double* const sum = sums + c * (limbs ? 2 : 1) * kTileResamples + r;
      const auto low = static_cast<std::int64_t>(sum[0]);
      add_shared(total.low, low_part(low));
      add_shared(total.high, high_part(low) + (limbs ? static_cast<std::int64_t>(sum[kTileResamples]) : 0));
    }
}

template <class T>
void run_tile(const Job<T>& job, Index chunk, Index tile, const double* terms, Index columns, double* sums) {
  alignas(64) std::uint8_t weights[kTileRows * kTileResamples];
  for (Index i = 0; i < columns * kTileResamples; ++i) sums[i] = 0;
  const Index end = (chunk + 1) * kChunkRows < job.units.count ? (chunk + 1) * kChunkRows : job.units.count;
  for (Index first = chunk * kChunkRows; first < end; first += kTileRows) {
    WeightTile piece;
    piece.key = job.resamples.key;
    piece.units = job.units.ids ? job.units.ids + first : nullptr;
    piece.first_unit = job.units.first_id + first;
    piece.count = end - first < kTileRows ? end - first : kTileRows;
    piece.first_group =
        job.resamples.first_group() + static_cast<std::uint32_t>(tile * (kTileResamples / kResamplesPerBlock));
    piece.groups = kTileResamples / kResamplesPerBlock;
    fill_weights(piece, weights, job.isa);
    const WeightedColumns product{weights, piece.count, terms + first % kChunkRows, kChunkRows, columns, sums};
    BAKEOFF_FOR_ISA(job.isa, add_weighted(product));
  }
}

// Items are a chunk and a range of its tiles: the terms of a chunk are made again for each range, so ranges are as long
// as enough items for all threads allow.
template <class T>
void resample(const Workers& workers, const Job<T>& job, const Layout& layout, const std::int64_t* unit_sums,
              double* slots) {
  const Index chunks = chunk_count(job.units.count),
              tiles = (job.resamples.count + kTileResamples - 1) / kTileResamples;
  const Index wanted = (4 * workers.threads() + chunks - 1) / chunks;
  const Index ranges = wanted < tiles ? wanted : tiles;
  std::atomic<Index> next{0};
  workers.for_each(workers.threads(), [&](Index slot) {
    double* const factors = slots + slot * layout.slot;
    double* const terms = factors + layout.columns;
    for (Index item; (item = next.fetch_add(1, std::memory_order_relaxed)) < chunks * ranges;) {
      const Index chunk = item / ranges, range = item % ranges;
      const Index columns = fill_terms(job, chunk, unit_sums, factors, terms);
      double* const sums = terms + columns * kChunkRows;
      for (Index tile = range * tiles / ranges; tile < (range + 1) * tiles / ranges; ++tile) {
        run_tile(job, chunk, tile, terms, columns, sums);
        add_tile(job, tile * kTileResamples, sums, unit_sums != nullptr);
      }
    }
  });
}

}  // namespace

std::size_t pointwise_bootstrap_scratch_bytes(const Workers& workers, Index candidates, Index, TermSet terms,
                                              const ResampleUnits& units) {
  const Layout layout = layout_of(candidates, terms, units);
  return sizeof(double) * static_cast<std::size_t>(layout.unit_sums + workers.threads() * layout.slot);
}

template <class T>
void pointwise_bootstrap(const Workers& workers, const ScoredRows<T>& rows, const ResampleUnits& units,
                         const Resamples& resamples, TermSet terms, const MetricContext& context, const int* exponents,
                         ExactSum* totals, void* scratch) {
  if (rows.rows() == 0 || rows.candidates() == 0 || resamples.count == 0) return;
  const Layout layout = layout_of(rows.candidates(), terms, units);
  auto* const unit_sums = units.of_row ? static_cast<std::int64_t*>(scratch) : nullptr;
  double* const slots = static_cast<double*>(scratch) + layout.unit_sums;
  for (Index first = 0; first < rows.candidates(); first += layout.candidates) {
    const Index left = rows.candidates() - first, column = first * terms.count();
    const Job<T> job{rows,
                     units,
                     resamples,
                     terms,
                     context,
                     exponents + column,
                     totals + column,
                     rows.candidates() * terms.count(),
                     first,
                     left < layout.candidates ? left : layout.candidates};
    if (unit_sums) sum_units(workers, job, layout, unit_sums, slots);
    resample(workers, job, layout, unit_sums, slots);
  }
}

template void pointwise_bootstrap(const Workers&, const ScoredRows<float>&, const ResampleUnits&, const Resamples&,
                                  TermSet, const MetricContext&, const int*, ExactSum*, void*);
template void pointwise_bootstrap(const Workers&, const ScoredRows<double>&, const ResampleUnits&, const Resamples&,
                                  TermSet, const MetricContext&, const int*, ExactSum*, void*);

}  // namespace bakeoff::kernels
