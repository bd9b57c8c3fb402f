// A chunk of 4,096 units (or rows) is taken at a time: its weights in 64 resamples are drawn once, 256 KiB that stay in
// L2, and every slice multiplies its own rows with them. So a second slice of a row costs its products alone: 3.6 ns a
// row, column and 64 resamples where the draws take 19 (1 core AMD EPYC, AVX-512). With one slice it is as fast as
// pointwise_bootstrap (M = 16, 50,000 rows, B = 500: 98.7 ms, there 99.2).
#include <algorithm>
#include <atomic>

#include "kernels/resample/pointwise_bootstrap_simd.h"
#include "kernels/resample/weights_simd.h"
#include "kernels/slices/gather.h"
#include "kernels/slices/sliced_bootstrap.h"

namespace bakeoff::kernels {
namespace {

// Terms of a chunk that a thread holds: 1.5 MiB, as in pointwise_bootstrap.
constexpr Index kSlotTerms = 48 * kChunkRows;
// Totals that a thread holds: 8 MiB. In as many tiles as they have room for, the terms of a chunk are made once: those
// of log_loss take 5 ns a row, as much as four tiles' products.
constexpr Index kSlotTotals = Index{1} << 19;
constexpr Index kTilesAtOnce = 16;
// Sums of units: 256 MiB.
constexpr Index kUnitSums = Index{1} << 25;

struct Slices {
  const SliceRows* slice;
  Index count;

  bool by_unit() const { return count > 0 && slice[0].by_unit(); }
  Index all_items() const {
    Index items = 0;
    for (Index s = 0; s < count; ++s) items += slice[s].items();
    return items;
  }
  // Items of slice s whose place is below `place`.
  Index items_below(Index s, Index place) const {
    const Index items = slice[s].items();
    const std::int64_t* const places = slice[s].places();
    if (!places) return std::min(place, items);
    return std::lower_bound(places, places + items, place) - places;
  }
  // The most items that a chunk of places has in all slices together.
  Index chunk_items(Index places) const {
    Index most = 1;
    for (Index chunk = 0; chunk < chunk_count(places); ++chunk) {
      Index items = 0;
      for (Index s = 0; s < count; ++s)
        items += items_below(s, (chunk + 1) * kChunkRows) - items_below(s, chunk * kChunkRows);
      most = std::max(most, items);
    }
    return most;
  }
};

// The items that a slice has in a chunk, and where their terms stand.
struct Piece {
  Index slice, kept, offset;
};

// What a thread works in. With a null base it only measures.
struct Slot {
  std::uint8_t* weights;  // kChunkRows x kTileResamples
  double *terms, *candidate_terms, *sums, *factors;
  ExactSum* totals;  // tiles x slices x columns x kTileResamples
  Piece* pieces;
  std::uint16_t* place;
  std::size_t bytes = 0;

  Slot(Index tiles, Index slices, Index columns, Index limbs, Index chunk_items, char* base) {
    const auto take = [&](auto*& p, Index n) {
      p = reinterpret_cast<std::remove_reference_t<decltype(p)>>(base + bytes);
      bytes += (sizeof *p * static_cast<std::size_t>(n) + 63) / 64 * 64;
    };
    take(weights, kChunkRows * kTileResamples);
    take(terms, limbs * columns * chunk_items);
    take(candidate_terms, kTermCount * kChunkRows);
    take(sums, limbs * columns * kTileResamples);
    take(factors, kTermCount);
    take(totals, tiles * slices * columns * kTileResamples);
    take(pieces, slices);
    take(place, chunk_items);
  }
};

struct Layout {
  Index chunk_items, candidates, columns, limbs, unit_sums, tiles;
  std::size_t slot_bytes;

