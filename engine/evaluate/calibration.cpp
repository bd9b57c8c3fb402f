#include "evaluate/calibration.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/buffer.h"
#include "core/error.h"
#include "evaluate/input.h"
#include "kernels/ranking/sort_scores.h"

namespace bakeoff {
namespace {

using kernels::TensorView;

constexpr Index kBinnedRows = 1 << 16;

// The quantiles k / bins, as NumPy's percentile interpolates.
template <class T>
std::vector<double> quantiles(const Execution& execution, TensorView<const T, 1> scores, int bins) {
  const Index n = scores.extent(0);
  Buffer<std::uint32_t> row(n);
  Buffer<std::uint8_t> flags(n), labels(n);
  std::fill(labels.begin(), labels.end(), std::uint8_t{0});
  Buffer<char> scratch(static_cast<Index>(kernels::sort_scores_scratch_bytes(execution.workers(), n)));
  kernels::sort_scores(execution.workers(), scores, labels.data(), {row.data(), flags.data()}, scratch.data());
  std::vector<double> edges;
  for (int k = 0; k <= bins; ++k) {
    const double share = k == bins ? 1.0 : k * (1.0 / bins) * 100.0 / 100.0;
    const double at = share * static_cast<double>(n - 1);
    const Index below = std::min(static_cast<Index>(at), n - 1), above = std::min(below + 1, n - 1);
    const double a = static_cast<double>(scores(row[below])), b = static_cast<double>(scores(row[above]));
    const double t = at - static_cast<double>(below);
    edges.push_back(t >= .5 ? b - (b - a) * (1 - t) : a + (b - a) * t);
  }
  return edges;
}

}  // namespace

template <class T>
std::vector<double> bin_edges(const Execution& execution, TensorView<const T, 1> scores, int bins, Binning binning) {
  if (binning == Binning::equal_mass && scores.extent(0) > 0) return quantiles(execution, scores, bins);
  std::vector<double> edges;
  for (int k = 0; k < bins; ++k) edges.push_back(k * (1.0 / bins));
  edges.push_back(1);
  return edges;
}
template std::vector<double> bin_edges(const Execution&, TensorView<const float, 1>, int, Binning);
template std::vector<double> bin_edges(const Execution&, TensorView<const double, 1>, int, Binning);

template <class T>
std::vector<std::int32_t> bins_of(const Execution& execution, TensorView<const T, 1> scores,
                                  const std::vector<double>& edges) {
  const Index n = scores.extent(0);
  std::vector<std::int32_t> bins(static_cast<std::size_t>(n));
  execution.workers().for_each((n + kBinnedRows - 1) / kBinnedRows, [&](Index block) {
    const Index end = std::min(n, (block + 1) * kBinnedRows);
    for (Index i = block * kBinnedRows; i < end; ++i) {
      const auto score = static_cast<double>(scores(i));
      bins[i] =
          static_cast<std::int32_t>(std::lower_bound(edges.begin() + 1, edges.end() - 1, score) - edges.begin() - 1);
    }
  });
  return bins;
}
template std::vector<std::int32_t> bins_of(const Execution&, TensorView<const float, 1>, const std::vector<double>&);
template std::vector<std::int32_t> bins_of(const Execution&, TensorView<const double, 1>, const std::vector<double>&);

Reliability reliability(const Execution& execution, const EvaluateInput& input, std::int64_t candidate, int bins,
                        Binning binning) {
  if (bins < 1 || bins > 10'000) throw SpecError("reliability: expected 1 to 10000 bins, got " + std::to_string(bins));
  check_domains(execution, input, check_input(execution, input, Task::binary), make_plan({"ece"}, Task::binary));
  Reliability out;
  std::visit(
      [&]<class T>(const TensorView<const T, 2>& all) {
        const TensorView<const T, 1> scores{
            all.data + candidate * all.strides[0], {input.rows()}, {all.strides[1]}, Device::cpu};
        const std::vector<double> edges = bin_edges(execution, scores, bins, binning);
        const std::vector<std::int32_t> bin = bins_of(execution, scores, edges);
        const auto size = static_cast<std::size_t>(bins);
        std::vector<double> difference(size, 0.0), variance(size, 0.0);
        out.low.assign(edges.begin(), edges.end() - 1);
        out.high.assign(edges.begin() + 1, edges.end());
        out.count.assign(size, 0);
        for (auto* sum : {&out.weight, &out.predicted, &out.observed}) sum->assign(size, 0.0);
        for (Index i = 0; i < input.rows(); ++i) {
          const auto k = static_cast<std::size_t>(bin[i]);
          const double p = static_cast<double>(scores(i)), w = input.weights ? input.weights[i] : 1.0;
          ++out.count[k];
          out.weight[k] += w;
          out.predicted[k] += w * p;
          out.observed[k] += w * input.labels[i];
          difference[k] += w * (input.labels[i] - p);
          variance[k] += w * w * p * (1 - p);
        }
        double total = 0, gaps = 0, noise = 0, largest = 0;
        for (std::size_t k = 0; k < size; ++k) {
          total += out.weight[k];
          gaps += std::abs(difference[k]);
          noise += std::sqrt(2 * variance[k] / std::numbers::pi);
          if (out.weight[k] > 0) largest = std::max(largest, std::abs(difference[k]) / out.weight[k]);
          out.predicted[k] = out.weight[k] > 0 ? out.predicted[k] / out.weight[k] : kNaN;
          out.observed[k] = out.weight[k] > 0 ? out.observed[k] / out.weight[k] : kNaN;
        }
        if (total > 0) {
          out.ece = gaps / total;
          out.mce = largest;
          out.noise_floor = noise / total;
        }
      },
      input.scores);
  return out;
}

}  // namespace bakeoff
