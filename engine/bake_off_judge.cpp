#include <algorithm>

#include "bake_off.h"
#include "core/error.h"
#include "core/file.h"
#include "decide/gate.h"
#include "export/catalog.h"
#include "export/parity.h"
#include "result_files.h"

namespace bakeoff {
namespace {

Dataset rows_of(const Dataset& data, const RowRange& range) {
  std::vector<std::int64_t> rows(static_cast<std::size_t>(range.size()));
  for (std::int64_t i = 0; i < range.size(); ++i) rows[i] = range.begin + i;
  return data.take(rows);
}

// One slice a category that occurs, of each column named.
std::vector<Slice> slices_of(const Dataset& holdout, const std::vector<std::string>& columns) {
  std::vector<Slice> slices;
  for (const std::string& name : columns) {
    const CategoricalColumn& column = holdout.categorical(name);
    std::vector<Slice> found(column.categories.size());
    for (std::size_t c = 0; c < found.size(); ++c) found[c].name = name + "=" + column.categories[c];
    for (std::size_t i = 0; i < column.codes.size(); ++i)
      if (column.codes[i] >= 0) found[column.codes[i]].rows.push_back(static_cast<std::int64_t>(i));
    std::erase_if(found, [](const Slice& s) { return s.rows.empty(); });
    std::sort(found.begin(), found.end(), [](const Slice& a, const Slice& b) { return a.name < b.name; });
    slices.insert(slices.end(), found.begin(), found.end());
  }
  return slices;
}

// From row by row to output by output.
void append_outputs(const std::vector<float>& scores, std::int64_t rows, std::vector<float>& out) {
  const std::int64_t outputs = static_cast<std::int64_t>(scores.size()) / rows;
  for (std::int64_t k = 0; k < outputs; ++k)
    for (std::int64_t i = 0; i < rows; ++i) out.push_back(scores[i * outputs + k]);
}

}  // namespace

Exported export_best(const Execution& execution, const Spec& spec, const RunTable& table, const Model& model,
                     const Plan& plan, const std::string& folder) {
  export_model(model, spec.exports, folder);
  const bool onnx = std::find(spec.exports.begin(), spec.exports.end(), "onnx") != spec.exports.end();
  if (!onnx) return {false, "parity not proved: `export` does not name onnx, the format that is judged; add it"};
  const RowRange rows = plan.cross_validated ? plan.train : plan.periods.holdout;
  const ParityProof proof = prove_parity(execution, model, folder, rows_of(table.data, rows));
  return {proof.proved, proof.reason};
}

void require_proof(const Exported& exported, Verdict& verdict) {
  if (exported.proved) return;
  verdict.reasons.push_back(exported.reason);
  if (verdict.outcome != Outcome::promote) return;
  verdict.outcome = Outcome::inconclusive;
  // The reason of a verdict comes first.
  std::rotate(verdict.reasons.rbegin(), verdict.reasons.rbegin() + 1, verdict.reasons.rend());
}

Verdict judge(const Execution& execution, const Spec& spec, const RunTable& table, const Champion& champion,
              const Model& challenger, const std::string& label, const Plan& plan, const std::string& folder) {
  if (plan.cross_validated) {
    Verdict verdict;
    verdict.champion = champion.label();
    verdict.challenger = label;
    verdict.metric = spec.objective;
    verdict.reasons = {"there is no holdout (split.folds): the model was chosen by cross-validation only"};
    return verdict;
  }
  const RowRange rows = plan.periods.holdout;
  const Dataset holdout = rows_of(table.data, rows);
  const std::vector<float> old_scores = champion_scores(execution, champion, table, plan.train, rows);
  const std::vector<float> new_scores = challenger.predict(execution, holdout);
  write_holdout(folder, table, rows, spec.gate.slices, old_scores, new_scores);
  std::vector<float> scores;
  for (const std::vector<float>* of : {&old_scores, &new_scores}) append_outputs(*of, rows.size(), scores);
  TaskRows judged = task_rows(spec, table, rows, scores.data(), 2);
  judged.slices = slices_of(holdout, spec.gate.slices);
  judged.names = {champion.label(), label};
  const TaskInput input(judged);
  if (const auto* classes = std::get_if<ClassInput>(&input.input()))
    return decide(execution, *classes, spec.objective, spec.gate, spec.compute.seed);
  return decide(execution, std::get<EvaluateInput>(input.input()), spec.data.task, spec.objective, spec.gate,
                spec.compute.seed);
}

}  // namespace bakeoff
