#include "train/batch_trainer.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/text.h"
#include "design/window_map.h"
#include "train/families/catalog.h"
#include "train/solution_memory.h"

namespace bakeoff {
namespace {

class Batch {
 public:
  Batch(const Execution& execution, const TrainingInput& input, const CandidateSet& candidates)
      : execution_(execution), input_(input), candidates_(candidates) {}

  TrainedBatch train(const TrainProgress& progress);

 private:
  struct Config {  // what a candidate learns from: a training set a fold, and one of all
    Index begin = 0;
    std::string feature_set;
    int first_set = 0;
    auto operator<=>(const Config& o) const {
      return std::pair(begin, feature_set) <=> std::pair(o.begin, o.feature_set);
    }
    bool operator==(const Config& o) const { return begin == o.begin && feature_set == o.feature_set; }
  };

  Index first_row(const Candidate& candidate) const;
  const std::vector<std::string>& features(const std::string& set) const;
  void check_labels(const Family& family) const;
  void make_sets();
  void solve(const Family& family, TrainedBatch& out, const TrainProgress& progress);
  void fill(const Family& family, int candidate, const LinearSolution& solution, TrainedCandidate& out) const;
  LinearModel::Parts parts_of(const Family& family, const WindowMap& map, const double* beta) const;
  int outputs() const { return input_.task == Task::multiclass ? static_cast<int>(input_.classes.size()) : 1; }

