#include "train/families/working_sets.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/error.h"
#include "core/hash.h"
#include "train/families/loss_shape.h"
#include "train/families/panels.h"
#include "train/families/smooth_l1.h"
#include "train/solution_memory.h"
#include "train/spectrum.h"

namespace bakeoff {
namespace {

using kernels::SparseRowsView;

// A column may be pushed this much harder than its penalty holds it: its coefficient would change the objective by the
// square of that.
constexpr double kSlack = 1e-4;
constexpr double kStage = 0.5;  // penalties of a stage are at least this share of its largest
constexpr int kMostRounds = 30;
constexpr std::size_t kFirstColumns = 256;  // to begin with; a set at most doubles at once

const std::string kFull =
    "more than " + std::to_string(kMostGramColumns) + " columns matter at this penalty: raise l2, or set l1_ratio to 0";

double l1_of(const LinearFit& fit) { return fit.l2 * fit.l1_ratio; }

// The rows of some columns, and the problem of them.
class Restricted {
 public:
  Restricted(const LinearProblem& whole, const std::vector<int>& columns, const std::vector<int>& fits)
      : problem_(whole) {
    const SparseRowsView& rows = *whole.sparse;
    std::vector<std::int32_t> place(static_cast<std::size_t>(rows.columns), -1);
    for (std::size_t k = 0; k < columns.size(); ++k) place[columns[k]] = static_cast<std::int32_t>(k);
    for (Index i = 0; i < rows.rows; ++i) {
      for (Index e = rows.starts[i]; e < rows.starts[i + 1]; ++e) {
        if (place[rows.indices[e]] < 0) continue;
        indices_.push_back(place[rows.indices[e]]);
        values_.push_back(rows.value(e));
      }
      starts_.push_back(static_cast<Index>(indices_.size()));
    }
    SparseRowsView& few = *problem_.sparse;
    few.columns = problem_.rows.dense_columns = static_cast<int>(columns.size());
    few.starts = starts_.data();
    few.indices = indices_.data();
    few.values = values_.data();
    few.scalar = SparseRowsView::Scalar::f64;
    auto map = std::make_shared<LinearMap>(LinearMap::identity(few.columns));
    for (TrainingSet& set : problem_.sets) set.map = map;
    problem_.fits.clear();
    for (const int f : fits) problem_.fits.push_back(whole.fits[f]);
    Fingerprint named;
    named.add_all(columns.data(), static_cast<Index>(columns.size()));
    problem_.memory.name += " columns " + named.text();
  }
  Restricted(const Restricted&) = delete;

  const LinearProblem& problem() const { return problem_; }

 private:
  std::vector<Index> starts_ = {0};
  std::vector<std::int32_t> indices_;
  std::vector<double> values_;
  LinearProblem problem_;
};

class Search {
 public:
  Search(const Execution& execution, const LinearProblem& problem, const SmoothLoss& loss)
      : execution_(execution),
        problem_(problem),
        loss_(loss),
        columns_(problem.sparse->columns),
        centre_(logits_centre(loss.kind, mean_label(problem))),
        panels_(execution, problem, loss.kind, centre_),
        solutions_(problem.fits.size()),
        push_(problem.sets.size()),
        working_(static_cast<std::size_t>(columns_), false) {}

  std::vector<LinearSolution> run(const TrainProgress& progress) {
    std::vector<int> order(problem_.fits.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(),
                     [&](int a, int b) { return l1_of(problem_.fits[a]) > l1_of(problem_.fits[b]); });
    begin_at_nothing(order);
    for (std::size_t first = 0; first < order.size();) {
      std::size_t last = first;
      while (last < order.size() && l1_of(problem_.fits[order[last]]) >= kStage * l1_of(problem_.fits[order[first]]))
        ++last;
      solve_stage(
          {order.begin() + static_cast<std::ptrdiff_t>(first), order.begin() + static_cast<std::ptrdiff_t>(last)});
      first = last;
      if (progress) progress(static_cast<int>(first), static_cast<int>(order.size()));
    }
    return std::move(solutions_);
  }

 private:
  using Push = std::vector<double>;  // how hard each column is pushed: the largest of its classes' slopes

  // Parameters of a model without a coefficient.
  std::vector<double> nothing(int set) const {
    const std::size_t size = static_cast<std::size_t>(columns_) + 1;
    std::vector<double> theta(size * static_cast<std::size_t>(problem_.classes), 0.0);
    const Spectrum labels = label_summary(problem_, problem_.sets[set]);
    if (problem_.classes == 1) {
      theta.back() = loss_.start(labels).centre;
      return theta;
    }
    const std::vector<double> shares = class_shares(problem_, problem_.sets[set], labels.weight);
    double mean = 0;
    for (const double share : shares) mean += std::log(share) / static_cast<double>(shares.size());
    for (std::size_t k = 0; k < shares.size(); ++k) theta[(k + 1) * size - 1] = std::log(shares[k]) - mean;
    return theta;
  }

