#include <arrow/api.h>
#include <arrow/csv/api.h>
#include <arrow/io/api.h>
#include <arrow/ipc/api.h>
#include <arrow/util/compression.h>
#include <parquet/arrow/reader.h>
#include <parquet/exception.h>
#include <parquet/file_reader.h>
#include <parquet/metadata.h>

#include <algorithm>

#include "core/error.h"
#include "core/text.h"
#include "ingest/files.h"
#include "ingest/format.h"
#include "ingest/status.h"

namespace bakeoff {
namespace {

using TablePtr = std::shared_ptr<arrow::Table>;
using Names = std::vector<std::string>;

void require_columns(const std::string& file, const Names& wanted, const Names& known) {
  for (const std::string& name : wanted)
    if (std::find(known.begin(), known.end(), name) == known.end())
      throw DataError(file + ": no column '" + printable(name) + "'" + hint(name, known));
}

struct ParquetReader {
  std::unique_ptr<parquet::arrow::FileReader> reader;
  std::vector<int> leaves;  // of the wanted columns
};

// `whole`: the bytes of all row groups are fetched ahead, side by side; else memory is that of a block.
ParquetReader open_parquet(const std::string& file, const Names& columns, bool threads, bool whole) {
  constexpr std::int64_t kBlockRows = 65536;
  parquet::ArrowReaderProperties properties(threads);
  properties.set_batch_size(kBlockRows);
  properties.set_pre_buffer(whole);
  parquet::arrow::FileReaderBuilder builder;
  require(builder.OpenFile(file), file, "a Parquet file");
  const std::shared_ptr<parquet::FileMetaData> metadata = builder.raw_reader()->metadata();
  const parquet::SchemaDescriptor& schema = *metadata->schema();
  ParquetReader out;
  Names known;
  for (int leaf = 0; leaf < schema.num_columns(); ++leaf) {
    const std::string& name = schema.GetColumnRoot(leaf)->name();
    known.push_back(name);
    if (columns.empty() || std::find(columns.begin(), columns.end(), name) != columns.end()) out.leaves.push_back(leaf);
    // Text arrives as codes and categories, as we keep it.
    const auto* column = schema.Column(leaf);
    if (column->physical_type() == parquet::Type::BYTE_ARRAY && schema.GetColumnRoot(leaf)->is_primitive())
      properties.set_read_dictionary(leaf, true);
  }
  require_columns(file, columns, known);
  out.reader = require(builder.memory_pool(arrow::default_memory_pool())->properties(properties)->Build(), file,
                       "a Parquet file");
  return out;
}

TablePtr read_parquet(const std::string& file, const Names& columns, bool threads) {
  const ParquetReader in = open_parquet(file, columns, threads, true);
  return require(in.reader->ReadTable(in.leaves), file, "a Parquet file without damage");
}

arrow::ipc::IpcReadOptions ipc_options(const std::string& file, const arrow::Schema& schema, const Names& columns,
                                       bool threads) {
  require_columns(file, columns, schema.field_names());
  arrow::ipc::IpcReadOptions options;
  options.use_threads = threads;
  for (const std::string& name : columns)
    for (int field : schema.GetAllFieldIndices(name)) options.included_fields.push_back(field);
  std::sort(options.included_fields.begin(), options.included_fields.end());
  return options;
}

std::shared_ptr<arrow::ipc::RecordBatchFileReader> open_arrow_file(const std::string& file, const Names& columns,
                                                                   bool threads) {
  constexpr const char* kExpected = "an Arrow IPC file without damage";
  const auto in = require(arrow::io::ReadableFile::Open(file), file, kExpected);
  const auto reader = require(arrow::ipc::RecordBatchFileReader::Open(in), file, kExpected);
  const auto options = ipc_options(file, *reader->schema(), columns, threads);
  return require(arrow::ipc::RecordBatchFileReader::Open(in, options), file, kExpected);
}

TablePtr read_arrow_file(const std::string& file, const Names& columns, bool threads) {
  constexpr const char* kExpected = "an Arrow IPC file without damage";
  const auto reader = open_arrow_file(file, columns, threads);
  arrow::RecordBatchVector batches;
  for (int i = 0; i < reader->num_record_batches(); ++i)
    batches.push_back(require(reader->ReadRecordBatch(i), file, kExpected));
  return require(arrow::Table::FromRecordBatches(reader->schema(), batches), file, kExpected);
}

TablePtr read_arrow_stream(const std::string& file, const Names& columns, bool threads) {
  constexpr const char* kExpected = "an Arrow IPC stream without damage";
  const auto in = require(arrow::io::ReadableFile::Open(file), file, kExpected);
  auto reader = require(arrow::ipc::RecordBatchStreamReader::Open(in), file, kExpected);
  const auto options = ipc_options(file, *reader->schema(), columns, threads);
  require(in->Seek(0), file, kExpected);
  reader = require(arrow::ipc::RecordBatchStreamReader::Open(in, options), file, kExpected);
  return require(reader->ToTable(), file, kExpected);
}

std::shared_ptr<arrow::io::InputStream> open_csv(const std::string& file) {
  std::shared_ptr<arrow::io::InputStream> in = require(arrow::io::ReadableFile::Open(file), file, "a CSV file");
  const std::string compression = compression_of(file);
  if (compression.empty()) return in;
  const auto type = compression == "gz"    ? arrow::Compression::GZIP
                    : compression == "zst" ? arrow::Compression::ZSTD
                    : compression == "bz2" ? arrow::Compression::BZ2
                                           : arrow::Compression::LZ4_FRAME;
  const std::string expected = "CSV compressed as its name says (." + compression + ")";
  std::shared_ptr<arrow::util::Codec> codec = require(arrow::util::Codec::Create(type), file, expected);
  // The stream borrows the codec; both go when the last user of the stream does.
  auto* stream = new auto(require(arrow::io::CompressedInputStream::Make(codec.get(), in), file, expected));
  return {stream->get(), [stream, codec](arrow::io::InputStream*) { delete stream; }};
}

struct CsvOptions {
  arrow::csv::ReadOptions read = arrow::csv::ReadOptions::Defaults();
  arrow::csv::ParseOptions parse = arrow::csv::ParseOptions::Defaults();
  arrow::csv::ConvertOptions convert = arrow::csv::ConvertOptions::Defaults();
};

CsvOptions csv_options(const std::string& file, const Names& columns, bool threads) {
  CsvOptions options;
  options.read.use_threads = threads;
  const std::string plain = compression_of(file).empty() ? file : file.substr(0, file.rfind('.'));
  if (plain.ends_with(".tsv") || plain.ends_with(".TSV")) options.parse.delimiter = '\t';
  options.parse.newlines_in_values = true;
  options.convert.strings_can_be_null = true;
  options.convert.auto_dict_encode = true;
  options.convert.auto_dict_max_cardinality = 1 << 16;
  options.convert.include_columns = columns;
  return options;
}

// From the header alone, so that a missing column can be told from its nearest.
arrow::Status check_csv_header(const std::string& file, const Names& columns, const CsvOptions& options) {
  auto all = options.convert;
  all.include_columns.clear();
  ARROW_ASSIGN_OR_RAISE(const auto reader,
                        arrow::csv::StreamingReader::Make(arrow::io::default_io_context(), open_csv(file), options.read,
                                                          options.parse, all));
  require_columns(file, columns, reader->schema()->field_names());
  for (const std::string& name : columns)
    if (reader->schema()->GetAllFieldIndices(name).size() > 1)
      throw DataError(file + ": expected columns with names of their own; several are called '" + printable(name) +
                      "'");
  return arrow::Status::OK();
}

arrow::Result<TablePtr> try_csv(const std::string& file, const Names& columns, const CsvOptions& options) {
  if (!columns.empty()) ARROW_RETURN_NOT_OK(check_csv_header(file, columns, options));
  ARROW_ASSIGN_OR_RAISE(const auto reader,
                        arrow::csv::TableReader::Make(arrow::io::default_io_context(), open_csv(file), options.read,
                                                      options.parse, options.convert));
  return reader->Read();
}

TablePtr read_csv(const std::string& file, const Names& columns, bool threads) {
  constexpr const char* kExpected = "CSV with a header and as many fields in each row";
  constexpr std::int32_t kLargestBlock = 1 << 30;
  CsvOptions options = csv_options(file, columns, threads);
  auto table = try_csv(file, columns, options);
  // A row must fit in a block, and only the reader knows how long rows are.
  while (!table.ok() && options.read.block_size < kLargestBlock &&
         table.status().message().find("block size") != std::string::npos) {
    options.read.block_size *= 32;
    table = try_csv(file, columns, options);
  }
  // One thread counts rows, so that the error can name the one that is wrong.
  if (!table.ok() && options.read.use_threads) {
    options.read.use_threads = false;
    table = try_csv(file, columns, options);
  }
  return require(std::move(table), file, kExpected);
}

}  // namespace

TablePtr read_table(const std::string& file, const Names& columns, bool threads) {
  try {
    TablePtr table;
    switch (format_of(file)) {
      case Format::parquet:
        table = read_parquet(file, columns, threads);
        break;
      case Format::csv:
        table = read_csv(file, columns, threads);
        break;
      case Format::arrow_file:
        table = read_arrow_file(file, columns, threads);
        break;
      case Format::arrow_stream:
        table = read_arrow_stream(file, columns, threads);
        break;
      case Format::empty:
        throw DataError(file + ": expected a data file, got an empty one (0 bytes)");
      case Format::unknown:
        throw DataError(file +
                        ": expected Parquet or Arrow IPC (told by the first bytes) or text named .csv, .tsv or " +
                        ".txt (also .gz, .zst, .bz2, .lz4), got neither");
    }
    // A damaged file may hold offsets and codes that point outside of its buffers.
    require(table->ValidateFull(), file, "a table without damage");
    return table;
  } catch (const parquet::ParquetException& e) {
    throw DataError(file + ": expected a Parquet file without damage: " + printable(e.what(), 300));
  }
}

bool read_table_blocks(const std::string& file, const Names& columns, bool threads,
                       const std::function<bool(const TablePtr&)>& take) {
  const auto take_batch = [&](const std::shared_ptr<arrow::RecordBatch>& batch) {
    const TablePtr table = require(arrow::Table::FromRecordBatches({batch}), file, "a table without damage");
    require(table->ValidateFull(), file, "a table without damage");
    return take(table);
  };
  try {
    const Format format = format_of(file);
    if (format == Format::arrow_file) {
      const auto reader = open_arrow_file(file, columns, threads);
      for (int i = 0; i < reader->num_record_batches(); ++i)
        if (!take_batch(require(reader->ReadRecordBatch(i), file, "an Arrow IPC file without damage"))) return false;
      return true;
    }
    if (format != Format::parquet) return take(read_table(file, columns, threads));
    const ParquetReader in = open_parquet(file, columns, threads, false);
    std::vector<int> groups(static_cast<std::size_t>(in.reader->num_row_groups()));
    for (std::size_t group = 0; group < groups.size(); ++group) groups[group] = static_cast<int>(group);
    const auto batches = require(in.reader->GetRecordBatchReader(groups, in.leaves), file, "a Parquet file");
    for (;;) {
      const auto batch = require(batches->Next(), file, "a Parquet file without damage");
      if (!batch) return true;
      if (!take_batch(batch)) return false;
    }
  } catch (const parquet::ParquetException& e) {
    throw DataError(file + ": expected a Parquet file without damage: " + printable(e.what(), 300));
  }
}

}  // namespace bakeoff
