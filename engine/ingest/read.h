// Files into a Dataset.
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "core/execution.h"
#include "ingest/dataset.h"

namespace bakeoff {

// Reads Parquet, CSV (.csv, .tsv, .txt, also .gz, .zst, .bz2) or Arrow IPC (files and streams; told by their first
// bytes). `source`: a file; a folder, whose files are one table; or a glob (*, ?, [..]). Several files are concatenated
// in the order of their names and must have the same columns, in any order. `columns`: those to read, in this order;
// empty: all. Nulls, and in CSV also empty fields, NA, NaN, null and n/a, are missing. CSV types are inferred; text in
// ISO 8601 is a time. DataError names file, column and row: nothing there, not readable, damaged, another format, no
// rows, a column missing (with the nearest name) or of a type that isn't read (only if it is asked for), files that
// differ.
Dataset read_dataset(const Execution& execution, const std::string& source,
                     const std::vector<std::string>& columns = {});

// The same block by block, until `take` says false: memory doesn't grow with the rows of Parquet and Arrow IPC files.
// Each block is a dataset of its own: categories have codes of their own, and a column of which a block has nothing may
// be of any kind there. Blocks without rows are left out; DataError if there are no others.
void read_dataset_blocks(const Execution& execution, const std::string& source, const std::vector<std::string>& columns,
                         const std::function<bool(const Dataset&)>& take);

}  // namespace bakeoff
