// Weights are made once for a tile of 64 resamples x 256 rows (once a run of rows of one unit) and used for all
// columns.
#include "kernels/resample/code_bootstrap.h"

#include <algorithm>
#include <atomic>

#include "kernels/resample/code_bootstrap_simd.h"
#include "kernels/resample/weights_simd.h"

namespace bakeoff::kernels {
namespace {

constexpr Index kPieceRows = 256;  // 16 KiB of weights: they stay in L1 while all columns pass over them
static_assert(kMaxWeight * kChunkRows <= 65535, "a chunk's counts must fit 16 bits");

struct Job {
  const CodedRows& rows;
  const ResampleUnits& units;
  const Resamples& resamples;
  double factor;  // of weights
  ExactSum* totals;
  Isa isa;

  bool weighted() const { return rows.weights.data != nullptr; }
};

// Sums of a slot, in 64 resamples: a row for each code, and one before each column's (code_bootstrap_simd.h).
Index slot_sums(const CodedRows& rows) { return kCodeLanes * (rows.sums + rows.columns()); }
std::size_t slot_bytes(const CodedRows& rows) {
  const std::size_t each = rows.weights.data ? sizeof(double) : sizeof(std::uint16_t);
  return (static_cast<std::size_t>(slot_sums(rows)) * each + 63) / 64 * 64 + sizeof(double) * kChunkRows;
}

// The weights of rows [first, first + count) in a tile, and where each row finds its own.
struct Piece {
  alignas(64) std::uint8_t weights[kPieceRows * kCodeLanes];
  std::int64_t ids[kPieceRows];
  std::uint16_t place[kPieceRows];
};

CodedTile fill_piece(const Job& job, Index first, Index count, Index tile, Piece& piece) {
  WeightTile wanted;
  wanted.key = job.resamples.key;
  wanted.first_group =
      job.resamples.first_group() + static_cast<std::uint32_t>(tile * (kCodeLanes / kResamplesPerBlock));
  wanted.groups = kCodeLanes / kResamplesPerBlock;
  if (!job.units.of_row) {
    wanted.units = job.units.ids ? job.units.ids + first : nullptr;
    wanted.first_unit = job.units.first_id + first;
    wanted.count = count;
  } else {
    const std::int32_t* unit = job.units.of_row + first;
    for (Index i = 0; i < count; ++i) {
      if (i == 0 || unit[i] != unit[i - 1]) piece.ids[wanted.count++] = id_at(job.units, unit[i]);
      piece.place[i] = static_cast<std::uint16_t>(wanted.count - 1);
    }
    wanted.units = piece.ids;
  }
  fill_weights(wanted, piece.weights, job.isa);
  return {piece.weights, job.units.of_row ? piece.place : nullptr, nullptr, count};
}

void add_shared(std::int64_t& to, std::int64_t x) {
  if (x != 0) std::atomic_ref<std::int64_t>(to).fetch_add(x, std::memory_order_relaxed);
}

template <class Sum>
void add_to_totals(const Job& job, Index tile, const Sum* sums) {
  const Index first_resample = tile * kCodeLanes;
  const Index lanes = std::min<Index>(kCodeLanes, job.resamples.count - first_resample);
  for (Index j = 0; j < job.rows.columns(); ++j)
    for (Index s = job.rows.first[j]; s < job.rows.first[j + 1]; ++s)
      for (Index r = 0; r < lanes; ++r) {
        const auto sum = static_cast<std::int64_t>(sums[kCodeLanes * (s + j + 1) + r]);
        ExactSum& total = job.totals[(first_resample + r) * job.rows.sums + s];
        add_shared(total.low, low_part(sum));
        add_shared(total.high, high_part(sum));
      }
}

// A chunk in one tile of resamples.
template <class Sum>
void run_tile(const Job& job, Index chunk, Index tile, const double* terms, Sum* sums) {
  Piece piece;
  std::fill(sums, sums + slot_sums(job.rows), Sum{});
  const Index begin = chunk * kChunkRows, end = std::min(job.rows.rows(), begin + kChunkRows);
  for (Index first = begin; first < end; first += kPieceRows) {
    CodedTile coded = fill_piece(job, first, std::min(kPieceRows, end - first), tile, piece);
    for (Index j = 0; j < job.rows.columns(); ++j) {
      coded.codes = &job.rows.codes(j, first);
      Sum* const column = sums + kCodeLanes * (job.rows.first[j] + j);
      if constexpr (std::is_same_v<Sum, double>)
        BAKEOFF_FOR_ISA(job.isa, add_terms(coded, terms + first - begin, column));
      else
        BAKEOFF_FOR_ISA(job.isa, add_counts(coded, column));
    }
  }
  add_to_totals(job, tile, sums);
}

// Items are a chunk and a range of its tiles, enough of them for all threads.
template <class Sum>
void run(const Workers& workers, const Job& job, char* scratch) {
  const Index chunks = chunk_count(job.rows.rows()), tiles = (job.resamples.count + kCodeLanes - 1) / kCodeLanes;
  const Index ranges = std::min(tiles, (4 * workers.threads() + chunks - 1) / chunks);
  std::atomic<Index> next{0};
  workers.for_each(workers.threads(), [&](Index slot) {
    char* const mine = scratch + static_cast<std::size_t>(slot) * slot_bytes(job.rows);
    auto* const terms = reinterpret_cast<double*>(mine);
    auto* const sums = reinterpret_cast<Sum*>(mine + sizeof(double) * kChunkRows);
    for (Index item; (item = next.fetch_add(1, std::memory_order_relaxed)) < chunks * ranges;) {
      const Index chunk = item / ranges, range = item % ranges, begin = chunk * kChunkRows;
      const Index count = std::min(kChunkRows, job.rows.rows() - begin);
      if (job.weighted())
        for (Index i = 0; i < count; ++i)
          terms[i] = math::round_to_integer(job.rows.weights.data[begin + i] * job.factor);
      for (Index tile = range * tiles / ranges; tile < (range + 1) * tiles / ranges; ++tile)
        run_tile(job, chunk, tile, terms, sums);
    }
  });
}

}  // namespace

std::size_t code_bootstrap_scratch_bytes(const Workers& workers, const CodedRows& rows) {
  return static_cast<std::size_t>(workers.threads()) * slot_bytes(rows);
}

void code_bootstrap(const Workers& workers, const CodedRows& rows, const ResampleUnits& units,
                    const Resamples& resamples, int exponent, ExactSum* totals, void* scratch, Isa isa) {
  if (rows.rows() == 0 || rows.sums == 0 || resamples.count == 0) return;
  const Job job{rows, units, resamples, term_factor(exponent), totals, isa};
  if (job.weighted())
    run<double>(workers, job, static_cast<char*>(scratch));
  else
    run<std::uint16_t>(workers, job, static_cast<char*>(scratch));
}

}  // namespace bakeoff::kernels
