// Judged queries for the tests of ranking kernels, and metrics from their definitions on one order of documents.
#pragma once
#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include "kernels/queries/metrics/catalog.h"
#include "kernels/queries/query_values.h"

namespace bakeoff::kernels::test {

struct Queries {
  std::vector<Index> offsets{0}, graded_offsets{0}, relevant;
  std::vector<double> relevance, discounts;
  std::vector<std::uint32_t> graded;
  double level = 0;
  Index most_graded = 0;

  void add(const std::vector<double>& grades) {
    Index count = 0, good = 0;
    for (std::size_t i = 0; i < grades.size(); ++i) {
      relevance.push_back(grades[i]);
      if (grades[i] > 0) graded.push_back(static_cast<std::uint32_t>(i)), ++count;
      good += grades[i] > 0 && grades[i] >= level;
    }
    offsets.push_back(static_cast<Index>(relevance.size()));
    graded_offsets.push_back(static_cast<Index>(graded.size()));
    relevant.push_back(good);
    most_graded = std::max(most_graded, count);
    while (discounts.size() < grades.size()) discounts.push_back(rank_discount(static_cast<Index>(discounts.size())));
  }
  Index count() const { return static_cast<Index>(relevant.size()); }
  Index rows() const { return offsets.back(); }
  JudgedQueries view() const {
    return {count(),
            offsets.data(),
            relevance.data(),
            level,
            graded_offsets.data(),
            graded.data(),
            relevant.data(),
            static_cast<Index>(graded.size())};
  }
};

inline double uniform(std::mt19937_64& random) { return static_cast<double>(random() >> 11) * 0x1p-53; }

// Grades 0 ... 3, and some that are no whole numbers or negative.
inline Queries random_queries(const std::vector<Index>& lengths, std::uint64_t seed, double graded = .4,
                              double level = 0) {
  std::mt19937_64 random(seed);
  Queries out;
  out.level = level;
  for (const Index n : lengths) {
    std::vector<double> grades;
    for (Index i = 0; i < n; ++i) {
      const double u = uniform(random);
      const double grade = uniform(random) < .8 ? std::ceil(3 * uniform(random)) : .1 + 2 * uniform(random);
      grades.push_back(u < graded ? grade : u < graded + .05 ? -1.0 : 0.0);
    }
    out.add(grades);
  }
  return out;
}

// Of `levels` different values: few make ties. Some -0 and, where `drop`, NaN and infinities.
template <class T>
std::vector<T> random_scores(Index count, int levels, std::uint64_t seed, bool drop = false) {
  std::mt19937_64 random(seed);
  std::vector<T> out;
  for (Index i = 0; i < count; ++i) {
    const double u = uniform(random);
    T score = static_cast<T>(std::floor(uniform(random) * levels) / 7 - 1);
    if (score == 0 && random() % 2) score = -score;
    if (drop && u < .3) score = u < .2 ? std::numeric_limits<T>::quiet_NaN() : -std::numeric_limits<T>::infinity();
    out.push_back(score);
  }
  return out;
}

// Every metric of the catalog, those with a cut at each of `cuts`, and without one if `whole`.
inline std::vector<QueryMetricCall> all_calls(const std::vector<Index>& cuts, bool whole) {
  std::vector<QueryMetricCall> calls;
  for (int i = 0; i < QueryMetrics::kCount; ++i) {
    const CutRule rule = QueryMetrics::kTraits[i].cut;
    for (const Index cut : cuts)
      if (rule != CutRule::none) calls.push_back({i, cut});
    if (whole && rule != CutRule::required) calls.push_back({i, kNoCut});
  }
  return calls;
}

inline QueryPass pass_of(const Queries& queries, const std::vector<QueryMetricCall>& calls,
                         const std::vector<double>& ideal) {
  QueryPass pass{{}, static_cast<int>(calls.size()), ideal.data(), queries.discounts.data(), queries.most_graded};
  std::copy(calls.begin(), calls.end(), pass.calls);
  return pass;
}

// One order of the documents that were retrieved, best first, as their grades; and all grades of the query.
struct Ordered {
  std::vector<double> ranked, judged;
  double level;
  Index cut;

  bool relevant(double grade) const { return grade > 0 && grade >= level; }
  Index all() const {
    return std::count_if(judged.begin(), judged.end(), [&](double g) { return relevant(g); });
  }
  Index hits(Index k) const {
    Index sum = 0;
    for (Index r = 0; r < k && r < static_cast<Index>(ranked.size()); ++r) sum += relevant(ranked[r]);
    return sum;
  }
};

inline double plain_gain(const std::vector<double>& ranked, Index cut, bool exponential) {
  double sum = 0;
  for (Index r = 0; r < cut && r < static_cast<Index>(ranked.size()); ++r) {
    const double grade = std::max(ranked[r], 0.0);
    sum += (exponential ? std::exp2(grade) - 1 : grade) / std::log2(static_cast<double>(r) + 2);
  }
  return sum;
}
inline double plain_ndcg(const Ordered& o, bool exponential) {
  std::vector<double> best = o.judged;
  std::sort(best.rbegin(), best.rend());
  return plain_gain(o.ranked, o.cut, exponential) / plain_gain(best, o.cut, exponential);
}
inline double plain_map(const Ordered& o) {
  double sum = 0;
  for (Index r = 0; r < o.cut && r < static_cast<Index>(o.ranked.size()); ++r)
    if (o.relevant(o.ranked[r])) sum += static_cast<double>(o.hits(r + 1)) / static_cast<double>(r + 1);
  return sum / static_cast<double>(o.all());
}
inline double plain_mrr(const Ordered& o) {
  for (Index r = 0; r < o.cut && r < static_cast<Index>(o.ranked.size()); ++r)
    if (o.relevant(o.ranked[r])) return 1 / static_cast<double>(r + 1);
  return 0;
}
// Pairs of a relevant and an irrelevant document in the right order, among all pairs: one order has no ties, and what
// was not retrieved is below it.
inline double plain_auc(const Ordered& o) {
  const Index relevant = o.all(), negatives = static_cast<Index>(o.judged.size()) - relevant;
  Index right = 0, above = 0;
  for (const double grade : o.ranked)
    if (o.relevant(grade))
      right += negatives - above;
    else
      ++above;
  return static_cast<double>(right) / static_cast<double>(relevant * negatives);
}

inline const std::map<std::string, std::function<double(const Ordered&)>>& plain_metrics() {
  static const std::map<std::string, std::function<double(const Ordered&)>> all = {
      {"dcg", [](const Ordered& o) { return plain_gain(o.ranked, o.cut, false); }},
      {"dcg_exp", [](const Ordered& o) { return plain_gain(o.ranked, o.cut, true); }},
      {"ndcg", [](const Ordered& o) { return plain_ndcg(o, false); }},
      {"ndcg_exp", [](const Ordered& o) { return plain_ndcg(o, true); }},
      {"map", plain_map},
      {"mrr", plain_mrr},
      {"precision", [](const Ordered& o) { return static_cast<double>(o.hits(o.cut)) / static_cast<double>(o.cut); }},
      {"recall", [](const Ordered& o) { return static_cast<double>(o.hits(o.cut)) / static_cast<double>(o.all()); }},
      {"hit", [](const Ordered& o) { return o.hits(o.cut) > 0 ? 1.0 : 0.0; }},
      {"r_precision",
       [](const Ordered& o) { return static_cast<double>(o.hits(o.all())) / static_cast<double>(o.all()); }},
      {"grouped_auc", plain_auc},
  };
  return all;
}

}  // namespace bakeoff::kernels::test
