// What the bindings of the evaluations share.
#pragma once
#include <pybind11/numpy.h>
#include <pybind11/stl.h>

#include "bind.h"
#include "core/error.h"
#include "core/execution.h"
#include "evaluate/evaluate.h"

namespace bakeoff {

using Doubles = py::array_t<double, py::array::c_style>;
using Ids = py::array_t<std::int64_t, py::array::c_style>;
using Codes = py::array_t<std::int32_t, py::array::c_style>;
using SliceCodes = std::vector<std::pair<std::vector<std::string>, Codes>>;  // names, and the code of each row

// Where the values of an array lie, if there is one.
template <class Array>
const auto* column(const std::optional<Array>& array, py::ssize_t expected, const char* what) {
  if (array && array->size() != expected)
    throw DataError(std::string(what) + ": expected " + std::to_string(expected) + " values, got " +
                    std::to_string(array->size()));
  return array ? array->data() : nullptr;
}

// (M, N) of float32 or float64, read where they lie.
std::variant<kernels::TensorView<const float, 2>, kernels::TensorView<const double, 2>> score_view(
    const py::array& scores);
// Labels (N,), scores (M, N) and weights; DataError for other shapes.
EvaluateInput make_input(const Doubles& labels, const py::array& scores, const std::optional<Doubles>& weights);
std::vector<Slice> make_slices(const SliceCodes& slices);

template <class T>
py::array_t<T> array(const std::vector<T>& values) {
  return py::array_t<T>(static_cast<py::ssize_t>(values.size()), values.data());
}
// (M, S, K) of a scoreboard's cells.
std::vector<py::ssize_t> shape(const Scoreboard& board);
template <class T>
py::array_t<T> array(const Scoreboard& board, const std::vector<T>& values) {
  return py::array_t<T>(shape(board), values.data());
}

// What was evaluated, as Python keeps it: the arguments of evaluate and compare.
struct Evaluated {
  EvaluateInput input;
  EvaluateOptions options;
  Execution execution;
  std::vector<py::object> arrays;  // what the input points to
};

Evaluated make_evaluated(const py::dict& given);

// Takes each option that is given from the keywords; what is left over is an error.
EvaluateOptions make_options(py::kwargs given);

}  // namespace bakeoff
