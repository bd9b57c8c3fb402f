// The model families. A new one is a file beside this and a line in catalog.cpp.
#pragma once
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "core/execution.h"
#include "train/held_out_squares.h"
#include "train/linear_problem.h"

namespace bakeoff {

// done of all fits have stopped.
using TrainProgress = std::function<void(int done, int all)>;

// What a family learns from.
enum class Labels : std::uint8_t { classes, numbers, not_negative, positive };
bool label_suits(Labels labels, double label);

struct Family {
  struct Parameter {
    std::string name;
    double fallback = 0;         // where a candidate doesn't say
    double least = 0, most = 0;  // allowed values, both ends included
  };

  std::string name;
  Task task = Task::binary;
  LinearModel::Link link = LinearModel::Link::identity;
  Labels labels = Labels::numbers;
  std::vector<Parameter> parameters;
  // One solution a fit, in their order; what can't be fitted is marked and the rest goes on.
  std::vector<LinearSolution> (*solve)(const Execution&, const LinearProblem&, const TrainProgress&) = nullptr;
  // Null, or the same and what each fit whose set leaves a fold out does there, from the Grams: for r2, mse and rmse.
  std::vector<LinearSolution> (*solve_held_out)(const Execution&, const LinearProblem&,
                                                std::vector<HeldOutSquares>&) = nullptr;
  // Null, or the same for more than two classes: problem.classes, with parameters class by class.
  std::vector<LinearSolution> (*solve_classes)(const Execution&, const LinearProblem&, const TrainProgress&) = nullptr;

  bool takes(Task wanted) const { return wanted == task || (wanted == Task::multiclass && solve_classes); }

  // The value of a parameter. SpecError for a name that the family has not, among `given`, or a value out of its range.
  double parameter(const std::map<std::string, double>& given, const std::string& name) const;
  std::string expected_label() const;  // "0 or 1", ...: for errors
  // What a candidate asks of one training set; SpecError as above.
  LinearFit fit(int set, const std::map<std::string, double>& given) const;
};

const std::vector<Family>& families();
// SpecError that names the nearest if there is none of that name.
const Family& find_family(const std::string& name);

}  // namespace bakeoff
