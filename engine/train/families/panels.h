// Fits packed into panels of 16 columns for kernels/linear/loss_pass.h; those that are done make room.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/buffer.h"
#include "core/execution.h"
#include "kernels/linear/loss_pass.h"
#include "train/linear_problem.h"

namespace bakeoff {

class DevicePass;

class Panels {
 public:
  // On a GPU if the execution's device is one and, of dense rows, a unit of panels fits it. Logits are counted from
  // `centre`: see loss_row().
  Panels(const Execution& execution, const LinearProblem& problem, kernels::Loss kind, double centre = 0);
  ~Panels();

  // Packs the given fits; a panel has one window. Surplus columns learn nothing anyone reads.
  void pack(const std::vector<int>& fits);
  // theta: raw parameters, the intercept last; of softmax, class by class.
  void set_theta(int fit, const double* theta);
  void set_shape(int fit, double shape) { shape_[slot_[fit]] = static_cast<float>(shape); }
  void set_dead(int fit, double dead) { dead_[slot_[fit]] = static_cast<float>(dead); }  // of a tube
  // Between pieces of work it may throw Interrupted; what is in the problem's memory is not computed again.
  void evaluate();
  // Of the last evaluate(). gradient: as theta.
  double loss(int fit) const { return loss_[slot_[fit]]; }
  double slope(int fit) const { return slope_[slot_[fit]]; }
  void gradient(int fit, double* out) const;

  int panels() const { return static_cast<int>(begin_.size()); }

 private:
  // Panels [first, last) of the next evaluate().
  kernels::PanelsView view(int first, int last);
  kernels::PanelsView view() { return view(0, panels()); }
  void run(int first, int last);
  Index place(int parameter) const;  // of a raw parameter, in a panel's column
  void evaluate(int first, int last, const std::vector<kernels::PanelsView>& groups);
  int group() const;
  int most_at_once() const;
  std::string question(const kernels::PanelsView& view) const;
  bool remember(const kernels::PanelsView& view);
  void keep(const kernels::PanelsView& view, double seconds);
  // Room of a fit: the floats of its column `k` in `panels` (theta or gradient).
  template <class T>
  T* column(T* panels, int fit, int k) const {
    const int slot = slot_[fit] + k;
    return panels + slot / kernels::kPanel * size_ + slot % kernels::kPanel;
  }

  const Execution& execution_;
  const LinearProblem& problem_;
  const kernels::Loss kind_;
  const double centre_;
  kernels::ClassLayout layout_;
  kernels::RowsView rows_;                         // with the loss's labels and weights
  std::optional<kernels::SparseRowsView> sparse_;  // likewise
  std::vector<double> labels_, weights_;           // empty: those of the problem
  std::unique_ptr<DevicePass> device_;             // null: on the CPU
  Index size_;                                     // floats of a panel
  std::vector<int> slot_;                          // fit: panel * 16 + its first column
  std::vector<Index> begin_, end_;
  std::vector<std::int32_t> left_out_;
  Buffer<float> theta_, shape_, dead_;
  Buffer<double> gradient_, loss_, slope_;
  Buffer<char> scratch_;
};

}  // namespace bakeoff
