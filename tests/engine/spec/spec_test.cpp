#include "spec/spec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "spec_text.h"

namespace bakeoff {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

TEST(Spec, ReadsEveryField) {
  const Spec spec = parse(kSpecText);
  EXPECT_EQ(spec.name, "flights-late");
  EXPECT_EQ(spec.data.source, "data/flights.parquet");
  EXPECT_EQ(spec.data.task, Task::binary);
  EXPECT_EQ(spec.data.unit.time, "time_hour");
  EXPECT_EQ(spec.data.unit.every, kDay);
  EXPECT_EQ(spec.data.label_delay, kDay);
  EXPECT_THAT(spec.data.features.numeric, ElementsAre("temp", "distance"));
  EXPECT_THAT(spec.data.features.categorical, ElementsAre("origin", "carrier"));
  EXPECT_THAT(spec.data.features.time_parts, ElementsAre("time_hour.hour", "time_hour.weekday"));
  ASSERT_TRUE(spec.monitor.has_value());
  EXPECT_EQ(spec.monitor->trigger.patience, 2);
  EXPECT_EQ(spec.monitor->trigger.cooldown, 28 * kDay);
  EXPECT_EQ(spec.split.at, parse_time("2013-07-01T04:00:00Z"));  // midnight in New York
  EXPECT_THAT(spec.candidates.windows, ElementsAre(60 * kDay, 90 * kDay, CandidatesSpec::kAllHistory));
  EXPECT_THAT(spec.candidates.feature_sets.at("schedule"), ElementsAre("origin", "time_hour.hour"));
  ASSERT_EQ(spec.candidates.families.size(), 1u);
  const auto& l2 = std::get<Range>(spec.candidates.families[0].parameters.at("l2"));
  EXPECT_EQ(l2.scale, Range::Scale::log);
  EXPECT_EQ(l2.low, 1e-6);
  EXPECT_EQ(l2.high, 10);
  EXPECT_EQ(spec.objective, "roc_auc");
  EXPECT_EQ(spec.gate.floor, 0.6);
  EXPECT_EQ(spec.registry.store, "build/bakeoff.db");
}

TEST(Spec, TakesDefaultsWhereItIsSilent) {
  const Spec spec = parse(R"({"apiVersion": "bakeoff/v1", "kind": "Bakeoff", "metadata": {"name": "n"},
    "data": {"source": "s", "target": "y", "features": {"numeric": ["x"]}}, "split": {"folds": 5},
    "candidates": {"families": {"logistic": null}}})");
  EXPECT_EQ(spec.gate.resamples, GateSpec().resamples);
  EXPECT_EQ(spec.candidates.count, CandidatesSpec().count);
  EXPECT_EQ(spec.registry.name, "n");
  EXPECT_FALSE(spec.monitor.has_value());
  EXPECT_TRUE(spec.data.unit.none());
}

TEST(Spec, TheCooldownIsTheHoldoutWhereNothingIsSaid) {
  const Spec spec = parse(replaced(kSpecText, ", cooldown: 28d", ""));
  EXPECT_EQ(spec.monitor->trigger.cooldown, 14 * kDay);
}

TEST(Spec, ReadsParametersAsNumberListOrRange) {
  const auto l2 = [](const std::string& value) {
    return parse_with("candidates.families.logistic.l2", value).candidates.families[0].parameters.at("l2");
  };
  EXPECT_THAT(std::get<std::vector<double>>(l2("0.5")), ElementsAre(0.5));
  EXPECT_THAT(std::get<std::vector<double>>(l2("[0, 1e-3, 1]")), ElementsAre(0, 1e-3, 1));
  EXPECT_EQ(std::get<Range>(l2("{linear: [0, 1]}")).scale, Range::Scale::linear);
}

TEST(Spec, ReadsJsonIndentedWithTabs) {
  EXPECT_EQ(parse("{\n\t\"apiVersion\": \"bakeoff/v1\", \"kind\": \"Bakeoff\", \"metadata\": {\"name\": \"n\"},\n"
                  "\t\"data\": {\"source\": \"s\", \"target\": \"y\", \"features\": {\"numeric\": [\"x\"]}},\n"
                  "\t\"split\": {\"folds\": 5}, \"candidates\": {\"families\": {\"logistic\": {\"l2\": 1}}}}")
                .name,
            "n");
}

TEST(Spec, ReadsAnchors) {
  const Spec spec =
      parse(replaced(replaced(kSpecText, "numeric: [temp", "numeric: [&t temp"), "all: [temp", "all: [*t"));
  EXPECT_EQ(spec.candidates.feature_sets.at("all")[0], "temp");
}

