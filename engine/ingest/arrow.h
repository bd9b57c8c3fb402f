// Tables that are in memory already, from Arrow C++ or through its C interface.
#pragma once
#include <memory>
#include <string>

#include "core/execution.h"
#include "ingest/dataset.h"

namespace arrow {
class Table;
}
struct ArrowArrayStream;

namespace bakeoff {

// `source` is what errors call the table. DataError as read_dataset's; a table without rows is one.
Dataset dataset_from_arrow(const Execution& execution, const std::shared_ptr<arrow::Table>& table,
                           const std::string& source);
// Takes the stream over, also when it fails: the caller must not release it. (__arrow_c_stream__ of the Arrow PyCapsule
// interface; pandas, polars and pyarrow tables offer it.)
Dataset dataset_from_arrow_c_stream(const Execution& execution, ArrowArrayStream* stream, const std::string& source);

}  // namespace bakeoff
