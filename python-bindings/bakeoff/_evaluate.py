"""bakeoff.evaluate: every metric of every candidate with its interval."""

import numpy as np

from bakeoff import _arrays, _classes, _core, _custom, _slices


def evaluate(labels, scores, metrics=None, task="binary", *, names=None, weights=None, units=None, strata=None,
             slices=None, values=None, baseline=None, positive=None, classes=None, nan="raise", compat=None,
             device="auto", threads=0, keep_replicates=False, **options):
    """Evaluates M candidates on N rows.

    labels: (N,). scores: (N,) or (M, N), float32 or float64, or {name: (N,)}, a table or a data frame with a column
    a candidate. For task="multiclass" scores are (N, C) or (M, N, C) and labels numbers in [0, C), or any of `classes`,
    which name the columns; for task="multilabel" labels are (N, C) of 0 and 1.
    metrics: names of docs/metrics.md, parameters behind an @ (recall_at_precision@0.9, ece@15), and callables
    fn(labels, scores, weights) -> float, see bakeoff.custom_metric; the callables' columns come last.
    weights: (N,). units: (N,) integers, strings or times: rows of one unit are resampled together. strata: (N,)
    integers or strings, with resampling="multinomial": each is resampled on its own. values: {name: (N,)}, what a row
    is worth if its action (score >= threshold) is taken, for mean:NAME and total:NAME. compat: None or "sklearn".
    nan: "raise", or "drop" the rows that are not finite for all candidates (report.rows_dropped counts them).
    slices: {name: values}, see bakeoff.ranges for numbers:
        booleans: one slice; integers, strings or a pandas Categorical: one slice a value, "name=value"; missing values
        (None, NA, NaN in a Categorical) are in no slice;
        {("origin", "carrier"): None} crosses columns that are slices themselves, {("a", "b"): (x, y)} any two columns:
        one slice for each pair of values that occurs, "origin=EWR & carrier=AA".
    All slices are evaluated in one pass, in the same resamples.
    options (defaults stand in the engine):
        resamples, confidence, seed, threshold, undefined;
        interval: "auto": "percentile", but "delong_logit" for roc_auc and gini where a class has fewer than 100 rows or
            there are fewer than 100 units (and no weights); "basic", "bca" (acceleration from the jackknife over at
            most 200 groups of units); and without resamples "jackknife" (t, by unit; for other metrics of fewer than 50
            units), "wilson" (accuracy, top_k_accuracy, of two classes precision and recall; without weights and units),
            "delong" or "delong_logit" (roc_auc, gini; the latter on the logit's scale with Student's t).
            docs/intervals.md has the coverage of each. report.method says what each cell got;
        resampling: "poisson" or "multinomial". Where a class has fewer than 30 rows, and every row is a unit, rows are
            drawn within each class instead, for areas and metrics that are sums over rows: report.resampling says
            "stratified" for those cells (tasks multiclass and multilabel: "poisson" alone);
        min_slice_rows: a smaller slice has NaN with the reason "too_few_rows".
    Returns a Report, which keeps the arrays for its tests. Raises SpecError for options, DataError for values.
    """
    scores = _arrays.named_columns(scores)
    if names is None and isinstance(scores, dict):
        names = list(scores)
    y = _arrays.as_array(labels, "labels") if is_many(task) else _arrays.as_labels(labels, task, positive)
    slicings = _slices.as_codes(slices, len(y))
    found = [(name, found) for name, found, _ in slicings]
    all_given = given(y, scores, names=names, weights=weights, units=units, strata=strata, values=values,
                      slices=[(found, codes) for _, found, codes in slicings], metrics=metrics, task=task, nan=nan,
                      compat=compat, device=device, threads=threads, **options)
    if is_many(task):
        return Report(_classes.board(classes=classes, task=task, **all_given), {}, found, baseline, keep_replicates)
    return Report(_core.evaluate(all_given), all_given, found, baseline, keep_replicates)


def is_many(task):
    """Whether the class metrics of kernels/multiclass score the task."""
    return task in ("multiclass", "multilabel")


def options_of(metrics, task, nan, compat, **options):
    """What decides the numbers, as the engine reads it."""
    if nan not in ("raise", "drop"):
        raise _core.SpecError(f"nan: expected 'raise' or 'drop', got {nan!r}")
    asked = _arrays.as_list(metrics, "metrics")
    custom = [_custom.of_engine(metric) for metric in asked if callable(metric)]
    return dict(metrics=[metric for metric in asked if not callable(metric)], task=task, compat=compat or "",
                drop_nan=nan == "drop", **({"custom": custom} if custom else {}), **options)


def given(labels, scores, *, names=None, weights=None, units=None, strata=None, values=None, slices=(), device, threads,
          task, **options):
    """The arguments of evaluate as the engine reads them; labels are an array already."""
    common = dict(
        weights=None if weights is None else _arrays.as_weights(weights),
        units=None if units is None else _arrays.as_units(units),
        slices=list(slices), names=_arrays.as_candidates(names), **_arrays.as_machine(device, threads))
    rest = options_of(task=task, **options)
    if is_many(task):
        if "custom" in rest:
            raise _core.SpecError(f"metrics: callables are for tasks binary and regression, got task {task!r}")
        if strata is not None or values or rest.pop("compat"):
            raise _core.SpecError(f"evaluate: task {task} takes neither strata nor values nor compat")
        rest.pop("task")
        return dict(labels=labels, scores=scores, **common, **rest)
    return dict(
        labels=labels,
        scores=_arrays.as_scores(scores),
        strata=None if strata is None else _slices.codes_of("strata", strata, len(labels))[1].astype(np.int64),
        values=[(_arrays.as_name(name, "values"), _arrays.as_float(column, f"values {name}"))
                for name, column in _arrays.as_dict(values, "values").items()],
        **common, **rest)


