#include "train/families/device_descent.h"

#include <algorithm>

namespace bakeoff {

using kernels::DescentProblem;
using kernels::Index;

void DeviceDescent::run(const std::vector<DescentProblem>& problems) {
  std::vector<DescentProblem> batch;
  int largest = 0;
  for (std::size_t i = 0; i < problems.size(); ++i) {
    if (problems[i].order == 0) continue;
    DescentProblem p = problems[i];
    Slot& slot = slots_[i];
    const Index size = p.order * p.stride;
    if (slot.x.size() < p.stride) {
      slot.gram = kernels::DeviceArray<double>(p.stride * p.stride);
      slot.x = kernels::DeviceArray<double>(p.stride);
      slot.residual = kernels::DeviceArray<double>(p.stride);
    }
    if (slot.order != p.order) slot.gram.upload(stream_, p.gram, size);
    slot.order = p.order;
    slot.x.upload(stream_, p.x, p.order);
    slot.residual.upload(stream_, p.residual, p.order);
    p.gram = slot.gram.data();
    p.x = slot.x.data();
    p.residual = slot.residual.data();
    p.sweeps = slot.sweeps.data();
    largest = std::max(largest, p.order);
    batch.push_back(p);
  }
  const Index count = static_cast<Index>(batch.size());
  problems_.grow(count);
  problems_.upload(stream_, batch.data(), count);
  kernels::descend(stream_, problems_.data(), static_cast<int>(count), largest);
  for (std::size_t i = 0; i < problems.size(); ++i) {
    if (problems[i].order == 0) continue;
    slots_[i].x.download(stream_, problems[i].x, problems[i].order);
    slots_[i].residual.download(stream_, problems[i].residual, problems[i].order);
    slots_[i].sweeps.download(stream_, problems[i].sweeps, 1);
  }
}

}  // namespace bakeoff
