#include "train/families/working_sets.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/error.h"
#include "core/hash.h"
#include "train/families/panels.h"
#include "train/families/smooth_l1.h"
#include "train/gram_set.h"

namespace bakeoff {
namespace {

using kernels::SparseRowsView;

// A column may be pushed this much harder than its penalty holds it: its coefficient would change the objective by the
// square of that.
constexpr double kSlack = 1e-4;
constexpr double kStage = 0.5;  // penalties of a stage are at least this share of its largest
constexpr int kMostRounds = 30;
constexpr std::size_t kFirstColumns = 256;  // to begin with; a set at most doubles at once

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
        solutions_(problem.fits.size()),
        push_(problem.sets.size()),
        working_(static_cast<std::size_t>(columns_), false) {}

  std::vector<LinearSolution> run(const TrainProgress& progress) {
    std::vector<int> order(problem_.fits.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(),
                     [&](int a, int b) { return l1_of(problem_.fits[a]) > l1_of(problem_.fits[b]); });
    push_at_nothing(order);
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
  // Parameters of a model without a coefficient: where the searches of all columns begin, too.
  std::vector<double> nothing(int set) const {
    const std::size_t size = static_cast<std::size_t>(columns_) + 1;
    std::vector<double> theta(size * static_cast<std::size_t>(problem_.classes), 0.0);
    if (problem_.classes == 1) theta.back() = loss_.start(make_diagonal(problem_, problem_.sets[set], 0.0)).centre;
    return theta;
  }

  void push_at_nothing(const std::vector<int>& order) {
    std::vector<int> one(problem_.sets.size(), -1);  // a fit of each set
    for (const int f : order) one[problem_.fits[f].set] = f;
    std::erase(one, -1);
    std::vector<std::vector<double>> theta;
    for (const int f : one) theta.push_back(nothing(problem_.fits[f].set));
    std::vector<std::vector<double>> gradients = gradients_of(one, theta);
    for (std::size_t i = 0; i < one.size(); ++i) push_[problem_.fits[one[i]].set] = pushes(gradients[i]);
  }

  // The loss's gradients at these parameters of these fits.
  std::vector<std::vector<double>> gradients_of(const std::vector<int>& fits,
                                                const std::vector<std::vector<double>>& theta) {
    Panels panels(execution_, problem_, loss_.kind, centre_);
    panels.pack(fits);
    for (std::size_t i = 0; i < fits.size(); ++i) {
      std::vector<double> counted = theta[i];
      const std::size_t size = static_cast<std::size_t>(columns_) + 1;
      for (std::size_t at = size; at <= counted.size(); at += size) counted[at - 1] -= centre_;
      panels.set_theta(fits[i], counted.data());
      if (loss_.kind == kernels::Loss::squared_tube) panels.set_shape(fits[i], problem_.fits[fits[i]].shape);
    }
    panels.evaluate();
    std::vector<std::vector<double>> out(fits.size());
    execution_.workers().for_each(static_cast<Index>(fits.size()), [&](Index i) {
      out[i].resize(theta[i].size());
      panels.gradient(fits[i], out[i].data());
    });
    return out;
  }

  // How hard each column is pushed: the largest of its classes' slopes.
  std::vector<double> pushes(const std::vector<double>& gradient) const {
    std::vector<double> push(static_cast<std::size_t>(columns_), 0.0);
    for (int c = 0; c < problem_.classes; ++c)
      for (int k = 0; k < columns_; ++k)
        push[k] = std::max(push[k], std::abs(gradient[static_cast<std::size_t>(c) * (columns_ + 1) + k]));
    return push;
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
  bool add_pushed(const std::vector<int>& fits, const std::vector<std::vector<double>>& push) {
    std::vector<std::pair<double, int>> excess;
    for (int k = 0; k < columns_; ++k) {
      double most = 0;
      for (std::size_t i = 0; i < fits.size(); ++i)
        most = std::max(most, push[i][k] / (loss_.penalty * l1_of(problem_.fits[fits[i]])));
      if (!working_[k] && most > 1 + kSlack) excess.emplace_back(-most, k);
    }
    std::sort(excess.begin(), excess.end());
    const bool any = !excess.empty();
    excess.resize(std::min({excess.size(), std::max(kFirstColumns, 2 * used_.size()), room()}));
    for (const auto& [unused, column] : excess) {
      working_[column] = true;
      used_.push_back(column);
    }
    std::sort(used_.begin(), used_.end());
    return any;
  }
  std::size_t room() const { return kMostGramColumns - used_.size(); }

  void solve_stage(const std::vector<int>& fits) {
    std::vector<std::vector<double>> push;
    for (const int f : fits) push.push_back(push_[problem_.fits[f].set]);
    add_pushed(fits, push);
    if (used_.empty()) used_.push_back(0), working_[0] = true;
    for (int round = 0;; ++round) {
      execution_.check_stop();
      const Restricted few(problem_, used_, fits);
      std::vector<LinearSolution> found = solve_smooth_l1(execution_, few.problem(), loss_, {});
      std::vector<std::vector<double>> theta;
      std::vector<int> alive;
      for (std::size_t i = 0; i < fits.size(); ++i) {
        spread(found[i]);
        solutions_[fits[i]] = std::move(found[i]);
        if (solutions_[fits[i]].status == FitStatus::diverged) continue;
        alive.push_back(fits[i]);
        theta.push_back(solutions_[fits[i]].theta);
      }
      if (alive.empty()) return;
      const std::vector<std::vector<double>> gradients = gradients_of(alive, theta);
      push.clear();
      for (std::size_t i = 0; i < alive.size(); ++i) {
        push.push_back(pushes(gradients[i]));
        push_[problem_.fits[alive[i]].set] = push.back();
      }
      if (room() < kMostGramColumns / 2) drop_idle(alive);
      const bool full = room() == 0;
      if (!add_pushed(alive, push)) return;
      if (full)
        return give_up(fits, "more than " + std::to_string(kMostGramColumns) +
                                 " columns matter at this penalty: raise l2, or set l1_ratio to 0");
      if (round == kMostRounds) return give_up(fits, "columns that matter were still found after 30 rounds");
    }
  }

  void give_up(const std::vector<int>& fits, const std::string& reason) {
    for (const int f : fits) {
      LinearSolution& solution = solutions_[f];
      if (solution.status == FitStatus::diverged) continue;
      if (solution.theta.empty()) solution.theta = solution.beta = nothing(problem_.fits[f].set);
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
  std::vector<LinearSolution> solutions_;
  std::vector<std::vector<double>> push_;  // by set, where its last fit stands
  std::vector<bool> working_;
  std::vector<int> used_;  // columns at work, ascending
};

}  // namespace

std::vector<LinearSolution> solve_by_working_sets(const Execution& execution, const LinearProblem& problem,
                                                  const SmoothLoss& loss, const TrainProgress& progress) {
  if (loss.kind == kernels::Loss::huber || loss.kind == kernels::Loss::tube)
    throw SpecError("l1_ratio: expected 0 for this family with sparse rows of more than " +
                    std::to_string(kMostGramColumns) + " columns, got " + std::to_string(problem.sparse->columns) +
                    " columns");
  return Search(execution, problem, loss).run(progress);
}

}  // namespace bakeoff
