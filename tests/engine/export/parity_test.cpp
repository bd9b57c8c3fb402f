#include "export/parity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>

#include "../registry/temporary_folder.h"
#include "core/hash.h"
#include "export/catalog.h"
#include "export/load_model.h"
#include "export/onnx/onnx.h"
#include "models.h"

namespace bakeoff {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class ParityTest : public ::testing::Test {
 protected:
  void SetUp() override { use_project_python(); }
  ParityProof prove(const Model& model, const Dataset& data) {
    return prove_parity(execution_, model, folder_.path().string(), data);
  }
  nlohmann::json written() { return nlohmann::json::parse(folder_.read("parity.json")); }

  TemporaryFolder folder_;
  Execution execution_{Device::cpu, 2};
};

// Rows of every kind, in numbers that a month of flights has.
Dataset many_rows(std::size_t rows) {
  std::mt19937_64 random(5);
  std::normal_distribution<double> normal;
  NumericColumn distance, seats{{}, true, {}};
  CategoricalColumn origin{{}, {"LGA", "EWR", "JFK", "new"}}, carrier{{}, {"AA", "ü\n\"x\"", "DL"}};
  TimeColumn time;
  for (std::size_t i = 0; i < rows; ++i) {
    distance.values.push_back(random() % 10 ? 1000 + 700 * normal(random) : kNaN);
    seats.values.push_back(random() % 3 ? static_cast<double>(random() % 400) : kNaN);
    origin.codes.push_back(static_cast<std::int32_t>(random() % 5) - 1);
    carrier.codes.push_back(static_cast<std::int32_t>(random() % 4) - 1);
    time.micros.push_back(random() % 50 ? at(2013, 1, 1) + static_cast<Micros>(random() % 365) * kDay +
                                              static_cast<Micros>(random() % 86'400'000'000)
                                        : TimeColumn::kMissingTime);
  }
  return Dataset(
      {{"distance", distance}, {"seats", seats}, {"origin", origin}, {"carrier", carrier}, {"time_hour", time}},
      "many");
}

TEST_F(ParityTest, IsProvedForEveryKindOfTermOnManyRows) {
  const LinearModel model(flight_parts());
  export_model(model, {"onnx", "safetensors"}, folder_.path().string());
  const auto data = many_rows(28'000);
  const auto proof = prove(model, data);
  EXPECT_TRUE(proof.proved) << proof.reason;
  EXPECT_EQ(proof.rows, 28'000);
  EXPECT_LE(proof.max_difference, 1e-6);
  EXPECT_THAT(proof.judge, StartsWith("onnxruntime "));
  EXPECT_EQ(proof.reason, "");
  // The other export is the same model.
  const auto loaded = load_model(folder_.path().string());
  EXPECT_EQ(loaded->predict(execution_, data), model.predict(execution_, data));
}

TEST_F(ParityTest, WritesWhatItFoundAndOnWhichFile) {
  const LinearModel model(flight_parts());
  write_onnx(model, folder_.path().string());
  const auto proof = prove(model, flights());
  ASSERT_TRUE(proof.proved) << proof.reason;
  const auto json = written();
  EXPECT_EQ(json.at("proved"), true);
  EXPECT_EQ(json.at("rows"), 6);
  EXPECT_EQ(json.at("max_difference"), proof.max_difference);
  EXPECT_EQ(json.at("tolerance"), 1e-5);
  EXPECT_EQ(json.at("judge"), proof.judge);
  EXPECT_EQ(json.at("sha256"), sha256_file(folder_ / kOnnxFile));
}

TEST_F(ParityTest, LargePredictionsAreComparedByTheirSize) {
  auto parts = flight_parts();
  parts.link = LinearModel::Link::identity;
  parts.task = Task::regression;
  for (auto& term : parts.numeric) term.coefficient *= 1e6f;
  const LinearModel model(parts);
  write_onnx(model, folder_.path().string());
  const auto proof = prove(model, many_rows(2000));
  EXPECT_TRUE(proof.proved) << proof.reason;
}

TEST_F(ParityTest, AnotherModelsFileIsNotProved) {
  auto other = flight_parts();
  other.categorical[0].missing += 0.001f;  // on one row of six
  write_onnx(LinearModel(other), folder_.path().string());
  const auto proof = prove(LinearModel(flight_parts()), flights());
  EXPECT_FALSE(proof.proved);
  EXPECT_GT(proof.max_difference, 1e-5);
  EXPECT_LT(proof.max_difference, 1e-3);
  EXPECT_THAT(proof.reason, StartsWith("parity not proved: row 2 scores "));
  EXPECT_EQ(written().at("proved"), false);
}

TEST_F(ParityTest, ADamagedFileIsNotProved) {
  folder_.write(kOnnxFile, "damaged");
  const auto proof = prove(LinearModel(flight_parts()), flights());
  EXPECT_FALSE(proof.proved);
  EXPECT_THAT(proof.reason, HasSubstr("can't load"));
}

TEST_F(ParityTest, WithoutAFileOrRowsNothingIsProved) {
  const LinearModel model(flight_parts());
  EXPECT_THAT(prove(model, flights()).reason, HasSubstr("add onnx to `export`"));
  write_onnx(model, folder_.path().string());
  EXPECT_THAT(prove(model, flights().take({})).reason, HasSubstr("no rows"));
  EXPECT_EQ(written().at("max_difference"), nullptr);
}

TEST_F(ParityTest, WithoutAJudgeNothingIsProved) {
  const LinearModel model(flight_parts());
  write_onnx(model, folder_.path().string());
  const std::string before = getenv("BAKEOFF_PYTHON") ? getenv("BAKEOFF_PYTHON") : "";
  setenv("BAKEOFF_PYTHON", "/no/such/python", 1);
  const auto proof = prove(model, flights());
  before.empty() ? unsetenv("BAKEOFF_PYTHON") : setenv("BAKEOFF_PYTHON", before.c_str(), 1);
  EXPECT_FALSE(proof.proved);
  EXPECT_THAT(proof.reason, StartsWith("parity not proved: no Python with onnxruntime"));
  EXPECT_EQ(written().at("proved"), false);
}

TEST_F(ParityTest, ScoresThatAreNoNumbersAreNotProved) {
  auto parts = flight_parts();
  parts.intercept = std::numeric_limits<float>::quiet_NaN();
  const LinearModel model(parts);
  write_onnx(model, folder_.path().string());
  const auto proof = prove(model, flights());
  EXPECT_FALSE(proof.proved);
  EXPECT_EQ(proof.max_difference, std::numeric_limits<double>::infinity());
}

}  // namespace
}  // namespace bakeoff
