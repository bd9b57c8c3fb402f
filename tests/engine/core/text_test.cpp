#include "core/text.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <limits>

namespace bakeoff {
namespace {

const std::vector<std::string> kMetrics = {"roc_auc", "log_loss", "accuracy", "brier", "recall"};

TEST(Nearest, FindsTheWordThatWasMistyped) {
  EXPECT_EQ(nearest("roc_acu", kMetrics), "roc_auc");  // two neighbours swapped
  EXPECT_EQ(nearest("logloss", kMetrics), "log_loss");
  EXPECT_EQ(nearest("Accurracy", kMetrics), "accuracy");
  EXPECT_EQ(nearest("recal", kMetrics), "recall");
}

TEST(Nearest, FindsTheWordOfWhichAPartWasSaid) { EXPECT_EQ(nearest("auc", kMetrics), "roc_auc"); }

TEST(Nearest, IsSilentWhereNothingIsNear) {
  EXPECT_EQ(nearest("wasserstein", kMetrics), "");
  EXPECT_EQ(nearest("", kMetrics), "");
  EXPECT_EQ(nearest("x", {"y"}), "");
  EXPECT_EQ(nearest("roc_auc", {}), "");
  EXPECT_EQ(nearest(std::string(100000, 'r'), kMetrics), "");
}

TEST(Nearest, CountsASwapAsOneStep) {
  EXPECT_EQ(nearest("ba", {"ab"}), "ab");  // two substitutions would be too many for two letters
}

TEST(Hint, NamesTheNearestOrAll) {
  EXPECT_EQ(hint("roc_acu", kMetrics), "; did you mean 'roc_auc'?");
  EXPECT_EQ(hint("zzzzzz", {"a", "b"}), "; known: a, b");
  EXPECT_EQ(hint("zzzzzz", {}), "");
}

TEST(Shortest, ReadsBackAsTheSameDouble) {
  for (double x : {0.1, 1e-6, 1.0 / 3, 1e300, -5e-324, 1e15, 123456.789})
    EXPECT_EQ(std::strtod(shortest(x).c_str(), nullptr), x);
  EXPECT_EQ(shortest(0.1), "0.1");
  EXPECT_EQ(shortest(256), "256");
  EXPECT_EQ(shortest(std::numeric_limits<double>::quiet_NaN()), "nan");
  EXPECT_EQ(shortest(-std::numeric_limits<double>::infinity()), "-inf");
}

TEST(Printable, HidesWhatATerminalMustNotSee) {
  EXPECT_EQ(printable("a\x1b[31mb\n"), "a?[31mb?");
  EXPECT_EQ(printable("na\xc3\xafve \xff"), "na\xc3\xafve ?");
  EXPECT_EQ(printable("abcdef", 3), "abc...");
  EXPECT_EQ(printable("abc", 3), "abc");
  EXPECT_EQ(printable("\xc3"), "?");
}

}  // namespace
}  // namespace bakeoff
