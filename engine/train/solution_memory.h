// The solutions of a family in a checkpoint: what is finished is not solved again.
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "core/hash.h"
#include "train/linear_problem.h"

namespace bakeoff {

std::string pack(const std::vector<LinearSolution>& solutions);
// False if these are not the bytes of as many solutions.
bool unpack(const std::string& bytes, std::size_t count, std::vector<LinearSolution>& solutions);

// All of a training set that solutions depend on.
void add(Fingerprint& asked, const TrainingSet& set);

struct SolvedBatch {
  std::vector<LinearSolution> solutions;
  double seconds = 0;  // measured, whatever process measured them
};
// What the problem's memory has for `family`, or else solve()'s, which is kept; what solve() kept on its way goes then.
SolvedBatch solve_remembered(const LinearProblem& problem, const std::string& family,
                             const std::function<std::vector<LinearSolution>()>& solve);

}  // namespace bakeoff
