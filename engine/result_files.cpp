#include "result_files.h"

#include <arrow/api.h>
#include <arrow/util/config.h>

#include <cmath>

#include "core/event.h"
#include "core/file.h"
#include "core/text.h"
#include "drift/json.h"
#include "version.h"

namespace bakeoff {
namespace {

Json to_json(const DriftWatch& watch) {
  const auto period = [](const DriftWatch::Period& p) {
    return Json{{"begin", format_time(p.begin)}, {"end", format_time(p.end)}, {"rows", p.rows}};
  };
  Json json = to_json(watch.report);
  json.update({{"reference", period(watch.reference)},
               {"current", period(watch.current)},
               {"drifted", watch.drifted},
               {"reason", watch.reason}});
  return json;
}

Interval interval_from_json(const Json& json) {
  const auto number = [&](const char* key) { return json.at(key).is_null() ? kNaN : json.at(key).get<double>(); };
  return {number("value"), number("low"), number("high")};
}

}  // namespace

Json to_json(const Interval& interval) {
  return {{"value", interval.value}, {"low", interval.low}, {"high", interval.high}};
}

Json to_json(const Verdict& verdict) {
  Json difference = to_json(verdict.difference);
  difference["p_adjusted"] = verdict.p_adjusted;
  Json slices = Json::array();
  for (const SliceVerdict& s : verdict.slices)
    slices.push_back({{"name", s.name},
                      {"rows", s.rows},
                      {"difference", to_json(s.difference)},
                      {"veto", s.vetoes},
                      {"reason", s.reason}});
  return {{"verdict", name(verdict.outcome)},
          {"reasons", verdict.reasons},
          {"champion", verdict.champion},
          {"challenger", verdict.challenger},
          {"metric", verdict.metric},
          {"difference", difference},
          {"champion_value", to_json(verdict.champion_value)},
          {"challenger_value", to_json(verdict.challenger_value)},
          {"method", verdict.method},
          {"rows", verdict.rows},
          {"units", verdict.units},
          {"slices", slices}};
}

Verdict verdict_from_json(const Json& json) {
  Verdict verdict;
  for (const Outcome outcome : {Outcome::promote, Outcome::keep, Outcome::inconclusive, Outcome::fallback})
    if (json.at("verdict") == name(outcome)) verdict.outcome = outcome;
  verdict.reasons = json.at("reasons").get<std::vector<std::string>>();
  verdict.champion = json.at("champion");
  verdict.challenger = json.at("challenger");
  verdict.metric = json.at("metric");
  verdict.difference = interval_from_json(json.at("difference"));
  const Json& p = json.at("difference").at("p_adjusted");
  verdict.p_adjusted = p.is_null() ? kNaN : p.get<double>();
  verdict.champion_value = interval_from_json(json.at("champion_value"));
  verdict.challenger_value = interval_from_json(json.at("challenger_value"));
  verdict.method = json.at("method");
  verdict.rows = json.at("rows");
  verdict.units = json.at("units");
  for (const Json& s : json.at("slices"))
    verdict.slices.push_back(
        {s.at("name"), s.at("rows"), interval_from_json(s.at("difference")), s.at("veto"), s.at("reason")});
  return verdict;
}

Json to_json(const TriggerDecision& decision) {
  Json windows = Json::array();
  for (const MonitoredWindow& w : decision.windows)
    windows.push_back({{"begin", format_time(w.begin)},
                       {"end", format_time(w.end)},
                       {"metric", to_json(w.metric)},
                       {"rows", w.rows},
                       {"units", w.units},
                       {"declined", w.declined}});
  Json json = {{"triggered", decision.triggered},
               {"reason", decision.reason},
               {"metric", decision.metric},
               {"reference", decision.reference},
               {"declined_in_a_row", decision.declined_in_a_row},
               {"windows", windows}};
  if (decision.drift) json["drift"] = to_json(*decision.drift);
  return json;
}

Json provenance(const Execution& execution, const Spec& spec, const RunTable& table) {
  return {{"bakeoff", kVersion},
          {"spec_sha256", content_hash(spec)},
          {"data", {{"source", spec.data.source}, {"sha256", table.hash}, {"rows", table.labels.size()}}},
          {"seed", spec.compute.seed},
          {"device", execution.device() == Device::cuda ? "cuda" : "cpu"},
          {"threads", execution.threads()},
          {"compiler", kCompiler},
          {"arrow", arrow::GetBuildInfo().version_string},
          {"started", utc_now()}};
}

void write_metrics(const std::string& folder, const std::string& name, const Verdict& verdict, const Json& cost) {
  std::string text;
  const auto gauge = [&](const std::string& metric, const std::string& help, double value) {
    text += "# HELP bakeoff_" + metric + " " + help + "\n# TYPE bakeoff_" + metric + " gauge\nbakeoff_" + metric +
            "{name=\"" + name + "\"} " + (std::isnan(value) ? "NaN" : shortest(value)) + "\n";
  };
  gauge("promoted", "1 if the challenger was promoted", verdict.outcome == Outcome::promote);
  gauge("difference", "challenger - champion on the holdout, more is better", verdict.difference.value);
  gauge("difference_low", "lower end of its interval", verdict.difference.low);
  gauge("difference_high", "upper end of its interval", verdict.difference.high);
  gauge("champion_value", "the champion's metric on the holdout", verdict.champion_value.value);
  gauge("challenger_value", "the challenger's metric on the holdout", verdict.challenger_value.value);
  gauge("seconds", "wall time of the run", cost.value("seconds", kNaN));
  write_file(folder + "/metrics.prom", text);
}

}  // namespace bakeoff
