#include "spec/fields.h"

#include <algorithm>
#include <limits>

#include "spec/vocabulary.h"

namespace bakeoff::spec_reading {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// The zone holds for every time after it, and the unit stands before the split in the table.
Codec<std::string> zone() {
  const Codec<std::string> name = text();
  return {[name](const Node& node, Reading& reading) {
            const std::string zone = name.read(node, reading);
            try {
              parse_time("2000-01-01", zone);
            } catch (const SpecError& error) {
              fail(node, error.what());
            }
            return reading.zone = zone;
          },
          name.write, name.schema};
}

// A name that can be part of a path, a label and a URL.
Codec<std::string> plain_name() {
  const Codec<std::string> name = text();
  Codec<std::string> codec = name;
  codec.read = [name](const Node& node, Reading& reading) {
    const std::string value = name.read(node, reading);
    const bool plain = value.size() <= 100 && value[0] != '.' && value[0] != '-' &&
                       value.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") ==
                           std::string::npos;
    if (!plain)
      fail(node, "expected a name of letters, digits, '.', '_' and '-' such as flights-late, got " + node.describe());
    return value;
  };
  codec.schema["pattern"] = "^[A-Za-z0-9_][A-Za-z0-9._-]{0,99}$";
  return codec;
}

Fields<UnitSpec> unit_fields() {
  return {field("column", &UnitSpec::column, text(), "the column with the unit's id: integers or strings"),
          field("time", &UnitSpec::time, text(), "or the time column whose periods are the units"),
          field("every", &UnitSpec::every, period(false), "the period: 1d is a calendar day of the zone"),
          field("zone", &UnitSpec::zone, zone(), "an IANA time zone such as America/New_York")};
}

Fields<FeatureSpec> feature_fields() {
  Field<FeatureSpec> categorical =
      field("categorical", &FeatureSpec::categorical, list_of(text()),
            "columns that are one-hot encoded; time.hour, time.weekday and time.month are parts of the time column");
  categorical.write = [](const FeatureSpec& from) {
    std::vector<std::string> all = from.categorical;
    all.insert(all.end(), from.time_parts.begin(), from.time_parts.end());
    return Json(all);
  };
  return {field("numeric", &FeatureSpec::numeric, list_of(text()), "columns that are imputed and standardised"),
          categorical};
}

Fields<DataSpec> data_fields() {
  return {
      field("source", &DataSpec::source, text(), "Parquet, CSV or Arrow IPC: a file, a folder or a glob",
            Need::required),
      field("target", &DataSpec::target, text(), "the column with the label", Need::required),
      field("task", &DataSpec::task, task(), "what is predicted"),
      field("time", &DataSpec::time, text(), "the time column: splits, windows and monitoring go by it"),
      field("unit", &DataSpec::unit, object(unit_fields()), "what is resampled as a whole; without it, rows"),
      field("label_delay", &DataSpec::label_delay, period(true), "how long after its time a row's label is known"),
      field("features", &DataSpec::features, object(feature_fields()), "the columns to learn from", Need::required)};
}

Field<DriftTriggerSpec> least_effect(const std::string& test, const std::string& meaning) {
  const Codec<double> effect = number(0, kInfinity);
  return {
      test,
      "least effect that counts: " + meaning,
      false,
      [=](const Node& node, Reading& reading, DriftTriggerSpec& to) { to.effects[test] = effect.read(node, reading); },
      [=](const DriftTriggerSpec& from) {
        const auto at = from.effects.find(test);
        return at == from.effects.end() ? Json() : effect.write(at->second);
      },
      effect.schema};
}

Codec<DriftTriggerSpec> drift_trigger() {
  Codec<DriftTriggerSpec> codec = object<DriftTriggerSpec>(
      {field("fdr", &DriftTriggerSpec::fdr, number_between(0, 1), "false discovery rate over all columns and tests"),
       least_effect("psi", "PSI over its mean under no change; 0.2 if no test is named"),
       least_effect("jensen_shannon", "the distance, base 2"), least_effect("ks", "Kolmogorov-Smirnov distance"),
       least_effect("wasserstein", "distance in standard deviations of the reference"),
       least_effect("chi2", "Cramer's V of a column of text"), least_effect("missing", "change of the missing rate"),
       least_effect("new_categories", "their share of the rows")});
  codec.read = [read = codec.read](const Node& node, Reading& reading) {
    DriftTriggerSpec out = read(node, reading);
    if (out.effects.empty()) out.effects["psi"] = 0.2;
    return out;
  };
  return codec;
}

Fields<TriggerSpec> trigger_fields() {
  return {
      field("drop", &TriggerSpec::drop, number(0, kInfinity),
            "a window has declined when its interval lies this far below the reference"),
      field("confidence", &TriggerSpec::confidence, number_between(0, 1), "of the interval of each window"),
      field("patience", &TriggerSpec::patience, integer(1, 1000), "declined windows in a row that trigger a bake-off"),
      field("cooldown", &TriggerSpec::cooldown, period(true),
            "no trigger so soon after the last bake-off; by default and at least split.holdout"),
      field("drift", &TriggerSpec::drift, maybe(drift_trigger()),
            "drift of features or scores that triggers a bake-off, too: {psi: 0.2, fdr: 0.05}")};
}

Fields<MonitorSpec> monitor_fields() {
  return {field("predictions", &MonitorSpec::predictions, text(), "the prediction log: a file, a folder or a glob",
                Need::required),
          field("score", &MonitorSpec::score, text(), "the column of logged scores"),
          field("metric", &MonitorSpec::metric, text(), "what is watched, such as roc_auc"),
          field("window", &MonitorSpec::window, period(false), "the length of a window"),
          field("trigger", &MonitorSpec::trigger, object(trigger_fields()), "when a bake-off is held")};
}

Fields<SplitSpec> split_fields() {
  return {
      field("at", &SplitSpec::at, time(), "select starts here, holdout after it; training rows lie before at - gap"),
      field("gap", &SplitSpec::gap, period(true), "left out between training and select"),
      field("select", &SplitSpec::select, period(false), "the period on which the best candidate is chosen"),
      field("holdout", &SplitSpec::holdout, period(false), "the period on which it meets the champion, once"),
      field("folds", &SplitSpec::folds, integer(0, 1000),
            "cross-validation instead of `at`; there is no holdout then, so the verdict is none"),
      field("by", &SplitSpec::by, one_of({"random", "group", "time"}), "how rows are dealt to folds")};
}

// `when: {other: [values]}` beside the values of a parameter, which become {values: [...]} then.
Condition read_condition(const Node& node, const std::string& name, const FamilyWords& words, Reading& reading) {
  std::vector<std::string> others;
  for (const FamilyParameter& known : words.parameters)
    if (known.name != name) others.push_back(known.name);
  if (node.kind != Node::Kind::map || node.keys.size() != 1)
    fail(node, "expected {parameter: [values]}, the values of another parameter where this one counts, got " +
                   node.describe());
  if (std::find(others.begin(), others.end(), node.keys[0]) == others.end())
    fail(node, "'" + printable(node.keys[0]) + "' is no other parameter of " + words.name + hint(node.keys[0], others));
  const ParameterSpec values = parameter(-kInfinity, kInfinity).read(node.items[0], reading);
  if (const auto* list = std::get_if<std::vector<double>>(&values)) return {node.keys[0], *list};
  fail(node.items[0], "expected a value or a list of values, got a range");
}

void read_parameter(const Node& node, const FamilyParameter& known, const FamilyWords& words, Reading& reading,
                    FamilySpec& to) {
  const std::string& name = known.name;
  Node values = node;
  if (const Node* when = node.kind == Node::Kind::map ? node.find("when") : nullptr) {
    to.conditions[name] = read_condition(*when, name, words, reading);
    const auto at = std::find(values.keys.begin(), values.keys.end(), "when") - values.keys.begin();
    values.keys.erase(values.keys.begin() + at);
    values.items.erase(values.items.begin() + at);
    if (values.keys.size() == 1 && values.keys[0] == "values") values = Node(values.items[0]);
  }
  to.parameters[name] = parameter(known.low, known.high).read(values, reading);
}

Json write_parameter(const FamilySpec& from, const std::string& name) {
  const auto at = from.parameters.find(name);
  if (at == from.parameters.end()) return {};
  Json out = parameter(0, kInfinity).write(at->second);
  const auto condition = from.conditions.find(name);
  if (condition == from.conditions.end()) return out;
  if (!out.is_object()) out = {{"values", out}};
  out["when"] = {{condition->second.parameter, condition->second.values}};
  return out;
}

Json parameter_schema(const FamilyParameter& known) {
  Json schema = parameter(known.low, known.high).schema;
  const Json numbers = {{"type", "array"}, {"items", {{"type", "number"}}}, {"minItems", 1}};
  const Json any = Json::object();
  schema["anyOf"].push_back({{"type", "object"},
                             {"properties",
                              {{"values", any},
                               {"log", any},
                               {"linear", any},
                               {"when",
                                {{"type", "object"},
                                 {"minProperties", 1},
                                 {"maxProperties", 1},
                                 {"additionalProperties", {{"anyOf", {{{"type", "number"}}, numbers}}}}}}}},
                             {"required", Json::array({"when"})},
                             {"minProperties", 2},
                             {"maxProperties", 2},
                             {"additionalProperties", false}});
  return schema;
}

// A condition on a parameter that depends on a third one itself would need an order.
void check_conditions(const Node& node, const FamilySpec& family) {
  for (const auto& [name, condition] : family.conditions)
    if (family.conditions.count(condition.parameter))
      fail(node, "'" + name + "' depends on '" + condition.parameter +
                     "', which has a `when` itself; let it depend on a parameter without one");
}

// {logistic: {l2: ...}, ridge: {l2: ...}}: each family is an object of the parameters that it knows.
Codec<FamilySpec> family(const FamilyWords& words) {
  Fields<FamilySpec> fields;
  for (const FamilyParameter& known : words.parameters) {
    fields.push_back(
        {known.name, known.meaning, false,
         [=](const Node& node, Reading& reading, FamilySpec& to) { read_parameter(node, known, words, reading, to); },
         [name = known.name](const FamilySpec& from) { return write_parameter(from, name); }, parameter_schema(known)});
  }
  return object(fields);
}

Codec<std::vector<FamilySpec>> families() {
  Codec<std::vector<FamilySpec>> codec;
  codec.schema = {{"type", "object"}, {"additionalProperties", false}, {"minProperties", 1}};
  for (const FamilyWords& words : known_families()) {
    Json property = {{"description", words.meaning}};
    property.update(family(words).schema);
    property["type"] = {"object", "null"};
    codec.schema["properties"][words.name] = std::move(property);
  }
  codec.read = [](const Node& node, Reading& reading) {
    std::vector<std::string> known;
    for (const FamilyWords& words : known_families()) known.push_back(words.name);
    if (node.kind != Node::Kind::map || node.keys.empty())
      fail(node, "expected families with their parameters such as {logistic: {l2: {log: [1e-6, 10]}}}, got " +
                     node.describe() + "; known: " + join(known));
    std::vector<FamilySpec> out;
    for (std::size_t i = 0; i < node.keys.size(); ++i) {
      const FamilyWords* words = family_words(node.keys[i]);
      if (!words) fail(node.items[i], "unknown family" + hint(node.keys[i], known));
      FamilySpec spec;
      if (node.items[i].kind != Node::Kind::null) spec = family(*words).read(node.items[i], reading);
      check_conditions(node.items[i], spec);
      spec.name = words->name;
      out.push_back(std::move(spec));
    }
    return out;
  };
  codec.write = [](const std::vector<FamilySpec>& specs) {
    Json out = Json::object();
    for (const FamilySpec& spec : specs) out[spec.name] = family(*family_words(spec.name)).write(spec);
    return out;
  };
  return codec;
}

Codec<std::map<std::string, std::vector<std::string>>> feature_sets() {
  using Sets = std::map<std::string, std::vector<std::string>>;
  const Codec<std::vector<std::string>> columns = list_of(text(), 1);
  return {[columns](const Node& node, Reading& reading) {
            if (node.kind != Node::Kind::map) fail(node, "expected {name: [columns], ...}, got " + node.describe());
            Sets out;
            for (std::size_t i = 0; i < node.keys.size(); ++i) out[node.keys[i]] = columns.read(node.items[i], reading);
            return out;
          },
          [columns](const Sets& sets) {
            Json out = Json::object();
            for (const auto& [name, list] : sets) out[name] = columns.write(list);
            return out.empty() ? Json() : out;
          },
          {{"type", "object"}, {"additionalProperties", columns.schema}}};
}

Fields<CandidatesSpec> candidate_fields() {
  return {
      field("count", &CandidatesSpec::count, integer(1, 1'000'000), "how many candidates"),
      field("strategy", &CandidatesSpec::strategy, one_of(known_strategies()),
            "how they are chosen from the space; halving and hyperband begin on a share of the units"),
      field("eta", &CandidatesSpec::eta, number(2, 100),
            "of halving and hyperband: one in eta goes on, on eta times the units"),
      field("windows", &CandidatesSpec::windows, list_of(window()),
            "training windows: periods before split.at - gap, or all"),
      field("feature_sets", &CandidatesSpec::feature_sets, feature_sets(),
            "subsets of the features, by name; without them, all features"),
      field("families", &CandidatesSpec::families, families(), "model families with their parameters", Need::required)};
}

Fields<GateSpec> gate_fields() {
  return {field("baseline", &GateSpec::baseline, one_of({"champion", "constant"}), "whom the challenger must beat"),
          field("min_gain", &GateSpec::min_gain, number(-kInfinity, kInfinity),
                "promote only if the interval of the difference lies above"),
          field("confidence", &GateSpec::confidence, number_between(0, 1), "of the two-sided interval"),
          field("resamples", &GateSpec::resamples, integer(1, 1'000'000), "of the bootstrap"),
          field("slices", &GateSpec::slices, list_of(text()), "columns whose values are watched one by one"),
          field("max_slice_loss", &GateSpec::max_slice_loss, number(0, kInfinity), "what a slice may lose"),
          field("slice_rule", &GateSpec::slice_rule, one_of({"veto", "noninferior"}),
                "veto: no slice is shown to lose more; noninferior: every slice is shown not to"),
          field("floor", &GateSpec::floor, maybe(number(-kInfinity, kInfinity)),
                "the champion's floor: below it, and with nobody better, fall back")};
}

Fields<RegistrySpec> registry_fields() {
  return {field("store", &RegistrySpec::store, text(), "the SQLite file"),
          field("name", &RegistrySpec::name, plain_name(), "the name of the models; metadata.name by default")};
}

Fields<BudgetSpec> budget_fields() {
  return {field("time", &BudgetSpec::time, period(true),
                "no batch of candidates begins that would end later; 0s: no limit"),
          field("cost", &BudgetSpec::cost, number(0, kInfinity), "the same, in money; 0: no limit"),
          field("price_per_hour", &BudgetSpec::price_per_hour, number(0, kInfinity), "of the machine"),
          field("candidates", &BudgetSpec::candidates, integer(0, 1'000'000),
                "the most that are trained on all rows, the champion's configuration first; 0: no limit")};
}

Fields<CheckpointSpec> checkpoint_fields() {
  return {field("every", &CheckpointSpec::every, period(true),
                "the longest that a killed run has to do again when its id is run again; 0s: as little as possible")};
}

Fields<ComputeSpec> compute_fields() {
  return {field("device", &ComputeSpec::device, one_of({"auto", "cpu", "cuda"}),
                "auto is cuda where a usable GPU is found"),
          field("threads", &ComputeSpec::threads, integer(0, 4096), "0: all cores; the answer doesn't depend on it"),
          field("precision", &ComputeSpec::precision, one_of({"fp32"}), "of training"),
          field("seed", &ComputeSpec::seed, seed(), "of candidates, folds and resamples")};
}

// A field with a constant value: it says what kind of file this is.
Field<Spec> constant(const std::string& name, const std::string& value, const std::string& meaning) {
  const Codec<std::string> codec = one_of({value});
  return {name,
          meaning,
          true,
          [codec](const Node& node, Reading& reading, Spec&) { codec.read(node, reading); },
          [value](const Spec&) { return Json(value); },
          {{"const", value}}};
}

Fields<Spec> spec_fields() {
  return {
      constant("apiVersion", "bakeoff/v1", "the version of this format: bakeoff/v1"),
      constant("kind", "Bakeoff", "Bakeoff"),
      field("metadata", &Spec::name, alone("name", plain_name(), "the name of the bake-off"), "{name: flights-late}",
            Need::required),
      field("data", &Spec::data, object(data_fields()), "where the rows are and what the columns mean", Need::required),
      field("monitor", &Spec::monitor, maybe(object(monitor_fields())), "when the champion has declined"),
      field("split", &Spec::split, object(split_fields()), "{at: 2013-07-01, select: 14d, holdout: 14d} or {folds: 5}",
            Need::required),
      field("candidates", &Spec::candidates, object(candidate_fields()), "who competes", Need::required),
      field("objective", &Spec::objective, alone("metric", text(), "such as roc_auc"), "what the best is chosen by"),
      field("gate", &Spec::gate, object(gate_fields()), "what the challenger must show"),
      field("export", &Spec::exports, list_of(one_of(known_exports(), {"mlflow", "triton"})),
            "formats of the exported model"),
      field("registry", &Spec::registry, object(registry_fields()), "where models and champions are kept"),
      field("budget", &Spec::budget, object(budget_fields()), "limits of time and money"),
      field("checkpoint", &Spec::checkpoint, object(checkpoint_fields()), "how much of a killed run is kept"),
      field("compute", &Spec::compute, object(compute_fields()), "where and how it runs")};
}

}  // namespace

Codec<std::vector<FamilySpec>> families_codec() { return families(); }

const Codec<Spec>& spec_codec() {
  static const Codec<Spec> codec = object(spec_fields());
  return codec;
}

}  // namespace bakeoff::spec_reading
