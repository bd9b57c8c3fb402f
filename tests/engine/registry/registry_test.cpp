#include "registry/registry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "core/hash.h"
#include "temporary_folder.h"

namespace bakeoff {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;

RegisteredModel scores(const std::string& name, const std::string& column) {
  return {0, name, "scores", column, "", "{}", ""};
}

class RegistryTest : public ::testing::Test {
 protected:
  // Versions 1..n of "m", none promoted.
  void add_versions(int n) {
    for (int i = 1; i <= n; ++i) registry_.add(scores("m", "score_" + std::to_string(i)));
  }
  std::vector<std::string> story() {
    std::vector<std::string> lines;
    for (const auto& e : registry_.history("m"))
      lines.push_back(e.action + " " + std::to_string(e.version) + " after " +
                      (e.previous ? std::to_string(*e.previous) : "-"));
    return lines;
  }

  TemporaryFolder folder_;
  Registry registry_{folder_ / "bakeoff.db"};
};

TEST_F(RegistryTest, NumbersVersionsWithinANameAndKeepsWhatWasGiven) {
  const auto file = folder_.write("champion.onnx", "bytes");
  const auto first = registry_.add({0, "flights", "onnx", file, "", R"({"auc": 0.7})", ""}, "run-1");
  EXPECT_EQ(first.version, 1);
  EXPECT_EQ(first.location, file);
  EXPECT_EQ(first.sha256, sha256("bytes"));
  EXPECT_EQ(first.metadata, R"({"auc": 0.7})");
  EXPECT_THAT(first.created, MatchesRegex("20..-..-..T..:..:...*Z"));
  EXPECT_EQ(registry_.add(scores("flights", "old")).version, 2);
  EXPECT_EQ(registry_.add(scores("other", "old")).version, 1);
  EXPECT_EQ(registry_.get("flights", 1).created, first.created);
  EXPECT_EQ(registry_.list("flights").size(), 2u);
  EXPECT_EQ(registry_.list().size(), 3u);
  EXPECT_EQ(registry_.champion("flights"), std::nullopt);
}

TEST_F(RegistryTest, RegistersTheSameContentOfOneRunOnce) {
  EXPECT_EQ(registry_.add(scores("m", "a"), "run-1").version, 1);
  EXPECT_EQ(registry_.add(scores("m", "a"), "run-1").version, 1);
  EXPECT_EQ(registry_.add(scores("m", "a"), "run-2").version, 2);
  EXPECT_EQ(registry_.add(scores("m", "b"), "run-1").version, 3);
  EXPECT_EQ(registry_.history("m").size(), 3u);
}

TEST_F(RegistryTest, OutlivesItsObjectAndIsSeenByOthers) {
  add_versions(1);
  registry_.promote("m", 1, std::nullopt, "run", "first");
  Registry other(folder_ / "bakeoff.db");
  EXPECT_EQ(other.champion("m")->version, 1);
  EXPECT_EQ(other.history("m").back().reason, "first");
}

TEST_F(RegistryTest, LocationsMoveWithTheFolderOfTheRegistry) {
  folder_.write("project/runs/1/model/model.onnx", "x");
  {
    Registry inside(folder_ / "project/store.db");
    inside.add({0, "m", "bakeoff", folder_ / "project/runs/1/model/", "", "", ""});
  }
  std::filesystem::rename(folder_.path() / "project", folder_.path() / "moved");
  Registry moved(folder_ / "moved/store.db");
  EXPECT_EQ(moved.get("m", 1).location, folder_ / "moved/runs/1/model");
  EXPECT_THAT(moved.verify(), IsEmpty());
}

TEST_F(RegistryTest, PromotesWhatIsStillExpected) {
  add_versions(3);
  registry_.promote("m", 1, std::nullopt, "run-1", "no champion yet");
  registry_.promote("m", 3, 1, "run-3", "better");
  EXPECT_EQ(registry_.champion("m")->version, 3);
  EXPECT_THAT(story(), ElementsAre("register 1 after -", "register 2 after -", "register 3 after -",
                                   "promote 1 after -", "promote 3 after 1"));
}

TEST_F(RegistryTest, AConflictSaysWhatWasExpectedWhatWasFoundAndWhatToDo) {
  add_versions(2);
  registry_.promote("m", 1, std::nullopt, "run-1", "");
  const auto text = error_text<PromotionConflict>([&] { registry_.promote("m", 2, std::nullopt, "run-2", ""); });
  EXPECT_THAT(text, HasSubstr("expected the champion to be none, found version 1 (promote by run run-1 at 20"));
  EXPECT_THAT(text, HasSubstr("start a new run"));
  EXPECT_THROW(registry_.promote("m", 2, 2, "run-2", ""), PromotionConflict);
  EXPECT_EQ(registry_.champion("m")->version, 1);
  EXPECT_EQ(registry_.history("m").size(), 3u);
}

TEST_F(RegistryTest, ARunThatHasPromotedReturnsQuietlyForEver) {
  add_versions(2);
  registry_.promote("m", 1, std::nullopt, "run-1", "");
  registry_.promote("m", 1, std::nullopt, "run-1", "");
  registry_.promote("m", 2, 1, "run-2", "");
  registry_.promote("m", 1, std::nullopt, "run-1", "");
  EXPECT_EQ(registry_.champion("m")->version, 2);
  // Without a run id nothing can be recognised.
  EXPECT_THROW(registry_.promote("m", 1, std::nullopt, "", ""), PromotionConflict);
}

TEST_F(RegistryTest, PromotingTheChampionItselfChangesNothing) {
  add_versions(1);
  registry_.promote("m", 1, std::nullopt, "run-1", "");
  registry_.promote("m", 1, 1, "run-2", "");
  EXPECT_EQ(registry_.history("m").size(), 2u);
}

TEST_F(RegistryTest, RollsBackStepByStepAndForwardAgain) {
  add_versions(4);
  registry_.promote("m", 1, std::nullopt, "a", "");
  registry_.promote("m", 2, 1, "b", "");
  registry_.promote("m", 3, 2, "c", "");
  EXPECT_EQ(registry_.rollback("m", "worse in the shop").version, 2);
  EXPECT_EQ(registry_.rollback("m", "").version, 1);
  EXPECT_THAT(error_text<SpecError>([&] { registry_.rollback("m", ""); }), HasSubstr("no champion before version 1"));
  registry_.promote("m", 4, 1, "d", "");
  EXPECT_EQ(registry_.rollback("m", "").version, 1);
  EXPECT_EQ(registry_.champion("m")->version, 1);
  EXPECT_EQ(registry_.history("m").size(), 11u);
  EXPECT_THAT(registry_.verify(), IsEmpty());
}

TEST_F(RegistryTest, ARollbackOfSomebodyElsesPromotionIsRefused) {
  add_versions(3);
  registry_.promote("m", 1, std::nullopt, "a", "");
  registry_.promote("m", 2, 1, "b", "");
  registry_.promote("m", 3, 2, "c", "");
  EXPECT_THROW(registry_.rollback("m", "2 is bad", 2), PromotionConflict);
  EXPECT_EQ(registry_.rollback("m", "3 is bad", 3).version, 2);
}

TEST_F(RegistryTest, RefusesWhatItDoesNotKnow) {
  add_versions(1);
  EXPECT_THAT(error_text<SpecError>([&] { registry_.get("m", 7); }), HasSubstr("no version 7; it has 1"));
  EXPECT_THROW(registry_.promote("m", 7, std::nullopt, "r", ""), SpecError);
  EXPECT_THROW(registry_.promote("nobody", 1, std::nullopt, "r", ""), SpecError);
  EXPECT_THROW(registry_.rollback("nobody", ""), SpecError);
  EXPECT_THROW(registry_.add({0, "", "scores", "a", "", "", ""}), SpecError);
  EXPECT_THROW(registry_.add({0, "m", "pickle", "a.pkl", "", "", ""}), SpecError);
  EXPECT_THROW(registry_.add({0, "m", "scores", "", "", "", ""}), SpecError);
  EXPECT_THROW(registry_.add({0, "m", "scores", "a", "", "[1", ""}), SpecError);
  EXPECT_THROW(registry_.add({0, "m", "scores", "a", "", "[1]", ""}), SpecError);
  EXPECT_THAT(error_text<SpecError>([&] {
                registry_.add({0, "m", "onnx", folder_ / "none.onnx", "", "", ""});
              }),
              HasSubstr("none.onnx"));
  EXPECT_EQ(registry_.list().size(), 1u);
}

TEST_F(RegistryTest, KeepsTextsAsTheyAre) {
  const std::string odd = "'; DROP TABLE models; -- ü\n\"";
  registry_.add({0, odd, "scores", odd, "", R"({"a": "'"})", ""}, odd);
  registry_.promote(odd, 1, std::nullopt, odd, odd);
  EXPECT_EQ(registry_.champion(odd)->location, odd);
  EXPECT_EQ(registry_.history(odd).back().reason, odd);
}

TEST_F(RegistryTest, VerifyNoticesChangedAndMissingContent) {
  const auto file = folder_.write("a.onnx", "one");
  folder_.write("model/model.onnx", "x");
  registry_.add({0, "m", "onnx", file, "", "", ""});
  registry_.add({0, "m", "bakeoff", folder_ / "model", "", "", ""});
  EXPECT_THAT(registry_.verify(), IsEmpty());
  folder_.write("a.onnx", "two");
  folder_.write("model/extra", "");
  EXPECT_THAT(registry_.verify(),
              ElementsAre(HasSubstr("expected SHA-256 " + sha256("one") + ", found " + sha256("two")),
                          HasSubstr("m version 2")));
  std::filesystem::remove(file);
  EXPECT_THAT(registry_.verify(), ElementsAre(HasSubstr("a.onnx"), HasSubstr("m version 2")));
}

}  // namespace
}  // namespace bakeoff
