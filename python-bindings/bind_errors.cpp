#include "bind.h"
#include "core/error.h"

namespace bakeoff {

void bind_errors(py::module_& m) {
  static py::exception<Error> base(m, "Error");
  py::register_exception<SpecError>(m, "SpecError", base);
  py::register_exception<DataError>(m, "DataError", base);
  py::register_exception<BudgetExceeded>(m, "BudgetExceeded", base);
  py::register_exception<PromotionConflict>(m, "PromotionConflict", base);
  py::register_exception<RetryableError>(m, "RetryableError", base);
}

}  // namespace bakeoff