TEST(Spec, ItsTextIsTheWholeSpecAndReadsBackAsItself) {
  const Spec spec = parse_with("data.target", "\"a: b \\\" #c\"");
  const Spec again = parse_spec(spec.text, "spec.yaml");
  EXPECT_EQ(again.text, spec.text);
  EXPECT_EQ(again.data.target, "a: b \" #c");
  EXPECT_EQ(again.split.at, spec.split.at);
  EXPECT_THAT(spec.text, HasSubstr("resamples: 2000"));  // defaults are written out
}

TEST(Spec, ItsTextDoesNotDependOnOrderCommentsAndStyle) {
  const std::string other =
      replaced(replaced(kSpecText, "kind: Bakeoff\n", ""), "objective:", "kind: 'Bakeoff'  # last\nobjective:");
  EXPECT_EQ(parse(other).text, parse(kSpecText).text);
  EXPECT_NE(parse_with("gate.resamples", "1000").text, parse(kSpecText).text);
}

TEST(Spec, ItsHashLeavesOutWhereItRuns) {
  const std::string hash = content_hash(parse(kSpecText));
  EXPECT_EQ(content_hash(parse_with("compute.threads", "7")), hash);
  EXPECT_EQ(content_hash(parse_with("compute.device", "cpu")), hash);
  EXPECT_NE(content_hash(parse_with("compute.seed", "7")), hash);
}

TEST(Overrides, SetMakeAndRemoveFields) {
  const Spec spec = parse(kSpecText, {{"split.at", "2013-10-01"},
                                      {"budget.time", "10m"},
                                      {"monitor", "null"},
                                      {"candidates.windows", "[30d, all]"},
                                      {"candidates.families.logistic.l2", "{log: [1e-3, 1]}"}});
  EXPECT_EQ(spec.split.at, parse_time("2013-10-01", "America/New_York"));
  EXPECT_EQ(spec.budget.time, 600 * kSecond);
  EXPECT_FALSE(spec.monitor.has_value());
  EXPECT_THAT(spec.candidates.windows, ElementsAre(30 * kDay, CandidatesSpec::kAllHistory));
}

TEST(Overrides, ALaterOneWins) {
  EXPECT_EQ(parse(kSpecText, {{"candidates.count", "5"}, {"candidates.count", "6"}}).candidates.count, 6);
}

TEST(Overrides, AreNamedInErrors) {
  EXPECT_THAT(spec_error([] { parse_with("candidates.count", "many"); }),
              AllOf(HasSubstr("--set candidates.count=many"), HasSubstr("whole number"), HasSubstr("'many'")));
  EXPECT_THAT(spec_error([] { parse_with("candidates.cuont", "5"); }), HasSubstr("did you mean 'count'?"));
  EXPECT_THAT(spec_error([] { parse_with("candidates.count.x", "5"); }), HasSubstr("which has no fields"));
  EXPECT_THAT(spec_error([] { parse_with("candidates..count", "5"); }), HasSubstr("path of fields"));
  EXPECT_THAT(spec_error([] { parse_with("gate.slices", "[a"); }), HasSubstr("--set gate.slices=[a"));
  EXPECT_THAT(spec_error([] { parse_override("x"); }), HasSubstr("field=value"));
  EXPECT_EQ(parse_override("a.b=c=d"), (std::pair<std::string, std::string>("a.b", "c=d")));
}

TEST(SpecErrors, NameFileLineFieldAndTheNearestName) {
  EXPECT_THAT(spec_error([] { parse(replaced(kSpecText, "  strategy: sobol", "  stratgey: sobol")); }),
              HasSubstr("flights.yaml:21: candidates.stratgey: unknown field; did you mean 'strategy'?"));
  EXPECT_THAT(spec_error([] { parse(replaced(kSpecText, "sobol", "sobl")); }),
              HasSubstr("flights.yaml:21: candidates.strategy: expected one of grid, random, sobol, halving, "
                        "hyperband, got 'sobl'; did "
                        "you mean 'sobol'?"));
}

TEST(SpecErrors, AreToldAllAtOnce) {
  const std::string text = spec_error([] {
    parse(kSpecText, {{"candidates.count", "0"}, {"gate.confidence", "95"}, {"split.gap", "1"}});
  });
  EXPECT_THAT(text, AllOf(HasSubstr("candidates.count"), HasSubstr("gate.confidence"), HasSubstr("split.gap")));
}

