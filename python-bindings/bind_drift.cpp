#include <pybind11/numpy.h>
#include <pybind11/stl.h>

#include "bind.h"
#include "core/error.h"
#include "core/text.h"
#include "drift/drift.h"
#include "drift/mmd.h"
#include "drift/sequential.h"
#include "drift/unit_tails.h"
#include "ingest/arrow.h"

namespace bakeoff {
namespace {

using Doubles = py::array_t<double>;

// Arrays of numbers as they lie in memory, and a table of everything else (None or an Arrow stream).
struct DriftTable {
  DriftTable(std::vector<std::string> order, std::vector<std::pair<std::string, Doubles>> numbers,
             const py::object& others, std::string source)
      : order(std::move(order)), numbers(std::move(numbers)), source(std::move(source)) {
    if (others.is_none()) return;
    const py::capsule capsule = others;
    data =
        dataset_from_arrow_c_stream(Execution(Device::cpu, 1), capsule.get_pointer<ArrowArrayStream>(), this->source);
  }

  TableView view() const {
    TableView out{{}, numbers.empty() ? data.rows() : numbers[0].second.size(), source};
    std::vector<std::string> others;
    for (const Column& column : data.columns()) others.push_back(column.name);
    if (!others.empty()) out = view_of(data, others);
    out.rows = numbers.empty() ? out.rows : numbers[0].second.size();
    for (const auto& [name, array] : numbers) {
      if (array.ndim() != 1 || array.size() != out.rows)
        throw DataError(source + ": column '" + printable(name) + "': expected " + std::to_string(out.rows) +
                        " values like the first column, got " + std::to_string(array.size()));
      const auto size = static_cast<py::ssize_t>(sizeof(double));
      out.columns.push_back({name, Numbers{array.data(), {array.size()}, {array.strides(0) / size}}});
    }
    if (!others.empty() && data.rows() != out.rows)
      throw DataError(source + ": expected " + std::to_string(out.rows) + " rows in every column, got " +
                      std::to_string(data.rows()));
    std::vector<ColumnView> ordered;
    for (const std::string& name : order) ordered.push_back(column_of(out, name));
    out.columns = std::move(ordered);
    return out;
  }

