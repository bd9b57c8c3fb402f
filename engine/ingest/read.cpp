#include "ingest/read.h"

#include <arrow/table.h>

#include <algorithm>

#include "ingest/files.h"
#include "ingest/table_builder.h"

namespace bakeoff {

Dataset read_dataset(const Execution& execution, const std::string& source, const std::vector<std::string>& columns) {
  std::vector<std::string> wanted;
  for (const std::string& name : columns)
    if (std::find(wanted.begin(), wanted.end(), name) == wanted.end()) wanted.push_back(name);
  TableBuilder builder(source, wanted);
  for (const std::string& file : data_files(source)) {
    execution.check_stop();
    builder.append(execution, *read_table(file, wanted, execution.threads() > 1), file);
  }
  return builder.finish();
}

}  // namespace bakeoff
