#include "train/families/model_descent.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include "kernels/linear/cholesky.h"
#include "kernels/linear/descent_simd.h"
#include "kernels/linear/gemm.h"

namespace bakeoff {
namespace {

using kernels::Index;

constexpr int kRounds = 20, kSweepsAtOnce = 10, kNewtonSteps = 100;
// A factor of more coordinates takes longer than the sweeps that it would save.
constexpr std::size_t kMostDirect = 800;

// The t of which the sum of l1 |x + t| + l2/2 (x + t)^2 is least; sorts x. The derivative grows with t, and jumps where
// an x + t becomes positive.
double least_shift(std::vector<double>& x, double l1, double l2) {
  std::sort(x.begin(), x.end(), std::greater<>());
  const double count = static_cast<double>(x.size());
  double sum = 0;
  for (const double value : x) sum += value;
  for (std::size_t positive = 0; positive < x.size(); ++positive) {
    const double before = l1 * (2 * static_cast<double>(positive) - count);
    const double slope = before + l2 * (sum - count * x[positive]);  // as x[positive] + t nears 0
    if (slope > 0) return -(before / l2 + sum) / count;
    if (slope + 2 * l1 >= 0) return -x[positive];
  }
  return -(l1 / l2 + sum / count);
}

// Where the descent stands, d away from where it began.
class ModelDescent {
 public:
  ModelDescent(const ModelView& model, std::vector<double> x, const std::vector<double>& gradient, double l1, double l2)
      : model_(model),
        order_(static_cast<std::size_t>(model.curvature.order)),
        x_(std::move(x)),
        gradient_(gradient),
        l1_(l1),
        l2_(l2),
        images_(x_.size(), 0.0),
        common_(order_, 0.0),
        seen_(model.corrections.count, 0.0),
        residual_(order_),
        before_(order_) {
    for (const double share : model.common) stiffness_ += share * share / static_cast<double>(model.own.size());
  }

  void run(double tolerance, double share) {
    double most = 0;
    for (int round = 0; round < kRounds; ++round) {
      for (int i = 0; i < kSweepsAtOnce; ++i) {
        const double gained = sweep();
        most = std::max(most, gained);
        if (!(gained > std::max(tolerance, share * most))) return;  // NaN, too
      }
      const std::size_t classes = model_.own.size();
      if (newton_steps(0, classes)) continue;
      for (std::size_t k = 0; classes > 1 && k < classes; ++k) newton_steps(k, k + 1);
    }
  }

  ModelLeast result(const std::vector<double>& from) {
    ModelLeast out;
    for (std::size_t k = 0; k < model_.own.size(); ++k)
      for (std::size_t i = 0; i < order_; ++i) {
        const std::size_t at = k * order_ + i;
        const double d = x_[at] - from[at];
        out.linear += gradient_[at] * d;
        out.curved += model_.kappa * d * (model_.own[k] * images_[at] - model_.common[k] * common_[i]);
      }
    for (std::size_t v = 0; v < seen_.size(); ++v) out.curved += model_.corrections.signs[v] * seen_[v] * seen_[v];
    out.x = std::move(x_);
    return out;
  }

 private:
  struct Place {
    std::size_t k, i;  // class and coordinate in it
  };

  // Of some classes; false: they are too many coordinates at once.
  bool newton_steps(std::size_t begin, std::size_t end) {
    std::vector<Place> places = active(begin, end);
    if (places.size() > kMostDirect) return false;
    for (int step = 0; step < kNewtonSteps && newton(places); ++step) places = active(begin, end);
    return true;
  }

  double price(double x) const { return l1_ * std::abs(x) + 0.5 * l2_ * x * x; }
  bool penalised(std::size_t i) const { return i >= static_cast<std::size_t>(model_.curvature.free); }
  double bend(std::size_t k) const { return model_.kappa * (model_.own[k] - model_.common[k] * model_.common[k]); }
  const double* corrections(std::size_t at) const { return model_.corrections.rows.data() + at * seen_.size(); }

  // -gradient - Hessian d from that without the corrections, their part in four sums at once.
  double residual(std::size_t i, const double* row) const {
    double sums[4] = {};
    for (std::size_t v = 0; v < seen_.size(); v += 4)
      for (std::size_t j = 0; j < 4; ++j) sums[j] += row[v + j] * seen_[v + j];
    return residual_[i] - ((sums[0] + sums[1]) + (sums[2] + sums[3]));
  }

