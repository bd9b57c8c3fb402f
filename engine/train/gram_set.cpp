#include "train/gram_set.h"

#include <algorithm>
#include <chrono>

#include "core/hash.h"
#include "core/packing.h"
#include "kernels/linear/gram.h"
#include "train/device_gram.h"
#include "train/sparse_gram.h"

namespace bakeoff {
namespace {

// Window edges, ascending: between two neighbours every set has all rows or none.
std::vector<Index> edges_of(const LinearProblem& problem) {
  std::vector<Index> edges;
  for (const TrainingSet& set : problem.sets) edges.insert(edges.end(), {set.begin, set.end});
  std::sort(edges.begin(), edges.end());
  edges.erase(std::unique(edges.begin(), edges.end()), edges.end());
  return edges;
}

bool anyone_reads(const LinearProblem& problem, Index begin, Index end) {
  return std::any_of(problem.sets.begin(), problem.sets.end(),
                     [&](const TrainingSet& set) { return set.begin <= begin && end <= set.end; });
}

// Labels are centred around their mean over the rows that are read, so that squares keep their digits.
double mean_label(const LinearProblem& problem, const std::vector<Index>& edges) {
  double sum = 0;
  Index count = 0;
  for (std::size_t e = 0; e + 1 < edges.size(); ++e) {
    if (!anyone_reads(problem, edges[e], edges[e + 1])) continue;
    for (Index i = edges[e]; i < edges[e + 1]; ++i) sum += problem.rows.labels[i];
    count += edges[e + 1] - edges[e];
  }
  return count > 0 ? sum / static_cast<double>(count) : 0.0;
}

// Rows and folds are those that the memory's section stands for.
std::string question_of(const LinearProblem& problem, const std::vector<kernels::GramSegment>& segments, double shift) {
  Fingerprint asked;
  asked.add_all(segments.data(), static_cast<Index>(segments.size())).add_all(&shift, 1);
  for (const TrainingSet& set : problem.sets) asked.add_all(&set.begin, 1).add_all(&set.end, 1);
  return problem.memory.question("gram", asked.text());
}

}  // namespace

double mean_label(const LinearProblem& problem) { return mean_label(problem, edges_of(problem)); }

GramSet::GramSet(const Execution& execution, const LinearProblem& problem) : order_(kernels::gram_order(problem.rows)) {
  const std::vector<Index> edges = edges_of(problem);
  label_shift_ = mean_label(problem, edges);
  const bool folded = problem.rows.folds != nullptr && problem.folds > 1;
  std::vector<Index> order(folded && !edges.empty() ? static_cast<std::size_t>(edges.back() - edges.front()) : 0);
  std::vector<kernels::GramSegment> segments;
  Index at = 0;
  for (std::size_t e = 0; e + 1 < edges.size(); ++e) {
    const Index begin = edges[e], end = edges[e + 1];
    if (!anyone_reads(problem, begin, end)) continue;
    if (!folded) {
      pieces_.push_back({begin, end, -1});
      segments.push_back({begin, end});
      continue;
    }
    // Rows by fold, in their own order.
    std::vector<Index> next(static_cast<std::size_t>(problem.folds) + 1, 0);
    for (Index i = begin; i < end; ++i) ++next[problem.rows.folds[i] + 1];
    next[0] = at;
    for (int f = 0; f < problem.folds; ++f) {
      next[f + 1] += next[f];
      pieces_.push_back({begin, end, f});
      segments.push_back({next[f], next[f + 1]});
    }
    for (Index i = begin; i < end; ++i) order[next[problem.rows.folds[i]]++] = i;
    at += end - begin;
  }
  if (segments.empty()) return;
  const int count = static_cast<int>(segments.size());
  grams_ = Buffer<double>(static_cast<Index>(count) * order_ * order_);
  const std::string question = problem.memory ? question_of(problem, segments, label_shift_) : "";
  if (problem.memory) {
    const std::string answer = problem.memory.checkpoint->find(question).value_or("");
    Unpacking unpacking(answer);
    if (unpacking.take(grams_.data(), grams_.size()) && unpacking.done()) return;
  }
  const auto start = std::chrono::steady_clock::now();
  const Index* const places = folded ? order.data() : nullptr;
  if (problem.sparse) {
    sparse_gram(execution, *problem.sparse, places, segments.data(), count, label_shift_, grams_.data());
  } else if (execution.device() == Device::cuda) {
    device_gram(execution, problem.rows, places, segments.data(), count, label_shift_, grams_.data());
  } else {
    const Buffer<char> scratch(static_cast<Index>(kernels::gram_scratch_bytes(problem.rows, segments.data(), count)));
    kernels::gram(execution.workers(), problem.rows, places, segments.data(), count, label_shift_, grams_.data(),
                  scratch.data());
  }
  if (!problem.memory) return;
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  problem.memory.checkpoint->keep(question, Packing().add(grams_.data(), grams_.size()).take(), seconds);
}

template <class Keep>
Gram GramSet::sum(const Keep& keep) const {
  const std::size_t size = static_cast<std::size_t>(order_) * order_;
  Gram gram{order_, std::vector<double>(size, 0.0)};
  std::vector<const double*> parts;
  for (std::size_t p = 0; p < pieces_.size(); ++p)
    if (keep(pieces_[p])) parts.push_back(grams_.data() + p * size);
  // Row by row, which stays in the first cache.
  for (std::size_t row = 0; row < size; row += order_)
    for (const double* part : parts)
      for (std::size_t i = row; i < row + order_; ++i) gram.values[i] += part[i];
  return gram;
}

Gram GramSet::of(const TrainingSet& set) const {
  return sum([&](const Piece& p) {
    return set.begin <= p.begin && p.end <= set.end && (set.left_out < 0 || p.fold != set.left_out);
  });
}

Gram GramSet::of_fold(const TrainingSet& set, int fold) const {
  return sum([&](const Piece& p) { return set.begin <= p.begin && p.end <= set.end && p.fold == fold; });
}

}  // namespace bakeoff
