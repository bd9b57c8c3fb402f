#include "bind.h"
#include "core/error.h"
#include "kernels/launch.h"

namespace bakeoff {

void bind_errors(py::module_& m) {
  static py::exception<Error> base(m, "Error");
  py::register_exception<SpecError>(m, "SpecError", base);
  py::register_exception<DataError>(m, "DataError", base);
  py::register_exception<BudgetExceeded>(m, "BudgetExceeded", base);
  py::register_exception<PromotionConflict>(m, "PromotionConflict", base);
  static py::exception<RetryableError> retryable(m, "RetryableError", base);
  py::register_exception_translator([](std::exception_ptr raised) {
    try {
      if (raised) std::rethrow_exception(raised);
    } catch (const RetryableError& error) {
      py::set_error(retryable, error.what());
    } catch (const kernels::DeviceError& error) {
      py::set_error(error.retryable() ? static_cast<py::handle>(retryable) : base, error.what());
    }
  });
  // Where users find them, in tracebacks and for pickle.
  for (const char* name : {"Error", "SpecError", "DataError", "BudgetExceeded", "PromotionConflict", "RetryableError"})
    m.attr(name).attr("__module__") = "bakeoff";
}

}  // namespace bakeoff
