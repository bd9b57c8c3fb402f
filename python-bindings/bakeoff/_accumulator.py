"""bakeoff.Accumulator: evaluate of rows that come in batches, on one machine or many."""

import numpy as np

from bakeoff import _arrays, _core, _evaluate


class Accumulator:
    """bakeoff.evaluate for callers that see batches: update, merge, compute, reset.

    The report of compute() is that of evaluate() on all rows in the order of their numbers, bit for bit, however they
    were cut into batches and in whatever order accumulators were merged. A row's number is its place in the order of
    reduction and, without units, what its weights in the resamples come from. So rows have one number each over all
    accumulators: an accumulator's first batch begins at `first_row`, the next ones behind the last row that it has, and
    update(..., first_row=) says otherwise. With first_row=None the number isn't known yet: rows are kept, and merge
    puts them behind the others', in the order of the merges.

    Arguments as of bakeoff.evaluate. What rows are kept:
        none for metrics that are sums over rows (docs/metrics.md: log_loss, brier, accuracy, f1, mcc, mse, ...) with
        percentile or basic intervals: memory is O(candidates x resamples) + 16 bytes a sum and 4,096 rows + the
        distinct ids of units. Up to 4,095 rows at each end of a range of numbers wait for their neighbours, and as
        long as a class has fewer than 30 rows (each a unit) all wait;
        all, for metrics that sort scores or depend on means of all rows (roc_auc, average_precision, ks_statistic, ece,
        r2, ...), slices, strata, nan="drop", other intervals, tasks multiclass and multilabel; and for
        replicates of terms without a bound (sample weights, regression, values), which cost 39 sums instead of one.
    keep_rows: True keeps rows (report.compare then has the tests that read them); False keeps none, whatever it costs,
    and is a SpecError where that can't be. `nbytes` is the state's memory, `keeps_rows` what was decided.
    An accumulator can be pickled (to gather those of many processes) and copied.
    """

    def __init__(self, metrics=None, task="binary", *, names=None, first_row=0, keep_rows=None, baseline=None,
                 positive=None, classes=None, nan="raise", compat=None, device="auto", threads=0,
                 keep_replicates=False, **options):
        self._whole = dict(task=task, metrics=None if metrics is None else _arrays.as_list(metrics, "metrics"), nan=nan,
                           compat=compat, **options)
        self._names = None if names is None else _arrays.as_candidates(names)
        self._of_report = dict(baseline=baseline, keep_replicates=keep_replicates)
        self._positive, self._classes, self._machine = positive, classes, _arrays.as_machine(device, threads)
        self._first_row, self._keep_rows = None if first_row is None else _row_number(first_row), keep_rows
        self._by_hand = _evaluate.is_many(task)
        if keep_rows is False and (self._by_hand or first_row is None):
            raise _core.SpecError("keep_rows=False: rows have to be kept for tasks multiclass and multilabel, and "
                                  "first_row=None")
        self.reset()

    def reset(self):
        """Forgets all rows."""
        self._columns = {}  # first row: columns that are read when all rows are there
        self._core = self._keep = None
        if not self._by_hand:
            self._make_core(True if self._first_row is None else self._keep_rows)

    def update(self, labels, scores, weights=None, units=None, *, strata=None, slices=None, values=None,
               first_row=None):
        """Takes a batch in: arguments as of evaluate. All batches have the same columns and types."""
        scores = _arrays.named_columns(scores)
        names = _arrays.as_candidates(scores) if isinstance(scores, dict) else self._names
        slices, values = _arrays.as_dict(slices, "slices"), _arrays.as_dict(values, "values")
        if self._names is not None and names != self._names:
            raise _core.DataError(f"names: expected {', '.join(self._names)} like before, got {', '.join(names)}")
        late = {} if strata is None else {"strata": strata}
        late.update({("slice", name): column for name, column in slices.items()})
        at = self._end() if first_row is None else _row_number(first_row)
        if self._by_hand:
            y = _arrays.as_array(labels, "labels")
            late.update(labels=y, scores=_by_row(scores, self._whole["task"]))
            late.update({name: _arrays.as_array(column, name) for name, column in
                         (("weights", weights), ("units", units)) if column is not None})
            late.update({("value", name): _arrays.as_float(column, f"values {name}")
                         for name, column in values.items()})
        self._expect_like(late, len(labels), at)
        if not self._by_hand:
            if late and self._keep_rows is False:
                raise _core.SpecError("keep_rows=False: rows have to be kept, since slices and strata are read as a "
                                      "whole")
            if late and not self._core.keeps_rows and self._core.rows == 0:
                self._make_core(True)
            y = _arrays.as_labels(labels, self._whole["task"], self._positive, whole=False)
            self._core.update(_evaluate.given(y, scores, names=names, weights=weights, units=units, values=values,
                                              **self._whole, **self._machine), at)
        self._names = names
        if late and len(labels):
            self._columns[at] = (len(labels), late)

    def merge(self, other):
        """Takes in all that another accumulator of the same arguments has."""
        if not isinstance(other, Accumulator) or not _alike(other._whole, self._whole):
            raise _core.SpecError("merge: expected an Accumulator with the same task, metrics and options")
        if not other.rows:
            return
        if self._first_row is None and other._first_row is not None:
            raise _core.SpecError("merge: an accumulator without a first_row can't take in one with a first_row; merge "
                                  "it into the other")
        if other._names is not None and self._names not in (None, other._names):
            raise _core.DataError(f"names: expected {', '.join(self._names)}, got {', '.join(other._names)}")
        shift = self._end() if other._first_row is None else 0
        columns = {at + shift: column for at, column in other._columns.items()}
        for at, (count, late) in columns.items():
            self._expect_like(late, count, at)
        if not self._by_hand:
            if other._first_row is None:
                self._core.update(dict(other._core.kept(), names=other._names or [], slices=[], **self._machine,
                                       **_evaluate.options_of(**self._whole)), shift)
            else:
                if not self.rows:
                    self._make_core(other._keep)
                self._core.merge(other._core, **self._machine)
        self._columns.update(columns)
        self._names = self._names or other._names

    def compute(self):
        """The Report of all rows. DataError where some between 0 and the last one are missing."""
        columns = self._joined()
        slices = {key[1]: column for key, column in columns.items() if isinstance(key, tuple) and key[0] == "slice"}
        if self._by_hand:
            if not columns:
                raise _core.DataError("accumulator: compute: nothing is there yet; call update first")
            scores = np.moveaxis(columns["scores"], 0, 1)
            values = {key[1]: column for key, column in columns.items() if isinstance(key, tuple) and key[0] == "value"}
            return _evaluate.evaluate(columns["labels"], scores, names=self._names, weights=columns.get("weights"),
                                      units=columns.get("units"), strata=columns.get("strata"), slices=slices,
                                      values=values, positive=self._positive, classes=self._classes, **self._whole,
                                      **self._machine, **self._of_report)
        if not self._core.keeps_rows or not self._core.rows:
            return _evaluate.Report(self._core.compute(**self._machine), {}, [], **self._of_report)
        rows = self._core.kept()
        return _evaluate.evaluate(rows["labels"], rows["scores"], names=self._names, weights=rows["weights"],
                                  units=rows["units"], strata=columns.get("strata"), slices=slices,
                                  values=dict(rows["values"]), **self._whole, **self._machine, **self._of_report)

    @property
    def rows(self):
        """How many rows were taken in."""
        return sum(count for count, _ in self._columns.values()) if self._by_hand else self._core.rows

    @property
    def keeps_rows(self):
        """Whether all rows are kept. Known from the first batch on."""
        return self._by_hand or self._core.keeps_rows

    @property
    def nbytes(self):
        """Memory of the state, in bytes."""
        held = sum(_nbytes(column) for _, late in self._columns.values() for column in late.values())
        return held + (0 if self._by_hand else self._core.bytes)

    def __getstate__(self):
        return dict(self.__dict__, _columns=dict(self._columns), _core=None if self._by_hand else self._core.save())

    def __setstate__(self, state):
        self.__dict__.update(state)
        if not self._by_hand:
            self._make_core(self._keep)
            self._core.load(state["_core"])

    def _make_core(self, keep):
        self._keep = keep
        self._core = _core.Accumulator(_evaluate.options_of(**self._whole), self._first_row or 0, keep)

    def _end(self):
        if self._by_hand:
            return max((at + count for at, (count, _) in self._columns.items()), default=self._first_row or 0)
        return self._core.end

    def _expect_like(self, late, count, at):
        """DataError unless a batch has the columns of those before, and rows that aren't there yet."""
        if not count:
            return
        for name, column in late.items():
            if column is not None and not isinstance(column, tuple) and len(column) != count:
                raise _core.DataError(f"{_name(name)}: expected {count} values, one a label, got {len(column)}")
        for begin, (rows, before) in self._columns.items():
            if set(before) != set(late):
                odd = _name(sorted(set(before) ^ set(late), key=str)[0])
                raise _core.DataError(f"accumulator: {odd}: is there in some batches only; give it with every batch")
            if begin < at + count and at < begin + rows:
                raise _core.DataError(f"accumulator: got rows {max(begin, at)} to {min(begin + rows, at + count) - 1} "
                                      "twice; say with first_row where those of a batch, or of an accumulator, begin")
        if late and not self._columns and self.rows:
            raise _core.DataError(f"accumulator: {_name(next(iter(late)))}: is there in some batches only; give it "
                                  "with every batch")

    def _joined(self):
        """The late columns of all rows."""
        batches, end = [], 0
        for at in sorted(self._columns):
            if at != end:
                raise _core.DataError(f"accumulator: expected rows {end} to {at - 1} before row {at}; merge the "
                                      "accumulator that has them")
            end += self._columns[at][0]
            batches.append(self._columns[at][1])
        return {name: _concatenated([late[name] for late in batches]) for name in (batches[0] if batches else {})}


