// A metric of your own in C++, from one struct: what is added up over rows, and how two parts of them become one.
//
//   struct Overshoot {  // by how much scores exceed labels, on average
//     double above = 0, weight = 0;
//     void add(double label, double score, double w) { above += w * std::max(0.0, score - label), weight += w; }
//     void merge(const Overshoot& other) { above += other.above, weight += other.weight; }
//     double value() const { return above / weight; }  // NaN where undefined
//   };
//   options.custom.push_back(associative_metric<Overshoot>("overshoot", Direction::minimize));
//
// It gets intervals, slices and paired comparisons as the catalog's metrics do, from the same resamples. Rows are added
// in blocks of 4,096 and blocks merged in order: the same bits for any number of threads. What the catalog has is
// faster, because its sums take eight resamples at once: a row costs a call of add() here for each of them.
#pragma once
#include <algorithm>
#include <memory>
#include <utility>

#include "evaluate/evaluate.h"

namespace bakeoff {

template <class State>
CustomMetric associative_metric(std::string name, Direction direction) {
  CustomMetric metric{std::move(name), direction, {}};
  metric.on = [](const Execution& execution, const EvaluateInput& rows, std::int64_t m) {
    constexpr std::int64_t kBlock = 4096;
    const std::int64_t n = rows.rows(), blocks = (n + kBlock - 1) / kBlock;
    const auto parts = std::make_shared<std::vector<State>>();
    return [&execution, &rows, m, n, blocks, parts](const std::vector<double>& weights) {
      parts->assign(static_cast<std::size_t>(blocks), State());
      std::visit(
          [&](const auto& scores) {
            execution.workers().for_each(blocks, [&](std::int64_t block) {
              State& part = (*parts)[static_cast<std::size_t>(block)];
              for (std::int64_t i = block * kBlock; i < std::min(n, (block + 1) * kBlock); ++i)
                if (weights[i] > 0) part.add(rows.labels[i], static_cast<double>(scores(m, i)), weights[i]);
            });
          },
          rows.scores);
      State all;
      for (const State& part : *parts) all.merge(part);
      return static_cast<double>(all.value());
    };
  };
  return metric;
}

}  // namespace bakeoff
