#include "evaluate/task_evaluate.h"

#include "evaluate/class_columns.h"
#include "evaluate/metric_plan.h"

namespace bakeoff {

TaskInput::TaskInput(const TaskRows& rows) {
  if (rows.task != Task::multiclass) {
    EvaluateInput input;
    input.scores = kernels::matrix_view(rows.scores, rows.candidates, rows.rows);
    input.labels = rows.labels;
    input.units = rows.units;
    input.slices = rows.slices;
    input.names = rows.names;
    input_ = std::move(input);
    return;
  }
  for (Index i = 0; i < rows.rows; ++i) classes_.push_back(static_cast<std::int32_t>(rows.labels[i]));
  ClassInput input;
  input.scores = kernels::TensorView<const float, 3>{
      rows.scores, {rows.candidates, rows.rows, rows.outputs}, {rows.outputs * rows.rows, 1, rows.rows}};
  input.labels = classes_.data();
  input.units = rows.units;
  input.slices = rows.slices;
  input.names = rows.names;
  input_ = std::move(input);
}

Scoreboard evaluate_task(const Execution& execution, const TaskRows& rows, EvaluateOptions options) {
  options.task = rows.task;
  const TaskInput input(rows);
  if (const auto* classes = std::get_if<ClassInput>(&input.input()))
    return evaluate_classes(execution, *classes, options);
  return evaluate(execution, std::get<EvaluateInput>(input.input()), options);
}

Direction task_metric_direction(Task task, const std::string& metric) {
  if (task == Task::multiclass) return class_metric_direction(metric);
  find_metric(metric, task);
  return metric_direction(metric);
}

std::vector<std::string> default_task_metrics(Task task) {
  return task == Task::multiclass ? make_class_plan({}, false).names : default_metrics(task);
}

}  // namespace bakeoff
