#include "train/families/elastic_net.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <tuple>

#include "train/families/device_descent.h"
#include "train/families/penalty_path.h"
#include "train/families/ridge.h"
#include "train/families/smooth_l1.h"
#include "train/solution_memory.h"

namespace bakeoff {
namespace {

// Fits of one training set and one l1_ratio, the largest penalty first.
struct Path {
  int set = 0;
  double l1_ratio = 0;
  std::vector<int> fits;
};

std::vector<Path> make_paths(const LinearProblem& problem) {
  std::vector<int> order(problem.fits.size());
  for (std::size_t f = 0; f < order.size(); ++f) order[f] = static_cast<int>(f);
  const auto ratio = [&](int f) { return problem.fits[f].l2 > 0 ? problem.fits[f].l1_ratio : 0.0; };
  const auto key = [&](int f) { return std::tuple(problem.fits[f].set, ratio(f), -problem.fits[f].l2); };
  std::stable_sort(order.begin(), order.end(), [&](int a, int b) { return key(a) < key(b); });
  std::vector<Path> paths;
  for (int f : order) {
    const int set = problem.fits[f].set;
    if (paths.empty() || paths.back().set != set || paths.back().l1_ratio != ratio(f))
      paths.push_back({set, ratio(f), {}});
    paths.back().fits.push_back(f);
  }
  return paths;
}

// Without an l1 penalty the answer is ridge's; its objective counts squares twice.
void solve_smooth(const CentredGram& gram, const LinearProblem& problem, const LinearMap& map, const Path& path,
                  std::vector<LinearSolution>& solutions) {
  solve_ridge(gram, problem, map, path.fits, solutions);
  for (int f : path.fits) solutions[f].objective *= 0.5;
}

// What a search has found.
void record(const PenaltyPath& search, const CentredGram& gram, const LinearMap& map, LinearSolution& solution) {
  if (!search.proved()) {
    solution.status = FitStatus::iteration_limit;
    solution.reason = "the duality gap is still " + std::to_string(search.gap()) + " after " +
                      std::to_string(search.sweeps()) + " sweeps";
  }
  solution.iterations = search.sweeps();
  solution.objective = search.objective();
  to_parameters(gram, map, search.beta().data(), gram.label_mean, solution);
}

// A path at work.
struct Walk {
  const Path* path = nullptr;
  const CentredGram* gram = nullptr;
  const LinearMap* map = nullptr;
  std::unique_ptr<PenaltyPath> search;
  std::size_t at = 0;  // fits are done
  bool begun = false;

