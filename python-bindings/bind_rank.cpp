#include "bind_evaluate.h"
#include "core/text.h"
#include "evaluate/rank/rank_evaluate.h"
#include "evaluate/rank/rank_metric.h"

namespace bakeoff {
namespace {

template <class T>
std::vector<T> copy(const py::array_t<T, py::array::c_style>& array) {
  return {array.data(), array.data() + array.size()};
}

RankOptions rank_options(py::kwargs given) {
  RankOptions options;
  std::vector<std::string> known;
  const auto take = [&](const char* name, auto& field) {
    known.emplace_back(name);
    if (given.contains(name)) field = given.attr("pop")(name).cast<std::decay_t<decltype(field)>>();
  };
  take("metrics", options.metrics);
  take("trec_ties", options.trec_ties);
  take("level", options.level);
  take("catalog_size", options.catalog_size);
  take("drop_nan", options.drop_nan);
  take("resamples", options.resamples);
  take("confidence", options.confidence);
  take("interval", options.interval);
  take("seed", options.seed);
  for (const auto& [name, value] : given)
    throw SpecError("rank_evaluate: unknown option '" + py::str(name).cast<std::string>() + "'" +
                    hint(py::str(name).cast<std::string>(), known));
  return options;
}

// What Python sees of a result; per_query is (M, K, Q).
py::dict as_dict(RankResult result) {
  const auto m = static_cast<py::ssize_t>(result.board.names.size());
  const auto k = static_cast<py::ssize_t>(result.board.metric_names.size());
  const auto q = static_cast<py::ssize_t>(result.reasons.size());
  py::list reasons;
  for (const QueryReason reason :
       {QueryReason::ok, QueryReason::empty, QueryReason::no_relevant, QueryReason::one_class})
    reasons.append(name(reason));
  py::array_t<std::uint8_t> codes(q);
  for (py::ssize_t i = 0; i < q; ++i) codes.mutable_at(i) = static_cast<std::uint8_t>(result.reasons[i]);
  py::dict out;
  out["per_query"] = py::array_t<double>({m, k, q}, result.values.data());
  out["reason_names"] = reasons;
  out["reason_codes"] = codes;
  out["of_catalog"] = result.of_catalog;
  out["missing"] = result.missing;
  out["dropped"] = result.dropped;
  out["board"] = std::move(result.board);
  return out;
}

py::dict run_rank_evaluate(const QueryIndex& queries, const Doubles& relevance, const py::array& scores,
                           const std::optional<Ids>& documents, std::int64_t document_count,
                           const std::optional<Doubles>& vectors, const std::optional<Ids>& vector_of_row,
                           const std::optional<Doubles>& weights, const std::optional<Ids>& units,
                           const std::vector<std::pair<std::string, Ids>>& slices, std::vector<std::string> names,
                           const std::string& device, int threads, py::kwargs rest) {
  RankInput input;
  if (scores.ndim() != 2 || scores.shape(1) != queries.rows() || relevance.size() != queries.rows())
    throw DataError("rank_evaluate: expected " + std::to_string(queries.rows()) + " rows like queries, got scores of " +
                    std::to_string(scores.ndim() == 2 ? scores.shape(1) : 0) + " and relevance of " +
                    std::to_string(relevance.size()));
  input.queries = &queries;
  input.scores = score_view(scores);
  input.relevance = relevance.data();
  input.documents = column(documents, queries.rows(), "documents");
  input.document_count = document_count;
  if (vectors) input.vectors = kernels::matrix_view(vectors->data(), vectors->shape(0), vectors->shape(1));
  input.vector_of_row = column(vector_of_row, queries.rows(), "vectors");
  input.weights = column(weights, queries.queries(), "weights");
  input.units = column(units, queries.queries(), "units");
  for (const auto& [name, rows] : slices) input.slices.push_back({name, copy(rows)});
  input.names = std::move(names);
  const RankOptions options = rank_options(std::move(rest));
  Execution execution(parse_device(device), threads);
  execution.set_stop_check(interrupted_by_python);
  RankResult result;
  {
    py::gil_scoped_release release;
    result = rank_evaluate(execution, input, options);
  }
  return as_dict(std::move(result));
}

}  // namespace

void bind_rank(py::module_& m) {
  py::class_<QueryIndex>(m, "QueryIndex")
      .def_static("of_runs",
                  [](const Ids& ids, const Ids& starts, std::int64_t rows) {
                    return make_query_index(QueryRuns{copy(ids), copy(starts)}, rows);
                  })
      .def_static("of_offsets",
                  [](const Ids& offsets, std::int64_t rows) { return make_query_index(copy(offsets), rows); })
      .def_property_readonly("offsets",
                             [](const QueryIndex& q) {
                               return py::array_t<Index>(static_cast<py::ssize_t>(q.offsets.size()), q.offsets.data());
                             })
      .def_property_readonly("rows",
                             [](const QueryIndex& q) -> py::object {  // None: places are rows
                               if (q.row.empty()) return py::none();
                               return py::array_t<Index>(static_cast<py::ssize_t>(q.row.size()), q.row.data());
                             });
  m.def("rank_evaluate", &run_rank_evaluate, py::kw_only(), py::arg("queries"), py::arg("relevance"), py::arg("scores"),
        py::arg("documents"), py::arg("document_count"), py::arg("vectors"), py::arg("vector_of_row"),
        py::arg("weights"), py::arg("units"), py::arg("slices"), py::arg("names"), py::arg("device"),
        py::arg("threads"));
  m.def("known_rank_metrics", &known_rank_metrics);
}

}  // namespace bakeoff
