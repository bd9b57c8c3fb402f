// bakeoff._core: one bind_<concept>.cpp each; here they are only listed.
#include "bind.h"

PYBIND11_MODULE(_core, m) {
  m.doc() = "The engine of Bakeoff; import `bakeoff`, not this module.";
  m.attr("__version__") = BAKEOFF_VERSION;
  bakeoff::bind_drift(m);
  bakeoff::bind_errors(m);
  bakeoff::bind_curves(m);
  bakeoff::bind_evaluate(m);
  bakeoff::bind_classes(m);
  bakeoff::bind_accumulator(m);
  bakeoff::bind_fit(m);
  bakeoff::bind_model(m);
  bakeoff::bind_rank(m);
  bakeoff::bind_registry(m);
  bakeoff::bind_run(m);
  bakeoff::bind_search(m);
}