  void begin_at_nothing(const std::vector<int>& order) {
    std::vector<int> one(problem_.sets.size(), -1);  // a fit of each set
    for (const int f : order) one[problem_.fits[f].set] = f;
    std::erase(one, -1);
    for (const int f : order) solutions_[f].theta = solutions_[f].beta = {};
    for (const int f : one) solutions_[f].theta = nothing(problem_.fits[f].set);
    const std::vector<Push> push = pushes(one);
    for (std::size_t i = 0; i < one.size(); ++i) push_[problem_.fits[one[i]].set] = push[i];
  }

  // Where these fits stand.
  std::vector<Push> pushes(const std::vector<int>& fits) {
    constexpr std::size_t kAtOnce = 64;  // gradients are as many as there are columns
    std::vector<Push> out(fits.size());
    for (std::size_t first = 0; first < fits.size(); first += kAtOnce) {
      const std::size_t count = std::min(kAtOnce, fits.size() - first);
      const std::vector<int> some(fits.begin() + static_cast<std::ptrdiff_t>(first),
                                  fits.begin() + static_cast<std::ptrdiff_t>(first + count));
      panels_.pack(some);
      execution_.workers().for_each(static_cast<Index>(count), [&](Index i) { place(some[i]); });
      panels_.evaluate();
      execution_.workers().for_each(static_cast<Index>(count), [&](Index i) { out[first + i] = push_of(some[i]); });
    }
    return out;
  }

  void place(int fit) {
    std::vector<double> theta = solutions_[fit].theta;
    const std::size_t size = static_cast<std::size_t>(columns_) + 1;
    for (std::size_t at = size; at <= theta.size(); at += size) theta[at - 1] -= centre_;
    panels_.set_theta(fit, theta.data());
    if (loss_.kind == kernels::Loss::squared_tube) panels_.set_shape(fit, problem_.fits[fit].shape);
  }

  Push push_of(int fit) const {
    const std::size_t size = static_cast<std::size_t>(columns_) + 1;
    std::vector<double> gradient(size * static_cast<std::size_t>(problem_.classes));
    panels_.gradient(fit, gradient.data());
    Push push(size - 1, 0.0);
    for (std::size_t at = 0; at < gradient.size(); at += size)
      for (std::size_t k = 0; k + 1 < size; ++k) push[k] = std::max(push[k], std::abs(gradient[at + k]));
    return push;
  }

  // How much harder a column is pushed than the fit's penalty holds it: above 1, its coefficient is not 0.
  double excess(int fit, const Push& push, int column) const {
    return push[column] / (loss_.penalty * l1_of(problem_.fits[fit]));
  }

  // Room for others: what no fit of the stage has a coefficient for.
  void drop_idle(const std::vector<int>& fits) {
    std::vector<bool> idle(static_cast<std::size_t>(columns_), true);
    for (const int f : fits)
      for (std::size_t at = 0; at < solutions_[f].beta.size(); ++at) {
        const std::size_t k = at % (static_cast<std::size_t>(columns_) + 1);
        if (k < idle.size() && solutions_[f].beta[at] != 0) idle[k] = false;
      }
    std::erase_if(used_, [&](int k) { return idle[k]; });
    for (int k = 0; k < columns_; ++k) working_[k] = working_[k] && !idle[k];
  }

  // Adds the columns that are pushed harder than a fit's penalty holds, the hardest first, as far as there is room;
  // true if there are any.
  bool add_pushed(const std::vector<int>& fits, const std::vector<const Push*>& push) {
    std::vector<std::pair<double, int>> found;
    for (int k = 0; k < columns_; ++k) {
      double most = 0;
      for (std::size_t i = 0; i < fits.size() && !working_[k]; ++i) most = std::max(most, excess(fits[i], *push[i], k));
      if (most > 1 + kSlack) found.emplace_back(-most, k);
    }
    std::sort(found.begin(), found.end());
    const bool any = !found.empty();
    found.resize(std::min({found.size(), std::max(kFirstColumns, 2 * used_.size()), room()}));
    for (const auto& [unused, column] : found) {
      working_[column] = true;
      used_.push_back(column);
    }
    std::sort(used_.begin(), used_.end());
    return any;
  }
  std::size_t room() const { return kMostGramColumns - used_.size(); }