struct Wrong {
  const char *path, *value, *says;
};
class WrongValue : public testing::TestWithParam<Wrong> {};

TEST_P(WrongValue, IsRefusedWithWhatWasExpected) {
  const Wrong& wrong = GetParam();
  EXPECT_THAT(spec_error([&] { parse_with(wrong.path, wrong.value); }),
              AllOf(HasSubstr(wrong.path), HasSubstr(wrong.says)));
}

INSTANTIATE_TEST_SUITE_P(
    Fields, WrongValue,
    testing::Values(
        Wrong{"apiVersion", "bakeoff/v2", "expected 'bakeoff/v1'"}, Wrong{"kind", "Bakery", "expected 'Bakeoff'"},
        Wrong{"metadata.name", "a/b", "letters, digits"}, Wrong{"data", "[1]", "expected a map"},
        Wrong{"data.source", "null", "is missing"}, Wrong{"data.source", "''", "empty"},
        Wrong{"data.task", "multilabel", "not available in this version"},
        Wrong{"data.unit.every", "1", "add the unit"}, Wrong{"data.unit.every", "0d", "longer than zero"},
        Wrong{"data.unit.zone", "America/NewYork", "did you mean 'America/New_York'?"},
        Wrong{"data.unit", "{time: t, every: 1d, column: c}", "got both"},
        Wrong{"data.label_delay", "-1d", "expected a period"},
        Wrong{"data.features.numeric", "temp", "expected a list"},
        Wrong{"data.features.numeric", "[temp, temp]", "twice"},
        Wrong{"data.features.numeric", "[temp, {a: b}]", "expected a text, got a map"},
        Wrong{"data.features", "{numeric: []}", "at least one"},
        Wrong{"data.features.numeric", "[late]", "gives the label away"},
        Wrong{"data.features.categorical", "[temp]", "is numeric, too"},
        Wrong{"data.features.categorical", "[time_hour.weekdy]", "did you mean 'weekday'?"},
        Wrong{"monitor.trigger.drift", "{pis: 0.2}", "did you mean 'psi'?"},
        Wrong{"monitor.trigger.drift", "{psi: -1}", "expected a number"},
        Wrong{"monitor.trigger.drift", "{fdr: 0}", "strictly from 0 to 1"},
        Wrong{"monitor.trigger.cooldown", "13d", "at least split.holdout (14d), got 13d"},
        Wrong{"monitor.trigger.confidence", "1", "strictly from 0 to 1"},
        Wrong{"monitor.trigger.patience", "1.5", "whole number"},
        Wrong{"split.at", "2013-02-30", "not a day of the calendar"}, Wrong{"split.at", "July", "expected a time"},
        Wrong{"split.folds", "5", "got both"}, Wrong{"split.select", "0d", "longer than zero"},
        Wrong{"split", "{select: 14d}", "got neither"}, Wrong{"split", "{folds: 1}", "at least 2 folds"},
        Wrong{"split.by", "rows", "one of random, group, time"}, Wrong{"candidates.count", "0", "from 1 to 1000000"},
        Wrong{"candidates.count", "'256'", "got the text '256'"}, Wrong{"candidates.count", "1e3", "whole number"},
        Wrong{"candidates.count", "99999999999999999999", "whole number"},
        Wrong{"candidates.strategy", "halvin", "did you mean 'halving'?"},
        Wrong{"candidates.eta", "1", "expected a number from 2 to 100"},
        Wrong{"candidates.windows", "[60]", "add the unit"}, Wrong{"candidates.windows", "[60d, 60d]", "twice"},
        Wrong{"candidates.feature_sets", "{s: [origni]}", "did you mean 'origin'?"},
        Wrong{"candidates.feature_sets", "{s: []}", "at least 1"},
        Wrong{"candidates.families", "{logstic: {}}", "did you mean 'logistic'?"},
        Wrong{"candidates.families", "{}", "known: logistic, "},
        Wrong{"candidates.families", "{ridge: {}}", "but data.task is binary"},
        Wrong{"candidates.families.logistic", "{l1: 1}", "did you mean 'l2'?"},
        Wrong{"candidates.families.logistic.l2", "{log: [0, 1]}", "low > 0"},
        Wrong{"candidates.families.logistic.l2", "{log: [2, 1]}", "low < high"},
        Wrong{"candidates.families.logistic.l2", "{log: [1]}", "two ends"},
        Wrong{"candidates.families.logistic.l2", "{lg: [1, 2]}", "did you mean 'log'?"},
        Wrong{"candidates.families.logistic.l2", "[-1]", "at least 0"},
        Wrong{"candidates.families.logistic.l2", "nan", "expected a number"},
        Wrong{"candidates.families.logistic.l2", "[]", "at least 1"},
        Wrong{"candidates.families.logistic.l1_ratio", "1.5", "from 0 to 1"},
        Wrong{"candidates.families.logistic.l1_ratio", "[0, 2]", "from 0 to 1"},
        Wrong{"candidates.families.logistic.l1_ratio", "{linear: [0, 2]}", "at most 1"},
        Wrong{"gate.baseline", "best", "champion, constant"}, Wrong{"gate.confidence", "0", "strictly from 0 to 1"},
        Wrong{"gate.resamples", "0", "from 1 to 1000000"}, Wrong{"gate.resamples", "30", "expected at least 40"},
        Wrong{"gate.max_slice_loss", "-0.1", "at least 0"}, Wrong{"gate.slice_rule", "never", "veto, noninferior"},
        Wrong{"gate.slices", "[late]", "one class"}, Wrong{"export", "[pickle]", "onnx, safetensors"},
        Wrong{"export", "[triton]", "not available in this version"},
        Wrong{"budget.cost", "5", "expected the machine's price"}, Wrong{"compute.device", "gpu", "auto, cpu, cuda"},
        Wrong{"compute.seed", "-1", "whole number"}, Wrong{"compute.precision", "fp16", "expected 'fp32'"}),
    [](const auto& info) { return std::to_string(info.index); });

