#include "train/sparse_search.h"

#include <algorithm>
#include <cmath>
#include <memory>

#include "core/buffer.h"
#include "train/families/lbfgs.h"
#include "train/sparse_device_pass.h"

namespace bakeoff {
namespace {

using kernels::kSparsePanel;
using kernels::SparseLoss;

// Of all searches of a wave: 8 pairs of vectors and 6 more each.
constexpr double kWaveBytes = 400e6;
constexpr int kVectors = 22;

// Coordinates: the columns, then the centre (the intercept at the rows' mean): means are taken out without touching a
// zero.
struct Fit {
  int place = 0;  // among the solutions
  const SparseSet* set = nullptr;
  double l2 = 0;
  std::vector<double> start;
  std::unique_ptr<Lbfgs> search;
  bool started = false;

  const std::vector<double>& trial() const { return started ? search->trial() : start; }
};

class Wave {
 public:
  Wave(const Execution& execution, const kernels::SparseRowsView& rows, SparseLoss loss, double label_shift)
      : execution_(execution), rows_(rows), size_((rows.columns + Index{1}) * kSparsePanel) {
    view_.loss = loss;
    view_.label_shift = label_shift;
    if (execution.device() == Device::cuda) device_ = std::make_unique<SparseDevicePass>(rows);
  }

  void run(std::vector<Fit>& fits) {
    std::vector<Fit*> active;
    for (Fit& fit : fits) active.push_back(&fit);
    while (!active.empty()) {
      execution_.check_stop();
      evaluate(active);
      std::erase_if(active, [](const Fit* fit) { return fit->search->done(); });
    }
  }

 private:
  void evaluate(const std::vector<Fit*>& active);
  void set_theta(const Fit& fit, Index place);
  void tell(Fit& fit, Index place) const;

