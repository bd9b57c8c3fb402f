#include "design/window_statistics.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "kernels/order.h"

namespace bakeoff {
namespace {

struct Sums {
  Index present = 0;
  double sum = 0, squares = 0;
  float low = std::numeric_limits<float>::infinity(), high = -low;

  void merge(const Sums& next) {
    present += next.present;
    sum += next.sum;
    squares += next.squares;
    low = std::min(low, next.low);
    high = std::max(high, next.high);
  }
};

// Rows are cut where a window begins or ends, so that a window is a sum of pieces, and a piece into chunks.
struct Piece {
  Index begin = 0, end = 0;
};

std::vector<Piece> cut(const std::vector<WindowRows>& windows) {
  std::vector<Index> edges;
  for (const WindowRows& window : windows) {
    edges.push_back(window.begin);
    edges.push_back(window.end);
  }
  std::sort(edges.begin(), edges.end());
  edges.erase(std::unique(edges.begin(), edges.end()), edges.end());
  std::vector<Piece> pieces;
  for (std::size_t i = 1; i < edges.size(); ++i) pieces.push_back({edges[i - 1], edges[i]});
  return pieces;
}

class Counter {
 public:
  Counter(const Execution& execution, const RawDesign& design, std::vector<Piece> pieces, const std::int32_t* folds)
      : design_(design), pieces_(std::move(pieces)), folds_(folds) {
    for (Index i = 0; folds_ && i < design_.rows; ++i) fold_count_ = std::max(fold_count_, folds_[i] + 1);
    sum_numeric(execution);
    count_categories(execution);
  }

  WindowStatistics of(const WindowRows& window) const {
    WindowStatistics out;
    std::vector<Sums> sums(design_.numeric.size());
    for (const auto& column : design_.categorical) out.category_rows.emplace_back(column.categories.size(), 0);
    for (std::size_t p = 0; p < pieces_.size(); ++p) {
      if (pieces_[p].begin < window.begin || pieces_[p].end > window.end) continue;
      for (int fold = 0; fold < fold_count_; ++fold) {
        if (fold == window.left_out) continue;
        out.rows += rows_[p * fold_count_ + fold];
        for (std::size_t j = 0; j < sums.size(); ++j)
          sums[j].merge(numeric_[(p * fold_count_ + fold) * sums.size() + j]);
        for (std::size_t j = 0; j < out.category_rows.size(); ++j) {
          auto& to = out.category_rows[j];
          const Index* from = &counts_[p * out.category_rows.size() + j][fold * to.size()];
          for (std::size_t c = 0; c < to.size(); ++c) to[c] += from[c];
        }
      }
    }
    for (const Sums& s : sums) out.numeric.push_back(finish(s, out.rows));
    return out;
  }

 private:
  int fold(Index row) const { return folds_ ? folds_[row] : 0; }

  // With the mean imputed, a missing value adds a row but no variance.
  static WindowStatistics::Numeric finish(const Sums& sums, Index rows) {
    WindowStatistics::Numeric out;
    out.present = sums.present;
    if (sums.present == 0) return out;
    out.mean = sums.sum / static_cast<double>(sums.present);
    if (sums.low == sums.high) {
      out.mean = sums.low;
      return out;
    }
    const double variance = (sums.squares - sums.sum * out.mean) / static_cast<double>(rows);
    if (!(variance > 0)) return out;
    out.scale = std::sqrt(variance);
    out.constant = false;
    return out;
  }

  void sum_numeric(const Execution& execution) {
    const std::size_t width = design_.numeric.size();
    const std::size_t cell = width * fold_count_;
    std::vector<std::size_t> first{0};  // chunk of each piece
    for (const Piece& piece : pieces_) first.push_back(first.back() + kernels::chunk_count(piece.end - piece.begin));
    std::vector<Sums> chunks(first.back() * cell);
    std::vector<Index> rows(first.back() * fold_count_);
    execution.workers().for_each(static_cast<Index>(first.back()), [&](Index chunk) {
      const auto piece =
          std::upper_bound(first.begin(), first.end(), static_cast<std::size_t>(chunk)) - first.begin() - 1;
      const Index begin = pieces_[piece].begin + (chunk - static_cast<Index>(first[piece])) * kernels::kChunkRows;
      const Index end = std::min(pieces_[piece].end, begin + kernels::kChunkRows);
      sum_rows(begin, end, &chunks[chunk * cell], &rows[chunk * fold_count_]);
    });
    numeric_.resize(pieces_.size() * cell);
    rows_.resize(pieces_.size() * fold_count_);
    for (std::size_t p = 0; p < pieces_.size(); ++p)
      for (std::size_t chunk = first[p]; chunk < first[p + 1]; ++chunk) {
        for (std::size_t k = 0; k < cell; ++k) numeric_[p * cell + k].merge(chunks[chunk * cell + k]);
        for (int f = 0; f < fold_count_; ++f) rows_[p * fold_count_ + f] += rows[chunk * fold_count_ + f];
      }
  }

  void sum_rows(Index begin, Index end, Sums* sums, Index* rows) const {
    const std::size_t width = design_.numeric.size();
    for (Index i = begin; i < end; ++i) {
      const float* row = design_.dense.data() + i * design_.dense_columns;
      Sums* to = sums + fold(i) * width;
      ++rows[fold(i)];
      for (std::size_t j = 0; j < width; ++j) {
        const int missing = design_.numeric[j].missing_column;
        if (missing >= 0 && row[missing] != 0) continue;
        const double x = row[j];
        ++to[j].present;
        to[j].sum += x;
        to[j].squares += x * x;
        to[j].low = std::min(to[j].low, row[j]);
        to[j].high = std::max(to[j].high, row[j]);
      }
    }
  }

  void count_categories(const Execution& execution) {
    const Index width = static_cast<Index>(design_.categorical.size());
    counts_.resize(pieces_.size() * width);
    execution.workers().for_each(static_cast<Index>(counts_.size()), [&](Index task) {
      const Piece& piece = pieces_[task / width];
      const Index j = task % width;
      const Index categories = static_cast<Index>(design_.categorical[j].categories.size());
      std::vector<Index> counts(fold_count_ * categories);
      for (Index i = piece.begin; i < piece.end; ++i) ++counts[fold(i) * categories + design_.codes[i * width + j]];
      counts_[task] = std::move(counts);
    });
  }

  const RawDesign& design_;
  std::vector<Piece> pieces_;
  const std::int32_t* folds_;
  int fold_count_ = 1;
  std::vector<Sums> numeric_;               // piece x fold x column
  std::vector<Index> rows_;                 // piece x fold
  std::vector<std::vector<Index>> counts_;  // piece x column, each fold x code
};

}  // namespace

std::vector<WindowStatistics> window_statistics(const Execution& execution, const RawDesign& design,
                                                const std::vector<WindowRows>& windows, const std::int32_t* folds) {
  const Counter counter(execution, design, cut(windows), folds);
  std::vector<WindowStatistics> out(windows.size());
  execution.workers().for_each(static_cast<Index>(windows.size()), [&](Index w) { out[w] = counter.of(windows[w]); });
  return out;
}

}  // namespace bakeoff