def _row_number(value):
    return _arrays.as_integer(value, "first_row", -(1 << 63), (1 << 63) - 1)


def _alike(a, b):
    """Whether two dicts of options are equal; NaN, which undefined= may be, is like NaN."""
    return a.keys() == b.keys() and all(a[k] == b[k] or (a[k] != a[k] and b[k] != b[k]) for k in a)


def _name(key):
    return f"{key[0]} {key[1]}" if isinstance(key, tuple) else key


def _by_row(scores, task):
    """(N, M) or (N, M, C): rows first, so that batches are put behind each other."""
    if _evaluate.is_many(task):
        from bakeoff import _classes

        return np.moveaxis(_classes.as_class_scores(scores), 1, 0)
    return np.moveaxis(_arrays.as_scores(scores), 1, 0)


def _nbytes(column):
    if isinstance(column, tuple):
        return sum(map(_nbytes, column))
    return getattr(column, "nbytes", 8 * len(column)) if column is not None else 0


def _concatenated(parts):
    """Columns of batches as one, of any kind that evaluate takes for slices."""
    if parts[0] is None:  # a cross of columns that are slices themselves
        return None
    if isinstance(parts[0], tuple):
        return tuple(_concatenated(list(columns)) for columns in zip(*parts))
    parts = [part.array if hasattr(part, "cat") else part for part in parts]
    if all(hasattr(part, "categories") and hasattr(part, "codes") for part in parts):
        import pandas

        names = list(dict.fromkeys(name for part in parts for name in part.categories))
        place = {name: i for i, name in enumerate(names)}
        codes = [np.append([place[name] for name in part.categories], -1).astype(int)[np.asarray(part.codes)]
                 for part in parts]
        return pandas.Categorical.from_codes(np.concatenate(codes), names)
    plain = [np.asarray(part, dtype=object) if isinstance(part, (list, tuple)) and
             not all(isinstance(v, (bool, int, np.integer)) for v in part) else _arrays.as_array(part, "slices")
             for part in parts]
    return np.concatenate(plain)
