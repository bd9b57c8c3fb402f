#include "core/execution.h"

#include "core/error.h"
#include "kernels/cuda_runtime.h"

namespace bakeoff {

Execution::Execution(Device device, int threads)
    : device_(device), workers_(std::make_shared<kernels::Workers>(threads)) {
  if (device == Device::cuda && !cuda_available())
    throw SpecError("device cuda was asked for, but " + kernels::why_no_cuda() + "; use --device cpu or auto");
}

void Execution::check_stop() const {
  if (stop_ && stop_()) throw Interrupted("stopped between two pieces of work, as asked");
}

Device parse_device(const std::string& name) {
  if (name == "cpu") return Device::cpu;
  if (name == "cuda") return Device::cuda;
  if (name == "auto") return cuda_available() ? Device::cuda : Device::cpu;
  throw SpecError("device: expected auto, cpu or cuda, got '" + name + "'");
}

bool cuda_available() { return kernels::why_no_cuda().empty(); }

}  // namespace bakeoff
