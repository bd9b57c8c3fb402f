// Champions that Bakeoff did not make: the files of tests/golden/foreign_champions, by scikit-learn and skl2onnx.
#include "export/onnx/runtime.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "../registry/temporary_folder.h"
#include "core/error.h"
#include "export/onnx/onnx.h"
#include "models.h"

namespace bakeoff {
namespace {

using ::testing::FloatNear;
using ::testing::HasSubstr;
using ::testing::Pointwise;

// Puts an environment variable back when the test ends.
class Variable {
 public:
  Variable(const char* name, const std::string& value) : name_(name) {
    if (const char* old = getenv(name)) old_ = old;
    setenv(name, value.c_str(), 1);
  }
  ~Variable() { old_.empty() ? unsetenv(name_) : setenv(name_, old_.c_str(), 1); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  const char* name_;
  std::string old_;
};

class OnnxRuntimeTest : public ::testing::Test {
 protected:
  void SetUp() override { use_project_python(); }

  static std::string golden(const std::string& name) {
    return (test::source_dir() / "tests" / "golden" / "foreign_champions" / name).string();
  }
  static std::vector<float> expected(const char* model) {
    std::ifstream in(golden("expected.json"));
    return nlohmann::json::parse(in).at(model).get<std::vector<float>>();
  }
  static Dataset data() {
    return Dataset({{"a", NumericColumn{{-1, 0.25, 2}, false, {}}},
                    {"b", text_column({"x", "y", "x"})},
                    {"n", NumericColumn{{0, 4, 8}, true, {}}},
                    {"a2", NumericColumn{{1, 0.0625, 4}, false, {}}}},
                   "three rows");
  }
  std::string refusal(const std::string& model, const Dataset& rows, const std::vector<std::string>& columns = {}) {
    return error_text<DataError>([&] { predict_onnx(execution_, golden(model), rows, columns); });
  }

  Execution execution_{Device::cpu, 2};
};

TEST_F(OnnxRuntimeTest, OneInputOfSeveralColumnsTakesThoseThatAreNamed) {
  for (const char* model : {"map.onnx", "tensor.onnx"}) {
    const auto found = predict_onnx(execution_, golden(model), data(), {"a", "n", "a2"});
    EXPECT_THAT(found.scores, Pointwise(FloatNear(1e-6), expected("plain"))) << model;
    EXPECT_THAT(found.judge, ::testing::StartsWith("onnxruntime 1."));
  }
}

TEST_F(OnnxRuntimeTest, InputsAreFedByNameAndType) {
  EXPECT_THAT(predict_onnx(execution_, golden("columns.onnx"), data()).scores,
              Pointwise(FloatNear(1e-6), expected("pipeline")));
}

TEST_F(OnnxRuntimeTest, WhatDoesNotFitIsADataErrorThatNamesModelAndColumn) {
  EXPECT_THAT(refusal("map.onnx", data()), HasSubstr("'float_input' takes 3 columns at once, and 0 were named"));
  EXPECT_THAT(refusal("map.onnx", data(), {"a", "n", "b"}), HasSubstr("expects numbers"));
  EXPECT_THAT(refusal("map.onnx", data(), {"a", "n", "z"}), HasSubstr("the model reads 'z'"));
  const Dataset without({{"a", NumericColumn{{1}, false, {}}}}, "little.csv");
  EXPECT_THAT(refusal("columns.onnx", without), HasSubstr("columns.onnx on little.csv: the model reads 'b'"));
  const Dataset missing({{"a", NumericColumn{{1, 2}, false, {}}},
                         {"b", text_column({"x", "y"})},
                         {"n", NumericColumn{{1, kNaN}, true, {}}}},
                        "d");
  EXPECT_THAT(refusal("columns.onnx", missing), HasSubstr("'n': the model expects integers, row 1 is missing"));
}

TEST_F(OnnxRuntimeTest, AFileThatIsNoModelIsADataError) {
  const TemporaryFolder folder;
  const auto file = folder.write("champion.onnx", "this is no model");
  EXPECT_THAT(error_text<DataError>([&] { predict_onnx(execution_, file, data()); }), HasSubstr("can't load"));
}

TEST_F(OnnxRuntimeTest, AnEmptyTableGivesNoScores) {
  const Dataset none({{"a", NumericColumn{}}, {"b", CategoricalColumn{}}, {"n", NumericColumn{}}}, "none");
  EXPECT_TRUE(predict_onnx(execution_, golden("columns.onnx"), none).scores.empty());
}

TEST_F(OnnxRuntimeTest, APythonWithoutOnnxRuntimeIsASpecErrorThatSaysWhatToSet) {
  const TemporaryFolder folder;
  const auto python = folder.write("python", "#!/bin/sh\necho it has no onnxruntime\nexit 1\n");
  std::filesystem::permissions(python, std::filesystem::perms::owner_all);
  const Variable chosen("BAKEOFF_PYTHON", python);
  const auto text = error_text<SpecError>([&] { predict_onnx(execution_, golden("columns.onnx"), data()); });
  EXPECT_THAT(text, HasSubstr("it has no onnxruntime"));
  EXPECT_THAT(text, HasSubstr("set BAKEOFF_PYTHON"));
}

TEST_F(OnnxRuntimeTest, AProcessThatFailsHangsOrLiesIsRetryable) {
  const TemporaryFolder folder;
  const auto judge = [&](const std::string& script) {
    // The first call is the probe, with -c.
    const auto python = folder.write("python", "#!/bin/sh\nif [ \"$2\" = -c ]; then exit 0; fi\n" + script + "\n");
    std::filesystem::permissions(python, std::filesystem::perms::owner_all);
    const Variable chosen("BAKEOFF_PYTHON", python);
    return error_text<RetryableError>([&] { predict_onnx(execution_, golden("columns.onnx"), data(), {}, 1); });
  };
  EXPECT_THAT(judge("echo out of luck; exit 9"), HasSubstr("ended with code 9: out of luck"));
  EXPECT_THAT(judge("sleep 60"), HasSubstr("stopped after 1 s"));
  EXPECT_THAT(judge("exit 0"), HasSubstr("scores.arrow"));                              // no answer
  EXPECT_THAT(judge("printf 'ARROW1' > \"$6\""), HasSubstr("can't exchange a table"));  // not an answer
}

TEST_F(OnnxRuntimeTest, AFileOfTheSameNameInTheWorkingDirectoryIsNotTaken) {
  const TemporaryFolder folder;
  folder.write("numpy.py", "raise SystemExit(5)");
  folder.write("onnxruntime.py", "raise SystemExit(5)");
  const auto before = std::filesystem::current_path();
  const auto file = std::filesystem::absolute(golden("columns.onnx")).string();
  std::filesystem::current_path(folder.path());
  const auto scores = predict_onnx(execution_, file, data()).scores;
  std::filesystem::current_path(before);
  EXPECT_EQ(scores.size(), 3u);
}

}  // namespace
}  // namespace bakeoff