  Layout(Index all_candidates, TermSet terms, const Slices& slices, const ResampleUnits& units) {
    const Index count = terms.count();
    limbs = slices.by_unit() ? 2 : 1;
    chunk_items = slices.chunk_items(units.count);
    Index most = std::min(kSlotTerms / (limbs * chunk_items), kSlotTotals / (slices.count * kTileResamples));
    if (slices.by_unit()) most = std::min(most, kUnitSums / std::max<Index>(slices.all_items(), 1));
    candidates = std::clamp<Index>(most / count, 1, std::max<Index>(all_candidates, 1));
    columns = candidates * count;
    unit_sums = slices.by_unit() ? columns * slices.all_items() : 0;
    tiles = std::clamp<Index>(kSlotTotals / (slices.count * columns * kTileResamples), 1, kTilesAtOnce);
    slot_bytes = Slot(tiles, slices.count, columns, limbs, chunk_items, nullptr).bytes;
  }
  std::size_t unit_sum_bytes() const {
    return (static_cast<std::size_t>(unit_sums) * sizeof(std::int64_t) + 63) / 64 * 64;
  }
};

template <class T>
struct Job {
  const ScoredRows<T>& rows;
  const Slices& slices;
  const ResampleUnits& units;
  const Resamples& resamples;
  TermSet terms;
  const MetricContext* contexts;
  const int* exponents;  // at the block's first column
  ExactSum* totals;      // at the block's first column
  Index all_columns;     // between slices
  Index first_candidate, candidates;
  std::int64_t* unit_sums;  // [slice's items][column]
  const std::uint8_t* drawn;
  Isa isa = best_isa();

