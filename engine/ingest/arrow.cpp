#include "ingest/arrow.h"

#include <arrow/c/bridge.h>
#include <arrow/record_batch.h>
#include <arrow/table.h>

#include "ingest/status.h"
#include "ingest/table_builder.h"

namespace bakeoff {

Dataset dataset_from_arrow(const Execution& execution, const std::shared_ptr<arrow::Table>& table,
                           const std::string& source) {
  require(table->ValidateFull(), source, "a valid Arrow table");
  TableBuilder builder(source, {});
  builder.append(execution, *table, source);
  return builder.finish();
}

Dataset dataset_from_arrow_c_stream(const Execution& execution, ArrowArrayStream* stream, const std::string& source) {
  const auto reader = require(arrow::ImportRecordBatchReader(stream), source, "a stream of Arrow record batches");
  return dataset_from_arrow(execution, require(reader->ToTable(), source, "a stream of Arrow record batches"), source);
}

}  // namespace bakeoff
