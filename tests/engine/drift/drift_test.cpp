// Blocks against the whole, threads against one, and the errors a service meets.
#include "drift/drift.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "core/error.h"

namespace bakeoff {
namespace {

Dataset table(std::int64_t rows, unsigned seed, double shift = 0) {
  std::mt19937_64 rng(seed);
  std::normal_distribution<double> normal(shift, 1);
  NumericColumn smooth, ties;
  CategoricalColumn text{{}, {"a", "b", "c", "d"}};
  for (std::int64_t i = 0; i < rows; ++i) {
    smooth.values.push_back(rng() % 20 == 0 ? kNaN : normal(rng));
    ties.values.push_back(static_cast<double>(rng() % 5));
    text.codes.push_back(static_cast<std::int32_t>(rng() % 5) - 1);
  }
  return Dataset({{"smooth", smooth}, {"ties", ties}, {"text", text}}, "table");
}

void expect_same(const DriftReport& a, const DriftReport& b) {
  ASSERT_EQ(a.columns.size(), b.columns.size());
  for (std::size_t c = 0; c < a.columns.size(); ++c) {
    ASSERT_EQ(a.columns[c].tests.size(), b.columns[c].tests.size());
    EXPECT_EQ(a.columns[c].current_rows, b.columns[c].current_rows);
    EXPECT_EQ(a.columns[c].new_names, b.columns[c].new_names);
    for (std::size_t t = 0; t < a.columns[c].tests.size(); ++t) {
      const DriftTest &x = a.columns[c].tests[t], &y = b.columns[c].tests[t];
      const auto bits = [](double v) { return __builtin_bit_cast(std::uint64_t, v); };
      EXPECT_EQ(bits(x.statistic), bits(y.statistic)) << x.test;
      EXPECT_EQ(bits(x.effect), bits(y.effect)) << x.test;
      EXPECT_EQ(bits(x.p_adjusted), bits(y.p_adjusted)) << x.test;
    }
  }
}

TEST(Drift, BlocksGiveTheBitsOfTheWhole) {
  const Execution execution(Device::cpu, 2);
  const Dataset before = table(9000, 1), after = table(7001, 2, .05);
  for (const bool keep : {true, false}) {
    DriftOptions options;
    if (!keep) options.tests = {"psi", "jensen_shannon", "chi2", "missing", "new_categories"};
    const DriftReference reference = DriftReference::fit(execution, view_of(before), {10, keep, 0});
    const DriftReport whole = drift(execution, reference, view_of(after), options);
    DriftBatch batch(reference, options);
    for (std::int64_t begin = 0; begin < after.rows(); begin += 1000) {
      std::vector<std::int64_t> rows;
      for (std::int64_t i = begin; i < std::min(begin + 1000, after.rows()); ++i) rows.push_back(i);
      const Dataset block = after.take(rows);
      if (begin % 2000 == 0)
        batch.add(execution, view_of(block));
      else
        batch.add(execution, view_of(block, {"text", "ties", "smooth"}));
    }
    expect_same(batch.report(execution), whole);
    for (int threads : {1, 5, 16})
      expect_same(drift(Execution(Device::cpu, threads), reference, view_of(after), options), whole);
  }
}

TEST(Drift, AReferenceComesBackFromItsFile) {
  const Execution execution(Device::cpu, 1);
  const Dataset before = table(500, 3), after = table(400, 4, .3);
  const DriftReference reference = DriftReference::fit(execution, view_of(before));
  const std::string path = ::testing::TempDir() + "drift_reference.safetensors";
  reference.save(path);
  expect_same(drift(execution, DriftReference::load(path), view_of(after), {}),
              drift(execution, reference, view_of(after), {}));
  EXPECT_THROW(DriftReference::load(::testing::TempDir() + "nothing.safetensors"), Error);
}

TEST(Drift, ABlockWithoutAnyValueMayHaveAnyKind) {
  const Execution execution(Device::cpu, 1);
  const DriftReference reference = DriftReference::fit(execution, view_of(table(300, 5)), {10, false, 0});
  DriftOptions options;
  options.tests = {"psi", "missing"};
  DriftBatch batch(reference, options, {"text", "smooth"});
  batch.add(execution, view_of(table(100, 6)));
  const CategoricalColumn no_text{std::vector<std::int32_t>(50, -1), {}};
  const NumericColumn no_numbers{std::vector<double>(50, kNaN), false, {}};
  batch.add(execution, view_of(Dataset({{"smooth", no_text}, {"text", no_numbers}}, "gaps")));
  const DriftReport report = batch.report(execution);
  for (const ColumnDrift& column : report.columns) {
    EXPECT_EQ(column.current_rows, 150);
    EXPECT_GT(column.current_missing, .33);
  }
}

TEST(Drift, EdgesSeeWhatFallsOutsideAConstant) {
  NumericReference zeros;
  fill_bins(std::vector<double>(100, 0.0), 0, 10, zeros);
  EXPECT_EQ(zeros.counts, (Counts{0, 100, 0, 0}));  // below, at, above, missing
  NumericReference ranks;
  std::vector<double> hundred(100);
  for (std::size_t i = 0; i < 100; ++i) hundred[i] = static_cast<double>(i);
  fill_bins(hundred, 7, 10, ranks);
  EXPECT_EQ(ranks.counts, (Counts{10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 7}));
  NumericReference none;
  fill_bins({}, 5, 10, none);
  EXPECT_EQ(none.counts, (Counts{0, 5}));
}

TEST(Drift, NamesWhatIsWrong) {
  using ::testing::HasSubstr;
  using ::testing::ThrowsMessage;
  const Execution execution(Device::cpu, 1);
  const Dataset data = table(50, 7);
  const DriftReference reference = DriftReference::fit(execution, view_of(data));
  const auto run = [&](const TableView& current, const DriftOptions& options, const std::vector<std::string>& columns) {
    drift(execution, reference, current, options, columns);
  };
  EXPECT_THAT(
      [&] {
        run(view_of(data, {"smooth", "text"}), {}, {});
      },
      ThrowsMessage<DataError>(HasSubstr("no column 'ties'")));
  EXPECT_THAT([&] { run(view_of(data), {}, {"smoth"}); }, ThrowsMessage<DataError>(HasSubstr("did you mean 'smooth'")));
  DriftOptions options;
  options.tests = {"wassersten"};
  EXPECT_THAT([&] { run(view_of(data), options, {}); },
              ThrowsMessage<SpecError>(HasSubstr("did you mean 'wasserstein'")));
  EXPECT_THAT([&] { DriftBatch(reference, {}).report(execution); }, ThrowsMessage<DataError>(HasSubstr("got none")));
}

}  // namespace
}  // namespace bakeoff
