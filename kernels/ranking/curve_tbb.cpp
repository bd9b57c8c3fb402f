#include "kernels/ranking/curve.h"

namespace bakeoff::kernels {
namespace {

struct Scratch {
  CurveChunk* chunks;
  CurveStart* starts;
  double* values;  // [query][chunk]
};

std::size_t aligned(std::size_t bytes) { return (bytes + 63) / 64 * 64; }

Scratch cut(Index chunks, void* scratch) {
  char* const at = static_cast<char*>(scratch);
  const std::size_t first = aligned(sizeof(CurveChunk) * static_cast<std::size_t>(chunks));
  const std::size_t second = aligned(sizeof(CurveStart) * static_cast<std::size_t>(chunks + 1));
  return {reinterpret_cast<CurveChunk*>(at), reinterpret_cast<CurveStart*>(at + first),
          reinterpret_cast<double*>(at + first + second)};
}

// Calls add(positive, weight) for the chunk's ranks, from the highest score down, and close() after each group.
template <class Fold>
void walk(const RankingView& ranking, const double* weights, Index chunk, Fold& fold) {
  const Index top = ranking.rows - 1 - chunk * kChunkRows, last = top - kChunkRows < -1 ? -1 : top - kChunkRows;
  for (Index rank = top; rank > last; --rank) {
    const std::uint8_t flags = ranking.flags[rank];
    fold.add(flags & kRankPositive, weights ? weights[ranking.row[rank]] : 1.0);
    if (flags & kRankBeginsGroup) fold.close();
  }
}

// A chunk's state where every rank weighs 1: counts, which need no fold. Average precision of 1e6 rows: 16.3 ms instead
// of 18.2 (Zen 4, one thread), of which the sort is 12.
CurveChunk count_chunk(const RankingView& ranking, Index chunk) {
  const Index top = ranking.rows - 1 - chunk * kChunkRows, first = top - kChunkRows < -1 ? 0 : top - kChunkRows + 1;
  Index open = first;  // ranks [first, open) lie below the last threshold
  while (open <= top && !(ranking.flags[open] & kRankBeginsGroup)) ++open;
  int below = 0, closed = 0;
  for (Index rank = first; rank < open; ++rank) below += ranking.flags[rank] & kRankPositive;
  for (Index rank = open; rank <= top; ++rank) closed += ranking.flags[rank] & kRankPositive;
  CurveChunk state;
  state.positive = closed + below;
  state.negative = static_cast<double>(top + 1 - first) - state.positive;
  state.has_threshold = open <= top;
  if (!state.has_threshold) return state;
  state.closed_positive = closed;
  state.closed_negative = static_cast<double>(top + 1 - open) - closed;
  return state;
}

}  // namespace

std::size_t curve_scratch_bytes(Index rows) {
  const auto chunks = static_cast<std::size_t>(chunk_count(rows));
  return aligned(sizeof(CurveChunk) * chunks) + aligned(sizeof(CurveStart) * (chunks + 1)) +
         sizeof(double) * kMaxCurves * chunks;
}

void curve_states(const Workers& workers, const RankingView& ranking, const double* weights, const CurveQuery* queries,
                  int count, CurveState* out, void* scratch) {
  const Index chunks = chunk_count(ranking.rows);
  const Scratch at = cut(chunks, scratch);
  workers.for_each(chunks, [&](Index chunk) {
    if (!weights) {
      at.chunks[chunk] = count_chunk(ranking, chunk);
      return;
    }
    CurveChunk state;
    walk(ranking, weights, chunk, state);
    at.chunks[chunk] = state;
  });
  at.starts[0] = {};
  for (Index chunk = 0; chunk < chunks; ++chunk) at.starts[chunk + 1] = at.starts[chunk] + at.chunks[chunk];
  const CurveStart& all = at.starts[chunks];
  workers.for_each(chunks * count, [&](Index item) {
    const CurveQuery& query = queries[item / chunks];
    with_curve(query.kind, [&]<CurveKind kKind>() {
      CurveFold<kKind> fold{at.starts[item % chunks], query.parameter, all.positive, all.negative};
      walk(ranking, weights, item % chunks, fold);
      at.values[item] = fold.value;
    });
  });
  for (int q = 0; q < count; ++q) {
    out[q] = {0, all.positive, all.negative};
    for (Index chunk = 0; chunk < chunks; ++chunk)
      out[q].value = join_chunks(queries[q].kind, out[q].value, at.values[q * chunks + chunk]);
  }
}

}  // namespace bakeoff::kernels
