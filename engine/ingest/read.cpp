#include "ingest/read.h"

#include <arrow/table.h>

#include <algorithm>

#include "core/error.h"
#include "ingest/files.h"
#include "ingest/table_builder.h"

namespace bakeoff {

namespace {

std::vector<std::string> without_repeats(const std::vector<std::string>& columns) {
  std::vector<std::string> wanted;
  for (const std::string& name : columns)
    if (std::find(wanted.begin(), wanted.end(), name) == wanted.end()) wanted.push_back(name);
  return wanted;
}

}  // namespace

Dataset read_dataset(const Execution& execution, const std::string& source, const std::vector<std::string>& columns) {
  const std::vector<std::string> wanted = without_repeats(columns);
  TableBuilder builder(source, wanted);
  for (const std::string& file : data_files(source)) {
    execution.check_stop();
    builder.append(execution, *read_table(file, wanted, execution.threads() > 1), file);
  }
  return builder.finish();
}

void read_dataset_blocks(const Execution& execution, const std::string& source, const std::vector<std::string>& columns,
                         const std::function<bool(const Dataset&)>& take) {
  const std::vector<std::string> wanted = without_repeats(columns);
  bool any = false;
  for (const std::string& file : data_files(source)) {
    const bool more = read_table_blocks(file, wanted, execution.threads() > 1, [&](const auto& table) {
      execution.check_stop();
      if (table->num_rows() == 0) return true;
      TableBuilder builder(source, wanted);
      builder.append(execution, *table, file);
      any = true;
      return take(builder.finish());
    });
    if (!more) return;
  }
  if (!any) throw DataError(source + ": expected rows, got none");
}

}  // namespace bakeoff
