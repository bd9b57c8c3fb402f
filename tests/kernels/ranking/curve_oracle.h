// Rankings made by std::stable_sort, and the curve functionals by their definition, threshold by threshold.
#pragma once
#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <vector>

#include "kernels/ranking/curve.h"
#include "score_cases.h"

namespace bakeoff::kernels::testing {

struct Ranked {
  std::vector<std::uint32_t> row;
  std::vector<std::uint8_t> flags;
  RankingView view() const { return {row.data(), flags.data(), static_cast<Index>(row.size())}; }
};

inline Ranked ranked(const ScoreCase<float>& c) {
  Ranked r{std::vector<std::uint32_t>(c.scores.size()), std::vector<std::uint8_t>(c.scores.size())};
  std::iota(r.row.begin(), r.row.end(), 0u);
  std::stable_sort(r.row.begin(), r.row.end(), [&](std::uint32_t a, std::uint32_t b) {
    if (c.scores[a] != c.scores[b]) return c.scores[a] < c.scores[b];
    return c.labels[a] < c.labels[b];
  });
  for (std::size_t i = 0; i < r.row.size(); ++i) {
    const bool begins = i == 0 || c.scores[r.row[i]] != c.scores[r.row[i - 1]];
    r.flags[i] = static_cast<std::uint8_t>((c.labels[r.row[i]] ? kRankPositive : 0) | (begins ? kRankBeginsGroup : 0));
  }
  return r;
}

inline constexpr CurveQuery kQueries[] = {{CurveKind::average_precision, 0},
                                          {CurveKind::ks_statistic, 0},
                                          {CurveKind::partial_auc, .1},
                                          {CurveKind::partial_auc, 1},
                                          {CurveKind::recall_at_precision, .5}};
inline constexpr int kQueryCount = 5;

using RowWeight = std::function<double(std::uint32_t row)>;

/// The order of curve.h with CurveFold: chunk after chunk, all in a loop.
inline CurveState in_order(const RankingView& ranking, const CurveQuery& query, const RowWeight& weight) {
  const auto walk = [&](Index chunk, auto& fold) {
    const Index top = ranking.rows - 1 - chunk * kChunkRows;
    for (Index rank = top; rank >= 0 && rank > top - kChunkRows; --rank) {
      fold.add(ranking.flags[rank] & kRankPositive, weight(ranking.row[rank]));
      if (ranking.flags[rank] & kRankBeginsGroup) fold.close();
    }
  };
  std::vector<CurveStart> starts{{}};
  for (Index chunk = 0; chunk < chunk_count(ranking.rows); ++chunk) {
    CurveChunk state;
    walk(chunk, state);
    starts.push_back(starts.back() + state);
  }
  CurveState out{0, starts.back().positive, starts.back().negative};
  for (Index chunk = 0; chunk < chunk_count(ranking.rows); ++chunk)
    with_curve(query.kind, [&]<CurveKind kKind>() {
      CurveFold<kKind> fold{starts[chunk], query.parameter, out.positive, out.negative};
      walk(chunk, fold);
      out.value = join_chunks(query.kind, out.value, fold.value);
    });
  return out;
}

/// By definition, in long double.
inline double by_definition(const RankingView& ranking, const CurveQuery& query, const RowWeight& weight) {
  std::vector<long double> p{0}, n{0};  // at each threshold
  long double positive = 0, negative = 0;
  for (Index rank = ranking.rows; rank-- > 0;) {
    (ranking.flags[rank] & kRankPositive ? positive : negative) += weight(ranking.row[rank]);
    if (!(ranking.flags[rank] & kRankBeginsGroup)) continue;
    p.push_back(positive);
    n.push_back(negative);
  }
  long double value = 0;
  for (std::size_t i = 1; i < p.size(); ++i) {
    if (query.kind == CurveKind::average_precision && p[i] > p[i - 1])
      value += (p[i] - p[i - 1]) / positive * (p[i] / (p[i] + n[i]));
    if (query.kind == CurveKind::ks_statistic) value = std::max(value, std::fabs(p[i] / positive - n[i] / negative));
    if (query.kind == CurveKind::recall_at_precision && p[i] + n[i] > 0 && p[i] / (p[i] + n[i]) >= query.parameter)
      value = p[i] / positive;
    if (query.kind == CurveKind::partial_auc && n[i] > n[i - 1]) {
      const long double limit = query.parameter * negative, end = std::min(n[i], limit);
      if (end <= n[i - 1]) continue;
      const long double height = p[i - 1] + (p[i] - p[i - 1]) * (end - n[i - 1]) / (n[i] - n[i - 1]);
      value += (end - n[i - 1]) / negative * (p[i - 1] + height) / positive / 2;
    }
  }
  if (query.kind != CurveKind::partial_auc) return static_cast<double>(value);
  const long double f = query.parameter;
  return static_cast<double>((1 + (value - f * f / 2) / (f - f * f / 2)) / 2);
}

}  // namespace bakeoff::kernels::testing
