// How long a bake-off may take, and how many candidates it may train.
#pragma once
#include <chrono>
#include <limits>
#include <string>

#include "core/checkpoint.h"
#include "spec/spec.h"

namespace bakeoff {

// Time and cost are one limit, the sooner of the two; the processes that were killed before count. What a stopped run
// had gone on with is remembered, so that its id comes to the same end.
class Budget {
 public:
  // `spent`: seconds of this process before now.
  Budget(const BudgetSpec& spec, Checkpoint& checkpoint, double spent);

  bool limited() const { return limit_ < std::numeric_limits<double>::infinity(); }
  double limit() const { return limit_; }  // seconds
  double spent() const;
  // Whether piece `number` of a kind of work ("batch", "rung"), which is expected to take some seconds, may begin; the
  // first always may, and what may once may again.
  bool allows(const std::string& kind, int number, double seconds);
  const std::string& text() const { return text_; }  // "time 10m", "cost 5 at 3.5 an hour"

 private:
  Checkpoint& checkpoint_;
  double limit_ = std::numeric_limits<double>::infinity(), before_;
  std::chrono::steady_clock::time_point start_;
  std::string text_;
};

}  // namespace bakeoff
