// Tables of results as files.
#pragma once
#include <arrow/api.h>

#include <memory>
#include <string>

#include "ingest/dataset.h"

namespace bakeoff::cli {

// Columns of equal length, one after the other.
class Columns {
 public:
  void add(const std::string& name, std::shared_ptr<arrow::Array> array);
  void add(const std::string& name, const std::vector<std::string>& values);
  void add(const std::string& name, const std::vector<double>& values);  // NaN becomes null
  void add(const std::string& name, const std::vector<std::int64_t>& values);
  void add(const std::string& name, const std::vector<float>& values);
  void add(const Column& column);  // of a dataset, with its missing values
  std::shared_ptr<arrow::Table> table() const;

 private:
  std::vector<std::shared_ptr<arrow::Field>> fields_;
  std::vector<std::shared_ptr<arrow::Array>> arrays_;
};

// By the end of the name: .parquet, .csv or .arrow (IPC file). SpecError for another; whole or not there.
void write_table(const arrow::Table& table, const std::string& path);

}  // namespace bakeoff::cli
