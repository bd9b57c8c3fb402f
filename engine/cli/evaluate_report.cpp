#include "cli/evaluate_report.h"

#include <iostream>

#include "cli/arrow_file.h"
#include "cli/text_table.h"
#include "core/file.h"
#include "core/json_text.h"

namespace bakeoff::cli {
namespace {

// Calls f(index, candidate, slice, metric) for each cell, slices first: what is compared stands together.
template <class F>
void for_each_cell(const Scoreboard& board, const F& f) {
  for (std::size_t s = 0; s < board.slice_names.size(); ++s)
    for (std::size_t k = 0; k < board.metric_names.size(); ++k)
      for (std::size_t m = 0; m < board.names.size(); ++m)
        f(static_cast<std::size_t>(
              board.index(static_cast<std::int64_t>(m), static_cast<std::int64_t>(s), static_cast<std::int64_t>(k))),
          m, s, k);
}

std::string as_table(const Scoreboard& board, const std::optional<Comparison>& comparison) {
  std::vector<std::string> header = {"slice", "rows", "metric", "scores", "value"};
  if (comparison) header.insert(header.end(), {"difference", "p", "p adjusted"});
  header.push_back("");
  TextTable table(header);
  for_each_cell(board, [&](std::size_t i, std::size_t m, std::size_t s, std::size_t k) {
    const Cell& c = board.cells[i];
    std::vector<std::string> row = {board.slice_names[s], std::to_string(board.count[s]), board.metric_names[k],
                                    board.names[m], cell(Interval{c.value, c.low, c.high})};
    if (comparison)
      row.insert(row.end(), {cell(Interval{comparison->difference[i], comparison->low[i], comparison->high[i]}),
                             cell(comparison->p[i]), cell(comparison->p_adjusted[i])});
    row.push_back(c.reason != Reason::ok                   ? name(c.reason)
                  : c.resampling == Resampling::stratified ? name(c.resampling)
                                                           : "");
    table.add(std::move(row));
  });
  if (board.rows_dropped == 0) return table.text();
  return table.text() + std::to_string(board.rows_dropped) + " rows that are not finite were dropped\n";
}

std::string as_json(const Scoreboard& board, const std::optional<Comparison>& comparison) {
  Json cells = Json::array();
  for_each_cell(board, [&](std::size_t i, std::size_t m, std::size_t s, std::size_t k) {
    const Cell& c = board.cells[i];
    Json json = {{"scores", board.names[m]},
                 {"slice", board.slice_names[s]},
                 {"metric", board.metric_names[k]},
                 {"value", c.value},
                 {"low", c.low},
                 {"high", c.high},
                 {"rows", board.count[s]},
                 {"units", board.units[s]},
                 {"valid_resamples", c.valid_resamples},
                 {"method", name(c.method)},
                 {"resampling", name(c.resampling)},
                 {"reason", name(c.reason)}};
    if (comparison)
      json.update({{"difference", comparison->difference[i]},
                   {"difference_low", comparison->low[i]},
                   {"difference_high", comparison->high[i]},
                   {"p", comparison->p[i]},
                   {"p_adjusted", comparison->p_adjusted[i]}});
    cells.push_back(std::move(json));
  });
  Json json = {{"rows_dropped", board.rows_dropped},
               {"resamples", board.resamples},
               {"confidence", board.confidence},
               {"interval", board.interval},
               {"cells", std::move(cells)}};
  if (comparison) json["comparison"] = {{"method", comparison->method}, {"adjust", comparison->adjust}};
  return json_pretty(json);
}

Columns as_columns(const Scoreboard& board, const std::optional<Comparison>& comparison) {
  std::vector<std::string> names, slices, metrics, reasons, methods, laws;
  std::vector<double> value, low, high, difference, difference_low, difference_high, p, p_adjusted;
  std::vector<std::int64_t> rows, units;
  for_each_cell(board, [&](std::size_t i, std::size_t m, std::size_t s, std::size_t k) {
    const Cell& c = board.cells[i];
    names.push_back(board.names[m]), slices.push_back(board.slice_names[s]), metrics.push_back(board.metric_names[k]);
    value.push_back(c.value), low.push_back(c.low), high.push_back(c.high);
    rows.push_back(board.count[s]), units.push_back(board.units[s]), reasons.push_back(name(c.reason));
    methods.push_back(name(c.method)), laws.push_back(name(c.resampling));
    if (!comparison) return;
    difference.push_back(comparison->difference[i]), p.push_back(comparison->p[i]);
    difference_low.push_back(comparison->low[i]), difference_high.push_back(comparison->high[i]);
    p_adjusted.push_back(comparison->p_adjusted[i]);
  });
  Columns columns;
  columns.add("scores", names);
  columns.add("slice", slices);
  columns.add("metric", metrics);
  columns.add("value", value);
  columns.add("low", low);
  columns.add("high", high);
  columns.add("rows", rows);
  columns.add("units", units);
  columns.add("method", methods);
  columns.add("resampling", laws);
  columns.add("reason", reasons);
  if (!comparison) return columns;
  columns.add("difference", difference);
  columns.add("difference_low", difference_low);
  columns.add("difference_high", difference_high);
  columns.add("p", p);
  columns.add("p_adjusted", p_adjusted);
  return columns;
}

}  // namespace

void report(const Scoreboard& board, const std::optional<Comparison>& comparison, const std::string& format,
            const std::string& out) {
  if (format == "parquet") return write_table(*as_columns(board, comparison).table(), out);
  const std::string text = format == "json" ? as_json(board, comparison) : as_table(board, comparison);
  if (out.empty())
    std::cout << text;
  else
    write_file(out, text);
}

}  // namespace bakeoff::cli