  void move_seen(std::size_t at, double step) {
    const double* row = corrections(at);
    for (std::size_t v = 0; v < seen_.size(); ++v) seen_[v] += model_.corrections.signs[v] * step * row[v];
  }

  // -gradient - Hessian d without the corrections. Within a class that is kept up to date; the other classes' wait.
  double class_residual(std::size_t k, std::size_t i) const {
    return -gradient_[k * order_ + i] -
           model_.kappa * (model_.own[k] * images_[k * order_ + i] - model_.common[k] * common_[i]);
  }
  void enter(std::size_t k) {
    for (std::size_t i = 0; i < order_; ++i) residual_[i] = class_residual(k, i);
    before_ = residual_;
  }
  void leave(std::size_t k) {
    for (std::size_t i = 0; i < order_; ++i) {
      const double moved = (before_[i] - residual_[i]) / bend(k);
      images_[k * order_ + i] += moved;
      common_[i] += model_.common[k] * moved;
    }
  }

  // Every coordinate in turn to where the model is least along it; returns the sum of curvature * step^2.
  double sweep() {
    double gained = 0;
    for (std::size_t k = 0; k < model_.own.size(); ++k) {
      enter(k);
      for (std::size_t i = 0; i < order_; ++i) {
        const double* row = corrections(k * order_ + i);
        const double l1 = penalised(i) ? l1_ : 0, l2 = penalised(i) ? l2_ : 0, x = x_[k * order_ + i];
        double curvature = bend(k) * model_.curvature.values[i * order_ + i];
        for (std::size_t v = 0; v < seen_.size(); ++v) curvature += model_.corrections.signs[v] * row[v] * row[v];
        const double step = kernels::descent_target(x, residual(i, row), curvature, l1, l2) - x;
        if (step == 0) continue;
        x_[k * order_ + i] += step;
        kernels::subtract_scaled(step * bend(k), model_.curvature.values.data() + i * order_,
                                 static_cast<Index>(order_), residual_.data(), kernels::best_isa());
        move_seen(k * order_ + i, step);
        gained += (curvature + l2) * step * step;
      }
      leave(k);
    }
    return gained + shift_classes();
  }

  // What a coordinate of all classes has in common changes no probability: to where their penalty is least. One class
  // at a time crawls there. Neither the images' differences nor the corrections see it.
  double shift_classes() {
    const std::size_t classes = model_.own.size();
    double gained = 0;
    std::vector<double> all(classes);
    for (std::size_t i = model_.curvature.free; classes > 1 && i < order_; ++i) {
      double balance = 0, slack = 0, before = 0, after = 0;
      for (std::size_t k = 0; k < classes; ++k) {
        const double x = all[k] = x_[k * order_ + i];
        before += price(x);
        balance += l2_ * x + (x > 0 ? l1_ : x < 0 ? -l1_ : 0.0);
        slack += x == 0 ? l1_ : 0.0;
      }
      if (std::abs(balance) <= slack) continue;
      const double shift = least_shift(all, l1_, l2_);
      for (const double x : all) after += price(x + shift);
      if (!(after < before)) continue;
      for (std::size_t k = 0; k < classes; ++k) x_[k * order_ + i] += shift;
      gained += 2 * (before - after);
    }
    return gained;
  }