class Report:
    """Values with intervals: float64 arrays (M, S, K) of candidates x slices x metrics; slice 0 is "all"."""

    def __init__(self, board, given, slicings, baseline=None, keep_replicates=False):
        self._board, self._given, self._slicings = board, given, slicings
        self._baseline = baseline
        self.value, self.low, self.high = board.value, board.low, board.high
        self.reason = board.reason
        self.names, self.slice_names, self.metric_names = board.names, board.slice_names, board.metric_names
        self.count, self.positives, self.units = board.count, board.positives, board.units
        self.valid_resamples = board.valid_resamples
        self.method, self.resampling = board.method, board.resampling
        self.rows_dropped = board.rows_dropped
        self.interval, self.confidence, self.resamples = board.interval, board.confidence, board.resamples
        self.replicates = board.replicates if keep_replicates else None

    def compare(self, baseline=None, method=None, margin=None, adjust=None, permutations=None):
        """Paired differences to a candidate: difference, low, high, p, p_adjusted, each (M, S, K).

        method: "bootstrap" (the report's replicates), "delong" (roc_auc), "mcnemar", "mcnemar_mid_p", "mcnemar_chi2"
        (accuracy; neither weights nor units), or "permutation" (candidate and baseline exchanged by unit, for roc_auc
        their ranks). margin: p is one-sided, of "worse by the margin or more", whatever the metric's direction:
        non-inferiority is shown where it is small (bootstrap, delong). adjust: "max_t" (the default of bootstrap and
        permutation), "holm" (of the others) or "bh", over all candidates, slices and metrics that were compared.
        NaN where a method says nothing about a metric.
        """
        return _core.compare(self._board, self._name_of(baseline, "compare"), self._given, method, adjust, margin,
                             permutations)

    def ratio(self, baseline=None):
        """Values in relation to a candidate's: ratio with low, high (percentile, paired resamples), and relative, the
        change as a share of |baseline|, each (M, S, K); NaN where the baseline is 0."""
        return _core.ratio(self._board, self._name_of(baseline, "ratio"))

    def _name_of(self, baseline, what):
        baseline = baseline if baseline is not None else self._baseline
        if baseline is None:
            raise _core.SpecError(f"{what}: expected the name of a candidate, one of {', '.join(self.names)}")
        return _arrays.as_name(baseline, what)

    def gaps(self, slices=None):
        """How far apart slices are: {slicing: {...}} for every column of codes, and under "masks" (with " (boolean)"
        behind it if a slicing has that name) for all boolean slices together.

        slices: names of slices to compare with each other instead, under "slices". Each entry has, as arrays (M, K):
        difference (largest value - smallest), low, high; ratio (smallest / largest), ratio_low, ratio_high; lowest and
        highest, the places of those slices in slice_names (-1: fewer than two have a value); valid_resamples.
        A largest difference is biased upwards: equal slices, too, have one, about the range of as many estimates, and
        its interval (percentiles of the gaps within the shared resamples) lies above 0. Read it beside a test.
        """
        place = {name: s for s, name in enumerate(self.slice_names)}
        if slices is not None:
            slices = _arrays.as_names(slices, "gaps")
            unknown = [name for name in slices if name not in place]
            if unknown:
                raise _core.SpecError(f"gaps: no slice {unknown[0]!r}; there are {', '.join(self.slice_names)}")
            return {"slices": _core.gaps(self._board, [place[name] for name in slices])}
        groups, masks, at = {}, [], 1
        for name, found in self._slicings:
            (masks if found == [name] else groups.setdefault(name, [])).extend(range(at, at + len(found)))
            at += len(found)
        together = "masks"
        while together in groups:
            together += " (boolean)"
        groups[together] = masks
        return {name: _core.gaps(self._board, group) for name, group in groups.items() if len(group) > 1}

    def _rows(self):
        for m, name in enumerate(self.names):
            for s, slice_name in enumerate(self.slice_names):
                for k, metric in enumerate(self.metric_names):
                    yield {"candidate": name, "slice": slice_name, "metric": metric,
                           "value": self.value[m, s, k], "low": self.low[m, s, k], "high": self.high[m, s, k],
                           "count": int(self.count[s]), "reason": self.reason[m][s][k],
                           "method": self.method[m][s][k], "resampling": self.resampling[m][s][k]}

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
            why += " (stratified)" if row["resampling"] == "stratified" else ""
            lines.append(f"{row['candidate']} {row['slice']} {row['metric']}: {row['value']:.4f}{ends}{why}")
        if self.rows_dropped:
            lines.append(f"{self.rows_dropped} rows that are not finite were dropped")
        return "\n".join(lines)
