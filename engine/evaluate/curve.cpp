#include "evaluate/curve.h"

#include <algorithm>
#include <cmath>

#include "core/buffer.h"
#include "evaluate/input.h"
#include "kernels/ranking/sort_scores.h"

namespace bakeoff {
namespace {

using kernels::TensorView;

// Weights of positives and negatives with a score of at least each threshold, thresholds descending.
struct Prefixes {
  std::vector<double> positive, negative, threshold;
};

template <class T>
Prefixes prefixes(const Execution& execution, const EvaluateInput& input, TensorView<const T, 1> scores) {
  const Index n = scores.extent(0);
  Buffer<std::uint32_t> row(n);
  Buffer<std::uint8_t> flags(n), labels(n);
  for (Index i = 0; i < n; ++i) labels[i] = input.labels[i] != 0;
  Buffer<char> scratch(static_cast<Index>(kernels::sort_scores_scratch_bytes(execution.workers(), n)));
  kernels::sort_scores(execution.workers(), scores, labels.data(), {row.data(), flags.data()}, scratch.data());
  Prefixes out;
  double positive = 0, negative = 0;
  bool counts = false;  // the open group has a row with weight
  for (Index rank = n; rank-- > 0;) {
    const double weight = input.weights ? input.weights[row[rank]] : 1.0;
    (flags[rank] & kernels::kRankPositive ? positive : negative) += weight;
    counts |= weight > 0;
    if (!(flags[rank] & kernels::kRankBeginsGroup) || !counts) continue;
    out.positive.push_back(positive);
    out.negative.push_back(negative);
    out.threshold.push_back(static_cast<double>(scores(row[rank])));
    counts = false;
  }
  return out;
}

// Whether vertex i lies where its neighbours lead on both axes.
bool on_a_line(const Prefixes& p, std::size_t i) {
  const auto bends = [i](const std::vector<double>& v) { return (v[i + 1] - v[i]) - (v[i] - v[i - 1]) != 0; };
  return !bends(p.positive) && !bends(p.negative);
}

CurveVertices roc(const Prefixes& p, bool thin) {
  CurveVertices out;
  if (p.threshold.empty()) return {{}, {}, {}, Reason::empty};
  const double positive = p.positive.back(), negative = p.negative.back();
  if (!(positive > 0 && negative > 0)) out.reason = Reason::one_class;
  const auto add = [&](double x, double y, double threshold) {
    out.x.push_back(negative > 0 ? x / negative : kNaN);
    out.y.push_back(positive > 0 ? y / positive : kNaN);
    out.thresholds.push_back(threshold);
  };
  add(0, 0, std::numeric_limits<double>::infinity());
  for (std::size_t i = 0; i < p.threshold.size(); ++i)
    if (!thin || i == 0 || i + 1 == p.threshold.size() || !on_a_line(p, i))
      add(p.negative[i], p.positive[i], p.threshold[i]);
  return out;
}

CurveVertices precision_recall(const Prefixes& p) {
  CurveVertices out;
  if (p.threshold.empty()) return {{}, {}, {}, Reason::empty};
  const double positive = p.positive.back();
  if (!(positive > 0)) out.reason = Reason::one_class;
  for (std::size_t i = p.threshold.size(); i-- > 0;) {
    out.x.push_back(positive > 0 ? p.positive[i] / positive : 1);
    out.y.push_back(p.positive[i] / (p.positive[i] + p.negative[i]));
    out.thresholds.push_back(p.threshold[i]);
  }
  out.x.push_back(0);
  out.y.push_back(1);
  return out;
}

}  // namespace

CurveVertices curve(const Execution& execution, const EvaluateInput& input, std::int64_t candidate, CurveType type,
                    bool thin) {
  check_input(execution, input, Task::binary);
  const Prefixes found = std::visit(
      [&]<class T>(const TensorView<const T, 2>& all) {
        return prefixes<T>(execution, input,
                           {all.data + candidate * all.strides[0], {input.rows()}, {all.strides[1]}, Device::cpu});
      },
      input.scores);
  return type == CurveType::roc ? roc(found, thin) : precision_recall(found);
}

}  // namespace bakeoff
