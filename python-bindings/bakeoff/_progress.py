"""Budgets, callbacks and the progress bar of a search."""

import numbers
import sys
import time

from bakeoff import _core


class Clock:
    """budget: {"time": seconds, "cost": money, "price_per_hour": money}."""

    def __init__(self, budget):
        budget = dict(budget or {})
        unknown = set(budget) - {"time", "cost", "price_per_hour"}
        if unknown:
            raise _core.SpecError(f"budget: {', '.join(sorted(unknown))} not known; expected time (seconds), cost and "
                                  f"price_per_hour")
        for name, value in budget.items():
            if value is not None and not (isinstance(value, numbers.Real) and value >= 0):
                raise _core.SpecError(f"budget: {name} must be a number of at least 0, got {value!r}")
        if budget.get("cost") and not budget.get("price_per_hour"):
            raise _core.SpecError("budget: cost is counted in price_per_hour; give the machine's price, too")
        self._limit = budget.get("time") or float("inf")
        if budget.get("cost"):
            self._limit = min(self._limit, budget["cost"] / budget["price_per_hour"] * 3600)
        self._start = time.monotonic()

    def spent(self):
        return time.monotonic() - self._start >= self._limit


class Shown:
    """Tells a callback and whoever watches."""

    def __init__(self, callback, verbose):
        if callback is not None and not callable(callback):
            raise _core.SpecError(f"callback: expected a function, got {callback!r}")
        self._callback, self._verbose = callback, verbose
        self._bar = bool(verbose) and sys.stderr.isatty()
        self._drawn = 0.0

    def progress(self):
        """What the engine calls while a batch trains; None if nobody asked."""
        return self._progress if self._callback or self._bar else None

    def _progress(self, done, total):
        if self._callback:
            self._callback({"event": "progress", "done": done, "total": total})
        if self._bar and (done == total or time.monotonic() - self._drawn > 0.1):
            self._drawn = time.monotonic()
            filled = 30 * done // max(total, 1)
            sys.stderr.write(f"\r[{'#' * filled}{'.' * (30 - filled)}] {done}/{total} fits")
            sys.stderr.flush()

    def batch(self, found, decides, fraction):
        """After a batch; True if the callback wants the search to end."""
        merits = [m for m in found.merits(len(found.params), decides) if m == m]
        event = {"event": "batch", "candidates": len(found.params), "fraction": fraction,
                 "best": found.shown(max(merits), decides) if merits else None}
        if self._verbose:
            clear = "\r\x1b[K" if self._bar else ""
            sys.stderr.write(f"{clear}{event['candidates']} candidates fitted (last on {fraction:.3g} of the rows), "
                             f"best {event['best']}\n")
        return self._callback is not None and self._callback(event) is True