  // Solves for the active coordinates with their signs and moves: all the way, with 0 for those that would change
  // theirs, or, where that gains less, until the first of them is 0. True if any would.
  bool newton(const std::vector<Place>& active) {
    const std::size_t n = active.size();
    const std::vector<double> a = block(active);
    std::vector<double> slope(n), factor = a;
    for (std::size_t p = 0; p < n; ++p) {
      const auto [k, i] = active[p];
      residual_[i] = class_residual(k, i);
      const double x = x_[k * order_ + i];
      slope[p] = residual(i, corrections(k * order_ + i));
      if (penalised(i)) slope[p] -= l2_ * x + (x > 0 ? l1_ : -l1_);
    }
    std::vector<double> whole = slope, step(n);
    if (!kernels::cholesky_solve(static_cast<Index>(n), factor.data(), whole.data())) return false;
    double length = 1;
    std::size_t first = n;
    for (std::size_t p = 0; p < n; ++p) {
      const double x = x_[active[p].k * order_ + active[p].i];
      if (!penalised(active[p].i) || !(x * (x + whole[p]) < 0) || !(-x / whole[p] < length)) continue;
      length = -x / whole[p];
      first = p;
    }
    double change = 0;
    for (std::size_t p = 0; p < n; ++p) {
      const double x = x_[active[p].k * order_ + active[p].i];
      step[p] = penalised(active[p].i) && x * (x + whole[p]) < 0 ? -x : whole[p];
    }
    for (std::size_t p = 0; p < n; ++p)
      change += step[p] * (0.5 * std::inner_product(step.begin(), step.end(), a.begin() + p * n, 0.0) - slope[p]);
    const double certain =
        (0.5 * length * length - length) * std::inner_product(slope.begin(), slope.end(), whole.begin(), 0.0);
    for (std::size_t p = 0; p < n; ++p) {
      const double x = x_[active[p].k * order_ + active[p].i];
      move(active[p], change < certain ? step[p] : p == first ? -x : length * whole[p]);
    }
    return first < n;
  }

  void move(const Place& place, double step) {
    const auto [k, i] = place;
    const double* row = model_.curvature.values.data() + i * order_;
    const Index n = static_cast<Index>(order_);
    x_[k * order_ + i] += step;
    kernels::subtract_scaled(-step, row, n, images_.data() + k * order_, kernels::best_isa());
    kernels::subtract_scaled(-step * model_.common[k], row, n, common_.data(), kernels::best_isa());
    move_seen(k * order_ + i, step);
  }

  std::vector<Place> active(std::size_t begin, std::size_t end) const {
    std::vector<Place> places;
    for (std::size_t k = begin; k < end; ++k)
      for (std::size_t i = 0; i < order_; ++i)
        if (!penalised(i) || x_[k * order_ + i] != 0) places.push_back({k, i});
    return places;
  }

  // The Hessian of some coordinates, and their l2. What all classes have in common bends nothing: there it is as stiff
  // as one of them, which changes no difference between classes and leaves the rest to shift_classes().
  std::vector<double> block(const std::vector<Place>& active) const {
    const std::size_t n = active.size(), count = seen_.size();
    std::vector<double> a(n * n), rows(n * count), signed_rows(n * count);
    std::vector<std::size_t> classes(order_);
    for (const Place& place : active) ++classes[place.i];
    for (std::size_t p = 0; p < n; ++p) {
      const auto [k, i] = active[p];
      const double* row = corrections(k * order_ + i);
      for (std::size_t v = 0; v < count; ++v) rows[p * count + v] = row[v];
      for (std::size_t v = 0; v < count; ++v) signed_rows[p * count + v] = model_.corrections.signs[v] * row[v];
      const double* curvature = model_.curvature.values.data() + i * order_;
      for (std::size_t q = 0; q < n; ++q) {
        const auto [other, j] = active[q];
        double between = (k == other ? model_.own[k] : 0.0) - model_.common[k] * model_.common[other];
        if (i == j && classes[i] == model_.own.size()) between += stiffness_;
        a[p * n + q] = model_.kappa * curvature[j] * between;
      }
      if (penalised(i)) a[p * n + p] += l2_;
    }
    const Index size = static_cast<Index>(n), width = static_cast<Index>(count);
    if (count > 0)
      kernels::gemm(kernels::Transpose::no, kernels::Transpose::yes, size, size, width, signed_rows.data(), width,
                    rows.data(), width, 1.0, a.data(), size);
    return a;
  }

  const ModelView& model_;
  std::size_t order_;
  std::vector<double> x_;
  const std::vector<double>& gradient_;
  double l1_, l2_;
  double stiffness_ = 0;
  std::vector<double> images_;             // curvature d, class by class
  std::vector<double> common_;             // sum over classes of their share of those
  std::vector<double> seen_;               // by the corrections: sign v . d
  std::vector<double> residual_, before_;  // of one class
};

}  // namespace

ModelLeast model_least(const ModelView& model, const std::vector<double>& x, const std::vector<double>& gradient,
                       double l1, double l2, double tolerance, double share) {
  ModelDescent descent(model, x, gradient, l1, l2);
  descent.run(tolerance, share);
  return descent.result(x);
}

}  // namespace bakeoff
