#include "evaluate/scoreboard.h"

namespace bakeoff {

std::vector<double> Scoreboard::left_out_of(std::int64_t cell) const {
  const auto count = static_cast<std::int64_t>(cells.size()), slices = static_cast<std::int64_t>(slice_names.size());
  const std::int64_t s = cell / static_cast<std::int64_t>(metric_names.size()) % slices;
  std::vector<double> out;
  for (std::int64_t g = 0; g < left_out_groups; ++g)
    if (left_out_rows[g * slices + s] > 0) out.push_back(left_out[g * count + cell]);
  return out;
}

const char* name(Reason reason) {
  switch (reason) {
    case Reason::ok:
      return "ok";
    case Reason::empty:
      return "empty";
    case Reason::no_weight:
      return "no_weight";
    case Reason::one_class:
      return "one_class";
    case Reason::constant_target:
      return "constant_target";
    case Reason::too_few_rows:
      return "too_few_rows";
    case Reason::zero_division:
      break;
  }
  return "zero_division";
}

const char* name(Resampling resampling) {
  constexpr const char* kNames[] = {"none", "poisson", "multinomial", "stratified"};
  return kNames[static_cast<int>(resampling)];
}

const char* name(IntervalMethod method) {
  constexpr const char* kNames[] = {"none",   "percentile", "basic",        "bca",      "bias_corrected",
                                    "wilson", "delong",     "delong_logit", "jackknife"};
  return kNames[static_cast<int>(method)];
}

}  // namespace bakeoff
