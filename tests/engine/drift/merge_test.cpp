// Two references made one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "core/error.h"
#include "core/file.h"
#include "drift/reference.h"

namespace bakeoff {
namespace {

using ::testing::HasSubstr;

struct Rows {
  NumericColumn number;
  CategoricalColumn text{{}, {"z", "a", "m"}};
  Dataset data() const { return Dataset({{"number", number}, {"text", text}}, "table"); }
};

void add(Rows& to, int rows, unsigned seed, int categories) {
  std::mt19937_64 rng(seed);
  for (int i = 0; i < rows; ++i) {
    to.number.values.push_back(rng() % 9 == 0 ? kNaN : static_cast<double>(rng() % 100) - 50);
    to.text.codes.push_back(static_cast<std::int32_t>(rng() % static_cast<unsigned>(categories + 1)) - 1);
  }
}

DriftReference fit(const Dataset& data, const ReferenceOptions& options = {}) {
  return DriftReference::fit(Execution(), view_of(data), options);
}

std::string bytes(const DriftReference& reference) {
  const std::string path = testing::TempDir() + "merged.safetensors";
  reference.save(path);
  return read_file(path);
}

std::string said(const DriftReference& a, const DriftReference& b) {
  try {
    DriftReference::merge(Execution(), a, b);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(MergedReference, IsThatOfAllRows) {
  Rows first, second, all;
  add(first, 500, 1, 2), add(second, 70, 2, 3);
  add(all, 500, 1, 2), add(all, 70, 2, 3);
  const DriftReference a = fit(first.data()), b = fit(second.data()), whole = fit(all.data());
  EXPECT_EQ(bytes(DriftReference::merge(Execution(), a, b)), bytes(whole));
  EXPECT_EQ(bytes(DriftReference::merge(Execution(), b, a)), bytes(whole));
  const ReferenceOptions coarse{4, false, 0, false};
  EXPECT_EQ(bytes(DriftReference::merge(Execution(), a, b, coarse)), bytes(fit(all.data(), coarse)));
}

TEST(MergedReference, TakesASideThatIsAllMissingForEitherKind) {
  Rows first;
  add(first, 50, 1, 2);
  const NumericColumn none{{kNaN, kNaN}, {}, {}};
  const Dataset empty({{"number", none}, {"text", none}}, "table");
  for (const DriftReference& merged : {DriftReference::merge(Execution(), fit(first.data()), fit(empty)),
                                       DriftReference::merge(Execution(), fit(empty), fit(first.data()))}) {
    EXPECT_EQ(merged.rows(), 52);
    const auto& text = std::get<CategoricalReference>(merged.columns()[1].data);
    EXPECT_EQ(text.missing(), std::get<CategoricalReference>(fit(first.data()).columns()[1].data).missing() + 2);
  }
}

TEST(MergedReference, NamesWhatDoesNotFit) {
  Rows rows;
  add(rows, 50, 1, 2);
  const DriftReference whole = fit(rows.data());
  const Dataset other({{"number", rows.text}, {"text", rows.text}}, "table"), less({{"number", rows.number}}, "table");
  EXPECT_THAT(said(whole, fit(other)), HasSubstr("'number' holds numbers here and text there"));
  EXPECT_THAT(said(whole, fit(less)), HasSubstr("no column 'text'"));
  EXPECT_THAT(said(fit(less), whole), HasSubstr("no column 'text'"));
  EXPECT_THAT(said(whole, fit(rows.data(), {10, false, 0, false})), HasSubstr("has kept its quantiles only"));
}

}  // namespace
}  // namespace bakeoff