  const Execution& execution_;
  const TrainingInput& input_;
  const CandidateSet& candidates_;
  int folds_ = 0;
  std::vector<Config> configs_;  // distinct
  std::vector<int> config_of_;   // by candidate
  std::vector<WindowMap> maps_;  // by training set
  LinearProblem problem_;        // rows and training sets; fits are a family's
};

Index Batch::first_row(const Candidate& candidate) const {
  if (candidate.window == CandidatesSpec::kAllHistory) return input_.begin;
  if (!input_.times) throw SpecError("candidates.windows needs data.time, the column that says when a row happened");
  const auto from = input_.times->begin();
  return std::lower_bound(from + input_.begin, from + input_.end, input_.cutoff - candidate.window) - from;
}

const std::vector<std::string>& Batch::features(const std::string& set) const {
  static const std::vector<std::string> all;
  const auto found = input_.feature_sets.find(set);
  if (found != input_.feature_sets.end()) return found->second;
  if (set.empty()) return all;
  std::vector<std::string> names;
  for (const auto& [name, columns] : input_.feature_sets) names.push_back(name);
  throw SpecError("feature_set: '" + printable(set) + "' is not known" + hint(set, names));
}

void Batch::check_labels(const Family& family) const {
  for (Index i = input_.begin; i < input_.end; ++i) {
    const double y = (*input_.labels)[i];
    const bool many = input_.task == Task::multiclass;
    if (many ? !(y >= 0 && y < outputs() && y == std::floor(y)) : !label_suits(family.labels, y))
      throw DataError("label of row " + std::to_string(i) + ": expected " +
                      (many ? "a class below " + std::to_string(outputs()) : family.expected_label()) + ", got " +
                      std::to_string(y));
  }
}

// One training set for each (window, feature set), and for each fold left out.
void Batch::make_sets() {
  for (const Candidate& candidate : candidates_) {
    const Config config{first_row(candidate), candidate.feature_set, 0};
    auto found = std::find(configs_.begin(), configs_.end(), config);
    if (found == configs_.end()) found = configs_.insert(configs_.end(), config);
    config_of_.push_back(static_cast<int>(found - configs_.begin()));
  }
  std::vector<WindowRows> windows;  // distinct: feature sets share their statistics
  std::vector<int> window_of_set;
  for (Config& config : configs_) {
    config.first_set = static_cast<int>(window_of_set.size());
    for (int fold = -1; fold < folds_; ++fold) {
      const auto same = [&](const WindowRows& w) { return w.begin == config.begin && w.left_out == fold; };
      auto found = std::find_if(windows.begin(), windows.end(), same);
      if (found == windows.end()) found = windows.insert(windows.end(), {config.begin, input_.end, fold});
      window_of_set.push_back(static_cast<int>(found - windows.begin()));
    }
  }
  const std::int32_t* folds = folds_ > 0 ? input_.folds->data() : nullptr;
  const std::vector<WindowStatistics> statistics = window_statistics(execution_, *input_.design, windows, folds);
  for (std::size_t set = 0; set < window_of_set.size(); ++set) {
    const int window = window_of_set[set];
    maps_.push_back(
        make_window_map(*input_.design, statistics[window], features(configs_[set / (folds_ + 1)].feature_set)));
    auto map = std::make_shared<LinearMap>();
    map->raw = maps_.back().raw_parameters() - 1;
    map->model = maps_.back().model_parameters() - 1;
    map->shift = maps_.back().shift();
    for (const WindowMap::Entry& e : maps_.back().entries()) map->entries.push_back({e.raw, e.model, e.value});
    problem_.sets.push_back({windows[window].begin, windows[window].end, windows[window].left_out, std::move(map)});
  }
}

void Batch::fill(const Family& family, int candidate, const LinearSolution& solution, TrainedCandidate& out) const {
  out.status = solution.status;
  out.reason = solution.reason;
  out.iterations = solution.iterations;
  out.objective = solution.objective;
  if (solution.status == FitStatus::diverged) return;
  out.theta.assign(solution.theta.begin(), solution.theta.end());
  const WindowMap& map = maps_[configs_[config_of_[candidate]].first_set];
  if (input_.task != Task::multiclass) {
    out.model = std::make_shared<LinearModel>(parts_of(family, map, solution.beta.data()));
    return;
  }
  std::vector<LinearModel> logits;
  for (int k = 0; k < outputs(); ++k) {
    LinearModel::Parts parts = parts_of(family, map, solution.beta.data() + k * map.model_parameters());
    parts.link = LinearModel::Link::identity;
    logits.emplace_back(std::move(parts));
  }
  out.model = std::make_shared<SoftmaxModel>(input_.classes, std::move(logits));
}

LinearModel::Parts Batch::parts_of(const Family& family, const WindowMap& map, const double* beta) const {
  const FoldedParameters folded = map.fold(*input_.design, beta);
  LinearModel::Parts parts;
  parts.family = family.name;
  parts.task = input_.task;
  parts.link = family.link;
  parts.zone = input_.zone;
  parts.intercept = folded.intercept;
  for (const auto& term : folded.numeric) parts.numeric.push_back({term.column, term.mean, term.coefficient});
  for (const auto& term : folded.categorical)
    parts.categorical.push_back({term.column, term.categories, term.coefficients, term.other, term.missing});
  return parts;
}

// All candidates of one family.
void Batch::solve(const Family& family, TrainedBatch& out, const TrainProgress& progress) {
  problem_.fits.clear();
  std::vector<int> members;
  for (std::size_t c = 0; c < candidates_.size(); ++c) {
    if (candidates_[c].family != family.name) continue;
    members.push_back(static_cast<int>(c));
    for (int fold = -1; fold < folds_; ++fold)
      problem_.fits.push_back(family.fit(configs_[config_of_[c]].first_set + fold + 1, candidates_[c].parameters));
  }
  if (members.empty()) return;
  check_labels(family);
  const auto solver = input_.task == Task::multiclass ? family.solve_classes : family.solve;
  const auto [solutions, seconds] =
      solve_remembered(problem_, family.name, [&] { return solver(execution_, problem_, progress); });
  out.seconds += seconds;

  // A candidate's share is that of its rows times its passes.
  double all = 0;
  const int fits = folds_ + 1;
  for (std::size_t m = 0; m < members.size(); ++m) {
    TrainedCandidate& trained = out.candidates[members[m]];
    fill(family, members[m], solutions[m * fits], trained);
    trained.training_rows = input_.end - configs_[config_of_[members[m]]].begin;
    for (int fit = 0; fit < fits; ++fit) {
      const LinearSolution& solution = solutions[m * fits + fit];
      trained.seconds += static_cast<double>(trained.training_rows) * (solution.iterations + 1);
      if (fit > 0) trained.fold_theta.emplace_back(solution.theta.begin(), solution.theta.end());
      if (solution.status != FitStatus::diverged || trained.status == FitStatus::diverged) continue;
      trained.status = FitStatus::diverged;
      trained.reason = "without fold " + std::to_string(fit - 1) + ": " + solution.reason;
      trained.model.reset();
      trained.theta.clear();
    }
    all += trained.seconds;
  }
  for (int m : members) out.candidates[m].seconds *= all > 0 ? seconds / all : 0;
}

TrainedBatch Batch::train(const TrainProgress& progress) {
  TrainedBatch out;
  for (const Candidate& candidate : candidates_) {
    const Family& family = find_family(candidate.family);
    if (!family.takes(input_.task))
      throw SpecError("family " + family.name + " is for " + task_name(family.task) + " tasks, but data.task is " +
                      task_name(input_.task));
    out.candidates.emplace_back().candidate = candidate;
  }
  if (input_.folds)
    for (Index i = input_.begin; i < input_.end; ++i) folds_ = std::max(folds_, (*input_.folds)[i] + 1);
  problem_.rows = input_.design->view();
  problem_.rows.labels = input_.labels->data();
  problem_.rows.folds = folds_ > 0 ? input_.folds->data() : nullptr;
  problem_.folds = std::max(folds_, 1);
  problem_.memory = input_.memory;
  problem_.classes = out.outputs = outputs();
  make_sets();
  for (const Family& family : families()) solve(family, out, progress);
  return out;
}

}  // namespace

TrainedBatch train(const Execution& execution, const TrainingInput& input, const CandidateSet& candidates,
                   const TrainProgress& progress) {
  return Batch(execution, input, candidates).train(progress);
}

}  // namespace bakeoff
