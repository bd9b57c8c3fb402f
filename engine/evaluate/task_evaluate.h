// Scores of the rows of a run, whatever its task: evaluate() or evaluate_classes() over them.
#pragma once
#include <string>
#include <variant>
#include <vector>

#include "evaluate/class_evaluate.h"
#include "evaluate/evaluate.h"

namespace bakeoff {

// Borrowed, as in EvaluateInput and ClassInput.
struct TaskRows {
  Task task = Task::binary;
  int outputs = 1;                // scores of a row: one, or of multiclass one a class
  const float* scores = nullptr;  // M x outputs x N
  Index candidates = 0, rows = 0;
  const double* labels = nullptr;       // N; class numbers of multiclass
  const std::int64_t* units = nullptr;  // N, or null: the row is the unit
  std::vector<Slice> slices;
  std::vector<std::string> names;
};

class TaskInput {
 public:
  explicit TaskInput(const TaskRows& rows);
  TaskInput(const TaskInput&) = delete;
  TaskInput& operator=(const TaskInput&) = delete;
  const std::variant<EvaluateInput, ClassInput>& input() const { return input_; }

 private:
  std::vector<std::int32_t> classes_;
  std::variant<EvaluateInput, ClassInput> input_;
};

// options.task is that of the rows.
Scoreboard evaluate_task(const Execution& execution, const TaskRows& rows, EvaluateOptions options);

// As metric_direction() and default_metrics(), of any task; SpecError for a metric of another task, too.
Direction task_metric_direction(Task task, const std::string& metric);
std::vector<std::string> default_task_metrics(Task task);

}  // namespace bakeoff
