#include "train/families/panels.h"

#include <algorithm>

#include "train/families/device_pass.h"

namespace bakeoff {

using kernels::kPanel;
using kernels::Loss;

Panels::Panels(const Execution& execution, const LinearProblem& problem, Loss kind, double centre)
    : execution_(execution),
      problem_(problem),
      kind_(kind),
      layout_{problem.classes},
      rows_(problem.rows),
      size_(static_cast<Index>(kernels::panel_rows(problem.rows.dense_columns, problem.rows.categories)) * kPanel),
      slot_(problem.fits.size(), -1) {
  if (kind == Loss::poisson || kind == Loss::gamma || centre != 0) {
    const auto n = static_cast<std::size_t>(rows_.rows);
    labels_.resize(n);
    if (kind == Loss::poisson) weights_.resize(n);
    for (std::size_t i = 0; i < n; ++i) {
      const kernels::LossRow row =
          kernels::loss_row(kind, rows_.labels[i], rows_.weights ? rows_.weights[i] : 1.0, centre);
      labels_[i] = row.label;
      if (kind == Loss::poisson) weights_[i] = row.weight;
    }
    rows_.labels = labels_.data();
    if (kind == Loss::poisson) rows_.weights = weights_.data();
  }
  if (execution.device() == Device::cuda && kernels::loss_fits_device(rows_, view()))
    device_ = std::make_unique<DevicePass>(execution, rows_);
}

Panels::~Panels() = default;

void Panels::pack(const std::vector<int>& fits) {
  std::vector<int> order = fits;
  const auto set = [&](int fit) -> const TrainingSet& { return problem_.sets[problem_.fits[fit].set]; };
  std::stable_sort(order.begin(), order.end(), [&](int a, int b) {
    return std::pair(set(a).begin, set(a).end) < std::pair(set(b).begin, set(b).end);
  });
  begin_.clear();
  end_.clear();
  left_out_.clear();
  const int most = layout_.models();  // in a unit
  int used = most;                    // of the last unit
  for (int fit : order) {
    if (used == most || set(fit).begin != begin_.back() || set(fit).end != end_.back()) {
      begin_.resize(begin_.size() + layout_.panels(), set(fit).begin);
      end_.resize(begin_.size(), set(fit).end);
      left_out_.resize(begin_.size() * kPanel, -1);
      used = 0;
    }
    slot_[fit] = (panels() - layout_.panels()) * kPanel + used * problem_.classes;
    std::fill_n(left_out_.begin() + slot_[fit], problem_.classes, set(fit).left_out);
    ++used;
  }
  if (theta_.size() < panels() * size_) {
    const Index columns = static_cast<Index>(panels()) * kPanel;
    theta_ = Buffer<float>(panels() * size_);
    gradient_ = Buffer<double>(panels() * size_);
    loss_ = Buffer<double>(columns);
    if (shaped(kind_)) {
      shape_ = Buffer<float>(columns);
      slope_ = Buffer<double>(columns);
    }
    if (!device_) scratch_ = Buffer<char>(static_cast<Index>(kernels::loss_scratch_bytes(rows_, view())));
  }
  std::fill_n(theta_.data(), panels() * size_, 0.0f);
  if (shaped(kind_)) std::fill_n(shape_.data(), panels() * kPanel, 1.0f);
}

void Panels::set_theta(int fit, const double* theta) {
  const int parameters = rows_.parameters();
  for (int k = 0; k < problem_.classes; ++k) {
    float* to = column(theta_.data(), fit, k);
    for (int p = 0; p < parameters; ++p)
      to[kernels::panel_row(rows_, p) * kPanel] = static_cast<float>(theta[k * parameters + p]);
  }
}

kernels::PanelsView Panels::view() {
  const bool folded = std::any_of(left_out_.begin(), left_out_.end(), [](std::int32_t f) { return f >= 0; });
  kernels::PanelsView view;
  view.panels = panels();
  view.theta = theta_.data();
  view.begin = begin_.data();
  view.end = end_.data();
  view.left_out = folded ? left_out_.data() : nullptr;
  view.gradient = gradient_.data();
  view.loss = loss_.data();
  view.kind = kind_;
  view.classes = problem_.classes;
  if (shaped(kind_)) {
    view.shape = shape_.data();
    view.slope = slope_.data();
  }
  return view;
}

void Panels::evaluate() {
  if (device_)
    device_->run(view());
  else
    kernels::loss_gradient(execution_.workers(), rows_, view(), scratch_.data());
}

void Panels::gradient(int fit, double* out) const {
  const int parameters = rows_.parameters();
  for (int k = 0; k < problem_.classes; ++k) {
    const double* from = column(gradient_.data(), fit, k);
    for (int p = 0; p < parameters; ++p) out[k * parameters + p] = from[kernels::panel_row(rows_, p) * kPanel];
  }
}

}  // namespace bakeoff
