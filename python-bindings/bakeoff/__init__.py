"""Bakeoff: batched retraining and parallel candidate evaluation.

The engine (`bakeoff._core`, C++) is loaded by the first name that needs it.
"""

import importlib

_HOME = {
    "evaluate": "_evaluate",
    "Report": "_evaluate",
    "Accumulator": "_accumulator",
    "custom_metric": "_custom",
    "rank_evaluate": "_rank",
    "RankReport": "_rank",
    "drift": "_drift",
    "DriftReference": "_drift",
    "mmd": "_drift",
    "DriftReport": "_drift",
    "ADWIN": "_core",
    "PageHinkley": "_core",
    "CUSUM": "_core",
    "curve": "_curves",
    "reliability": "_curves",
    "plot": "_plots",
    "ranges": "_slices",
    "fit": "_fit",
    "Fit": "_fit",
    "Search": "_search",
    "SearchCV": "_search_cv",
    "run": "_run",
    "Run": "_run",
    "monitor": "_run",
    "load": "_run",
    "Model": "_run",
    "Registry": "_run",
    "Error": "_core",
    "SpecError": "_core",
    "DataError": "_core",
    "BudgetExceeded": "_core",
    "PromotionConflict": "_core",
    "RetryableError": "_core",
    "__version__": "_core",
}

__all__ = sorted(name for name in _HOME if not name.startswith("_"))


def __getattr__(name):
    home = _HOME.get(name)
    if home is None:
        raise AttributeError(f"module 'bakeoff' has no attribute {name!r}; it has: {', '.join(__all__)}")
    value = getattr(importlib.import_module(f"bakeoff.{home}"), name)
    globals()[name] = value
    return value


def __dir__():
    return __all__
