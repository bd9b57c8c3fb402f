#include "export/catalog.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "../registry/temporary_folder.h"
#include "core/error.h"
#include "models.h"
#include "spec/vocabulary.h"

namespace bakeoff {
namespace {

using ::testing::HasSubstr;

TEST(ExportCatalog, EveryFormatHasItsNameOnceAndWritesTheSameFilesEachTime) {
  std::set<std::string> names;
  for (const Exporter& exporter : exporters()) {
    EXPECT_TRUE(names.insert(exporter.name).second) << exporter.name;
    EXPECT_EQ(&find_exporter(exporter.name), &exporter);
    const TemporaryFolder first, second;
    exporter.write(LinearModel(flight_parts()), first.path().string());
    exporter.write(LinearModel(flight_parts()), second.path().string());
    int files = 0;
    for (const auto& entry : std::filesystem::directory_iterator(first.path())) {
      const auto name = entry.path().filename().string();
      EXPECT_EQ(first.read(name), second.read(name)) << name;
      EXPECT_FALSE(first.read(name).empty()) << name;
      ++files;
    }
    EXPECT_GT(files, 0) << exporter.name;
  }
}

TEST(ExportCatalog, HoldsWhatASpecMayAskFor) {
  std::vector<std::string> names;
  for (const Exporter& exporter : exporters()) names.push_back(exporter.name);
  EXPECT_THAT(names, ::testing::UnorderedElementsAreArray(known_exports()));
}

TEST(ExportCatalog, AnUnknownFormatIsASpecErrorThatNamesTheOnesThereAre) {
  const auto text = error_text<SpecError>([] { find_exporter("safetensor"); });
  EXPECT_THAT(text, HasSubstr("onnx"));
  EXPECT_THAT(text, HasSubstr("did you mean 'safetensors'?"));
  EXPECT_THROW(find_exporter("pickle"), SpecError);
}

TEST(ExportCatalog, WritesAllFormatsOrNoneIfOneIsUnknown) {
  const TemporaryFolder folder;
  const LinearModel model(flight_parts());
  EXPECT_THROW(export_model(model, {"onnx", "pickle"}, folder / "model"), SpecError);
  EXPECT_FALSE(std::filesystem::exists(folder / "model"));
  export_model(model, {"onnx", "safetensors"}, folder / "model");
  EXPECT_TRUE(std::filesystem::exists(folder / "model/model.onnx"));
  EXPECT_TRUE(std::filesystem::exists(folder / "model/model.safetensors"));
}

class Forest final : public Model {
 public:
  std::string family() const override { return "forest"; }
  Task task() const override { return Task::binary; }
  std::vector<float> predict(const Execution&, const Dataset&) const override { return {}; }
  std::vector<std::string> columns() const override { return {}; }
};

TEST(ExportCatalog, AFamilyThatAFormatCannotHoldIsASpecErrorThatSaysSo) {
  const TemporaryFolder folder;
  for (const Exporter& exporter : exporters())
    EXPECT_THAT(error_text<SpecError>([&] { exporter.write(Forest(), folder.path().string()); }),
                HasSubstr("'forest'"));
}

}  // namespace
}  // namespace bakeoff
