// An accumulator says what evaluate says of all rows: the same bits for any batches, shards and number of threads.
#include "evaluate/accumulator.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>

#include "core/error.h"
#include "rows.h"

namespace bakeoff {
namespace {

using test::random_rows;
using test::Rows;

// Rows [begin, end), with the slices' rows among them, as a batch has them.
Rows batch_of(const Rows& rows, std::int64_t begin, std::int64_t end) {
  Rows out;
  out.candidates = rows.candidates;
  const auto part = [&](const auto& from, std::int64_t offset) {
    using V = std::decay_t<decltype(from)>;
    return from.empty() ? V{} : V(from.begin() + offset + begin, from.begin() + offset + end);
  };
  for (std::int64_t m = 0; m < rows.candidates; ++m)
    for (const double score : part(rows.scores, m * rows.rows())) out.scores.push_back(score);
  out.labels = part(rows.labels, 0);
  out.weights = part(rows.weights, 0);
  out.units = part(rows.units, 0);
  for (const Slice& slice : rows.slices) {
    out.slices.push_back({slice.name, {}});
    for (const std::int64_t row : slice.rows)
      if (row >= begin && row < end) out.slices.back().rows.push_back(row - begin);
  }
  return out;
}

void expect_same(const Scoreboard& a, const Scoreboard& b) {
  ASSERT_EQ(a.cells.size(), b.cells.size());
  EXPECT_EQ(a.slice_names, b.slice_names);
  EXPECT_EQ(a.count, b.count);
  EXPECT_EQ(a.positives, b.positives);
  EXPECT_EQ(a.units, b.units);
  ASSERT_EQ(a.replicates.size(), b.replicates.size());
  EXPECT_EQ(std::memcmp(a.replicates.data(), b.replicates.data(), a.replicates.size() * sizeof(double)), 0);
  for (std::size_t c = 0; c < a.cells.size(); ++c) {
    EXPECT_EQ(std::memcmp(&a.cells[c].value, &b.cells[c].value, 3 * sizeof(double)), 0)
        << a.cells[c].value << " " << b.cells[c].value;
    EXPECT_EQ(a.cells[c].reason, b.cells[c].reason);
    EXPECT_EQ(a.cells[c].method, b.cells[c].method);
    EXPECT_EQ(a.cells[c].resampling, b.cells[c].resampling);
    EXPECT_EQ(a.cells[c].valid_resamples, b.cells[c].valid_resamples);
  }
}

EvaluateOptions options_of(std::vector<std::string> metrics) {
  EvaluateOptions options;
  options.metrics = std::move(metrics);
  options.resamples = 30;
  options.seed = 5;
  return options;
}

// Four shards of three batches each, taken in from the last to the first and merged in a tree, through bytes.
void expect_sharded(const Rows& rows, const EvaluateOptions& options, KeepRows keep, int threads) {
  const Execution execution(Device::cpu, threads);
  const std::int64_t n = rows.rows();
  std::vector<Accumulator> shards(4, Accumulator(options, 0, keep));
  for (std::int64_t b = 12; b-- > 0;) {
    const std::int64_t begin = n * b * b / 144, end = n * (b + 1) * (b + 1) / 144;
    shards[b % 4].update(execution, batch_of(rows, begin, end).input(), begin);
  }
  for (Accumulator& shard : shards) {
    const std::string bytes = shard.save();
    shard.reset();
    shard.load(bytes);
  }
  shards[3].merge(execution, shards[1]);
  shards[0].merge(execution, shards[2]);
  shards[3].merge(execution, shards[0]);
  EXPECT_EQ(shards[3].rows(), n);
  expect_same(shards[3].compute(execution), evaluate(execution, rows.input(), options));
}

TEST(Accumulator, SumsOfShardsAreThoseOfAllRows) {
  const EvaluateOptions options = options_of({"log_loss", "brier", "accuracy", "mcc", "f1"});
  Rows rows = random_rows(3, 13000, 1);
  for (const int threads : {1, 3}) expect_sharded(rows, options, KeepRows::never, threads);
  for (std::int64_t i = 0; i < rows.rows(); ++i) rows.units.push_back(i * 7919 % 331);
  expect_sharded(rows, options, KeepRows::never, 2);
  for (std::int64_t i = 0; i < rows.rows(); ++i) rows.weights.push_back(std::ldexp(1.1, static_cast<int>(i % 60) - 30));
  expect_sharded(rows, options, KeepRows::never, 2);
}

TEST(Accumulator, RowsOfShardsAreAllRowsWithTheirSlices) {
  Rows rows = random_rows(2, 3000, 2);
  rows.slices = {{"a", {}}, {"b", {}}, {"last", {2999}}};
  for (std::int64_t i = 0; i < 3000; ++i) rows.slices[i % 3 == 0].rows.push_back(i);
  expect_sharded(rows, options_of({"roc_auc", "log_loss"}), KeepRows::if_needed, 2);
  rows.slices.clear();
  expect_sharded(rows, options_of({"log_loss"}), KeepRows::always, 2);
}

TEST(Accumulator, StateOfSumsHasTheSizeOfItsSumsAlone) {
  const Execution execution(Device::cpu, 1);
  Accumulator accumulator(options_of({"accuracy"}));
  const Rows rows = random_rows(1, 4096, 3);
  for (int batch = 1; batch <= 5; ++batch) {
    accumulator.update(execution, rows.input());
    // Two columns (weight, correct) of 30 resamples and of one level each; two numbers a column and chunk.
    EXPECT_EQ(accumulator.bytes(), 2 * 30 * 16 + batch * 2 * 2 * 8);
  }
  EXPECT_FALSE(accumulator.keeps_rows());
}

TEST(Accumulator, BytesOfOtherOptionsOrCutOnesAreRefused) {
  const Execution execution(Device::cpu, 1);
  Accumulator accumulator(options_of({"accuracy", "roc_auc"}));
  accumulator.update(execution, random_rows(1, 50, 4).input());
  const std::string bytes = accumulator.save();
  for (std::size_t size = 0; size < bytes.size(); size += 7)
    EXPECT_THROW(Accumulator(options_of({"accuracy", "roc_auc"})).load(bytes.substr(0, size)), DataError) << size;
  EXPECT_THROW(Accumulator(options_of({"accuracy"})).load(bytes), DataError);
  Accumulator same(options_of({"accuracy", "roc_auc"}));
  same.load(bytes);
  expect_same(same.compute(execution), accumulator.compute(execution));
}

TEST(Accumulator, SaysWhichRowsAreThereTwiceOrMissing) {
  const Execution execution(Device::cpu, 1);
  Accumulator accumulator(options_of({"accuracy"}));
  const Rows rows = random_rows(1, 100, 5);
  accumulator.update(execution, rows.input());
  EXPECT_THAT([&] { accumulator.update(execution, rows.input(), 99); },
              testing::ThrowsMessage<DataError>(testing::HasSubstr("row 99 twice")));
  EXPECT_EQ(accumulator.rows(), 100);
  accumulator.update(execution, rows.input(), 101);
  EXPECT_THAT([&] { accumulator.compute(execution); },
              testing::ThrowsMessage<DataError>(testing::HasSubstr("row 100 before row 101")));
}

}  // namespace
}  // namespace bakeoff
