#include <algorithm>

#include "core/buffer.h"
#include "core/error.h"
#include "kernels/linear/loss_pass.h"
#include "train/batch_trainer.h"
#include "train/link.h"

namespace bakeoff {
namespace {

using kernels::kPanel;

// Scores of rows [begin, end) by one theta a candidate, handed to use(candidate * outputs + output, scores) panel by
// panel; with several outputs they are logits still.
template <class Theta, class Use>
void score_rows(const Execution& execution, const RawDesign& design, const TrainedBatch& batch, Index begin, Index end,
                const Theta& theta_of, const Use& use) {
  const kernels::RowsView rows = design.view();
  const Index size = static_cast<Index>(kernels::panel_rows(rows.dense_columns, rows.categories)) * kPanel;
  const Index outputs = batch.outputs, count = static_cast<Index>(batch.candidates.size()) * outputs, n = end - begin;
  const Index panels = (count + kPanel - 1) / kPanel;
  const Buffer<float> logits(kPanel * n), panel(size);
  const Buffer<char> scratch(static_cast<Index>(kernels::logits_scratch_bytes(rows, 1)));
  for (Index p = 0; p < panels; ++p) {
    execution.check_stop();
    std::fill_n(panel.data(), size, 0.0f);
    const Index members = std::min<Index>(kPanel, count - p * kPanel);
    for (Index m = 0; m < members; ++m) {
      const Index column = p * kPanel + m;
      const std::vector<float>& theta = theta_of(batch.candidates[column / outputs]);
      const Index parameters = static_cast<Index>(theta.size()) / outputs;
      for (Index i = 0; i < parameters; ++i)
        panel[kernels::panel_row(rows, static_cast<int>(i)) * kPanel + m] = theta[column % outputs * parameters + i];
    }
    kernels::linear_logits(execution.workers(), rows, begin, end, 1, panel.data(), logits.data(), scratch.data());
    execution.workers().for_each(members, [&](Index m) {
      const TrainedCandidate& trained = batch.candidates[(p * kPanel + m) / outputs];
      float* scores = logits.data() + m * n;
      const LinearModel::Link link =
          outputs > 1 ? LinearModel::Link::identity : find_family(trained.candidate.family).link;
      if (theta_of(trained).empty())
        std::fill_n(scores, n, std::numeric_limits<float>::quiet_NaN());
      else if (link == LinearModel::Link::logistic)
        for (Index i = 0; i < n; ++i) scores[i] = kernels::logistic_point<kernels::FloatOps>(-scores[i]).probability;
      else
        for (Index i = 0; i < n; ++i) scores[i] = static_cast<float>(linked(scores[i], link));
      use(p * kPanel + m, scores);
    });
  }
}

// Candidates x outputs x rows of logits become probabilities.
void normalise(const Execution& execution, const TrainedBatch& batch, Index rows, std::vector<float>& scores) {
  const Index outputs = batch.outputs;
  if (outputs == 1) return;
  execution.workers().for_each(static_cast<Index>(batch.candidates.size()), [&](Index m) {
    float* const of = scores.data() + m * outputs * rows;
    std::vector<double> z(static_cast<std::size_t>(outputs));
    for (Index i = 0; i < rows; ++i) {
      for (Index k = 0; k < outputs; ++k) z[k] = of[k * rows + i];
      softmax(z.data(), static_cast<int>(outputs));
      for (Index k = 0; k < outputs; ++k) of[k * rows + i] = static_cast<float>(z[k]);
    }
  });
}

}  // namespace

std::vector<float> batch_scores(const Execution& execution, const RawDesign& design, const TrainedBatch& batch,
                                Index begin, Index end) {
  std::vector<float> out(batch.candidates.size() * static_cast<std::size_t>(batch.outputs * (end - begin)));
  score_rows(
      execution, design, batch, begin, end,
      [](const TrainedCandidate& c) -> const std::vector<float>& { return c.theta; },
      [&](Index m, const float* scores) { std::copy_n(scores, end - begin, out.data() + m * (end - begin)); });
  normalise(execution, batch, end - begin, out);
  return out;
}

std::vector<float> out_of_fold_scores(const Execution& execution, const RawDesign& design, const TrainedBatch& batch,
                                      const std::vector<std::int32_t>& folds, Index begin, Index end) {
  std::size_t count = 0;
  for (Index i = begin; i < end; ++i) count = std::max<std::size_t>(count, folds[i] + 1);
  for (const TrainedCandidate& c : batch.candidates)
    if (c.model && c.fold_theta.size() < count)
      throw SpecError("out-of-fold scores need a batch that was trained with these folds: expected " +
                      std::to_string(count) + " fold models a candidate, got " + std::to_string(c.fold_theta.size()));
  static const std::vector<float> none;
  std::vector<float> out(batch.candidates.size() * static_cast<std::size_t>(batch.outputs * (end - begin)));
  for (std::size_t fold = 0; fold < count; ++fold)
    score_rows(
        execution, design, batch, begin, end,
        [&](const TrainedCandidate& c) -> const std::vector<float>& { return c.model ? c.fold_theta[fold] : none; },
        [&](Index m, const float* scores) {
          float* to = out.data() + m * (end - begin);
          for (Index i = 0; i < end - begin; ++i)
            if (folds[begin + i] == static_cast<std::int32_t>(fold)) to[i] = scores[i];
        });
  normalise(execution, batch, end - begin, out);
  return out;
}

}  // namespace bakeoff
