// Where auc_values gets its numbers from: rankings of slices on the CPU, or on a GPU.
#pragma once
#include <memory>
#include <vector>

#include "core/execution.h"
#include "evaluate/slice_set.h"
#include "kernels/resample/auc_bootstrap.h"

namespace bakeoff {

class AucSource {
 public:
  virtual ~AucSource() = default;
  virtual std::size_t bytes() const = 0;     // that a candidate's rankings take
  virtual std::size_t room() const = 0;      // for rankings and states that are held at once
  virtual Index resample_tile() const = 0;   // resamples that it takes no longer than one of them
  virtual Index draws_a_second() const = 0;  // rows x rankings x resamples, roughly
  virtual void reserve(Index candidates) = 0;
  // Of candidates [first, first + count), at most as many as were reserved: count x slices.
  virtual std::vector<kernels::RankingView> rank(Index first, Index count) = 0;
  // One state a ranking, the second with sample weights.
  virtual void values(const std::vector<kernels::RankingView>& rankings, kernels::AucState<std::uint64_t>* out) = 0;
  virtual void values(const std::vector<kernels::RankingView>& rankings, kernels::AucState<double>* out) = 0;
  // Rankings x resamples.count.
  virtual void resample(const std::vector<kernels::RankingView>& rankings, const kernels::Resamples& resamples,
                        kernels::AucState<std::uint64_t>* out) = 0;
  virtual void resample(const std::vector<kernels::RankingView>& rankings, const kernels::Resamples& resamples,
                        kernels::AucState<double>* out) = 0;
};

// On the GPU that set.device is on.
std::unique_ptr<AucSource> make_device_auc(const Execution& execution, const EvaluateInput& input, const SliceSet& set);

}  // namespace bakeoff
