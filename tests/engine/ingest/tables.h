// Arrow tables for tests, and files of them.
#pragma once
#include <arrow/api.h>
#include <arrow/io/api.h>
#include <arrow/ipc/api.h>
#include <parquet/arrow/writer.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "../registry/temporary_folder.h"
#include "core/error.h"

namespace bakeoff {

inline void ok(const arrow::Status& status) {
  if (!status.ok()) throw std::runtime_error(status.ToString());
}
template <class T>
T ok(arrow::Result<T> result) {
  ok(result.status());
  return std::move(result).ValueUnsafe();
}

template <class T>
using Cells = std::vector<std::optional<T>>;

// An array by its builder: build<arrow::Int32Builder, int>({1, std::nullopt}).
template <class Builder, class T>
std::shared_ptr<arrow::Array> build(const Cells<T>& cells, const std::shared_ptr<arrow::DataType>& type = nullptr) {
  std::unique_ptr<arrow::ArrayBuilder> made;
  if (type) ok(arrow::MakeBuilder(arrow::default_memory_pool(), type, &made));
  if constexpr (std::is_default_constructible_v<Builder>) {
    if (!made) made = std::make_unique<Builder>();
  }
  auto& builder = static_cast<Builder&>(*made);
  for (const auto& cell : cells) ok(cell ? builder.Append(*cell) : builder.AppendNull());
  return ok(builder.Finish());
}
inline std::shared_ptr<arrow::Array> ints(const Cells<std::int64_t>& cells) {
  return build<arrow::Int64Builder, std::int64_t>(cells);
}
inline std::shared_ptr<arrow::Array> doubles(const Cells<double>& cells) {
  return build<arrow::DoubleBuilder, double>(cells);
}
inline std::shared_ptr<arrow::Array> strings(const Cells<std::string>& cells) {
  return build<arrow::StringBuilder, std::string>(cells);
}
inline std::shared_ptr<arrow::Array> times(const Cells<std::int64_t>& cells, arrow::TimeUnit::type unit,
                                           const std::string& zone = "") {
  return build<arrow::TimestampBuilder, std::int64_t>(cells, arrow::timestamp(unit, zone));
}
inline std::shared_ptr<arrow::Array> dictionary(const Cells<std::int32_t>& codes, const Cells<std::string>& values) {
  return ok(arrow::DictionaryArray::FromArrays(build<arrow::Int32Builder, std::int32_t>(codes), strings(values)));
}

using NamedArrays = std::vector<std::pair<std::string, std::shared_ptr<arrow::Array>>>;
inline std::shared_ptr<arrow::Table> table(const NamedArrays& columns) {
  arrow::FieldVector fields;
  arrow::ArrayVector arrays;
  for (const auto& [name, array] : columns) {
    fields.push_back(arrow::field(name, array->type()));
    arrays.push_back(array);
  }
  return arrow::Table::Make(arrow::schema(fields), arrays);
}

inline std::string write_parquet(const arrow::Table& table, const std::string& path, std::int64_t row_group = 1 << 20) {
  const auto out = ok(arrow::io::FileOutputStream::Open(path));
  ok(parquet::arrow::WriteTable(table, arrow::default_memory_pool(), out, row_group));
  ok(out->Close());
  return path;
}
inline std::string write_ipc(const arrow::Table& table, const std::string& path, bool stream,
                             std::int64_t batch = 1 << 20) {
  const auto out = ok(arrow::io::FileOutputStream::Open(path));
  const auto writer = stream ? ok(arrow::ipc::MakeStreamWriter(out, table.schema()))
                             : ok(arrow::ipc::MakeFileWriter(out, table.schema()));
  ok(writer->WriteTable(table, batch));
  ok(writer->Close());
  ok(out->Close());
  return path;
}

}  // namespace bakeoff
