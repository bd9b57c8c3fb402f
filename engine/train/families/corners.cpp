#include "train/families/corners.h"

#include <algorithm>

#include "core/text.h"

namespace bakeoff {
namespace {

constexpr double kFirstWidth = 0.5, kNarrower = 0.25;
// Of the labels' scale: narrower corners are float32's noise.
constexpr double kLeastWidth = 3e-7;
// What the corners may cost, and what they should: a share of the objective, or, where that is near 0, of the labels'
// scale.
constexpr double kMostGap = 1e-6, kGap = 3e-7, kExactGap = 1e-9;

}  // namespace

Corners::Corners(double label_scale, double weight, double residual_scale)
    : label_scale_(label_scale), weight_(weight), width_(kFirstWidth * residual_scale) {}

bool Corners::sharp(double gap, double value) const {
  return cost() <= std::max(gap * value, kExactGap * weight_ * label_scale_);
}

bool Corners::narrow(double value) {
  if (sharp(kGap, value) || kNarrower * width_ < kLeastWidth * label_scale_) return false;
  width_ *= kNarrower;
  return true;
}

void Corners::judge(double predicted, LinearSolution& out) const {
  if (out.status == FitStatus::diverged) return;
  // With corners this sharp float32's noise may keep a search from its own tolerance.
  if (sharp(kMostGap, out.objective) && predicted <= kGap * out.objective) {
    out.status = FitStatus::converged;
    out.reason.clear();
  } else if (out.status == FitStatus::converged) {
    out.status = FitStatus::iteration_limit;
    out.reason = "the objective may be " + shortest(cost() / out.objective) +
                 " of itself above its optimum: float32 tells no sharper corners apart";
  }
}

}  // namespace bakeoff
