#include "evaluate/delong.h"

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>

#include "core/buffer.h"
#include "evaluate/intervals.h"
#include "evaluate/slice_rankings.h"

namespace bakeoff {
namespace {

using kernels::RankingView;

// Columns are summed in so many runs, whatever the number of threads.
constexpr Index kRuns = 64;
constexpr Index kColumns = 1024;  // converted at once

// Twice the number of rows of the other class that a row beats, ties counting one: of positives the negatives below,
// of negatives the positives above. Below 2^32, since rows are below 2^31.
void place(const RankingView& ranking, Index positives, std::uint32_t* placement) {
  Index below_positive = 0, below_negative = 0;
  for (Index begin = 0, end = 0; begin < ranking.rows; begin = end) {
    Index p = 0;
    for (end = begin; end == begin || (end < ranking.rows && !(ranking.flags[end] & kernels::kRankBeginsGroup)); ++end)
      p += ranking.flags[end] & kernels::kRankPositive;
    const Index n = end - begin - p;
    const auto of_positive = static_cast<std::uint32_t>(2 * below_negative + n);
    const auto of_negative = static_cast<std::uint32_t>(2 * (positives - below_positive - p) + p);
    for (Index rank = begin; rank < end; ++rank)
      placement[ranking.row[rank]] = ranking.flags[rank] & kernels::kRankPositive ? of_positive : of_negative;
    below_positive += p;
    below_negative += n;
  }
}

double dot(const double* a, const double* b, Index count) {
  constexpr int kParts = 8;
  double part[kParts] = {};
  Index i = 0;
  for (; i + kParts <= count; i += kParts)
    for (int l = 0; l < kParts; ++l) part[l] += a[i + l] * b[i + l];
  for (; i < count; ++i) part[i % kParts] += a[i] * b[i];
  return ((part[0] + part[4]) + (part[2] + part[6])) + ((part[1] + part[5]) + (part[3] + part[7]));
}

// sum over columns of a[m][column] * b[m'][column] for all pairs, in an order that columns alone decide. fill(first,
// count, a, b) writes columns [first, first + count) to a + m * kColumns.
template <class Fill>
std::vector<double> product(const Execution& execution, Index m, Index columns, const Fill& fill) {
  const Index blocks = (columns + kColumns - 1) / kColumns, runs = std::min(kRuns, blocks);
  std::vector<double> partial(static_cast<std::size_t>(runs * m * m));
  execution.workers().for_each(runs, [&](Index run) {
    std::vector<double> a(static_cast<std::size_t>(m * kColumns)), b(a.size());
    double* const to = partial.data() + run * m * m;
    for (Index block = run * blocks / runs; block < (run + 1) * blocks / runs; ++block) {
      const Index count = std::min(kColumns, columns - block * kColumns);
      fill(block * kColumns, count, a.data(), b.data());
      for (Index i = 0; i < m; ++i)
        for (Index j = 0; j < m; ++j) to[i * m + j] += dot(a.data() + i * kColumns, b.data() + j * kColumns, count);
    }
  });
  std::vector<double> sum(static_cast<std::size_t>(m * m));
  for (Index run = 0; run < runs; ++run)
    for (Index i = 0; i < m * m; ++i) sum[i] += partial[run * m * m + i];
  return sum;
}

struct Slice1 {
  const Execution& execution;
  const EvaluateInput& input;
  const UnitIndex& units;
  kernels::SliceRows view;
  const std::vector<std::uint32_t>& placement;  // M x N
  std::vector<std::int64_t> rows[2];            // of each class
  Delong out;

  Index candidates() const { return input.candidates(); }
  Index size(int label) const { return static_cast<Index>(rows[label].size()); }

  // A row's part in the AUC's error: (placement - AUC) / rows of its class.
  double part(Index m, int label, std::int64_t row) const {
    const double share = placement[m * input.rows() + row] / (2.0 * static_cast<double>(size(1 - label)));
    return (share - out.auc[m]) / static_cast<double>(size(label));
  }

  void add(const std::vector<double>& products, double n) {
    const double factor = n > 1 ? n / (n - 1) : kNaN;
    for (std::size_t i = 0; i < products.size(); ++i) out.covariance[i] += factor * products[i];
  }

