// Which files a source means, and what is in one of them. Inner to this layer.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace arrow {
class Table;
}

namespace bakeoff {

// The data files of a file name, a folder or a glob, sorted by name. DataError if there is none, or if the folder holds
// what can't be part of one table (another format, a text file, a folder): nothing is left out silently, except names
// that begin with . or _, as Arrow and Spark do.
std::vector<std::string> data_files(const std::string& source);

// The table in one file; `columns` as read_dataset's. DataError names the file.
std::shared_ptr<arrow::Table> read_table(const std::string& file, const std::vector<std::string>& columns,
                                         bool threads);

// The same, block by block until `take` says false: about 65,536 rows of Parquet at a time, a batch of an Arrow IPC
// file; CSV comes whole, because its types are known at its end. Returns whether all blocks were taken.
bool read_table_blocks(const std::string& file, const std::vector<std::string>& columns, bool threads,
                       const std::function<bool(const std::shared_ptr<arrow::Table>&)>& take);

}  // namespace bakeoff