  Index columns() const { return candidates * terms.count(); }
};

void add_shared(std::int64_t& to, std::int64_t x) {
  if (x != 0) std::atomic_ref<std::int64_t>(to).fetch_add(x, std::memory_order_relaxed);
}

// candidate_terms[t * kChunkRows + i] for the rows [first, first + count) of slice s, at most kChunkRows.
template <class T>
void slice_terms(const Job<T>& job, Index s, Index m, Index first, Index count, const Slot& slot) {
  SliceRows part = job.slices.slice[s];
  ScoredRows<T> rows = job.rows;
  if (part.row) {
    part.row += first;
  } else {
    rows.scores.data += first * rows.scores.strides[1];
    rows.labels.data += first;
    if (rows.weights.data) rows.weights.data += first;
  }
  part.count = count;
  const int terms = job.terms.count();
  for (int t = 0; t < terms; ++t) slot.factors[t] = term_factor(job.exponents[s * job.all_columns + m * terms + t]);
  GatheredRows<T> gathered;
  const ChunkRows<T> chunk = slice_chunk(rows, part, job.first_candidate + m, 0, gathered);
  const MetricContext context = job.contexts[s].for_candidate(job.first_candidate + m);
  BAKEOFF_FOR_ISA(job.isa, chunk_terms(chunk, job.terms, context, slot.factors, slot.candidate_terms));
}

// unit_sums of slice s begin at `begin`. Runs of rows of one unit are added up before they are added to its sum.
template <class T>
void sum_units(const Job<T>& job, Index s, Index begin, Index chunk, Index m, const Slot& slot) {
  const SliceRows& slice = job.slices.slice[s];
  const Index first = chunk * kChunkRows, count = std::min(kChunkRows, slice.count - first);
  slice_terms(job, s, m, first, count, slot);
  const std::int32_t* const unit = slice.unit_of_row + first;
  for (int t = 0; t < job.terms.count(); ++t) {
    const double* const terms = slot.candidate_terms + t * kChunkRows;
    for (Index i = 0; i < count;) {
      const std::int32_t current = unit[i];
      std::int64_t run = 0;
      for (; i < count && unit[i] == current; ++i) run += static_cast<std::int64_t>(terms[i]);
      add_shared(job.unit_sums[(begin + current) * job.columns() + m * job.terms.count() + t], run);
    }
  }
}

// The terms of the chunk's items of slice s: terms[c * kept + i] for its columns (or their limbs), and their places.
template <class T>
void fill_terms(const Job<T>& job, Index s, Index begin, Index chunk, Index first, const Piece& piece,
                const Slot& slot) {
  const Index kept = piece.kept;
  double* const terms = slot.terms + piece.offset * (job.unit_sums ? 2 : 1) * job.columns();
  std::uint16_t* const place = slot.place + piece.offset;
  const SliceRows& slice = job.slices.slice[s];
  const std::int64_t* const places = slice.places();
  for (Index i = 0; i < kept; ++i)
    place[i] = static_cast<std::uint16_t>((places ? places[first + i] : first + i) - chunk * kChunkRows);
  if (job.unit_sums) {
    for (Index i = 0; i < kept; ++i)
      for (Index c = 0; c < job.columns(); ++c) {
        const std::int64_t sum = job.unit_sums[(begin + first + i) * job.columns() + c];
        terms[2 * c * kept + i] = static_cast<double>(low_part(sum));
        terms[(2 * c + 1) * kept + i] = static_cast<double>(high_part(sum));
      }
    return;
  }
  for (Index m = 0; m < job.candidates; ++m) {
    slice_terms(job, s, m, first, kept, slot);
    for (int t = 0; t < job.terms.count(); ++t)
      std::copy_n(slot.candidate_terms + t * kChunkRows, kept, terms + (m * job.terms.count() + t) * kept);
  }
}

// Adds the products of a piece in one tile to the totals of its slice.
template <class T>
void multiply_piece(const Job<T>& job, const Piece& piece, const std::uint8_t* weights, Index lanes, const Slot& slot,
                    ExactSum* totals) {
  const Index limbs = job.unit_sums ? 2 : 1, columns = limbs * job.columns();
  std::fill_n(slot.sums, columns * kTileResamples, 0.0);
  const WeightedColumns product{weights,
                                piece.kept,
                                slot.terms + piece.offset * columns,
                                piece.kept,
                                columns,
                                slot.sums,
                                slot.place + piece.offset};
  BAKEOFF_FOR_ISA(job.isa, add_weighted(product));
  for (Index c = 0; c < job.columns(); ++c)
    for (Index r = 0; r < lanes; ++r) {
      const double* const sum = slot.sums + c * limbs * kTileResamples + r;
      const auto low = static_cast<std::int64_t>(sum[0]);
      ExactSum& total = totals[c * kTileResamples + r];
      total.low += low_part(low);
      total.high += high_part(low) + (limbs == 2 ? static_cast<std::int64_t>(sum[kTileResamples]) : 0);
    }
}

// The weights of the chunk's places in the tile.
template <class T>
const std::uint8_t* chunk_weights(const Job<T>& job, Index first_place, Index places, Index tile, const Slot& slot) {
  if (job.drawn) return job.drawn + first_place * kTileResamples;
  WeightTile draws;
  draws.key = job.resamples.key;
  draws.units = job.units.ids ? job.units.ids + first_place : nullptr;
  draws.first_unit = job.units.first_id + first_place;
  draws.count = places;
  draws.first_group =
      job.resamples.first_group() + static_cast<std::uint32_t>(tile * (kTileResamples / kResamplesPerBlock));
  draws.groups = kTileResamples / kResamplesPerBlock;
  fill_weights(draws, slot.weights, job.isa);
  return slot.weights;
}

template <class T>
Index lanes_of(const Job<T>& job, Index tile) {
  return std::min<Index>(kTileResamples, job.resamples.count - tile * kTileResamples);
}

// Tiles [first_tile, last_tile) of a chunk.
template <class T>
void run_chunk(const Job<T>& job, Index chunk, Index first_tile, Index last_tile, const Slot& slot) {
  const Index first_place = chunk * kChunkRows, places = std::min(kChunkRows, job.units.count - first_place);
  Index pieces = 0, begin = 0, offset = 0;
  for (Index s = 0; s < job.slices.count; ++s) {
    const Index first = job.slices.items_below(s, first_place);
    const Piece piece{s, job.slices.items_below(s, first_place + places) - first, offset};
    if (piece.kept > 0) {
      fill_terms(job, s, begin, chunk, first, piece, slot);
      slot.pieces[pieces++] = piece;
      offset += piece.kept;
    }
    begin += job.slices.slice[s].items();
  }
  for (Index tile = first_tile; tile < last_tile; ++tile) {
    const std::uint8_t* const weights = chunk_weights(job, first_place, places, tile, slot);
    for (Index p = 0; p < pieces; ++p) {
      const Index slice = (tile - first_tile) * job.slices.count + slot.pieces[p].slice;
      multiply_piece(job, slot.pieces[p], weights, lanes_of(job, tile), slot,
                     slot.totals + slice * job.columns() * kTileResamples);
    }
  }
}

// The slot's totals of tiles [first_tile, last_tile) to those of all.
template <class T>
void add_totals(const Job<T>& job, Index first_tile, Index last_tile, const Slot& slot) {
  const ExactSum* sums = slot.totals;
  for (Index tile = first_tile; tile < last_tile; ++tile)
    for (Index s = 0; s < job.slices.count; ++s)
      for (Index c = 0; c < job.columns(); ++c, sums += kTileResamples)
        for (Index r = 0; r < lanes_of(job, tile); ++r) {
          ExactSum& total = job.totals[((tile * kTileResamples + r) * job.slices.count + s) * job.all_columns + c];
          add_shared(total.low, sums[r].low);
          add_shared(total.high, sums[r].high);
        }
}

// Items are a range of tiles and a run of chunks.
template <class T>
void resample(const Workers& workers, const Job<T>& job, const Layout& layout, char* slots) {
  const Index chunks = chunk_count(job.units.count);
  const Index tiles = (job.resamples.count + kTileResamples - 1) / kTileResamples;
  const Index ranges = (tiles + layout.tiles - 1) / layout.tiles;
  const Index runs = std::min(chunks, (4 * workers.threads() + ranges - 1) / ranges);
  std::atomic<Index> next{0};
  workers.for_each(workers.threads(), [&](Index thread) {
    const Slot slot(layout.tiles, job.slices.count, layout.columns, layout.limbs, layout.chunk_items,
                    slots + static_cast<std::size_t>(thread) * layout.slot_bytes);
    for (Index item; (item = next.fetch_add(1, std::memory_order_relaxed)) < ranges * runs;) {
      const Index run = item % runs, first_tile = item / runs * layout.tiles;
      const Index last_tile = std::min(tiles, first_tile + layout.tiles);
      std::fill_n(slot.totals, (last_tile - first_tile) * job.slices.count * job.columns() * kTileResamples,
                  ExactSum{});
      for (Index chunk = run * chunks / runs; chunk < (run + 1) * chunks / runs; ++chunk)
        run_chunk(job, chunk, first_tile, last_tile, slot);
      add_totals(job, first_tile, last_tile, slot);
    }
  });
}

template <class T>
void sum_all_units(const Workers& workers, const Job<T>& job, const Layout& layout, char* slots) {
  std::fill_n(job.unit_sums, job.columns() * job.slices.all_items(), 0);
  Index begin = 0;
  for (Index s = 0; s < job.slices.count; ++s) {
    const Index items = chunk_count(job.slices.slice[s].count) * job.candidates;
    std::atomic<Index> next{0};
    workers.for_each(std::min<Index>(workers.threads(), items), [&](Index thread) {
      const Slot slot(layout.tiles, job.slices.count, layout.columns, layout.limbs, layout.chunk_items,
                      slots + static_cast<std::size_t>(thread) * layout.slot_bytes);
      for (Index item; (item = next.fetch_add(1, std::memory_order_relaxed)) < items;)
        sum_units(job, s, begin, item / job.candidates, item % job.candidates, slot);
    });
    begin += job.slices.slice[s].items();
  }
}

}  // namespace

std::size_t sliced_bootstrap_scratch_bytes(const Workers& workers, Index candidates, TermSet terms,
                                           const SliceRows* slices, Index count, const ResampleUnits& units) {
  if (count == 0) return 0;
  const Layout layout(candidates, terms, {slices, count}, units);
  return layout.unit_sum_bytes() + static_cast<std::size_t>(workers.threads()) * layout.slot_bytes;
}

template <class T>
void sliced_bootstrap(const Workers& workers, const ScoredRows<T>& rows, const SliceRows* slices, Index count,
                      const ResampleUnits& units, const Resamples& resamples, TermSet terms,
                      const MetricContext* contexts, const int* exponents, ExactSum* totals, void* scratch,
                      const std::uint8_t* drawn) {
  if (count == 0 || units.count == 0 || rows.candidates() == 0 || resamples.count == 0) return;
  const Slices all{slices, count};
  const Layout layout(rows.candidates(), terms, all, units);
  char* const slots = static_cast<char*>(scratch) + layout.unit_sum_bytes();
  for (Index first = 0; first < rows.candidates(); first += layout.candidates) {
    const Index column = first * terms.count();
    const Job<T> job{rows,
                     all,
                     units,
                     resamples,
                     terms,
                     contexts,
                     exponents + column,
                     totals + column,
                     rows.candidates() * terms.count(),
                     first,
                     std::min(layout.candidates, rows.candidates() - first),
                     all.by_unit() ? static_cast<std::int64_t*>(scratch) : nullptr,
                     drawn};
    if (job.unit_sums) sum_all_units(workers, job, layout, slots);
    resample(workers, job, layout, slots);
  }
}

template void sliced_bootstrap(const Workers&, const ScoredRows<float>&, const SliceRows*, Index, const ResampleUnits&,
                               const Resamples&, TermSet, const MetricContext*, const int*, ExactSum*, void*,
                               const std::uint8_t*);
template void sliced_bootstrap(const Workers&, const ScoredRows<double>&, const SliceRows*, Index, const ResampleUnits&,
                               const Resamples&, TermSet, const MetricContext*, const int*, ExactSum*, void*,
                               const std::uint8_t*);

}  // namespace bakeoff::kernels
