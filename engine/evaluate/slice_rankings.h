// Rankings of slices, each candidate sorted once.
#pragma once
#include <vector>

#include "core/buffer.h"
#include "evaluate/slice_set.h"
#include "kernels/ranking/ranking.h"

namespace bakeoff {

Buffer<std::uint8_t> binary_labels(const EvaluateInput& input);

template <class T>
kernels::TensorView<const T, 1> candidate_scores(const kernels::TensorView<const T, 2>& scores, Index candidate) {
  return {scores.data + candidate * scores.strides[0], {scores.extents[1]}, {scores.strides[1]}, Device::cpu};
}

class SliceRankings {
 public:
  SliceRankings(const Execution& execution, const EvaluateInput& input, const SliceSet& set);

  std::size_t bytes() const;  // that a candidate's rankings take
  void reserve(Index candidates);
  // Of candidates [first, first + count), at most as many as were reserved: count x slices. Rows are the input's.
  std::vector<kernels::RankingView> rank(Index first, Index count);

 private:
  friend class DeviceRankings;
  Index all_view() const;  // -1: there is none
  std::vector<kernels::RankingView> views(const std::uint32_t* row, const std::uint8_t* flags, Index candidates) const;
  void deal(const kernels::RankingView& ranking, Index base) const;

  const Execution& execution_;
  const EvaluateInput& input_;
  const SliceSet& set_;
  Buffer<std::uint8_t> labels_, flags_;
  Buffer<std::uint32_t> row_;
  std::vector<Index> begin_;  // of each view's ranking among a candidate's
  std::vector<std::uint64_t> first_of_row_;
  std::vector<std::uint32_t> views_of_row_;
};

}  // namespace bakeoff
