// What read_dataset does with sources that are not what they should be.
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <random>

#include "ingest/arrow.h"
#include "ingest/read.h"
#include "tables.h"

namespace bakeoff {
namespace {

using testing::AllOf;
using testing::HasSubstr;

const Execution kOne(Device::cpu, 1);

class Damage : public testing::Test {
 protected:
  static std::string refusal(const std::string& source, const std::vector<std::string>& columns = {}) {
    return error_text<DataError>([&] { read_dataset(kOne, source, columns); });
  }
  std::string small_parquet(const std::string& name) const {
    return write_parquet(*table({{"x", ints({1, 2, 3})}, {"c", strings({"a", "b", "a"})}}), folder_ / name);
  }
  TemporaryFolder folder_;
};

TEST_F(Damage, NothingThere) {
  EXPECT_THAT(refusal(""), HasSubstr("got an empty name"));
  EXPECT_THAT(refusal(folder_ / "none.csv"),
              AllOf(HasSubstr("none.csv: expected a file, a folder or a glob"), HasSubstr("relative names start at")));
  EXPECT_THAT(refusal(folder_ / "*.csv"), HasSubstr("expected a glob that matches files; it matches none"));
  EXPECT_THAT(refusal(folder_.path().string()), HasSubstr("it is empty"));
  ASSERT_EQ(symlink("nowhere", (folder_ / "link.csv").c_str()), 0);
  EXPECT_THAT(refusal(folder_ / "link.csv"), HasSubstr("link.csv: expected a file"));
  EXPECT_THAT(refusal(folder_.write("file.csv", "x\n1\n") + "/below.csv"), HasSubstr("Not a directory"));
}

TEST_F(Damage, NothingInside) {
  for (const char* name : {"a.csv", "a.parquet", "a.arrow"})
    EXPECT_THAT(refusal(folder_.write(name, "")), AllOf(HasSubstr(name), HasSubstr("0 bytes")));
  EXPECT_THAT(refusal(folder_.write("b.csv", "x,y\n")), HasSubstr("b.csv: expected at least one row"));
  EXPECT_THAT(refusal(folder_ / "b.csv", {"y"}), HasSubstr("b.csv: expected at least one row"));
  EXPECT_THAT(refusal(folder_.write("newlines.csv", "\n\n\n")), HasSubstr("newlines.csv"));
  EXPECT_THAT(refusal(write_parquet(*table({{"x", ints({})}}), folder_ / "b.parquet")), HasSubstr("at least one row"));
  EXPECT_THAT(refusal(write_ipc(*table({{"x", ints({})}}), folder_ / "b.arrow", false)), HasSubstr("at least one row"));
  EXPECT_THROW(dataset_from_arrow(kOne, table({}), "memory"), DataError);
}

TEST_F(Damage, AFolderWithWhatIsNoPartOfTheTable) {
  small_parquet("a.parquet");
  folder_.write("README.md", "# Data\n");
  EXPECT_THAT(refusal(folder_.path().string()),
              AllOf(HasSubstr("README.md, which is neither Parquet, CSV nor Arrow IPC"), HasSubstr("*.parquet")));
  std::filesystem::remove(folder_ / "README.md");
  folder_.write("a.csv", "x,c\n1,a\n");
  EXPECT_THAT(refusal(folder_.path().string()), AllOf(HasSubstr("Parquet"), HasSubstr("CSV"), HasSubstr("twice")));
  std::filesystem::remove(folder_ / "a.csv");
  folder_.write("empty.parquet", "");
  EXPECT_THAT(refusal(folder_.path().string()), HasSubstr("empty.parquet: expected a data file, got an empty one"));
  std::filesystem::remove(folder_ / "empty.parquet");
  folder_.write("year=2013/b.csv", "x,c\n1,a\n");
  EXPECT_THAT(refusal(folder_.path().string()), HasSubstr("folders in folders aren't read"));
}

TEST_F(Damage, FilesThatDiffer) {
  const auto both = folder_ / "*.csv";
  folder_.write("1.csv", "x,y\n1,2\n");
  folder_.write("2.csv", "x\n1\n");
  EXPECT_THAT(refusal(both), AllOf(HasSubstr("2.csv: no column 'y'"), HasSubstr("1.csv has")));
  EXPECT_EQ(read_dataset(kOne, both, {"x"}).rows(), 2);
  folder_.write("2.csv", "x,y,z\n1,2,3\n");
  EXPECT_THAT(refusal(both), AllOf(HasSubstr("2.csv: has a column 'z'"), HasSubstr("1.csv lacks")));
  folder_.write("2.csv", "x,y\n1,two\n");
  EXPECT_THAT(refusal(both),
              AllOf(HasSubstr("2.csv, column 'y' holds text"), HasSubstr("but numbers"), HasSubstr("1.csv")));
  folder_.write("2.csv", "x,y\n1,2013-01-01\n");
  EXPECT_THAT(refusal(both), HasSubstr("holds times"));
}

TEST_F(Damage, RaggedRowsNameTheRow) {
  const std::string text = refusal(folder_.write("a.csv", "x,y\n1,2\n3\n4,5\n"));
  EXPECT_THAT(text, AllOf(HasSubstr("a.csv: expected CSV with a header"), HasSubstr("Row #3"),
                          HasSubstr("Expected 2 columns, got 1")));
  EXPECT_THAT(refusal(folder_.write("b.csv", "x,y\n1,2,3\n")), HasSubstr("got 3"));
  EXPECT_THAT(refusal(folder_.write("d.csv", "x,c\n1,\xff\xfe\n"), {"c"}), HasSubstr("d.csv"));
}

TEST_F(Damage, TwoColumnsOfOneName) {
  const std::string csv = folder_.write("a.csv", "x,x,y\n1,2,3\n");
  EXPECT_THAT(refusal(csv), AllOf(HasSubstr("a.csv"), HasSubstr("are called 'x'")));
  EXPECT_THAT(refusal(csv, {"x"}), HasSubstr("are called 'x'"));
  EXPECT_EQ(read_dataset(kOne, csv, {"y"}).numeric("y").values[0], 3);
  const auto twice = table({{"x", ints({1})}, {"x", ints({2})}});
  EXPECT_THAT(refusal(write_parquet(*twice, folder_ / "a.parquet")), HasSubstr("are called 'x'"));
  EXPECT_THAT(refusal(write_ipc(*twice, folder_ / "a.arrow", false), {"x"}), HasSubstr("are called 'x'"));
}

TEST_F(Damage, AListIsRefusedOnlyIfItIsAskedFor) {
  arrow::ListBuilder lists(arrow::default_memory_pool(), std::make_shared<arrow::Int64Builder>());
  ok(lists.Append());
  const auto source = table({{"x", ints({1})}, {"list", ok(lists.Finish())}});
  for (const std::string& file :
       {write_parquet(*source, folder_ / "a.parquet"), write_ipc(*source, folder_ / "a.arrow", false)}) {
    const Dataset data = read_dataset(kOne, file);
    EXPECT_EQ(data.columns().size(), 1u);
    EXPECT_THAT(error_text<DataError>([&] { data.column("list"); }), HasSubstr("column 'list' has type list<"));
    EXPECT_THAT(refusal(file, {"x", "list"}), AllOf(HasSubstr("list"), HasSubstr("convert it before")));
  }
}

TEST_F(Damage, WrongFormats) {
  EXPECT_THAT(refusal(folder_.write("a.parquet", "x,y\n1,2\n")), HasSubstr("expected Parquet or Arrow IPC"));
  EXPECT_THAT(refusal(folder_.write("a.csv", std::string("x\0y\n", 4))), HasSubstr("expected Parquet or Arrow IPC"));
  EXPECT_THAT(refusal(folder_.write("a.xlsx", "PK\3\4")), HasSubstr("a.xlsx"));
  EXPECT_THAT(refusal(folder_.write("a.csv.gz", "x,y\n1,2\n")), HasSubstr("a.csv.gz"));
  EXPECT_THAT(refusal(folder_.write("b.parquet", "PAR1")), HasSubstr("b.parquet"));
  EXPECT_THAT(refusal(folder_.write("b.arrow", "ARROW1\0\0")), HasSubstr("b.arrow"));
  EXPECT_THAT(refusal(folder_.write("c.arrow", "\xff\xff\xff\xff\xff\xff\xff\x7f")), HasSubstr("c.arrow"));
}

TEST_F(Damage, TimesThatDoNotFitInMicrosecondsNameTheRow) {
  const auto source = table({{"t", times({1, std::int64_t{1} << 60}, arrow::TimeUnit::SECOND)}});
  EXPECT_THAT(refusal(write_ipc(*source, folder_ / "a.arrow", false)),
              AllOf(HasSubstr("a.arrow, column 't', row 1 (counted from 0)"), HasSubstr("64-bit microseconds")));
}

// Every byte of small files changed or cut off: an error or an answer, never a crash (run it under the sanitizers).
TEST_F(Damage, FlippedAndMissingBytes) {
  const auto source = table({{"x", ints({1, std::nullopt, 3})},
                             {"c", strings({"a", "b", std::nullopt})},
                             {"d", dictionary({1, 0, std::nullopt}, {"p", "q"})},
                             {"t", times({1, 2, 3}, arrow::TimeUnit::MILLI)}});
  write_parquet(*source, folder_ / "p");
  write_ipc(*source, folder_ / "f", false);
  write_ipc(*source, folder_ / "s", true);
  std::mt19937 random(7);
  int refused = 0, tried = 0;
  for (const char* name : {"p", "f", "s"}) {
    const std::string whole = folder_.read(name);
    for (std::size_t at = 0; at < whole.size(); at += 3) {
      std::string bytes = whole;
      if (random() % 4 == 0) {
        bytes.resize(at);
      } else {
        bytes[at] = static_cast<char>(random());
      }
      ++tried;
      try {
        const Dataset data = read_dataset(kOne, folder_.write("damaged", bytes));
        EXPECT_GE(data.rows(), 1);
        data.content_hash();
      } catch (const DataError& e) {
        ++refused;
        EXPECT_THAT(e.what(), HasSubstr("damaged"));
      } catch (const RetryableError&) {
        ++refused;  // a length that no memory holds
      }
    }
  }
  EXPECT_GT(refused, tried / 10);
}

TEST_F(Damage, AFileThatMayNotBeRead) {
  const std::string file = small_parquet("a.parquet");
  chmod(file.c_str(), 0);
  const bool root = geteuid() == 0;
  chmod(folder_.path().c_str(), 0755);
  ASSERT_EQ(seteuid(root ? 65534 : geteuid()), 0);
  const std::string text = refusal(file);
  ASSERT_EQ(seteuid(root ? 0 : geteuid()), 0);
  EXPECT_THAT(text, AllOf(HasSubstr("a.parquet: expected a file that can be read"), HasSubstr("Permission denied")));
}

TEST_F(Damage, AStopIsSeenBetweenFiles) {
  small_parquet("a.parquet");
  small_parquet("b.parquet");
  Execution execution(Device::cpu, 1);
  int asked = 0;
  execution.set_stop_check([&] { return ++asked == 2; });
  EXPECT_THROW(read_dataset(execution, folder_.path().string()), Interrupted);
}

}  // namespace
}  // namespace bakeoff
