#include "evaluate/rank/rank_metric.h"

#include <gmock/gmock.h>

#include "core/error.h"

namespace bakeoff {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

TEST(RankMetric, KnowsEveryNameThatItLists) {
  for (const std::string& name : known_rank_metrics()) {
    const std::vector<RankMetric> parsed = parse_rank_metrics({name});
    EXPECT_EQ(parsed[0].name, name);
    EXPECT_EQ(parsed[0].call.cut, name.find('@') == std::string::npos ? kernels::kNoCut : 10) << name;
  }
}

TEST(RankMetric, RefusesWhatIsNoName) {
  const auto refuses = [](const std::vector<std::string>& names, const char* says) {
    EXPECT_THAT([&] { parse_rank_metrics(names); }, ThrowsMessage<SpecError>(HasSubstr(says)));
  };
  refuses({"ndgc@10"}, "did you mean 'ndcg@10'");
  refuses({"hit"}, "hit@10");
  refuses({"diversity"}, "diversity@10");
  refuses({"grouped_auc@3"}, "takes no parameter");
  for (const char* name : {"ndcg@", "ndcg@0", "ndcg@-1", "ndcg@1.5", "ndcg@ 3", "ndcg@99999999999999999999"})
    refuses({name}, "whole number above 0");
  refuses({"coverage@1025"}, "at most 1024");
  refuses({"mrr", "mrr"}, "named twice");
  refuses({}, "1 to 64");
}

}  // namespace
}  // namespace bakeoff
