#include <gtest/gtest.h>

#include "../../source_dir.h"
#include "core/file.h"
#include "core/json_text.h"
#include "spec/spec.h"
#include "spec/vocabulary.h"

namespace bakeoff {
namespace {

TEST(Schema, InConfigsIsTheOneThatTheTableMakes) {
  const auto root = test::source_dir();
  EXPECT_EQ(read_file((root / "configs" / "schema.json").string()), spec_schema())
      << "make it again: .venv/bin/bakeoff schema > configs/schema.json";
}

TEST(Schema, RefusesUnknownFieldsAtEveryLevel) {
  const Json schema = parse_json(spec_schema(), "schema");
  EXPECT_EQ(schema["additionalProperties"], false);
  for (const auto& [name, property] : schema["properties"].items()) {
    if (property.value("type", "") == "object") EXPECT_EQ(property["additionalProperties"], false) << name;
  }
}

TEST(Schema, KnowsEveryFamilyAndItsParameters) {
  const Json schema = parse_json(spec_schema(), "schema");
  const Json& families = schema["properties"]["candidates"]["properties"]["families"]["properties"];
  for (const FamilyWords& family : known_families())
    for (const FamilyParameter& parameter : family.parameters)
      EXPECT_TRUE(families[family.name]["properties"].contains(parameter.name)) << family.name << "." << parameter.name;
}

TEST(Schema, SaysTheDefaultsOfTheSpec) {
  const Json schema = parse_json(spec_schema(), "schema");
  EXPECT_EQ(schema["properties"]["gate"]["properties"]["resamples"]["default"], GateSpec().resamples);
  EXPECT_EQ(schema["properties"]["candidates"]["properties"]["strategy"]["default"], CandidatesSpec().strategy);
}

}  // namespace
}  // namespace bakeoff