  void by_row() {
    for (int label = 0; label < 2; ++label) out.rows[label] = static_cast<double>(size(label));
    out.trials = std::min(out.rows[0], out.rows[1]);
    std::vector<double> spread(static_cast<std::size_t>(candidates()));
    for (int label = 0; label < 2; ++label) {
      const auto n = static_cast<double>(size(label));
      const std::vector<double> products =
          product(execution, candidates(), size(label), [&](Index first, Index count, double* a, double* b) {
            for (Index m = 0; m < candidates(); ++m)
              for (Index i = 0; i < count; ++i)
                a[m * kColumns + i] = b[m * kColumns + i] = part(m, label, rows[label][first + i]);
          });
      add(products, n);
      for (Index m = 0; m < candidates(); ++m) {
        const double variance = n / (n - 1) * products[m * candidates() + m];
        spread[m] += variance * variance / (n - 1);
      }
    }
    for (Index m = 0; m < candidates(); ++m) {
      const double variance = out.covariance[m * candidates() + m];
      out.freedom[m] = variance * variance / spread[m];
    }
  }

  // The parts of a unit's rows are added up first, by class.
  void by_unit() {
    const Index m = candidates();
    std::vector<double> parts[2];
    Index with_class[2] = {};
    for (int label = 0; label < 2; ++label) {
      parts[label].assign(static_cast<std::size_t>(m * view.units), 0.0);
      std::vector<char> seen(static_cast<std::size_t>(view.units));
      for (Index i = 0; i < view.count; ++i) {
        const Index row = view.row_at(i), unit = view.unit_of_row[i];
        if ((input.labels[row] != 0) != label) continue;
        with_class[label] += !seen[unit];
        seen[unit] = 1;
        for (Index candidate = 0; candidate < m; ++candidate)
          parts[label][candidate * view.units + unit] += part(candidate, label, row);
      }
    }
    const auto pairs = [&](int left, int right) {
      return product(execution, m, view.units, [&](Index first, Index count, double* a, double* b) {
        for (Index candidate = 0; candidate < m; ++candidate) {
          std::copy_n(parts[left].data() + candidate * view.units + first, count, a + candidate * kColumns);
          std::copy_n(parts[right].data() + candidate * view.units + first, count, b + candidate * kColumns);
        }
      });
    };
    for (int label = 0; label < 2; ++label) add(pairs(label, label), static_cast<double>(with_class[label]));
    out.trials = static_cast<double>(std::min(with_class[0], with_class[1]));
    std::vector<double> crossed = pairs(0, 1);
    for (Index i = 0; i < m; ++i)
      for (Index j = 0; j <= i; ++j) crossed[i * m + j] = crossed[j * m + i] = crossed[i * m + j] + crossed[j * m + i];
    add(crossed, static_cast<double>(view.units));
    std::fill(out.freedom.begin(), out.freedom.end(), static_cast<double>(view.units - 1));
  }