  std::vector<std::string> order;
  std::vector<std::pair<std::string, Doubles>> numbers;
  Dataset data;
  std::string source;
};

// Takes each option that is given from the keywords; what is left over is an error.
DriftOptions make_options(py::kwargs given) {
  DriftOptions options;
  const auto take = [&](const char* name, auto& field) {
    if (given.contains(name)) field = given.attr("pop")(name).cast<std::decay_t<decltype(field)>>();
  };
  take("tests", options.tests);
  take("fdr", options.fdr);
  take("effects", options.effects);
  take("permutations", options.permutations);
  take("permute", options.permute);
  take("seed", options.seed);
  for (const auto& [name, value] : given) {
    const auto text = py::str(name).cast<std::string>();
    throw SpecError("drift: unknown option '" + text + "'" +
                    hint(text, {"fdr", "effects", "permutations", "permute", "seed"}));
  }
  return options;
}

py::list tests(const DriftReport& report) {
  py::list out;
  for (const ColumnDrift& column : report.columns)
    for (const DriftTest& test : column.tests) {
      py::dict row;
      row["column"] = column.name;
      row["test"] = test.test;
      row["statistic"] = test.statistic;
      row["effect"] = test.effect;
      row["p"] = test.p;
      row["p_adjusted"] = test.p_adjusted;
      row["method"] = test.method;
      row["note"] = test.note;
      out.append(row);
    }
  return out;
}

py::list columns(const DriftReport& report) {
  py::list out;
  for (const ColumnDrift& column : report.columns) {
    py::dict row;
    row["column"] = column.name;
    row["kind"] = column.kind;
    row["drifted"] = column.drifted;
    row["reference_rows"] = column.reference_rows;
    row["current_rows"] = column.current_rows;
    row["reference_missing"] = column.reference_missing;
    row["current_missing"] = column.current_missing;
    row["new_categories"] = column.new_categories;
    row["new_names"] = column.new_names;
    row["new_share"] = column.new_share;
    out.append(row);
  }
  return out;
}

Execution make_execution(const std::string& device, int threads) {
  Execution execution(parse_device(device), threads);
  execution.set_stop_check(interrupted_by_python);
  return execution;
}

DriftReference fit(const DriftTable& table, int bins, bool keep_values, std::uint64_t seed, bool distances,
                   const std::string& device, int threads) {
  const Execution execution = make_execution(device, threads);
  const TableView view = table.view();
  py::gil_scoped_release release;
  return DriftReference::fit(execution, view, {bins, keep_values, seed, distances});
}

DriftReport compare(const DriftReference& reference, const DriftTable& current, const std::vector<std::string>& columns,
                    const std::string& device, int threads, py::kwargs rest) {
  const DriftOptions options = make_options(std::move(rest));
  const Execution execution = make_execution(device, threads);
  const TableView view = current.view();
  py::gil_scoped_release release;
  return drift(execution, reference, view, options, columns);
}

using UnitArray = py::array_t<std::int64_t, py::array::c_style>;

DriftReport compare_by_unit(const DriftTable& reference, const DriftTable& current, const UnitArray& reference_units,
                            const UnitArray& current_units, const std::vector<std::string>& columns, int bins,
                            const std::string& device, int threads, py::kwargs rest) {
  const DriftOptions options = make_options(std::move(rest));
  const Execution execution = make_execution(device, threads);
  const TableView before = reference.view(), now = current.view();
  const auto ids = [](const UnitArray& array) {
    return std::vector<std::int64_t>(array.data(), array.data() + array.size());
  };
  const DriftUnits units{ids(reference_units), ids(current_units)};
  py::gil_scoped_release release;
  return drift_by_unit(execution, before, now, units, {bins, true, options.seed, false}, options, columns);
}

DriftReference merge(const DriftReference& a, const DriftReference& b, int bins, std::uint64_t seed) {
  const Execution execution = make_execution("cpu", 0);
  py::gil_scoped_release release;
  return DriftReference::merge(execution, a, b, {bins, true, seed, true});
}

py::dict run_mmd(const DriftTable& reference, const DriftTable& current, const std::string& device, int threads,
                 py::kwargs given) {
  MmdOptions options;
  const auto take = [&](const char* name, auto& field) {
    if (given.contains(name)) field = given.attr("pop")(name).cast<std::decay_t<decltype(field)>>();
  };
  take("permutations", options.permutations);
  take("max_rows", options.max_rows);
  take("seed", options.seed);
  for (const auto& [name, value] : given) {
    const auto text = py::str(name).cast<std::string>();
    throw SpecError("mmd: unknown option '" + text + "'" + hint(text, {"permutations", "max_rows", "seed"}));
  }
  const Execution execution = make_execution(device, threads);
  const TableView before = reference.view(), after = current.view();
  MmdReport report;
  {
    py::gil_scoped_release release;
    report = mmd(execution, before, after, options);
  }
  py::dict out;
  out["statistic"] = report.statistic;
  out["p"] = report.p;
  out["bandwidth"] = report.bandwidth;
  out["reference_rows"] = report.reference_rows;
  out["current_rows"] = report.current_rows;
  return out;
}

// What all detectors have.
template <class Detector>
py::class_<Detector> bind_detector(py::module_& m, const char* name, const char* what) {
  return py::class_<Detector>(m, name, what)
      .def("update", &Detector::update, py::arg("value"), "Takes one value; whether a change was seen.")
      .def(
          "update_many",
          [](Detector& detector, const py::array_t<double, py::array::c_style | py::array::forcecast>& values) {
            const std::vector<std::int64_t> changes = update_many(detector, values.data(), values.size());
            return py::array_t<std::int64_t>(static_cast<py::ssize_t>(changes.size()), changes.data());
          },
          py::arg("values"), "Takes an array; the positions at which changes were seen.")
      .def_property_readonly("drifted", &Detector::drifted)
      .def_property_readonly("statistic", &Detector::statistic);
}

void bind_detectors(py::module_& m) {
  bind_detector<Adwin>(m, "ADWIN", "Adaptive windowing: keeps as many values as have one mean.")
      .def(py::init([](double delta, int clock, int max_buckets, int min_window, int grace) {
             return Adwin({delta, clock, max_buckets, min_window, grace});
           }),
           py::kw_only(), py::arg("delta") = Adwin::Options().delta, py::arg("clock") = Adwin::Options().clock,
           py::arg("max_buckets") = Adwin::Options().max_buckets, py::arg("min_window") = Adwin::Options().min_window,
           py::arg("grace") = Adwin::Options().grace)
      .def_property_readonly("width", &Adwin::width)
      .def_property_readonly("mean", &Adwin::mean)
      .def_property_readonly("variance", &Adwin::variance);
  bind_detector<PageHinkley>(m, "PageHinkley", "Deviations from the running mean, summed up.")
      .def(py::init([](double delta, double threshold, double alpha, int min_values, bool up, bool down) {
             return PageHinkley({delta, threshold, alpha, min_values, up, down});
           }),
           py::kw_only(), py::arg("delta") = PageHinkley::Options().delta,
           py::arg("threshold") = PageHinkley::Options().threshold, py::arg("alpha") = PageHinkley::Options().alpha,
           py::arg("min_values") = PageHinkley::Options().min_values, py::arg("up") = PageHinkley::Options().up,
           py::arg("down") = PageHinkley::Options().down)
      .def_property_readonly("mean", &PageHinkley::mean);
  bind_detector<Cusum>(m, "CUSUM", "Standardised deviations beyond a slack, summed up on either side.")
      .def(py::init([](double slack, double threshold, double mean, double deviation, int warm_up) {
             return Cusum({slack, threshold, mean, deviation, warm_up});
           }),
           py::kw_only(), py::arg("slack") = Cusum::Options().slack, py::arg("threshold") = Cusum::Options().threshold,
           py::arg("mean") = Cusum::Options().mean, py::arg("deviation") = Cusum::Options().deviation,
           py::arg("warm_up") = Cusum::Options().warm_up);
}

}  // namespace

void bind_drift(py::module_& m) {
  py::class_<DriftTable>(m, "DriftTable")
      .def(py::init<std::vector<std::string>, std::vector<std::pair<std::string, Doubles>>, const py::object&,
                    std::string>(),
           py::arg("order"), py::arg("numbers"), py::arg("others"), py::arg("source"));
  py::class_<DriftReference>(m, "DriftReference")
      .def("save", &DriftReference::save, py::arg("path"))
      .def("merge", &merge, py::arg("other"), py::kw_only(), py::arg("bins"), py::arg("seed"))
      .def_property_readonly("rows", &DriftReference::rows)
      .def_property_readonly("columns", &DriftReference::names);
  py::class_<DriftReport>(m, "DriftReport")
      .def_readonly("asked", &DriftReport::tests)
      .def_readonly("fdr", &DriftReport::fdr)
      .def_readonly("tested", &DriftReport::tested)
      .def("columns", &columns)
      .def("tests", &tests);
  m.def("load_drift_reference", &DriftReference::load, py::arg("path"));
  m.def("fit_drift", &fit, py::arg("table"), py::kw_only(), py::arg("bins"), py::arg("keep_values"), py::arg("seed"),
        py::arg("distances"), py::arg("device"), py::arg("threads"));
  m.def("drift", &compare, py::arg("reference"), py::arg("current"), py::kw_only(), py::arg("columns"),
        py::arg("device"), py::arg("threads"));
  m.def("drift_by_unit", &compare_by_unit, py::arg("reference"), py::arg("current"), py::arg("reference_units"),
        py::arg("current_units"), py::kw_only(), py::arg("columns"), py::arg("bins"), py::arg("device"),
        py::arg("threads"));
  m.def("mmd", &run_mmd, py::arg("reference"), py::arg("current"), py::kw_only(), py::arg("device"),
        py::arg("threads"));
  m.def("known_drift_tests", &known_drift_tests);
  m.def("hint", &hint, py::arg("word"), py::arg("known"));
  bind_detectors(m);
}

}  // namespace bakeoff
