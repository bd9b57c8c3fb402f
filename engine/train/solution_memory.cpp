#include "train/solution_memory.h"

#include <chrono>

#include "core/packing.h"

namespace bakeoff {
namespace {

std::string question_of(const LinearProblem& problem, const std::string& family) {
  Fingerprint asked;
  asked.add(family).add_all(&problem.classes, 1).add_all(&problem.folds, 1);
  for (const TrainingSet& set : problem.sets) add(asked, set);
  for (const LinearFit& fit : problem.fits) {
    const double numbers[] = {fit.l2, fit.l1_ratio, fit.shape};
    asked.add_all(&fit.set, 1).add_all(numbers, 3);
  }
  return problem.memory.question("solutions", asked.text());
}

}  // namespace

void add(Fingerprint& asked, const TrainingSet& set) {
  asked.add_all(&set.begin, 1).add_all(&set.end, 1).add_all(&set.left_out, 1);
  if (!set.map) return;
  asked.add_all(&set.map->raw, 1).add_all(&set.map->model, 1);
  asked.add_all(set.map->shift.data(), static_cast<Index>(set.map->shift.size()));
  for (const LinearMap::Entry& e : set.map->entries) asked.add_all(&e.raw, 1).add_all(&e.model, 1).add_all(&e.value, 1);
}

std::string pack(const std::vector<LinearSolution>& solutions) {
  Packing packing;
  for (const LinearSolution& s : solutions)
    packing.add(s.status).add_list(s.reason).add(s.iterations).add(s.objective).add_list(s.beta).add_list(s.theta);
  return packing.take();
}

bool unpack(const std::string& bytes, std::size_t count, std::vector<LinearSolution>& solutions) {
  Unpacking unpacking(bytes);
  solutions.assign(count, {});
  for (LinearSolution& s : solutions)
    if (!(unpacking.take(s.status) && unpacking.take_list(s.reason) && unpacking.take(s.iterations) &&
          unpacking.take(s.objective) && unpacking.take_list(s.beta) && unpacking.take_list(s.theta)))
      return false;
  return unpacking.done();
}

SolvedBatch solve_remembered(const LinearProblem& problem, const std::string& family,
                             const std::function<std::vector<LinearSolution>()>& solve) {
  SolvedBatch solved;
  Checkpoint* const checkpoint = problem.memory.checkpoint;
  const double before = checkpoint ? checkpoint->seconds_found() : 0;
  const auto found_since = [&] { return checkpoint ? checkpoint->seconds_found() - before : 0.0; };
  const std::string question = checkpoint ? question_of(problem, family) : "";
  if (checkpoint) {
    const std::optional<std::string> answer = checkpoint->find(question);
    solved.seconds = found_since();
    if (answer && unpack(*answer, problem.fits.size(), solved.solutions)) return solved;
  }
  const auto start = std::chrono::steady_clock::now();
  solved.solutions = solve();
  solved.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count() + found_since();
  if (!checkpoint) return solved;
  checkpoint->keep(question, pack(solved.solutions), solved.seconds);
  for (const char* superfluous : {"pass", "path"}) problem.memory.forget(superfluous);
  return solved;
}

}  // namespace bakeoff
