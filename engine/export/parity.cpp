#include "export/parity.h"

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "core/error.h"
#include "core/file.h"
#include "core/hash.h"
#include "core/json_text.h"
#include "core/text.h"
#include "export/onnx/onnx.h"
#include "export/onnx/runtime.h"

namespace bakeoff {
namespace {

namespace fs = std::filesystem;

constexpr const char* kNotProved = "parity not proved: ";

double difference(float exported, float model) {
  if (!std::isfinite(exported) || !std::isfinite(model)) return std::numeric_limits<double>::infinity();
  const double a = exported, b = model;
  return std::abs(a - b) / std::max(1.0, std::abs(b));
}

void compare(const std::vector<float>& exported, const std::vector<float>& model, int outputs, ParityProof& proof) {
  proof.rows = static_cast<std::int64_t>(model.size()) / outputs;
  proof.max_difference = 0;
  std::size_t worst = 0;
  for (std::size_t i = 0; i < model.size(); ++i) {
    const double d = difference(exported[i], model[i]);
    if (d <= proof.max_difference) continue;
    proof.max_difference = d;
    worst = i;
  }
  proof.proved = proof.max_difference <= ParityProof::kTolerance;
  if (!proof.proved)
    proof.reason = std::string(kNotProved) + "row " + std::to_string(worst / outputs) + " scores " +
                   shortest(model[worst]) + " here and " + shortest(exported[worst]) + " in " + proof.judge +
                   ", more than " + shortest(ParityProof::kTolerance) + " apart";
}

Dataset inputs_of(const Model& model, const Dataset& data) {
  if (model.softmax()) return onnx_inputs(model.softmax()->logits().front(), data);
  return model.linear() ? onnx_inputs(*model.linear(), data) : data;
}

ParityProof judge(const Execution& execution, const Model& model, const std::string& file, const Dataset& data) {
  ParityProof proof;
  const auto refuse = [&](const std::string& why) {
    proof.reason = kNotProved + why;
    return proof;
  };
  if (!fs::exists(file)) return refuse(file + " is not there; add onnx to `export`");
  if (data.rows() == 0) return refuse("there are no rows to compare on");
  const auto interpreter = find_onnx_interpreter(execution);
  if (interpreter.path.empty()) return refuse(interpreter.reason);
  try {
    const auto exported = predict_onnx(execution, file, inputs_of(model, data), {}, kOnnxSeconds, model.outputs());
    proof.judge = exported.judge;
    compare(exported.scores, model.predict(execution, data), model.outputs(), proof);
  } catch (const DataError& e) {
    return refuse(e.what());
  }
  return proof;
}

}  // namespace

ParityProof prove_parity(const Execution& execution, const Model& model, const std::string& folder,
                         const Dataset& data) {
  const std::string file = (fs::path(folder) / kOnnxFile).string();
  const ParityProof proof = judge(execution, model, file, data);
  Json json = {{"proved", proof.proved},
               {"max_difference", std::isnan(proof.max_difference) ? Json() : Json(proof.max_difference)},
               {"tolerance", ParityProof::kTolerance},
               {"rows", proof.rows},
               {"judge", proof.judge},
               {"reason", proof.reason},
               {"file", kOnnxFile},
               {"sha256", fs::exists(file) ? Json(sha256_file(file)) : Json()}};
  write_file((fs::path(folder) / "parity.json").string(), json_pretty(json));
  return proof;
}

}  // namespace bakeoff
