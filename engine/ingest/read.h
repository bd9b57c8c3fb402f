// Files into a Dataset.
#pragma once
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

}  // namespace bakeoff