  void solve_stage(const std::vector<int>& fits) {
    if (full_) return give_up(fits, kFull);
    std::vector<const Push*> push;
    for (const int f : fits) push.push_back(&push_[problem_.fits[f].set]);
    add_pushed(fits, push);
    if (used_.empty()) used_.push_back(0), working_[0] = true;
    for (int round = 0;; ++round) {
      execution_.check_stop();
      solve_few(fits);
      std::vector<int> alive;
      for (const int f : fits)
        if (solutions_[f].status != FitStatus::diverged) alive.push_back(f);
      if (alive.empty()) return;
      std::vector<Push> now = pushes(alive);
      push.clear();
      for (const Push& each : now) push.push_back(&each);
      if (room() < kMostGramColumns / 2) drop_idle(alive);
      full_ = room() == 0;
      const bool more = add_pushed(alive, push);
      if (more && full_) give_up(pushed(alive, push), kFull);
      if (more && !full_ && round == kMostRounds)
        give_up(pushed(alive, push), "columns that matter were found to the last");
      for (std::size_t i = 0; i < alive.size(); ++i) push_[problem_.fits[alive[i]].set] = std::move(now[i]);
      if (!more) full_ = false;
      if (!more || full_ || round == kMostRounds) return;
    }
  }

  // The fits on the columns at work.
  void solve_few(const std::vector<int>& fits) {
    const Restricted few(problem_, used_, fits);
    std::vector<LinearSolution> found = solve_remembered(few.problem(), "l1", [&] {
                                          return solve_smooth_l1(execution_, few.problem(), loss_, {});
                                        }).solutions;
    few.problem().memory.forget("gram");
    for (std::size_t i = 0; i < fits.size(); ++i) {
      spread(found[i]);
      solutions_[fits[i]] = std::move(found[i]);
    }
  }

  // Those for which a column matters that they are without.
  std::vector<int> pushed(const std::vector<int>& fits, const std::vector<const Push*>& push) const {
    std::vector<int> out;
    for (std::size_t i = 0; i < fits.size(); ++i) {
      bool met = true;
      for (int k = 0; met && k < columns_; ++k) {
        const bool at_work = std::binary_search(used_.begin(), used_.end(), k) && solutions_[fits[i]].beta[k] != 0;
        met = at_work || !(excess(fits[i], *push[i], k) > 1 + kSlack);
      }
      if (!met) out.push_back(fits[i]);
    }
    return out;
  }

  void give_up(const std::vector<int>& fits, const std::string& reason) {
    for (const int f : fits) {
      LinearSolution& solution = solutions_[f];
      if (solution.beta.empty()) solution.theta = solution.beta = nothing(problem_.fits[f].set);
      solution.status = FitStatus::iteration_limit;
      solution.reason = reason;
    }
  }

  // Parameters of the columns at work become those of all.
  void spread(LinearSolution& solution) const {
    for (std::vector<double>* parameters : {&solution.theta, &solution.beta}) {
      const std::size_t few = used_.size() + 1, size = static_cast<std::size_t>(columns_) + 1;
      std::vector<double> all(parameters->size() / few * size, 0.0);
      for (std::size_t from = 0, to = 0; from < parameters->size(); from += few, to += size) {
        for (std::size_t k = 0; k < used_.size(); ++k) all[to + used_[k]] = (*parameters)[from + k];
        all[to + columns_] = (*parameters)[from + used_.size()];
      }
      *parameters = std::move(all);
    }
  }

  const Execution& execution_;
  const LinearProblem& problem_;
  const SmoothLoss& loss_;
  const int columns_;
  const double centre_;
  Panels panels_;  // of all columns
  std::vector<LinearSolution> solutions_;
  std::vector<Push> push_;  // by set, where its last fit stands
  std::vector<bool> working_;
  std::vector<int> used_;  // columns at work, ascending
  bool full_ = false;      // and there is no room for those that smaller penalties would add
};

// What a value that is not finite leaves of the fits: nothing, as the columns that a working set is without don't show.
std::vector<LinearSolution> all_diverged(const LinearProblem& problem) {
  std::vector<LinearSolution> solutions(problem.fits.size());
  for (LinearSolution& solution : solutions) {
    solution.status = FitStatus::diverged;
    solution.reason = why_hopeless(1.0, false);
  }
  return solutions;
}

}  // namespace

std::vector<LinearSolution> solve_by_working_sets(const Execution& execution, const LinearProblem& problem,
                                                  const SmoothLoss& loss, const TrainProgress& progress) {
  if (loss.kind == kernels::Loss::huber || loss.kind == kernels::Loss::tube)
    throw SpecError("l1_ratio: expected 0 for this family with sparse rows of more than " +
                    std::to_string(kMostGramColumns) + " columns, got " + std::to_string(problem.sparse->columns) +
                    " columns");
  const SparseRowsView& rows = *problem.sparse;
  for (Index e = 0; e < rows.starts[rows.rows]; ++e)
    if (!std::isfinite(rows.value(e))) return all_diverged(problem);
  return Search(execution, problem, loss).run(progress);
}

}  // namespace bakeoff
