// Where and how a function runs. First argument of every stage, never global.
#pragma once
#include <atomic>
#include <functional>
#include <memory>

#include "kernels/execute_tbb.h"
#include "kernels/views.h"

namespace bakeoff {

using kernels::Device;
using kernels::Index;

class Execution {
 public:
  // `threads` <= 0: all cores. Throws SpecError if `device` is cuda and this build or machine has none.
  explicit Execution(Device device = Device::cpu, int threads = 0);

  Device device() const { return device_; }
  int threads() const { return workers_->threads(); }
  const kernels::Workers& workers() const { return *workers_; }

  // Long loops call this between pieces of work; throws Interrupted once the stop check says true.
  void check_stop() const;
  void set_stop_check(std::function<bool()> check) { stop_ = std::move(check); }

 private:
  Device device_;
  std::shared_ptr<kernels::Workers> workers_;
  std::function<bool()> stop_;
};

// "auto", "cpu" or "cuda"; SpecError otherwise. auto is cuda where a usable GPU is found.
Device parse_device(const std::string& name);
// A GPU that this build can use is there.
bool cuda_available();

}  // namespace bakeoff
