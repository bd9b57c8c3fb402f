#include "export/onnx/table_file.h"

#include <arrow/api.h>
#include <arrow/io/file.h>
#include <arrow/ipc/api.h>

#include <algorithm>
#include <cmath>

#include "core/error.h"

namespace bakeoff {
namespace {

constexpr std::int64_t kBatchRows = 65'536;

void require(const arrow::Status& status, const std::string& path) {
  if (!status.ok())
    throw RetryableError(path + ": can't exchange a table with ONNX Runtime: " + status.ToString() +
                         "; free space in the folder of temporary files (TMPDIR) and run again");
}
template <class T>
T require(arrow::Result<T> result, const std::string& path) {
  require(result.status(), path);
  return std::move(result).ValueUnsafe();
}

// One column's rows [first, first + count) as an Arrow array.
struct ToArrow {
  std::int64_t first, count;

  template <class Builder, class Value, class Missing>
  std::shared_ptr<arrow::Array> build(Builder&& builder, Value value, Missing missing) const {
    require(builder.Reserve(count), "memory");
    for (std::int64_t i = first; i < first + count; ++i)
      missing(i) ? builder.UnsafeAppendNull() : builder.UnsafeAppend(value(i));
    std::shared_ptr<arrow::Array> array;
    require(builder.Finish(&array), "memory");
    return array;
  }

  std::shared_ptr<arrow::Array> operator()(const NumericColumn& c) const {
    const auto missing = [&](std::int64_t i) { return std::isnan(c.values[i]); };
    if (!c.exact.empty())
      return build(
          arrow::Int64Builder(), [&](std::int64_t i) { return c.exact[i]; }, missing);
    return build(
        arrow::DoubleBuilder(), [&](std::int64_t i) { return c.values[i]; }, missing);
  }
  std::shared_ptr<arrow::Array> operator()(const TimeColumn& c) const {
    return build(
        arrow::TimestampBuilder(arrow::timestamp(arrow::TimeUnit::MICRO, "UTC"), arrow::default_memory_pool()),
        [&](std::int64_t i) { return c.micros[i]; },
        [&](std::int64_t i) { return c.micros[i] == TimeColumn::kMissingTime; });
  }
  std::shared_ptr<arrow::Array> operator()(const CategoricalColumn& c) const {
    const auto codes = build(
        arrow::Int32Builder(), [&](std::int64_t i) { return c.codes[i]; },
        [&](std::int64_t i) { return c.codes[i] < 0; });
    arrow::StringBuilder texts;
    require(texts.AppendValues(c.categories), "memory");
    std::shared_ptr<arrow::Array> categories;
    require(texts.Finish(&categories), "memory");
    const auto type = arrow::dictionary(arrow::int32(), arrow::utf8());
    return std::make_shared<arrow::DictionaryArray>(type, codes, categories);
  }
};

}  // namespace

void write_table_file(const Dataset& data, const std::string& path) {
  std::shared_ptr<arrow::Schema> schema;
  const auto file = require(arrow::io::FileOutputStream::Open(path), path);
  std::shared_ptr<arrow::ipc::RecordBatchWriter> writer;
  for (std::int64_t first = 0; first == 0 || first < data.rows(); first += kBatchRows) {
    const std::int64_t count = std::min(kBatchRows, data.rows() - first);
    arrow::FieldVector fields;
    arrow::ArrayVector arrays;
    for (const auto& column : data.columns()) {
      arrays.push_back(std::visit(ToArrow{first, count}, column.data));
      fields.push_back(arrow::field(column.name, arrays.back()->type()));
    }
    if (!writer) {
      schema = arrow::schema(fields);
      writer = require(arrow::ipc::MakeFileWriter(file, schema), path);
    }
    require(writer->WriteRecordBatch(*arrow::RecordBatch::Make(schema, count, arrays)), path);
  }
  require(writer->Close(), path);
  require(file->Close(), path);
}

ScoreFile read_score_file(const std::string& path) {
  const auto file = require(arrow::io::ReadableFile::Open(path), path);
  const auto reader = require(arrow::ipc::RecordBatchFileReader::Open(file), path);
  ScoreFile result;
  const auto metadata = reader->schema()->metadata();
  if (metadata && metadata->Contains("judge")) result.judge = require(metadata->Get("judge"), path);
  for (int i = 0; i < reader->num_record_batches(); ++i) {
    const auto batch = require(reader->ReadRecordBatch(i), path);
    const auto scores = std::dynamic_pointer_cast<arrow::FloatArray>(batch->GetColumnByName("score"));
    if (!scores) throw RetryableError(path + ": expected a float32 column 'score'; run again");
    for (std::int64_t row = 0; row < scores->length(); ++row)
      result.scores.push_back(scores->IsNull(row) ? static_cast<float>(kNaN) : scores->Value(row));
  }
  return result;
}

}  // namespace bakeoff
