#include "ingest/read.h"

#include <arrow/c/bridge.h>
#include <arrow/util/decimal.h>
#include <arrow/util/float16.h>

#include <cmath>

#include <gmock/gmock.h>

#include "ingest/arrow.h"
#include "tables.h"

namespace bakeoff {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const Execution kTwo(Device::cpu, 2);

Dataset from(const NamedArrays& columns) { return dataset_from_arrow(kTwo, table(columns), "memory"); }

TEST(FromArrow, EveryTypeOfNumberBecomesADouble) {
  const arrow::Decimal128 price = ok(arrow::Decimal128::FromString("12.50"));
  const Dataset data = from({
      {"int8", build<arrow::Int8Builder, std::int8_t>({std::int8_t{-7}, std::nullopt})},
      {"uint32", build<arrow::UInt32Builder, std::uint32_t>({4'000'000'000u, std::nullopt})},
      {"bool", build<arrow::BooleanBuilder, bool>({true, std::nullopt})},
      {"half", build<arrow::HalfFloatBuilder, std::uint16_t>({arrow::util::Float16(1.5f).bits(), std::nullopt})},
      {"float", build<arrow::FloatBuilder, float>({0.5f, std::nullopt})},
      {"double", doubles({1e300, std::nan("")})},
      {"decimal", build<arrow::Decimal128Builder, arrow::Decimal128>({price, std::nullopt}, arrow::decimal128(10, 2))},
  });
  const std::vector<double> expected{-7, 4e9, 1, 1.5, 0.5, 1e300, 12.5};
  for (std::size_t c = 0; c < expected.size(); ++c) {
    const auto& column = data.numeric(data.columns()[c].name);
    EXPECT_EQ(column.values[0], expected[c]) << data.columns()[c].name;
    EXPECT_TRUE(std::isnan(column.values[1])) << data.columns()[c].name;
    EXPECT_EQ(column.integer, c < 3) << data.columns()[c].name;
  }
}

TEST(FromArrow, TextIsCodedByFirstAppearanceHoweverItIsEncoded) {
  const Cells<std::string> cells{"b", std::nullopt, "a", "b", ""};
  const Dataset data = from({
      {"string", strings(cells)},
      {"large", build<arrow::LargeStringBuilder, std::string>(cells)},
      {"view", build<arrow::StringViewBuilder, std::string>(cells)},
      // Unsorted, with a value that no row has, a null value and one value twice.
      {"dictionary", dictionary({2, 3, 1, 4, 5}, {"unused", "a", "b", std::nullopt, "b", ""})},
  });
  for (const Column& column : data.columns()) {
    EXPECT_THAT(data.categorical(column.name).categories, ElementsAre("b", "a", "")) << column.name;
    EXPECT_THAT(data.categorical(column.name).codes, ElementsAre(0, -1, 1, 0, 2)) << column.name;
  }
}

TEST(FromArrow, ChunksMayHaveDictionariesOfTheirOwn) {
  const auto type = arrow::dictionary(arrow::int32(), arrow::utf8());
  const auto chunks = std::make_shared<arrow::ChunkedArray>(
      arrow::ArrayVector{dictionary({1, 0}, {"x", "y"}), dictionary({}, {}), dictionary({0, 1}, {"x", "z"})}, type);
  const Dataset data =
      dataset_from_arrow(kTwo, arrow::Table::Make(arrow::schema({arrow::field("c", type)}), {chunks}), "memory");
  EXPECT_THAT(data.categorical("c").categories, ElementsAre("y", "x", "z"));
  EXPECT_THAT(data.categorical("c").codes, ElementsAre(0, 1, 1, 2));
}

TEST(FromArrow, DictionariesOfNumbersAndTimesAreDecoded) {
  const auto codes = build<arrow::Int32Builder, std::int32_t>({1, std::nullopt, 0});
  const std::int64_t id = (std::int64_t{1} << 60) + 1;
  const Dataset data = from({
      {"number", ok(arrow::DictionaryArray::FromArrays(codes, ints({5, id})))},
      {"time", ok(arrow::DictionaryArray::FromArrays(codes, times({7, 9}, arrow::TimeUnit::MICRO)))},
  });
  EXPECT_THAT(data.numeric("number").exact, ElementsAre(id, 0, 5));
  EXPECT_THAT(data.time("time").micros, ElementsAre(9, TimeColumn::kMissingTime, 7));
}

TEST(FromArrow, TimesAreUtcMicroseconds) {
  using arrow::TimeUnit;
  const Dataset data = from({
      {"s", times({-1, std::nullopt}, TimeUnit::SECOND)},
      {"ms", times({-1'000, std::nullopt}, TimeUnit::MILLI, "America/New_York")},
      {"us", times({-1'000'000, std::nullopt}, TimeUnit::MICRO, "UTC")},
      {"ns", times({-999'999'001, std::nullopt}, TimeUnit::NANO)},  // rounded down, as before the epoch too
  });
  for (const Column& column : data.columns())
    EXPECT_THAT(data.time(column.name).micros, ElementsAre(-1'000'000, TimeColumn::kMissingTime)) << column.name;
  const Dataset days = from({{"d32", build<arrow::Date32Builder, std::int32_t>({-2})},
                             {"d64", build<arrow::Date64Builder, std::int64_t>({-2 * 86'400'000LL})}});
  EXPECT_EQ(days.time("d32").micros[0], -2 * kDay);
  EXPECT_EQ(days.time("d64").micros[0], -2 * kDay);
}

TEST(FromArrow, IdsBeyondTwoToThe53StayExact) {
  const std::int64_t big = (std::int64_t{1} << 53) + 1;
  const Dataset data = from({{"id", ints({3, std::nullopt, big, -big, 4})},
                             {"hash", build<arrow::UInt64Builder, std::uint64_t>({1u, ~std::uint64_t{0}, 2u, 3u, 4u})},
                             {"small", ints({1, 2, 3, 4, std::int64_t{1} << 52})}});
  EXPECT_THAT(data.numeric("id").exact, ElementsAre(3, 0, big, -big, 4));
  EXPECT_THAT(data.numeric("hash").exact, ElementsAre(1, -1, 2, 3, 4));
  EXPECT_EQ(data.numeric("hash").values[1], 18446744073709551615.0);
  EXPECT_TRUE(data.numeric("small").exact.empty());
  EXPECT_THAT(data.take({2, 2, 1}).numeric("id").exact, ElementsAre(big, big, 0));
}

TEST(FromArrow, AStreamOfTheCInterfaceIsTakenOver) {
  const auto source = table({{"x", ints({1, 2, 3})}});
  ArrowArrayStream stream;
  ok(arrow::ExportRecordBatchReader(std::make_shared<arrow::TableBatchReader>(source), &stream));
  const Dataset data = dataset_from_arrow_c_stream(kTwo, &stream, "memory");
  EXPECT_THAT(data.numeric("x").values, ElementsAre(1, 2, 3));
  EXPECT_EQ(stream.release, nullptr);
}

class ReadDataset : public testing::Test {
 protected:
  static Dataset read(const std::string& source, const std::vector<std::string>& columns = {}) {
    return read_dataset(kTwo, source, columns);
  }
  TemporaryFolder folder_;
};

const char kCsv[] =
    "when,city,count,price,flag\n"
    "2013-07-01T12:00:00Z,\"Rome, Italy\",1,0.5,true\n"
    "2013-07-01T13:00:00Z,,2,,false\n"
    "2013-07-02T12:00:00Z,\"a \"\"b\"\"\nc\",3,-1e-3,true\n"
    ",NA,4,7,true\n";

NamedArrays as_arrow() {
  const std::int64_t noon = 1'372'680'000;
  return {{"when", times({noon, noon + 3600, noon + 86'400, std::nullopt}, arrow::TimeUnit::SECOND, "UTC")},
          {"city", strings({"Rome, Italy", std::nullopt, "a \"b\"\nc", std::nullopt})},
          {"count", build<arrow::Int16Builder, std::int16_t>(
                        {std::int16_t{1}, std::int16_t{2}, std::int16_t{3}, std::int16_t{4}})},
          {"price", doubles({0.5, std::nullopt, -1e-3, 7.0})},
          {"flag", build<arrow::BooleanBuilder, bool>({true, false, true, true})}};
}

TEST_F(ReadDataset, TheSameDataHasTheSameHashInEveryFormat) {
  const auto source = table(as_arrow());
  const std::string expected = read(write_parquet(*source, folder_ / "a.parquet")).content_hash();
  EXPECT_EQ(expected.size(), 64u);
  EXPECT_EQ(read(write_parquet(*source, folder_ / "groups.pq", 1)).content_hash(), expected);
  EXPECT_EQ(read(write_ipc(*source, folder_ / "a.arrow", false)).content_hash(), expected);
  EXPECT_EQ(read(write_ipc(*source, folder_ / "a.feather", false, 1)).content_hash(), expected);
  EXPECT_EQ(read(write_ipc(*source, folder_ / "a.arrows", true, 3)).content_hash(), expected);
  EXPECT_EQ(read(folder_.write("a.csv", kCsv)).content_hash(), expected);
  NamedArrays other = as_arrow();
  other[1].second = dictionary({2, std::nullopt, 0, std::nullopt}, {"a \"b\"\nc", "unused", "Rome, Italy"});
  std::swap(other[0], other[3]);
  EXPECT_EQ(read(write_parquet(*table(other), folder_ / "other.parquet")).content_hash(), expected);
}

TEST_F(ReadDataset, ADifferenceInAValueANameOrAKindChangesTheHash) {
  const std::string first = from({{"x", ints({1, 2})}, {"c", strings({"a", "b"})}}).content_hash();
  for (const NamedArrays& other : std::vector<NamedArrays>{
           {{"x", ints({1, 3})}, {"c", strings({"a", "b"})}},
           {{"x", ints({1, std::nullopt})}, {"c", strings({"a", "b"})}},
           {{"y", ints({1, 2})}, {"c", strings({"a", "b"})}},
           {{"x", ints({1, 2})}, {"c", strings({"b", "a"})}},
           {{"x", ints({1, 2})}, {"c", strings({"a", std::nullopt})}},
           {{"x", ints({1, 2})}, {"c", strings({"a", "b "})}},
           {{"x", times({1, 2}, arrow::TimeUnit::MICRO)}, {"c", strings({"a", "b"})}},
           {{"x", ints({1, 2})}},
       })
    EXPECT_NE(from(other).content_hash(), first);
  EXPECT_EQ(from({{"x", doubles({1, 2})}, {"c", strings({"a", "b"})}}).content_hash(), first);
  const std::int64_t big = std::int64_t{1} << 60;
  EXPECT_NE(from({{"x", ints({big})}}).content_hash(), from({{"x", ints({big + 1})}}).content_hash());
}

TEST_F(ReadDataset, ColumnsAreReadAsAskedFor) {
  const auto source = table(as_arrow());
  for (const std::string& file :
       {write_parquet(*source, folder_ / "a.parquet"), write_ipc(*source, folder_ / "a.arrow", false),
        write_ipc(*source, folder_ / "a.arrows", true), folder_.write("a.csv", kCsv)}) {
    const Dataset data = read(file, {"price", "city", "price"});
    ASSERT_EQ(data.columns().size(), 2u) << file;
    EXPECT_EQ(data.columns()[0].name, "price") << file;
    EXPECT_EQ(data.columns()[1].name, "city") << file;
    EXPECT_EQ(data.rows(), 4) << file;
    EXPECT_THAT(error_text<DataError>([&] { read(file, {"prize"}); }), HasSubstr("'prize'; did you mean 'price'?"));
  }
}

TEST_F(ReadDataset, SeveralFilesAreOneTableInTheOrderOfTheirNames) {
  write_parquet(*table({{"x", ints({3, 4})}, {"c", strings({"b", "a"})}}), folder_ / "part-2.parquet");
  write_parquet(*table({{"c", dictionary({0, 0}, {"a"})}, {"x", doubles({1, 2})}}), folder_ / "part-1.parquet");
  folder_.write("_SUCCESS", "");
  folder_.write(".part.crc", "x");
  for (const std::string& source :
       {folder_.path().string(), folder_ / "part-*.parquet", folder_ / "part-[12].parquet"}) {
    const Dataset data = read(source);
    EXPECT_THAT(data.numeric("x").values, ElementsAre(1, 2, 3, 4));
    EXPECT_THAT(data.categorical("c").categories, ElementsAre("a", "b"));
    EXPECT_THAT(data.categorical("c").codes, ElementsAre(0, 0, 1, 0));
    EXPECT_FALSE(data.numeric("x").integer);
    EXPECT_EQ(data.place("x", 3), folder_ / "part-2.parquet" + ", column 'x', row 1 (counted from 0)");
    EXPECT_EQ(data.take({3, 0}).take({1}).place("x", 0),
              folder_ / "part-1.parquet" + ", column 'x', row 0 (counted from 0)");
  }
}

TEST_F(ReadDataset, AColumnThatIsEmptyInOneFileTakesTheKindOfTheOthers) {
  folder_.write("1.csv", "a,b,c\n,,\n");
  folder_.write("2.csv", "a,b,c\n");
  folder_.write("3.csv", "a,b,c\nx,2013-01-01,5\n");
  const Dataset data = read(folder_.path().string());
  EXPECT_THAT(data.categorical("a").codes, ElementsAre(-1, 0));
  EXPECT_THAT(data.time("b").micros, ElementsAre(TimeColumn::kMissingTime, 15'706 * kDay));
  EXPECT_EQ(data.numeric("c").values[1], 5);
  EXPECT_EQ(data.place("c", 1), folder_ / "3.csv" + ", column 'c', row 0 (counted from 0)");
}

TEST_F(ReadDataset, CsvMayBeTabbedCompressedOrCarryAByteOrderMark) {
  EXPECT_EQ(read(folder_.write("a.tsv", "x\ty\n1\ta,b\n")).categorical("y").categories[0], "a,b");
  EXPECT_EQ(read(folder_.write("b.csv", "\xef\xbb\xbfx,y\r\n1,2\r\n")).numeric("x").values[0], 1);
  EXPECT_EQ(read(folder_.write("no-ending", "x,y\n1,2\n")).numeric("y").values[0], 2);
  const auto codec = ok(arrow::util::Codec::Create(arrow::Compression::GZIP));
  const auto out = ok(arrow::io::CompressedOutputStream::Make(
      codec.get(), ok(arrow::io::FileOutputStream::Open(folder_ / "c.csv.gz"))));
  ok(out->Write("x,y\n1,2\n"));
  ok(out->Close());
  EXPECT_EQ(read(folder_ / "c.csv.gz", {"y"}).numeric("y").values[0], 2);
}

TEST_F(ReadDataset, ALongTextIsReadWhole) {
  const std::string huge(8 << 20, 'x');
  EXPECT_EQ(
      read(write_parquet(*table({{"c", strings({huge, "y"})}}), folder_ / "a.parquet")).categorical("c").categories[0],
      huge);
  EXPECT_EQ(read(folder_.write("a.csv", "c,d\n" + huge + ",1\ny,2\n")).categorical("c").categories[0], huge);
}

TEST_F(ReadDataset, TheAnswerDoesNotDependOnThreads) {
  const std::string file = folder_.write("a.csv", kCsv);
  const std::string expected = read(file).content_hash();
  for (int threads : {1, 3, 8}) EXPECT_EQ(read_dataset(Execution(Device::cpu, threads), file).content_hash(), expected);
}

}  // namespace
}  // namespace bakeoff
