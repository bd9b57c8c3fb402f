#include "bind_evaluate.h"
#include "core/text.h"
#include "evaluate/calibration.h"
#include "evaluate/curve.h"
#include "evaluate/ratio.h"

namespace bakeoff {
namespace {

// One candidate.
EvaluateInput make_one(const Doubles& labels, const py::array& scores, const std::optional<Doubles>& weights) {
  EvaluateInput input = make_input(labels, scores, weights);
  if (input.candidates() != 1)
    throw DataError("scores: expected those of one candidate, got " + std::to_string(input.candidates()));
  return input;
}

CurveType parse_type(const std::string& kind) {
  if (kind == "roc") return CurveType::roc;
  if (kind == "pr") return CurveType::precision_recall;
  throw SpecError("kind: expected roc or pr, got '" + printable(kind) + "'" + hint(kind, {"roc", "pr"}));
}

py::dict make_curve(const Doubles& labels, const py::array& scores, const std::optional<Doubles>& weights,
                    const std::string& kind, bool drop_intermediate) {
  const EvaluateInput input = make_one(labels, scores, weights);
  const CurveType type = parse_type(kind);
  CurveVertices found;
  {
    py::gil_scoped_release release;
    found = curve(Execution(Device::cpu, 0), input, 0, type, drop_intermediate);
  }
  py::dict out;
  out[type == CurveType::roc ? "fpr" : "recall"] = array(found.x);
  out[type == CurveType::roc ? "tpr" : "precision"] = array(found.y);
  out["thresholds"] = array(found.thresholds);
  out["reason"] = name(found.reason);
  return out;
}

Binning parse_binning(const std::string& name) {
  if (name == "equal_width") return Binning::equal_width;
  if (name == "equal_mass") return Binning::equal_mass;
  throw SpecError("binning: expected equal_width or equal_mass, got '" + printable(name) + "'" +
                  hint(name, {"equal_width", "equal_mass"}));
}

py::dict make_reliability(const Doubles& labels, const py::array& scores, const std::optional<Doubles>& weights,
                          int bins, const std::string& binning) {
  const EvaluateInput input = make_one(labels, scores, weights);
  const Reliability found = reliability(Execution(Device::cpu, 0), input, 0, bins, parse_binning(binning));
  py::dict out;
  out["low"] = array(found.low);
  out["high"] = array(found.high);
  out["count"] = array(found.count);
  out["weight"] = array(found.weight);
  out["predicted"] = array(found.predicted);
  out["observed"] = array(found.observed);
  out["ece"] = found.ece;
  out["mce"] = found.mce;
  out["noise_floor"] = found.noise_floor;
  return out;
}

py::dict make_ratio(const Scoreboard& board, const std::string& baseline) {
  const Ratios found = ratio(board, baseline);
  py::dict out;
  out["ratio"] = array(board, found.ratio);
  out["relative"] = array(board, found.relative);
  out["low"] = array(board, found.low);
  out["high"] = array(board, found.high);
  out["valid_resamples"] = array(board, found.valid_resamples);
  return out;
}

}  // namespace

void bind_curves(py::module_& m) {
  m.def("curve", &make_curve, py::kw_only(), py::arg("labels"), py::arg("scores"), py::arg("weights"), py::arg("kind"),
        py::arg("drop_intermediate"));
  m.def("reliability", &make_reliability, py::kw_only(), py::arg("labels"), py::arg("scores"), py::arg("weights"),
        py::arg("bins"), py::arg("binning"));
  m.def("ratio", &make_ratio, py::arg("board"), py::arg("baseline"));
}

}  // namespace bakeoff
