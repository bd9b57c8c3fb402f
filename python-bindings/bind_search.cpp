#include <pybind11/numpy.h>
#include <pybind11/stl.h>

#include <limits>

#include "bind.h"
#include "candidates/strategy/strategy.h"
#include "train/families/catalog.h"
#include "train/rung.h"

namespace bakeoff {
namespace {

class Search {
 public:
  Search(const std::string& families, std::optional<int> count, const std::string& strategy, std::uint64_t seed,
         std::optional<double> eta, double least_fraction) {
    CandidatesSpec spec;
    spec.families = parse_families(families, "space");
    spec.strategy = strategy;
    if (eta) spec.eta = *eta;
    // A grid has as many as it has.
    if (count || strategy == "grid") spec.count = count.value_or(std::numeric_limits<int>::max());
    strategy_ = make_strategy(spec, {.seed = seed, .least_fraction = least_fraction});
    left_ = spec.count;
    rungs_ = strategy == "halving" || strategy == "hyperband";
  }

  // [(family, parameters), ...]
  py::list ask(std::optional<int> count) {
    const int most = rungs_ ? std::numeric_limits<int>::max() : left_;
    const CandidateSet set = strategy_->ask(std::min(count.value_or(most), most));
    left_ -= rungs_ ? 0 : static_cast<int>(set.size());
    py::list out;
    for (const Candidate& candidate : set) out.append(py::make_tuple(candidate.family, candidate.parameters));
    return out;
  }
  void tell(const std::vector<double>& merits) { strategy_->tell(merits); }
  double fraction() const { return strategy_->fraction(); }
  bool finished() { return left_ <= 0 || strategy_->finished(); }

 private:
  std::unique_ptr<SearchStrategy> strategy_;
  int left_ = 0;
  bool rungs_ = false;
};

using Units = py::array_t<std::int64_t, py::array::c_style>;

py::array_t<Index> rows_of_rung(const std::optional<Units>& units, Index rows, double fraction, std::uint64_t seed) {
  const std::vector<Index> chosen = rung_rows(units ? units->data() : nullptr, 0, rows, fraction, seed);
  return py::array_t<Index>(static_cast<py::ssize_t>(chosen.size()), chosen.data());
}

// {name: {task, parameters: {name: default}}}
py::dict known() {
  py::dict out;
  for (const Family& family : families()) {
    py::dict parameters;
    for (const Family::Parameter& p : family.parameters) parameters[py::str(p.name)] = p.fallback;
    py::dict words;
    words["task"] = family.task == Task::binary ? "binary" : "regression";
    words["parameters"] = parameters;
    out[py::str(family.name)] = words;
  }
  return out;
}

}  // namespace

void bind_search(py::module_& m) {
  py::class_<Search>(m, "Search")
      .def(py::init<const std::string&, std::optional<int>, const std::string&, std::uint64_t, std::optional<double>,
                    double>(),
           py::arg("families"), py::arg("count"), py::arg("strategy"), py::arg("seed"), py::arg("eta"),
           py::arg("least_fraction"))
      .def("ask", &Search::ask, py::arg("count"))
      .def("tell", &Search::tell, py::arg("merits"))
      .def_property_readonly("fraction", &Search::fraction)
      .def_property_readonly("finished", &Search::finished);
  m.def(
      "rung_parameters",
      [](const std::string& family, const std::map<std::string, double>& given, double fraction) {
        return rung_parameters(find_family(family), given, fraction);
      },
      py::kw_only(), py::arg("family"), py::arg("given"), py::arg("fraction"));
  m.def("rung_rows", &rows_of_rung, py::kw_only(), py::arg("units"), py::arg("rows"), py::arg("fraction"),
        py::arg("seed"));
  m.def("families", &known);
}

}  // namespace bakeoff
