#include "train/families/panels.h"

#include <algorithm>

#include "train/families/device_pass.h"

namespace bakeoff {

using kernels::kPanel;

Panels::Panels(const Execution& execution, const LinearProblem& problem)
    : execution_(execution),
      problem_(problem),
      size_(static_cast<Index>(kernels::panel_rows(problem.rows.dense_columns, problem.rows.categories)) * kPanel),
      slot_(problem.fits.size(), -1) {
  if (execution.device() == Device::cuda && kernels::logistic_fits_device(problem.rows))
    device_ = std::make_unique<DevicePass>(execution, problem.rows);
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
  int used = kPanel;  // columns of the last panel
  for (int fit : order) {
    if (used == kPanel || set(fit).begin != begin_.back() || set(fit).end != end_.back()) {
      begin_.push_back(set(fit).begin);
      end_.push_back(set(fit).end);
      left_out_.resize(left_out_.size() + kPanel, -1);
      used = 0;
    }
    slot_[fit] = (panels() - 1) * kPanel + used;
    left_out_[slot_[fit]] = set(fit).left_out;
    ++used;
  }
  if (theta_.size() < panels() * size_) {
    theta_ = Buffer<float>(panels() * size_);
    gradient_ = Buffer<double>(panels() * size_);
    loss_ = Buffer<double>(static_cast<Index>(panels()) * kPanel);
    if (!device_) scratch_ = Buffer<char>(static_cast<Index>(kernels::logistic_scratch_bytes(problem_.rows, panels())));
  }
  std::fill_n(theta_.data(), panels() * size_, 0.0f);
}

void Panels::set_theta(int fit, const double* theta) {
  float* column = theta_.data() + slot_[fit] / kPanel * size_ + slot_[fit] % kPanel;
  for (int p = 0; p < problem_.rows.parameters(); ++p)
    column[kernels::panel_row(problem_.rows, p) * kPanel] = static_cast<float>(theta[p]);
}

void Panels::evaluate() {
  const bool folded = std::any_of(left_out_.begin(), left_out_.end(), [](std::int32_t f) { return f >= 0; });
  kernels::PanelsView view;
  view.panels = panels();
  view.theta = theta_.data();
  view.begin = begin_.data();
  view.end = end_.data();
  view.left_out = folded ? left_out_.data() : nullptr;
  view.gradient = gradient_.data();
  view.loss = loss_.data();
  if (device_)
    device_->run(view);
  else
    kernels::logistic_gradient(execution_.workers(), problem_.rows, view, scratch_.data());
}

void Panels::gradient(int fit, double* out) const {
  const double* column = gradient_.data() + slot_[fit] / kPanel * size_ + slot_[fit] % kPanel;
  for (int p = 0; p < problem_.rows.parameters(); ++p) out[p] = column[kernels::panel_row(problem_.rows, p) * kPanel];
}

}  // namespace bakeoff
