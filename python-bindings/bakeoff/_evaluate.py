"""bakeoff.evaluate: every metric of every candidate with its interval."""

import numpy as np

from bakeoff import _arrays, _classes, _core


def evaluate(labels, scores, metrics=None, task="binary", *, names=None, weights=None, units=None, slices=None,
             baseline=None, positive=None, classes=None, nan="raise", compat=None, device="auto", threads=0,
             keep_replicates=False, **options):
    """Evaluates M candidates on N rows.

    labels: (N,). scores: (N,) or (M, N), float32 or float64, or {name: (N,)}. For task="multiclass" scores are (N, C)
    or (M, N, C) and labels numbers in [0, C), or any of `classes`, which name the columns; for task="multilabel"
    labels are (N, C) of 0 and 1. weights: (N,). units: (N,) integers, strings or times: rows of one unit are resampled
    together. slices: {name: bool (N,) or integer codes (N,)}.
    options: resamples, confidence, interval, threshold, undefined, seed; defaults stand in the engine.
    Returns a Report. Raises SpecError for options, DataError for values.
    """
    if nan not in ("raise", "drop"):
        raise _core.SpecError(f"nan: expected 'raise' or 'drop', got {nan!r}")
    if compat is not None:
        raise _core.SpecError(f"compat: expected None, got {compat!r}; no metric of this version needs it")
    if names is None and isinstance(scores, dict):
        names = list(scores)
    common = {
        "weights": None if weights is None else _arrays.as_float(weights, "weights"),
        "units": None if units is None else _arrays.as_units(units),
        "names": [] if names is None else [str(name) for name in names],
        "metrics": [] if metrics is None else [metrics] if isinstance(metrics, str) else list(metrics),
        "device": device, "threads": threads, "drop_nan": nan == "drop", **options}
    if task in ("multiclass", "multilabel"):
        rows = _slice_rows(slices, len(_arrays.as_array(labels, "labels")))
        return Report(_classes.board(labels, scores, task, classes, slices=rows, **common), baseline, keep_replicates)
    y = _arrays.as_labels(labels, task, positive)
    board = _core.evaluate(labels=y, scores=_arrays.as_scores(scores), slices=_slice_rows(slices, len(y)), task=task,
                           **common)
    return Report(board, baseline, keep_replicates)


def _slice_rows(slices, rows):
    out = []
    for name, given in (slices or {}).items():
        array = _arrays.as_array(given, f"slice {name}")
        if array.shape != (rows,):
            raise _core.DataError(f"slice {name}: expected shape ({rows},), got {array.shape}")
        if array.dtype == bool:
            out.append((str(name), np.flatnonzero(array)))
        elif array.dtype.kind in "iuUSO":
            out += [(f"{name}={value}", np.flatnonzero(array == value)) for value in np.unique(array)]
        else:
            raise _core.DataError(f"slice {name}: expected booleans or integer codes, got {array.dtype}")
    return out


class Report:
    """Values with intervals: float64 arrays (M, S, K) of candidates x slices x metrics; slice 0 is "all"."""

    def __init__(self, board, baseline=None, keep_replicates=False):
        self._board = board
        self._baseline = baseline
        self.value, self.low, self.high = board.value, board.low, board.high
        self.reason = board.reason
        self.names, self.slice_names, self.metric_names = board.names, board.slice_names, board.metric_names
        self.count, self.positives, self.units = board.count, board.positives, board.units
        self.valid_resamples = board.valid_resamples
        self.interval, self.confidence, self.resamples = board.interval, board.confidence, board.resamples
        self.replicates = board.replicates if keep_replicates else None

    def compare(self, baseline=None):
        """Paired differences to a candidate: difference, low, high, p, p_adjusted (max-T), each (M, S, K)."""
        baseline = baseline if baseline is not None else self._baseline
        if baseline is None:
            raise _core.SpecError(f"compare: expected the name of a candidate, one of {', '.join(self.names)}")
        return _core.compare(self._board, str(baseline))

    def _rows(self):
        for m, name in enumerate(self.names):
            for s, slice_name in enumerate(self.slice_names):
                for k, metric in enumerate(self.metric_names):
                    yield {"candidate": name, "slice": slice_name, "metric": metric,
                           "value": self.value[m, s, k], "low": self.low[m, s, k], "high": self.high[m, s, k],
                           "count": int(self.count[s]), "reason": self.reason[m][s][k]}

    def table(self):
        """The report as a pyarrow.Table, one row a candidate, slice and metric."""
        import pyarrow

        return pyarrow.Table.from_pylist(list(self._rows()))

    def to_pandas(self):
        """The report as a pandas.DataFrame."""
        return self.table().to_pandas()

    def __repr__(self):
        lines = []
        for row in self._rows():
            ends = "" if np.isnan(row["low"]) else f" [{row['low']:.4f}, {row['high']:.4f}]"
            why = "" if row["reason"] == "ok" else f" ({row['reason']})"
            lines.append(f"{row['candidate']} {row['slice']} {row['metric']}: {row['value']:.4f}{ends}{why}")
        return "\n".join(lines)
