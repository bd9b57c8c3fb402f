#include "cli/arrow_file.h"

#include <arrow/csv/writer.h>
#include <arrow/io/memory.h>
#include <arrow/ipc/writer.h>
#include <parquet/arrow/writer.h>

#include <cmath>
#include <filesystem>

#include "core/error.h"
#include "core/file.h"
#include "core/text.h"

namespace bakeoff::cli {
namespace {

void require(const arrow::Status& status) {
  if (status.IsOutOfMemory()) throw std::bad_alloc();
  if (!status.ok()) throw RetryableError("writing a table failed: " + status.ToString());
}

template <class Builder, class Fill>
std::shared_ptr<arrow::Array> build(Builder builder, std::int64_t size, const Fill& fill) {
  require(builder.Reserve(size));
  for (std::int64_t i = 0; i < size; ++i) require(fill(builder, static_cast<std::size_t>(i)));
  std::shared_ptr<arrow::Array> array;
  require(builder.Finish(&array));
  return array;
}

std::shared_ptr<arrow::Array> numbers(const NumericColumn& column) {
  const auto size = static_cast<std::int64_t>(column.values.size());
  const auto missing = [&](std::size_t i) { return std::isnan(column.values[i]); };
  if (!column.integer)
    return build(arrow::DoubleBuilder(), size,
                 [&](auto& b, std::size_t i) { return missing(i) ? b.AppendNull() : b.Append(column.values[i]); });
  return build(arrow::Int64Builder(), size, [&](auto& b, std::size_t i) {
    if (missing(i)) return b.AppendNull();
    return b.Append(column.exact.empty() ? static_cast<std::int64_t>(column.values[i]) : column.exact[i]);
  });
}

std::shared_ptr<arrow::Array> texts(const CategoricalColumn& column) {
  return build(arrow::StringBuilder(), static_cast<std::int64_t>(column.codes.size()), [&](auto& b, std::size_t i) {
    return column.codes[i] < 0 ? b.AppendNull()
                               : b.Append(column.categories[static_cast<std::size_t>(column.codes[i])]);
  });
}

std::shared_ptr<arrow::Array> times(const TimeColumn& column) {
  arrow::TimestampBuilder builder(arrow::timestamp(arrow::TimeUnit::MICRO, "UTC"), arrow::default_memory_pool());
  for (const Micros time : column.micros)
    require(time == TimeColumn::kMissingTime ? builder.AppendNull() : builder.Append(time));
  std::shared_ptr<arrow::Array> array;
  require(builder.Finish(&array));
  return array;
}

arrow::Status write_ipc(const arrow::Table& table, arrow::io::OutputStream* sink) {
  ARROW_ASSIGN_OR_RAISE(const auto writer, arrow::ipc::MakeFileWriter(sink, table.schema()));
  ARROW_RETURN_NOT_OK(writer->WriteTable(table));
  return writer->Close();
}

}  // namespace

void Columns::add(const std::string& name, std::shared_ptr<arrow::Array> array) {
  fields_.push_back(arrow::field(name, array->type()));
  arrays_.push_back(std::move(array));
}
void Columns::add(const std::string& name, const std::vector<std::string>& values) {
  add(name, build(arrow::StringBuilder(), static_cast<std::int64_t>(values.size()),
                  [&](auto& b, std::size_t i) { return b.Append(values[i]); }));
}
void Columns::add(const std::string& name, const std::vector<double>& values) {
  add(name, numbers({values, false, {}}));
}
void Columns::add(const std::string& name, const std::vector<std::int64_t>& values) {
  add(name, build(arrow::Int64Builder(), static_cast<std::int64_t>(values.size()),
                  [&](auto& b, std::size_t i) { return b.Append(values[i]); }));
}
void Columns::add(const std::string& name, const std::vector<float>& values) {
  add(name, build(arrow::FloatBuilder(), static_cast<std::int64_t>(values.size()),
                  [&](auto& b, std::size_t i) { return b.Append(values[i]); }));
}
void Columns::add(const Column& column) {
  if (const auto* number = std::get_if<NumericColumn>(&column.data)) return add(column.name, numbers(*number));
  if (const auto* text = std::get_if<CategoricalColumn>(&column.data)) return add(column.name, texts(*text));
  add(column.name, times(std::get<TimeColumn>(column.data)));
}

std::shared_ptr<arrow::Table> Columns::table() const { return arrow::Table::Make(arrow::schema(fields_), arrays_); }

void write_table(const arrow::Table& table, const std::string& path) {
  const std::string extension = std::filesystem::path(path).extension().string();
  const auto opened = arrow::io::BufferOutputStream::Create();
  require(opened.status());
  const std::shared_ptr<arrow::io::BufferOutputStream> sink = *opened;
  if (extension == ".parquet")
    require(parquet::arrow::WriteTable(table, arrow::default_memory_pool(), sink));
  else if (extension == ".csv")
    require(arrow::csv::WriteCSV(table, arrow::csv::WriteOptions::Defaults(), sink.get()));
  else if (extension == ".arrow")
    require(write_ipc(table, sink.get()));
  else
    throw SpecError("'" + path + "': expected a name that ends in .parquet, .csv or .arrow" +
                    hint(extension, {".parquet", ".csv", ".arrow"}));
  const auto bytes = sink->Finish();
  require(bytes.status());
  write_file(path, {reinterpret_cast<const char*>((*bytes)->data()), static_cast<std::size_t>((*bytes)->size())});
}

}  // namespace bakeoff::cli
