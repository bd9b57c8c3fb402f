#include "bind_evaluate.h"
#include "evaluate/class_evaluate.h"

namespace bakeoff {
namespace {

using Flags = py::array_t<std::uint8_t, py::array::c_style>;

template <class T>
kernels::TensorView<const T, 3> view(const py::array& x) {
  const auto size = static_cast<py::ssize_t>(sizeof(T));
  return {static_cast<const T*>(x.data()),
          {x.shape(0), x.shape(1), x.shape(2)},
          {x.strides(0) / size, x.strides(1) / size, x.strides(2) / size},
          Device::cpu};
}

Scoreboard evaluate_on(const std::optional<Codes>& labels, const std::optional<Flags>& label_matrix,
                       const py::array& scores, const std::optional<Doubles>& weights, const std::optional<Ids>& units,
                       const SliceCodes& slices, std::vector<std::string> names, const std::string& device, int threads,
                       py::kwargs rest) {
  if (scores.ndim() != 3)
    throw DataError("scores: expected (N, C) or (M, N, C), got " + std::to_string(scores.ndim()) + " dimensions");
  ClassInput input;
  if (py::isinstance<py::array_t<float>>(scores))
    input.scores = view<float>(scores);
  else
    input.scores = view<double>(scores);
  const py::ssize_t rows = scores.shape(1);
  input.labels = column(labels, rows, "labels");
  input.label_matrix = column(label_matrix, rows * scores.shape(2), "labels");
  input.weights = column(weights, rows, "weights");
  input.units = column(units, rows, "units");
  input.names = std::move(names);
  input.slices = make_slices(slices);
  const EvaluateOptions options = make_options(std::move(rest));
  Execution execution(parse_device(device), threads);
  execution.set_stop_check(interrupted_by_python);
  py::gil_scoped_release release;
  return evaluate_classes(execution, input, options);
}

}  // namespace

void bind_classes(py::module_& m) {
  m.def("evaluate_classes", &evaluate_on, py::kw_only(), py::arg("labels"), py::arg("label_matrix"), py::arg("scores"),
        py::arg("weights"), py::arg("units"), py::arg("slices"), py::arg("names"), py::arg("device"),
        py::arg("threads"));
  m.def("known_class_metrics", &known_class_metrics, py::arg("multilabel"));
}

}  // namespace bakeoff
