// The formats of data files, told by their first bytes. Inner to this layer.
#pragma once
#include <cstdint>
#include <string>

namespace bakeoff {

enum class Format : std::uint8_t { unknown, empty, parquet, csv, arrow_file, arrow_stream };
const char* name(Format format);

// CSV has no first bytes of its own: its name must end in .csv, .tsv or .txt, perhaps with .gz, .zst, .bz2 or .lz4
// after it, or have no ending. DataError if the file can't be read.
Format format_of(const std::string& file);
// "gz" of "x.csv.gz"; empty if it isn't compressed.
std::string compression_of(const std::string& file);

}  // namespace bakeoff
