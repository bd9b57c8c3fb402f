// The AUCs of classes against the rest, or of pairs of classes, that the ordered metrics of many classes are means of.
// Internal to evaluate_classes().
#pragma once
#include <functional>
#include <vector>

#include "core/buffer.h"
#include "core/execution.h"
#include "evaluate/unit_index.h"
#include "kernels/metrics/metric.h"
#include "kernels/ranking/auc_state.h"
#include "kernels/ranking/ranking.h"

namespace bakeoff {

// Two means over AUCs, of all rows and of each resample: even, and weighted by the rows behind each.
class AucMeans {
 public:
  // weighted_by_all: by positives and negatives of an AUC, not by its positives alone.
  AucMeans(int resamples, bool weighted_by_all);

  // resample -1: all rows.
  void add(int resample, const kernels::MetricValue& auc, double positive, double negative);
  kernels::MetricValue even(int resample) const;
  kernels::MetricValue weighted(int resample) const;

 private:
  struct Sums {
    double even = 0, weighted = 0, weight = 0;
    int count = 0;
    kernels::Reason reason = kernels::Reason::ok;
  };
  bool by_all_;
  std::vector<Sums> sums_;  // resamples + 1
};

// One candidate on one set of N rows. T is the scores' type.
template <class T>
struct ClassRanker {
  const Execution& execution;
  const UnitIndex& units;
  const double* weights;  // N or null
  std::uint64_t seed;
  int resamples;
  Index rows;
  int classes;
  std::function<void(int c, T* out)> scores;          // N scores of class c
  std::function<bool(int c, Index row)> is_of_class;  // its label is, or has, c

  // Each class by its own score.
  AucMeans against_rest() const;
  // Each class against each other one, by the score of the first, on the rows of both; a row has one class.
  AucMeans pairs() const;

 private:
  struct Ranking {
    Buffer<std::uint32_t> row;
    Buffer<std::uint8_t> flags;
    Index rows = 0;
    kernels::RankingView view() const { return {row.data(), flags.data(), rows}; }
  };
  Ranking rank(int c) const;
  Ranking of_pair(const Ranking& all, int a, int b) const;
  void score(std::vector<Ranking>& rankings, AucMeans& means) const;
  template <class W>
  void resample(const std::vector<kernels::RankingView>& views, AucMeans& means) const;
};

}  // namespace bakeoff
