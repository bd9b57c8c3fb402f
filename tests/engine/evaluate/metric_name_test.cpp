#include "evaluate/metric_name.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"

namespace bakeoff {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::ThrowsMessage;

TEST(MetricName, TakesWhatStandsBehindTheFirstMark) {
  const MetricName plain("roc_auc"), cut("ndcg@10"), column("mean:a@b"), empty("ece@");
  EXPECT_EQ(plain.base, "roc_auc");
  EXPECT_FALSE(plain.parameter || plain.column);
  EXPECT_EQ(cut.base, "ndcg");
  EXPECT_EQ(cut.parameter, "10");
  EXPECT_EQ(column.base, "mean");
  EXPECT_EQ(column.column, "a@b");
  EXPECT_FALSE(column.parameter);
  EXPECT_EQ(empty.parameter, "");
  EXPECT_EQ(MetricName("").base, "");
}

TEST(MetricName, ReadsTheWholeParameterAsOneNumber) {
  const auto any = [](double) { return true; };
  EXPECT_EQ(MetricName("x@0.25").number("a number", any), .25);
  EXPECT_EQ(MetricName("x@1e3").number("a number", is_positive_integer), 1000);
  for (const char* name : {"x@", "x@ 3", "x@3 ", "x@3x", "x@0x10", "x@+3", "x@1e999"})
    EXPECT_THAT([&] { MetricName(name).number("a number", any); },
                ThrowsMessage<SpecError>(HasSubstr("expected a number behind the @, got '")))
        << name;
  for (const char* name : {"x@0", "x@-1", "x@1.5", "x@nan", "x@inf", "x@2147483647", "x@99999999999999999999"})
    EXPECT_THROW(MetricName(name).number("a number", is_positive_integer), SpecError) << name;
}

TEST(MetricName, NamesTheNearestInTheSpellingThatWasMeant) {
  const std::vector<std::string> known = {"ndcg", "ndcg@10", "hit@10", "mean:cost", "roc_auc"};
  const auto says = [&](const char* name, const char* what) {
    EXPECT_THAT([&] { MetricName(name).fail_unknown("rankings", known); }, ThrowsMessage<SpecError>(EndsWith(what)))
        << name;
  };
  says("ndgc@5", "'ndgc@5' is not a metric of rankings; did you mean 'ndcg@10'?");
  says("ndgc", "did you mean 'ndcg'?");
  says("hti", "did you mean 'hit@10'?");
  says("maen:cost", "did you mean 'mean:cost'?");
  says("zzzzzzzz@3", "; known: ndcg, ndcg@10, hit@10, mean:cost, roc_auc");
}

TEST(MetricName, RefusesWhatIsNotTaken) {
  EXPECT_NO_THROW(MetricName("roc_auc").refuse_parameter());
  EXPECT_NO_THROW(MetricName("roc_auc").refuse_column());
  EXPECT_THAT([] { MetricName("roc_auc@3").refuse_parameter(); },
              ThrowsMessage<SpecError>(HasSubstr("'roc_auc@3': roc_auc takes no parameter")));
  EXPECT_THAT([] { MetricName("roc_auc:x").refuse_column(); }, ThrowsMessage<SpecError>(HasSubstr("without a column")));
  EXPECT_THAT([] { MetricName("ece@15").fail_twice("ece"); },
              ThrowsMessage<SpecError>(EndsWith("twice, first as 'ece'")));
  EXPECT_THAT([] { MetricName("ece").fail_twice("ece"); }, ThrowsMessage<SpecError>(Not(HasSubstr("first"))));
}

}  // namespace
}  // namespace bakeoff
