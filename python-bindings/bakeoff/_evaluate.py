"""bakeoff.evaluate: every metric of every candidate with its interval."""

import numpy as np

from bakeoff import _arrays, _core


def evaluate(labels, scores, metrics=None, task="binary", *, names=None, weights=None, units=None, slices=None,
             values=None, baseline=None, positive=None, nan="raise", compat=None, device="auto", threads=0,
             keep_replicates=False, **options):
    """Evaluates M candidates on N rows.

    labels: (N,). scores: (N,) or (M, N), float32 or float64, or {name: (N,)}, a table or a data frame with a column
    a candidate. weights: (N,). units: (N,) integers, strings or times: rows of one unit are resampled together.
    slices: {name: bool (N,), integer codes or strings (N,)}; a row without a value is in none of them.
    metrics: names of docs/metrics.md, parameters behind an @ (recall_at_precision@0.9, ece@15). values: {name: (N,)},
    what a row is worth if its action (score >= threshold) is taken, for mean:NAME and total:NAME. compat: None or
    "sklearn".
    options: resamples, confidence, interval, threshold, undefined, seed; defaults stand in the engine.
    Returns a Report. Raises SpecError for options, DataError for values.
    """
    if nan not in ("raise", "drop"):
        raise _core.SpecError(f"nan: expected 'raise' or 'drop', got {nan!r}")
    scores = _arrays.named_columns(scores)
    if names is None and isinstance(scores, dict):
        names = list(scores)
    names = [] if names is None else [str(name) for name in names]
    if len(set(names)) < len(names):
        raise _core.SpecError(f"names: expected a name of its own for each candidate, got {names}")
    matrix = _arrays.as_scores(scores)
    y = _arrays.as_labels(labels, task, positive)
    board = _core.evaluate(
        labels=y,
        scores=matrix,
        weights=None if weights is None else _arrays.as_weights(weights),
        units=None if units is None else _arrays.as_units(units),
        slices=_slice_rows(slices, len(y)),
        values=[(str(name), _arrays.as_float(given, f"values {name}")) for name, given in (values or {}).items()],
        names=names,
        metrics=[] if metrics is None else [metrics] if isinstance(metrics, str) else metrics,
        task=task, device=device, threads=threads, drop_nan=nan == "drop", compat=compat or "", **options)
    return Report(board, baseline, keep_replicates)


def _slice_rows(slices, rows):
    if not isinstance(slices or {}, dict):
        raise _core.SpecError(f"slices: expected {{name: (N,)}}, got {type(slices).__name__}")
    out = []
    for name, given in (slices or {}).items():
        array = _arrays.as_array(given, f"slice {name}")
        if array.shape != (rows,):
            raise _core.DataError(f"slice {name}: expected shape ({rows},), got {array.shape}")
        if array.dtype == bool:
            out.append((str(name), np.flatnonzero(array)))
        elif array.dtype.kind in "iuUSTO":
            known = np.flatnonzero(~_arrays.missing(array))
            try:
                values, place = np.unique(array[known], return_inverse=True)
            except TypeError:
                raise _core.DataError(f"slice {name}: expected values of one type, got several") from None
            out += [(f"{name}={value}", known[place == i]) for i, value in enumerate(values)]
        else:
            raise _core.DataError(f"slice {name}: expected booleans, integer codes or strings, got {array.dtype}")
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
        return _core.compare(self._board, self._name_of(baseline, "compare"))

    def ratio(self, baseline=None):
        """Values in relation to a candidate's: ratio with low, high (percentile, paired resamples), and relative, the
        change as a share of |baseline|, each (M, S, K); NaN where the baseline is 0."""
        return _core.ratio(self._board, self._name_of(baseline, "ratio"))

    def _name_of(self, baseline, what):
        baseline = baseline if baseline is not None else self._baseline
        if baseline is None:
            raise _core.SpecError(f"{what}: expected the name of a candidate, one of {', '.join(self.names)}")
        return str(baseline)

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