  void run() {
    const Index m = candidates();
    out.auc.assign(static_cast<std::size_t>(m), kNaN);
    out.covariance.assign(static_cast<std::size_t>(m * m), kNaN);
    out.freedom.assign(static_cast<std::size_t>(m), kNaN);
    if (rows[0].empty() || rows[1].empty()) return;
    std::fill(out.covariance.begin(), out.covariance.end(), 0.0);
    for (Index candidate = 0; candidate < m; ++candidate) {
      std::uint64_t area2 = 0;
      for (const std::int64_t row : rows[1]) area2 += placement[candidate * input.rows() + row];
      out.auc[candidate] =
          static_cast<double>(area2) / (2 * (static_cast<double>(size(0)) * static_cast<double>(size(1))));
    }
    units.by_row() ? by_row() : by_unit();
  }
};

// Of an AUC between exponential scores; of two sample sizes their mean stands for both.
double model_variance(double auc, const double* rows) {
  const double n = (rows[0] + rows[1]) / 2 - 1;
  return auc * (1 - auc) * (1 + n * (1 - auc) / (2 - auc) + n * auc / (1 + auc)) / (rows[0] * rows[1]);
}

double students_quantile(double p, double freedom) {
  return freedom > 0 ? boost::math::quantile(boost::math::students_t(freedom), p) : kNaN;
}

// value -+ half, made on the scale of log(AUC / (1 - AUC)), where its error is nearer to a normal one.
Interval logit_ends(double value, double half) {
  const double scale = value * (1 - value);
  if (!(scale > 0)) return {value, value, value};
  const auto back = [&](double shift) { return 1 / (1 + (1 - value) / value * std::exp(-shift)); };
  return {value, back(-half / scale), back(half / scale)};
}

}  // namespace

std::vector<Delong> delong(const Execution& execution, const EvaluateInput& input, const SliceSet& set,
                           const UnitIndex& units) {
  std::vector<Delong> out;
  std::vector<std::uint32_t> placement(static_cast<std::size_t>(input.candidates() * input.rows()));
  for (Index i = 0; i < set.count(); ++i) {
    execution.check_stop();
    // One slice at a time: placements are by row, and slices may overlap.
    SliceSet one;
    one.slice = {set.slice[i]};
    one.views = {set.views[i]};
    Slice1 slice{execution, input, units, set.views[i], placement, {}, {}};
    for (Index at = 0; at < slice.view.count; ++at) {
      const Index row = slice.view.row_at(at);
      slice.rows[input.labels[row] != 0].push_back(row);
    }
    SliceRankings rankings(execution, input, one);
    const Index step = std::clamp<Index>(execution.threads(), 1, std::max<Index>(input.candidates(), 1));
    rankings.reserve(step);
    for (Index first = 0; first < input.candidates(); first += step) {
      const std::vector<RankingView> ranked = rankings.rank(first, std::min(step, input.candidates() - first));
      execution.workers().for_each(static_cast<Index>(ranked.size()), [&](Index m) {
        place(ranked[m], slice.size(1), placement.data() + (first + m) * input.rows());
      });
    }
    slice.run();
    out.push_back(std::move(slice.out));
  }
  return out;
}

void delong_cells(const Execution& execution, const EvaluateInput& input, const SliceSet& set, const UnitIndex& units,
                  const MetricPlan& plan, Scoreboard& board) {
  constexpr Index kAtOnce = 8;  // their covariance is thrown away
  const double p = (1 + board.confidence) / 2, z = normal_quantile(p);
  const bool plain = board.interval == "delong";
  const auto fill = [&](Cell& cell, std::size_t k, double variance, double freedom, const Delong& of) {
    if (std::isnan(variance) || std::isnan(cell.value)) return;  // one row, or one unit, of a class
    const double auc = (cell.value - plan.from_auc(k, 0)) / (plan.from_auc(k, 1) - plan.from_auc(k, 0));
    if (!plain && variance > 0 && of.rows[0] > 0)
      variance = (of.trials * variance + kModelRows * model_variance(auc, of.rows)) / (of.trials + kModelRows);
    const double error = std::sqrt(std::max(0.0, variance));
    // Nothing varies: no degrees of freedom either
    const double half = error == 0 ? 0 : (plain ? z : students_quantile(p, freedom)) * error;
    const bool perfect = auc == 0 || auc == 1;
    const Interval ends = plain     ? Interval{auc, auc - half, auc + half}
                          : perfect ? wilson_interval(auc, of.trials, board.confidence)
                                    : logit_ends(auc, half);
    cell.low = plan.from_auc(k, std::max(0.0, ends.low));
    cell.high = plan.from_auc(k, std::min(1.0, ends.high));
    cell.method = plain ? IntervalMethod::delong : IntervalMethod::delong_logit;
  };
  EvaluateInput some = input;
  for (Index first = 0; first < input.candidates(); first += kAtOnce) {
    const Index count = std::min(kAtOnce, input.candidates() - first);
    std::visit(
        [&](auto scores) {
          scores.data += first * scores.strides[0];
          scores.extents[0] = count;
          some.scores = scores;
        },
        input.scores);
    const std::vector<Delong> found = delong(execution, some, set, units);
    for (Index i = 0; i < set.count(); ++i)
      for (Index m = 0; m < count; ++m)
        for (const std::size_t k : plan.areas)
          fill(board.cells[board.index(first + m, set.slice[i], static_cast<Index>(k))], k,
               found[i].covariance[m * count + m], found[i].freedom[m], found[i]);
  }
}

}  // namespace bakeoff