  const Execution& execution_;
  const kernels::SparseRowsView& rows_;
  Index size_;                                // of a panel
  std::unique_ptr<SparseDevicePass> device_;  // null: on the CPU
  kernels::SparsePanelsView view_;
  Buffer<float> theta_;
  Buffer<double> gradient_, value_;
  Buffer<std::int32_t> left_out_;
  Buffer<char> scratch_;
};

void Wave::set_theta(const Fit& fit, Index place) {
  float* column = theta_.data() + place / kSparsePanel * size_ + place % kSparsePanel;
  const std::vector<double>& x = fit.trial();
  double intercept = x.back();
  for (int k = 0; k < rows_.columns; ++k) {
    column[static_cast<Index>(k) * kSparsePanel] = static_cast<float>(x[k]);
    intercept -= fit.set->mean[k] * x[k];
  }
  column[static_cast<Index>(rows_.columns) * kSparsePanel] = static_cast<float>(intercept - view_.label_shift);
  left_out_[place] = fit.set->left_out;
}

void Wave::tell(Fit& fit, Index place) const {
  const double* column = gradient_.data() + place / kSparsePanel * size_ + place % kSparsePanel;
  const std::vector<double>& x = fit.trial();
  const double total = column[static_cast<Index>(rows_.columns) * kSparsePanel];
  std::vector<double> gradient(x.size());
  double squares = 0;
  for (int k = 0; k < rows_.columns; ++k) {
    gradient[k] = column[static_cast<Index>(k) * kSparsePanel] - fit.set->mean[k] * total + fit.l2 * x[k];
    squares += x[k] * x[k];
  }
  gradient.back() = total;
  const double value = value_[place] + 0.5 * fit.l2 * squares;
  if (fit.started) return fit.search->tell(value, gradient);
  fit.started = true;
  fit.search->start(std::move(fit.start), value, std::move(gradient));
}

void Wave::evaluate(const std::vector<Fit*>& active) {
  const Index count = static_cast<Index>(active.size()), panels = (count + kSparsePanel - 1) / kSparsePanel;
  if (theta_.size() < panels * size_) {
    theta_ = Buffer<float>(panels * size_);
    gradient_ = Buffer<double>(panels * size_);
    value_ = Buffer<double>(panels * kSparsePanel);
    left_out_ = Buffer<std::int32_t>(panels * kSparsePanel);
    if (!device_)
      scratch_ = Buffer<char>(static_cast<Index>(kernels::sparse_scratch_bytes(rows_, static_cast<int>(panels))));
    std::fill_n(theta_.data(), theta_.size(), 0.0f);  // surplus models learn nothing anyone reads
  }
  std::fill_n(left_out_.data(), left_out_.size(), -1);
  execution_.workers().for_each(count, [&](Index i) { set_theta(*active[i], i); });
  view_.panels = static_cast<int>(panels);
  view_.theta = theta_.data();
  view_.left_out = left_out_.data();
  view_.gradient = gradient_.data();
  view_.value = value_.data();
  if (device_)
    device_->run(view_);
  else
    kernels::sparse_gradient(execution_.workers(), rows_, view_, scratch_.data());
  execution_.workers().for_each(count, [&](Index i) { tell(*active[i], i); });
}

std::string why_hopeless(const SparseSet& set, SparseLoss loss) {
  if (!(set.weight > 0)) return "no training rows with a weight above 0";
  if (loss == SparseLoss::squared || (set.label_mean >= 1e-12 && set.label_mean <= 1 - 1e-12)) return {};
  return std::string("the training rows have one class only: label ") + (set.label_mean > 0.5 ? "1" : "0");
}

void make_search(Fit& fit, SparseLoss loss, const std::vector<double>& warm) {
  const SparseSet& set = *fit.set;
  const double p = set.label_mean;
  fit.start = warm;
  if (warm.empty()) {
    fit.start.assign(set.mean.size() + 1, 0.0);
    fit.start.back() = loss == SparseLoss::logistic ? std::log(p / (1 - p)) : p;
  }
  std::vector<double> curvature = set.curvature, penalty(set.mean.size() + 1, fit.l2);
  curvature.push_back(set.weight);
  penalty.back() = 0;
  // Float32 sees no direction flatter than this.
  const double flattest = 1e-7 * *std::max_element(curvature.begin(), curvature.end());
  for (double& c : curvature) c = std::max(c, flattest);
  Lbfgs::Options options;
  options.most_kappa = loss == SparseLoss::logistic ? 0.25 : 1.0;
  const double kappa = loss == SparseLoss::logistic ? p * (1 - p) : 1.0;
  fit.search = std::make_unique<Lbfgs>(std::move(curvature), std::move(penalty), kappa, options);
}

LinearSolution solution_of(const Fit& fit, SparseLoss loss) {
  const Lbfgs& search = *fit.search;
  LinearSolution out;
  out.status = search.status();
  out.reason = search.reason();
  out.iterations = search.steps();
  out.objective = loss == SparseLoss::squared ? 2 * search.value() : search.value();
  out.beta = search.best();
  for (std::size_t k = 0; k + 1 < out.beta.size(); ++k) out.beta.back() -= fit.set->mean[k] * out.beta[k];
  return out;
}

}  // namespace

std::vector<LinearSolution> solve_sparse(const Execution& execution, const kernels::SparseRowsView& rows,
                                         SparseLoss loss, const std::vector<SparseSet>& sets,
                                         const std::vector<LinearFit>& fits, const TrainProgress& progress) {
  std::vector<LinearSolution> solutions(fits.size());
  std::vector<int> order;
  for (std::size_t f = 0; f < fits.size(); ++f) {
    solutions[f].reason = why_hopeless(sets[fits[f].set], loss);
    if (solutions[f].reason.empty())
      order.push_back(static_cast<int>(f));
    else
      solutions[f].status = FitStatus::diverged;
  }
  // The largest penalties first: fits of a wave take about as many steps, and the next wave starts from them.
  std::stable_sort(order.begin(), order.end(), [&](int a, int b) { return fits[a].l2 > fits[b].l2; });
  const double each = 8.0 * kVectors * (rows.columns + 1);
  const auto at_once = static_cast<std::size_t>(std::clamp(kWaveBytes / each / kSparsePanel, 1.0, 16.0)) * kSparsePanel;
  std::vector<std::vector<double>> warm(sets.size());
  Wave wave(execution, rows, loss, loss == SparseLoss::squared ? sets[0].label_mean : 0.0);
  for (std::size_t first = 0; first < order.size(); first += at_once) {
    std::vector<Fit> members(std::min(at_once, order.size() - first));
    execution.workers().for_each(static_cast<Index>(members.size()), [&](Index i) {
      Fit& fit = members[i];
      fit.place = order[first + i];
      fit.set = &sets[fits[fit.place].set];
      fit.l2 = fits[fit.place].l2;
      make_search(fit, loss, warm[fits[fit.place].set]);
    });
    wave.run(members);
    for (const Fit& fit : members) {
      solutions[fit.place] = solution_of(fit, loss);
      if (fit.search->status() != FitStatus::diverged) warm[fits[fit.place].set] = fit.search->best();
    }
    const std::size_t done = first + members.size() + fits.size() - order.size();
    if (progress) progress(static_cast<int>(done), static_cast<int>(fits.size()));
  }
  return solutions;
}

}  // namespace bakeoff
