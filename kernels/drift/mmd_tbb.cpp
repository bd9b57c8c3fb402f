#include "kernels/drift/mmd.h"

namespace bakeoff::kernels {
namespace {

struct Tile {
  double k[kMmdTile][kMmdTile];
  double row[kMmdTile], column[kMmdTile];  // sums of k
};

void fill(const MmdRows& rows, const TilePair& at, Tile& tile) {
  for (Index i = 0; i < kMmdTile; ++i)
    for (Index j = 0; j < kMmdTile; ++j) tile.k[i][j] = rows.kernel(at.first * kMmdTile + i, at.second * kMmdTile + j);
  for (Index j = 0; j < kMmdTile; ++j) {
    tile.row[j] = tile.column[j] = 0;
    for (Index i = 0; i < kMmdTile; ++i) {
      tile.row[j] += tile.k[j][i];
      tile.column[j] += tile.k[i][j];
    }
  }
}

MmdSums deal_sums(const MmdRows& rows, const TilePair& at, const Tile& tile, Index deal) {
  double across[kMmdTile] = {};
  for (Index i = 0; i < kMmdTile; ++i) {
    const double side = rows.side(deal, at.first * kMmdTile + i);
    for (Index j = 0; j < kMmdTile; ++j) across[j] += side * tile.k[i][j];
  }
  MmdSums lanes[kMmdTile];
  for (Index j = 0; j < kMmdTile; ++j) {
    const double second = rows.side(deal, at.second * kMmdTile + j);
    const double first = rows.side(deal, at.first * kMmdTile + j);
    const bool twice = at.first != at.second;  // the mirrored tile has the same sums
    const double within = second * across[j], from = first * tile.row[j];
    lanes[j] = {twice ? 2 * within : within, twice ? from + second * tile.column[j] : from};
  }
  halve(lanes, kMmdTile, [](const MmdSums& x, const MmdSums& y) { return merge(x, y); });
  return lanes[0];
}

}  // namespace

void mmd_sums(const Workers& workers, const MmdRows& rows, MmdSums* sums, void* scratch) {
  auto* const states = static_cast<MmdSums*>(scratch);
  const Index pairs = rows.pairs();
  workers.for_each(pairs, [&](Index pair) {
    const TilePair at = tile_pair(pair, rows.tiles());
    Tile tile;
    fill(rows, at, tile);
    for (Index deal = 0; deal < rows.deals; ++deal) states[deal * pairs + pair] = deal_sums(rows, at, tile, deal);
  });
  workers.for_each(rows.deals, [&](Index deal) {
    if (pairs > 0) halve(states + deal * pairs, pairs, [](const MmdSums& x, const MmdSums& y) { return merge(x, y); });
    sums[deal] = pairs > 0 ? states[deal * pairs] : MmdSums{};
  });
}

}  // namespace bakeoff::kernels
