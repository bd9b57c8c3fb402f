"""How rows are dealt to the splits of a cross-validation."""

import numpy as np

from bakeoff import _arrays, _core


class Splits:
    """Fold ids, one a row (-1: never tested), or (train, test) rows of each split; neither: no cross-validation."""

    def __init__(self, ids=None, rows=None):
        self.ids, self.rows = ids, rows
        self.count = len(rows) if rows is not None else 0 if ids is None else int(ids.max(initial=-1)) + 1

    def engine(self):
        """The arguments of the engine's fit."""
        return {"folds": self.ids, "fold_count": self.count, "splits": self.rows}

    def take(self, chosen, rows):
        """The same splits of the rows `chosen` (ascending) of `rows`. DataError if a split has none of them left."""
        if self.ids is not None:
            return Splits(ids=np.ascontiguousarray(self.ids[chosen]))
        if self.rows is None:
            return self
        place = np.full(rows, -1, dtype=np.int64)
        place[chosen] = np.arange(len(chosen))
        left = [tuple(part[part >= 0] for part in (place[train], place[test])) for train, test in self.rows]
        return Splits(rows=left)

    def test_rows(self, split):
        """The rows that are tested by a split."""
        return np.flatnonzero(self.ids == split) if self.rows is None else self.rows[split][1]


def make_splits(folds, labels, stratify, groups=None, seed=0):
    """folds: None or 0, a number, (N,) ids, a scikit-learn splitter, or (train, test) rows of each split."""
    if folds is None or (isinstance(folds, (int, np.integer)) and folds == 0):
        return Splits()
    if isinstance(folds, (int, np.integer)):
        return Splits(ids=_dealt(int(folds), labels, stratify, groups, np.random.default_rng(seed)))
    if isinstance(folds, str):
        raise _core.DataError(f"folds: expected a number, integer ids, a splitter or rows of each split, got {folds!r}")
    if hasattr(folds, "split"):
        return Splits(rows=pairs(folds.split(np.empty((len(labels), 1)), labels, groups)))
    if not hasattr(folds, "__array__") and not hasattr(folds, "__dlpack__"):
        if not hasattr(folds, "__iter__"):
            raise _core.SpecError(f"folds: expected an integer, integer ids, a splitter or rows of each split, got "
                                  f"{folds!r}")
        folds = list(folds)
        if folds and not np.isscalar(folds[0]):
            return Splits(rows=pairs(folds))
    ids = _arrays.as_array(folds, "folds")
    if ids.shape != (len(labels),) or ids.dtype.kind not in "iub":
        raise _core.DataError(f"folds: expected {len(labels)} integer ids, one a row, a number, a splitter, or "
                              f"(train, test) rows of each split; got {ids.dtype} of shape {ids.shape}")
    if ids.size and not -2**31 <= ids.min() <= ids.max() < max(len(labels), 1):
        raise _core.DataError(f"folds: expected ids in [0, {len(labels)}), or -1 for rows that are never tested, got "
                              f"{ids.min()} to {ids.max()}; whose rows belong together, say with groups=")
    return Splits(ids=np.ascontiguousarray(ids, dtype=np.int32))


def _dealt(count, labels, stratify, groups, random):
    rows = len(labels)
    if rows < 2:
        raise _core.DataError(f"folds: expected at least 2 rows, got {rows}; folds=0 trains without a test")
    if not 2 <= count <= rows:
        raise _core.SpecError(f"folds: expected 2 to {rows}, got {count}")
    ids = np.empty(rows, dtype=np.int32)
    if groups is not None:
        _, place, sizes = np.unique(_arrays.as_array(groups, "groups"), return_inverse=True, return_counts=True)
        if len(sizes) < count:
            raise _core.SpecError(f"folds: expected at most {len(sizes)}, the number of groups, got {count}")
        order = random.permutation(len(sizes))
        order = order[np.argsort(-sizes[order], kind="stable")]
        fold_of, filled = np.empty(len(sizes), dtype=np.int32), np.zeros(count)
        for group in order:  # the largest that is left into the emptiest fold
            fold_of[group] = filled.argmin()
            filled[fold_of[group]] += sizes[group]
        return np.ascontiguousarray(fold_of[place], dtype=np.int32)
    order = random.permutation(rows)
    if stratify:  # each fold has its share of every class
        order = order[np.argsort(labels[order], kind="stable")]
    ids[order] = np.arange(rows) % count
    return ids


def pairs(splits):
    """int64 (train, test) rows of each split, from indices or boolean masks."""

    def rows(part):
        array = np.asarray(part)
        if array.ndim != 1 or array.size and array.dtype.kind not in "iub":
            raise TypeError(f"got {array.dtype} of shape {array.shape}, where integers or a mask (N,) belong")
        return np.flatnonzero(array) if array.dtype == bool else np.ascontiguousarray(array, dtype=np.int64)

    try:
        out = [(rows(train), rows(test)) for train, test in splits]
    except TypeError as error:
        raise _core.SpecError(f"folds: expected (train, test) rows of each split: {error}") from None
    if not out:
        raise _core.SpecError("folds: expected at least one split, got none")
    return out
