// Fits packed into panels of 16 columns for kernels/linear/logistic.h; those that are done make room.
#pragma once
#include <memory>
#include <vector>

#include "core/buffer.h"
#include "core/execution.h"
#include "kernels/linear/logistic.h"
#include "train/linear_problem.h"

namespace bakeoff {

class DevicePass;

class Panels {
 public:
  // On a GPU if the execution's device is one and a panel fits it.
  Panels(const Execution& execution, const LinearProblem& problem);
  ~Panels();

  // Packs the given fits; a panel has one window. Surplus columns learn nothing anyone reads.
  void pack(const std::vector<int>& fits);
  // theta: raw parameters, the intercept last.
  void set_theta(int fit, const double* theta);
  void evaluate();
  // Of the last evaluate(). gradient: raw parameters, the intercept last.
  double loss(int fit) const { return loss_[slot_[fit]]; }
  void gradient(int fit, double* out) const;

  int panels() const { return static_cast<int>(begin_.size()); }

 private:
  const Execution& execution_;
  const LinearProblem& problem_;
  std::unique_ptr<DevicePass> device_;  // null: on the CPU
  Index size_;                          // floats of a panel
  std::vector<int> slot_;               // fit: panel * 16 + column
  std::vector<Index> begin_, end_;
  std::vector<std::int32_t> left_out_;
  Buffer<float> theta_;
  Buffer<double> gradient_, loss_;
  Buffer<char> scratch_;
};

}  // namespace bakeoff