  // Records what is solved and begins what is next; false at the end of the path.
  bool walk(const LinearProblem& problem, std::vector<LinearSolution>& solutions) {
    while (at < path->fits.size()) {
      const int f = path->fits[at];
      const LinearFit& fit = problem.fits[f];
      if (!begun) search->begin(fit.l2 * fit.l1_ratio, fit.l2 * (1 - fit.l1_ratio));
      begun = true;
      if (search->open()) return true;
      record(*search, *gram, *map, solutions[f]);
      begun = false;
      ++at;
    }
    return false;
  }
};

// A block of the GPU descends on each path's problem, all of them at once; the host screens, proves and takes Newton's
// steps.
void walk_on_device(const Execution& execution, const LinearProblem& problem, std::vector<Walk>& walks,
                    std::vector<LinearSolution>& solutions) {
  DeviceDescent device(static_cast<int>(walks.size()));
  std::vector<char> open(walks.size(), 1);
  std::vector<kernels::DescentProblem> problems(walks.size());
  while (true) {
    execution.check_stop();
    execution.workers().for_each(static_cast<Index>(walks.size()), [&](Index i) {
      open[i] = open[i] && walks[i].walk(problem, solutions);
      problems[i] = open[i] ? walks[i].search->problem() : kernels::DescentProblem{};
    });
    if (std::find(open.begin(), open.end(), 1) == open.end()) return;
    device.run(problems);
    execution.workers().for_each(static_cast<Index>(walks.size()), [&](Index i) {
      if (open[i]) walks[i].search->advance();
    });
  }
}

std::string question_of(const LinearProblem& problem, const Path& path) {
  Fingerprint asked;
  asked.add_all(&path.l1_ratio, 1);
  add(asked, problem.sets[path.set]);
  for (int f : path.fits) asked.add_all(&problem.fits[f].l2, 1);
  return problem.memory.question("path", asked.text());
}

bool recall(const LinearProblem& problem, const Path& path, std::vector<LinearSolution>& solutions) {
  if (!problem.memory) return false;
  std::vector<LinearSolution> kept;
  const std::optional<std::string> answer = problem.memory.checkpoint->find(question_of(problem, path));
  if (!answer || !unpack(*answer, path.fits.size(), kept)) return false;
  for (std::size_t i = 0; i < kept.size(); ++i) solutions[path.fits[i]] = std::move(kept[i]);
  return true;
}

void keep(const LinearProblem& problem, const Path& path, const std::vector<LinearSolution>& solutions,
          double seconds) {
  if (!problem.memory) return;
  std::vector<LinearSolution> found;
  for (int f : path.fits) found.push_back(solutions[f]);
  problem.memory.checkpoint->keep(question_of(problem, path), pack(found), seconds);
}

void walk_on_cpu(const Execution& execution, const LinearProblem& problem, std::vector<Walk>& walks,
                 std::vector<LinearSolution>& solutions) {
  execution.workers().for_each(static_cast<Index>(walks.size()), [&](Index i) {
    execution.check_stop();
    Walk& walk = walks[i];
    if (recall(problem, *walk.path, solutions)) return;
    const auto start = std::chrono::steady_clock::now();
    for (int f : walk.path->fits) {
      const LinearFit& fit = problem.fits[f];
      walk.search->solve(fit.l2 * fit.l1_ratio, fit.l2 * (1 - fit.l1_ratio));
      record(*walk.search, *walk.gram, *walk.map, solutions[f]);
    }
    walk.search.reset();
    keep(problem, *walk.path, solutions,
         std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  });
}

// Paths with an l1 part.
void solve_paths(const Execution& execution, const LinearProblem& problem, const std::vector<CentredGram>& grams,
                 const std::vector<Path>& paths, std::vector<LinearSolution>& solutions) {
  std::vector<Walk> walks;
  for (const Path& path : paths) {
    const CentredGram& gram = grams[path.set];
    if (path.l1_ratio == 0 || !why_hopeless(gram).empty()) continue;
    Walk& walk = walks.emplace_back();
    walk.path = &path;
    walk.gram = &gram;
    walk.map = problem.sets[path.set].map.get();
    walk.search = std::make_unique<PenaltyPath>(gram, PenaltyPath::Options{});
  }
  (execution.device() == Device::cuda ? walk_on_device : walk_on_cpu)(execution, problem, walks, solutions);
}

}  // namespace

std::vector<LinearSolution> train_elastic_net(const Execution& execution, const LinearProblem& problem,
                                              const TrainProgress& progress) {
  if (!has_spectra(problem)) return solve_elastic(execution, problem, squared_loss(), progress);
  std::vector<HeldOutSquares> unused;
  std::vector<LinearSolution> solutions = train_elastic_net_held_out(execution, problem, unused);
  const int all = static_cast<int>(solutions.size());
  if (progress) progress(all, all);
  return solutions;
}

std::vector<LinearSolution> train_elastic_net_held_out(const Execution& execution, const LinearProblem& problem,
                                                       std::vector<HeldOutSquares>& held_out) {
  std::vector<LinearSolution> solutions(problem.fits.size());
  held_out.assign(problem.fits.size(), {});
  const GramSet grams(execution, problem);
  std::vector<CentredGram> centred(problem.sets.size());
  std::vector<Gram> folds(problem.sets.size());  // those that are left out
  execution.workers().for_each(static_cast<Index>(problem.sets.size()), [&](Index i) {
    const TrainingSet& set = problem.sets[i];
    centred[i] = make_centred_gram(grams.of(set), grams.label_shift(), *set.map);
    if (set.left_out >= 0) folds[i] = grams.of_fold(set, set.left_out);
  });
  const std::vector<Path> paths = make_paths(problem);
  solve_paths(execution, problem, centred, paths, solutions);
  execution.workers().for_each(static_cast<Index>(paths.size()), [&](Index i) {
    const Path& path = paths[i];
    const TrainingSet& set = problem.sets[path.set];
    const CentredGram& gram = centred[path.set];
    const std::string hopeless = why_hopeless(gram);
    if (!hopeless.empty()) {
      for (int f : path.fits) {
        solutions[f].status = FitStatus::diverged;
        solutions[f].reason = hopeless;
      }
      return;
    }
    if (path.l1_ratio == 0) solve_smooth(gram, problem, *set.map, path, solutions);
    if (set.left_out < 0) return;
    square_residuals(folds[path.set], grams.label_shift(), path.fits, solutions, held_out);
  });
  return solutions;
}

}  // namespace bakeoff
