#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <limits>
#include <random>

#include "../registry/temporary_folder.h"
#include "core/error.h"
#include "export/load_model.h"
#include "export/safetensors/container.h"
#include "export/safetensors/linear_file.h"
#include "models.h"

namespace bakeoff {
namespace {

using ::testing::HasSubstr;

std::shared_ptr<const Model> again(const LinearModel& model) {
  return model_from_safetensors(safetensors_bytes(model), "model.safetensors");
}

bool same_bits(float a, float b) { return std::memcmp(&a, &b, sizeof a) == 0; }

void expect_same(const LinearModel::Parts& a, const LinearModel::Parts& b) {
  EXPECT_EQ(a.family, b.family);
  EXPECT_EQ(a.task, b.task);
  EXPECT_EQ(a.link, b.link);
  EXPECT_EQ(a.zone, b.zone);
  EXPECT_TRUE(same_bits(a.intercept, b.intercept));
  ASSERT_EQ(a.numeric.size(), b.numeric.size());
  for (std::size_t i = 0; i < a.numeric.size(); ++i) {
    EXPECT_EQ(a.numeric[i].column, b.numeric[i].column);
    EXPECT_TRUE(same_bits(a.numeric[i].mean, b.numeric[i].mean));
    EXPECT_TRUE(same_bits(a.numeric[i].coefficient, b.numeric[i].coefficient));
  }
  ASSERT_EQ(a.categorical.size(), b.categorical.size());
  for (std::size_t i = 0; i < a.categorical.size(); ++i) {
    EXPECT_EQ(a.categorical[i].column, b.categorical[i].column);
    EXPECT_EQ(a.categorical[i].categories, b.categorical[i].categories);
    EXPECT_EQ(a.categorical[i].coefficients, b.categorical[i].coefficients);
    EXPECT_TRUE(same_bits(a.categorical[i].other, b.categorical[i].other));
    EXPECT_TRUE(same_bits(a.categorical[i].missing, b.categorical[i].missing));
  }
}

TEST(Safetensors, GivesTheSameModelBackBitForBit) {
  auto parts = flight_parts();
  parts.intercept = -0.0f;
  parts.numeric[0].mean = std::numeric_limits<float>::denorm_min();
  parts.numeric[1].mean = std::numeric_limits<float>::max();
  const LinearModel model(parts);
  const auto loaded = again(model);
  expect_same(loaded->linear()->parts(), parts);
  EXPECT_EQ(safetensors_bytes(*loaded), safetensors_bytes(model));
}

TEST(Safetensors, HoldsEveryShapeOfModel) {
  LinearModel::Parts parts;
  parts.family = "ridge";
  parts.task = Task::regression;
  parts.link = LinearModel::Link::identity;
  parts.intercept = 3.25f;
  expect_same(again(LinearModel(parts))->linear()->parts(), parts);  // no column at all
  parts.link = LinearModel::Link::log;
  expect_same(again(LinearModel(parts))->linear()->parts(), parts);
  parts.categorical = {{"empty", {}, {}, 1.f, 2.f}};
  for (int i = 0; i < 12; ++i)
    parts.categorical.push_back({"c" + std::to_string(i), {"a"}, {static_cast<float>(i)}, 0, 0});
  expect_same(again(LinearModel(parts))->linear()->parts(), parts);
}

TEST(Safetensors, GoesThroughAFolder) {
  const TemporaryFolder folder;
  const LinearModel model(flight_parts());
  write_safetensors(model, folder.path().string());
  expect_same(load_model(folder.path().string())->linear()->parts(), model.parts());
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 1);  // nothing left beside it
}

TEST(Safetensors, AMissingFileIsASpecErrorThatNamesIt) {
  const TemporaryFolder folder;
  EXPECT_THAT(error_text<SpecError>([&] { load_model(folder.path().string()); }), HasSubstr("model.safetensors"));
}

TEST(Safetensors, NamesMustBeUtf8) {
  auto parts = flight_parts();
  parts.categorical[0].categories[0] = "\xff\xfe";
  EXPECT_THAT(error_text<DataError>([&] { safetensors_bytes(LinearModel(parts)); }), HasSubstr("UTF-8"));
}

// Length, header and data of a file.
std::string file_of(const std::string& header, const std::string& data, std::int64_t length = -1) {
  const std::uint64_t n = length < 0 ? header.size() : static_cast<std::uint64_t>(length);
  return std::string(reinterpret_cast<const char*>(&n), 8) + header + data;
}
std::string refusal(const std::string& bytes) {
  return error_text<DataError>([&] { safetensors::decode(bytes, "m.safetensors"); });
}

TEST(SafetensorsAttack, ATruncatedFileIsRefusedAtEveryLength) {
  const auto bytes = safetensors_bytes(LinearModel(flight_parts()));
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_THROW(model_from_safetensors(bytes.substr(0, size), "m"), DataError) << size;
  EXPECT_THROW(model_from_safetensors(bytes + "x", "m"), DataError);
}

TEST(SafetensorsAttack, AHugeHeaderIsRefusedWithoutBeingRead) {
  EXPECT_THAT(refusal(file_of("{}", "", std::numeric_limits<std::int64_t>::max())), HasSubstr("header should have"));
  EXPECT_THAT(refusal(std::string(8, '\xff') + "{}"), HasSubstr("18446744073709551615 bytes"));
  EXPECT_THAT(refusal(file_of("{}", "", 3)), HasSubstr("header should have 3"));
}

TEST(SafetensorsAttack, HeadersThatAreNoHeader) {
  EXPECT_THAT(refusal(file_of("", "")), HasSubstr("no valid JSON"));
  EXPECT_THAT(refusal(file_of("{", "")), HasSubstr("no valid JSON"));
  EXPECT_THAT(refusal(file_of(std::string(100'000, '['), "")), HasSubstr("no valid JSON"));
  EXPECT_THAT(refusal(file_of("[]", "")), HasSubstr("no JSON object"));
  EXPECT_THAT(refusal(file_of(R"({"__metadata__": 3})", "")), HasSubstr("__metadata__"));
  EXPECT_THAT(refusal(file_of(R"({"__metadata__": {"a": 3}})", "")), HasSubstr("__metadata__"));
  EXPECT_THAT(refusal(file_of(R"({"a": 3})", "")), HasSubstr("dtype"));
}

std::string tensor(const char* name, const char* shape, const char* offsets, const char* dtype = "F32") {
  return std::string("\"") + name + R"(": {"dtype": ")" + dtype + R"(", "shape": )" + shape + R"(, "data_offsets": )" +
         offsets + "}";
}
std::string refused_tensors(const std::string& tensors, std::size_t data = 8) {
  return refusal(file_of("{" + tensors + "}", std::string(data, '\0')));
}

TEST(SafetensorsAttack, TensorsThatOverlapLeaveAGapOrGoBeyondTheEnd) {
  EXPECT_THAT(refused_tensors(tensor("a", "[2]", "[0,8]") + "," + tensor("b", "[1]", "[4,8]")), HasSubstr("overlaps"));
  EXPECT_THAT(refused_tensors(tensor("a", "[2]", "[0,8]") + "," + tensor("b", "[2]", "[0,8]")), HasSubstr("overlaps"));
  EXPECT_THAT(refused_tensors(tensor("a", "[1]", "[4,8]")), HasSubstr("leaves a gap"));
  EXPECT_THAT(refused_tensors(tensor("a", "[1]", "[0,4]")), HasSubstr("4 bytes at the end belong to no tensor"));
  EXPECT_THAT(refused_tensors(tensor("a", "[4]", "[0,16]")), HasSubstr("beyond the end"));
  EXPECT_THAT(refused_tensors(tensor("a", "[1]", "[0,4]") + "," + tensor("a", "[1]", "[4,8]")),
              HasSubstr("comes twice"));
}

TEST(SafetensorsAttack, TensorsOfAnotherTypeOrShape) {
  EXPECT_THAT(refused_tensors(tensor("a", "[1]", "[0,8]", "F64")), HasSubstr("dtype F32"));
  EXPECT_THAT(refused_tensors(tensor("a", "[3]", "[0,8]")), HasSubstr("another number of bytes"));
  EXPECT_THAT(refused_tensors(tensor("a", "[1]", "[8,4]")), HasSubstr("another number of bytes"));
  EXPECT_THAT(refused_tensors(tensor("a", "[1,2]", "[0,8]")), HasSubstr("one dimension"));
  EXPECT_THAT(refused_tensors(tensor("a", "[-2]", "[0,8]")), HasSubstr("one dimension"));
  EXPECT_THAT(refused_tensors(tensor("a", "[2]", "[0.0,8]")), HasSubstr("data_offsets"));
  // 4 * 2^62 + 8 overflows to 8.
  EXPECT_THAT(refused_tensors(tensor("a", "[4611686018427387906]", "[0,8]")), HasSubstr("another number of bytes"));
}

TEST(SafetensorsAttack, OtherPeoplesFilesAndOtherVersionsAreRefused) {
  safetensors::File file;
  file.tensors["weight"] = {1, 2};
  EXPECT_THAT(error_text<DataError>([&] { model_from_safetensors(safetensors::encode(file), "m"); }),
              HasSubstr("Bakeoff did not write it"));
  const auto with = [](const std::string& from, const std::string& to) {
    auto f = safetensors::decode(safetensors_bytes(LinearModel(flight_parts())), "m");
    auto& about = f.metadata["bakeoff"];
    about.replace(about.find(from), from.size(), to);
    return error_text<DataError>([&] { model_from_safetensors(safetensors::encode(f), "m"); });
  };
  EXPECT_THAT(with("\"format\":1", "\"format\":2"), HasSubstr("another version"));
  EXPECT_THAT(with("\"link\":\"logistic\"", "\"link\":\"probit\""),
              HasSubstr("expected link to be identity, logistic or log"));
  EXPECT_THAT(with("\"zone\"", "\"zoned\""), HasSubstr("description of a model"));
  EXPECT_THAT(with("\"JFK\",", ""), HasSubstr("to have"));
  EXPECT_THAT(with("\"distance\",", ""), HasSubstr("to have 1 values, got 2"));
  EXPECT_THAT(with("\"distance\"", "3"), HasSubstr("description of a model"));
}

TEST(SafetensorsAttack, FlippedBytesNeverDoMoreThanADataError) {
  const auto good = safetensors_bytes(LinearModel(flight_parts()));
  std::mt19937 random(7);
  int refused = 0;
  for (int i = 0; i < 4000; ++i) {
    auto bad = good;
    for (int flips = 1 + i % 3; flips > 0; --flips) bad[random() % bad.size()] = static_cast<char>(random());
    try {
      model_from_safetensors(bad, "m");
    } catch (const DataError&) {
      ++refused;
    }
  }
  EXPECT_GT(refused, 1000);
}

}  // namespace
}  // namespace bakeoff
