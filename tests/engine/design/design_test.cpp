#include "design/design.h"

#include <gmock/gmock.h>

#include <cstring>

#include "../registry/temporary_folder.h"
#include "core/error.h"
#include "kernels/linear/dense_rows_simd.h"
#include "random_data.h"

namespace bakeoff {
namespace {

using testing::AllOf;
using testing::HasSubstr;

const Execution kTwo(Device::cpu, 2);

Dataset small() {
  return Dataset({{"x", NumericColumn{{1, kNaN, 3, 5}, false, {}}},
                  {"y", NumericColumn{{2, 2, 2, 2}, true, {}}},
                  {"c", CategoricalColumn{{1, -1, 0, 1}, {"a", "b"}}},
                  {"store", NumericColumn{{9, 9, 8, 9}, true, {}}},
                  {"t", TimeColumn{{0, 3600 * kSecond, 0, -1}}}},
                 "small.csv");
}

TEST(RawDesign, CentresScalesAndMarksWhatIsMissing) {
  const RawDesign design = make_raw_design(kTwo, small(), {{"x", "y"}, {"c"}, {"t.hour"}});
  EXPECT_EQ(design.rows, 4);
  EXPECT_EQ(design.dense_columns, 3);
  EXPECT_EQ(design.numeric[0].mean, 3);
  EXPECT_NEAR(design.numeric[0].scale, std::sqrt(8.0 / 3), 1e-15);
  EXPECT_EQ(design.numeric[0].missing_column, 2);
  EXPECT_EQ(design.numeric[1].missing_column, -1);
  EXPECT_EQ(design.numeric[1].mean, 2);
  EXPECT_EQ(design.numeric[1].scale, 1);
  const float z = static_cast<float>(2 / std::sqrt(8.0 / 3));
  const float dense[] = {-z, 0, 0, 0, 0, 1, 0, 0, 0, z, 0, 0};
  EXPECT_EQ(std::memcmp(design.dense.data(), dense, sizeof dense), 0);
  const std::int32_t codes[] = {1, 0, 2, 1, 0, 0, 1, 23};
  EXPECT_EQ(std::memcmp(design.codes.data(), codes, sizeof codes), 0);
  EXPECT_THAT(design.categorical[0].categories, testing::ElementsAre("a", "b", ""));
  EXPECT_EQ(design.categorical[0].missing_code(), 2);
  EXPECT_EQ(design.categorical[1].missing_code(), -1);
  EXPECT_EQ(design.categorical[1].offset, 6);
  EXPECT_EQ(design.intercept(), 3 + 3 + 24);
}

TEST(RawDesign, AnEmptyTextIsACategoryOfItsOwnBesideTheMissingOne) {
  const Dataset data({{"c", CategoricalColumn{{0, -1}, {""}}}}, "a");
  const RawDesign design = make_raw_design(kTwo, data, {{}, {"c"}, {}});
  EXPECT_EQ(design.codes[0], 0);
  EXPECT_EQ(design.codes[1], 1);
}

TEST(RawDesign, IntegersMayBeCategories) {
  const RawDesign design = make_raw_design(kTwo, small(), {{}, {"store"}, {}});
  EXPECT_THAT(design.categorical[0].categories, testing::ElementsAre("9", "8"));
  EXPECT_EQ(design.dense_columns, 0);
}

TEST(RawDesign, RowsTakenKeepTheReferenceAndTheCategoriesOfTheWhole) {
  const RawDesign design = make_raw_design(kTwo, random_data(100, 3), all_features());
  const std::vector<Index> rows = {3, 50, 51, 99};
  const RawDesign some = design.take(rows);
  ASSERT_EQ(some.rows, 4);
  EXPECT_EQ(some.parameters(), design.parameters());
  EXPECT_EQ(some.offsets, design.offsets);
  EXPECT_EQ(some.numeric[0].mean, design.numeric[0].mean);
  const std::size_t dense = design.dense_columns, codes = design.offsets.size();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(std::memcmp(some.dense.data() + i * dense, design.dense.data() + rows[i] * dense, dense * sizeof(float)),
              0);
    EXPECT_EQ(std::memcmp(some.codes.data() + i * codes, design.codes.data() + rows[i] * codes, codes * 4), 0);
  }
}

TEST(RawDesign, ViewsOfRowsAreWhatTheKernelsRead) {
  const Dataset data = random_data(100, 3);
  const RawDesign design = make_raw_design(kTwo, data, all_features());
  const kernels::RowsView all = design.view(), part = design.view(40, 60);
  EXPECT_EQ(all.rows, 100);
  EXPECT_EQ(part.rows, 20);
  EXPECT_EQ(all.parameters(), design.parameters());
  std::vector<double> row(design.dense_columns), same(design.dense_columns);
  kernels::read_dense(all, 45, row.data(), kernels::best_isa());
  kernels::read_dense(part, 5, same.data(), kernels::best_isa());
  EXPECT_EQ(row, same);
  EXPECT_EQ(row[0], design.dense[45 * design.dense_columns]);
  EXPECT_EQ(part.codes[5 * 3 + 2], design.codes[45 * 3 + 2]);
  EXPECT_EQ(all.offsets[1], design.categorical[1].offset);
}

TEST(RawDesign, HasTheSameBitsForAnyNumberOfThreads) {
  const Dataset data = random_data(10'000, 4);
  const RawDesign one = make_raw_design(Execution(Device::cpu, 1), data, all_features());
  for (int threads : {2, 5}) {
    const RawDesign other = make_raw_design(Execution(Device::cpu, threads), data, all_features());
    EXPECT_EQ(std::memcmp(one.dense.data(), other.dense.data(), one.dense.size() * sizeof(float)), 0);
    EXPECT_EQ(std::memcmp(one.codes.data(), other.codes.data(), one.codes.size() * sizeof(std::int32_t)), 0);
  }
}

std::string refusal(const Dataset& data, const FeatureSpec& features) {
  return error_text<DataError>([&] { make_raw_design(kTwo, data, features); });
}

TEST(RawDesign, RefusesWhatItCannotUse) {
  const double infinity = std::numeric_limits<double>::infinity();
  const Dataset data({{"inf", NumericColumn{{1, -infinity, infinity}, false, {}}},
                      {"large", NumericColumn{{1, 2, 1e200}, false, {}}},
                      {"none", NumericColumn{{kNaN, kNaN, kNaN}, false, {}}},
                      {"nothing", CategoricalColumn{{-1, -1, -1}, {}}},
                      {"clock", NumericColumn{{1.7e15, 1.7e15 + 1, 1.7e15 + 2}, true, {}}},
                      {"city", CategoricalColumn{{0, 0, 0}, {"Rome"}}},
                      {"price", NumericColumn{{1, 2, 3}, false, {}}}},
                     "a.csv");
  EXPECT_THAT(refusal(data, {{"inf"}, {}, {}}), AllOf(HasSubstr("a.csv, column 'inf', row 1"), HasSubstr("got -inf")));
  EXPECT_THAT(refusal(data, {{"large"}, {}, {}}), AllOf(HasSubstr("column 'large', row 2"), HasSubstr("1e+200")));
  EXPECT_THAT(refusal(data, {{"none"}, {}, {}}), HasSubstr("column 'none' is missing in every row"));
  EXPECT_THAT(refusal(data, {{}, {"none"}, {}}), HasSubstr("column 'none' is missing in every row"));
  EXPECT_THAT(refusal(data, {{}, {"nothing"}, {}}), HasSubstr("column 'nothing' is missing in every row"));
  EXPECT_THAT(refusal(data, {{"clock"}, {}, {}}), HasSubstr("subtract a constant"));
  EXPECT_THAT(refusal(data, {{"city"}, {}, {}}), HasSubstr("holds text; expected numbers"));
  EXPECT_THAT(refusal(data, {{}, {"price"}, {}}), HasSubstr("list it under numeric"));
  EXPECT_THAT(refusal(data, {{"prce"}, {}, {}}), HasSubstr("did you mean 'price'?"));
  EXPECT_THAT(refusal(data, {{}, {}, {"when.hour"}}), HasSubstr("no column 'when.hour'"));
  EXPECT_THROW(make_raw_design(kTwo, data, {}), SpecError);
  EXPECT_THROW(make_raw_design(kTwo, data, {{"price", "price"}, {}, {}}), SpecError);
}

TEST(RawDesign, RefusesIdsAsCategories) {
  NumericColumn ids{{}, true, {}};
  for (int i = 0; i <= kMaxCategories; ++i) ids.values.push_back(i);
  const Dataset data({{"id", ids}}, "a.csv");
  EXPECT_THAT(refusal(data, {{}, {"id"}, {}}),
              AllOf(HasSubstr("65537 categories"), HasSubstr("leave out what is an id")));
  std::vector<std::int64_t> rows(kMaxCategories);
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = static_cast<std::int64_t>(i);
  EXPECT_EQ(make_raw_design(kTwo, data.take(rows), {{}, {"id"}, {}}).parameters(), kMaxCategories + 1);
}

TEST(RawDesign, OneRowIsEnough) {
  const RawDesign design = make_raw_design(kTwo, small().take({0}), {{"x"}, {"c"}, {"t.month"}});
  EXPECT_EQ(design.rows, 1);
  EXPECT_EQ(design.dense[0], 0);
}

}  // namespace
}  // namespace bakeoff