TEST(SpecErrors, AGridNeedsLists) {
  EXPECT_THAT(spec_error([] { parse_with("candidates.strategy", "grid"); }),
              HasSubstr("flights.yaml:25: candidates.families.logistic.l2: strategy grid needs a list of values"));
}

TEST(SpecFiles, ThatAreNotSpecsAreRefused) {
  EXPECT_THAT(spec_error([] { parse(""); }), HasSubstr("expected a spec"));
  EXPECT_THAT(spec_error([] { parse("# nothing\n"); }), HasSubstr("expected a spec"));
  EXPECT_THAT(spec_error([] { parse("just words"); }), HasSubstr("got 'just words'"));
  EXPECT_THAT(spec_error([] { parse("[1, 2]"); }), HasSubstr("got a list"));
  EXPECT_THAT(spec_error([] { parse("{}"); }), HasSubstr("'apiVersion' is missing"));
  EXPECT_THAT(spec_error([] { parse(std::string("PAR1\x00\xff\xfe\x01\x02", 9)); }), testing::Not("accepted"));
  EXPECT_THAT(spec_error([] { parse("a: 1\n---\nb: 2\n"); }), HasSubstr("one YAML document, got 2"));
  EXPECT_THAT(spec_error([] { parse("a: 1\na: 2\n"); }), HasSubstr("flights.yaml:2: the field 'a' is there twice"));
  EXPECT_THAT(spec_error([] { parse("data:\n\tsource: x\n"); }),
              AllOf(HasSubstr("flights.yaml:2"), HasSubstr("not tabs")));
  EXPECT_THAT(spec_error([] { parse("a: &x {b: 1}\nc: {<<: *x}\n"); }), HasSubstr("merge keys"));
  EXPECT_THAT(spec_error([] { parse("? [a]\n: b\n"); }), HasSubstr("name of a field"));
  EXPECT_THAT(spec_error([] { parse(std::string(5 << 20, 'x')); }), HasSubstr("4 MiB"));
  EXPECT_THAT(spec_error([] { read_spec("no/such/spec.yaml"); }), HasSubstr("no/such/spec.yaml"));
}

TEST(SpecFiles, AliasesThatExpandWithoutEndAreRefused) {
  std::string laughs = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n";
  for (int i = 1; i < 12; ++i) {
    const std::string n = std::to_string(i), p = "*a" + std::to_string(i - 1);
    laughs += "a" + n + ": &a" + n + " [" + p + "," + p + "," + p + "," + p + "," + p + "," + p + "]\n";
  }
  EXPECT_THAT(spec_error([&] { parse(laughs); }), HasSubstr("aliases?"));
  EXPECT_THAT(spec_error([&] { parse("a: &a [*a]\n"); }), testing::Not("accepted"));
  EXPECT_THAT(spec_error([&] { parse("a: " + std::string(100'000, '[')); }), testing::Not("accepted"));
}

}  // namespace
}  // namespace bakeoff
