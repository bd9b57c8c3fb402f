#include "core/json_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"

namespace bakeoff {
namespace {

TEST(JsonText, KeepsTheOrderOfFieldsAndTheDigitsOfNumbers) {
  const Json value = {{"z", 0.1}, {"a", 1e-300}, {"m", 9007199254740993}};
  EXPECT_EQ(json_line(value), R"({"z":0.1,"a":1e-300,"m":9007199254740993})");
  EXPECT_EQ(parse_json(json_pretty(value), "f"), value);
  EXPECT_EQ(json_pretty(value).back(), '\n');
}

TEST(JsonText, SaysWhereAFileIsDamaged) {
  try {
    parse_json("{\n \"a\": 1,\n \"b\": oops}", "decision.json");
    FAIL() << "accepted";
  } catch (const DataError& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("decision.json:3:"));
  }
  EXPECT_THROW(parse_json("", "f"), DataError);
  EXPECT_THROW(parse_json("{", "f"), DataError);
  EXPECT_THROW(parse_json(std::string("\0\xff", 2), "f"), DataError);
}

}  // namespace
}  // namespace bakeoff
