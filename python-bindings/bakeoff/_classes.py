"""What bakeoff.evaluate does with many classes, or many labels a row, on its way to the engine."""

import numpy as np

from bakeoff import _arrays, _core


def as_class_scores(values):
    """float32 or float64 (M, N, C), read where it lies; from (N, C), (M, N, C), a dict or a list of (N, C)."""
    if isinstance(values, dict):
        values = list(values.values())
    if isinstance(values, (list, tuple)) and values and getattr(values[0], "ndim", 0) == 2:
        values = np.stack([_arrays.as_array(each, "scores") for each in values])
    array = _arrays.as_array(values, "scores")
    if array.dtype not in (np.float32, np.float64):
        array = _arrays.as_float(array, "scores")
    if array.ndim == 2:
        array = array[None]
    if array.ndim != 3:
        raise _core.DataError(f"scores: expected shape (N, C) or (M, N, C), got {array.shape}")
    return array


def as_class_labels(values, classes, count):
    """int32 (N,) class numbers. Integers below `count` are numbers already; other labels are looked up in `classes`
    (default: the sorted labels that occur)."""
    array = _arrays.as_array(values, "labels")
    if array.ndim != 1:
        raise _core.DataError(f"labels: expected shape (N,), got {array.shape}")
    if classes is None:
        if array.dtype.kind in "iub" and (len(array) == 0 or (array.min() >= 0 and array.max() < count)):
            return np.ascontiguousarray(array, dtype=np.int32)
        if array.dtype.kind == "f" and np.isnan(array).any():
            raise _core.DataError(f"labels: row {int(np.isnan(array).argmax())} is NaN")
        classes = _in_order(np.unique, array)
    classes = np.asarray(classes)
    if classes.ndim != 1 or len(classes) != count or len(set(classes.tolist())) != count:
        raise _core.DataError(f"classes: expected {count} different ones, one a column of the scores, got "
                              f"{classes[:10].tolist() if classes.ndim else classes}; say all of them with "
                              "classes=[...]")
    order = _in_order(np.argsort, classes)
    place = np.minimum(_in_order(np.searchsorted, classes, array, sorter=order), count - 1)
    codes = order[place]
    unknown = classes[codes] != array
    if unknown.any():
        row = int(unknown.argmax())
        raise _core.DataError(f"labels: row {row} is {array[row]!r}; expected one of {classes.tolist()[:10]}")
    return np.ascontiguousarray(codes, dtype=np.int32)


def _in_order(function, *arrays, **rest):
    try:
        return function(*arrays, **rest)
    except TypeError as error:
        raise _core.DataError(f"classes: expected labels that have an order, all texts or all numbers, got "
                              f"{arrays[0][:10].tolist()} ({error})") from None


def as_label_matrix(values, shape):
    """uint8 (N, L) of 0 and 1."""
    array = _arrays.as_array(values, "labels")
    if array.shape != shape:
        raise _core.DataError(f"labels: expected shape {shape} like the scores, got {array.shape}")
    if array.dtype != bool:
        wrong = ~((array == 0) | (array == 1))
        if wrong.any():
            row = int(wrong.any(axis=1).argmax())
            value = array[row][wrong[row]][0]
            raise _core.DataError(f"labels: row {row}: expected 0 or 1 for each label, got {value!r}")
    return np.ascontiguousarray(array, dtype=np.uint8)


def board(labels, scores, task, classes, weights, units, slices, drop_nan, **rest):
    """The engine's scoreboard. `slices` are (names, a code for each row)."""
    matrix = as_class_scores(scores)
    rows, count = matrix.shape[1:]
    many = task == "multilabel"
    codes = as_label_matrix(labels, (rows, count)) if many else as_class_labels(labels, classes, count)
    for what, column in (("labels", codes), ("weights", weights), ("units", units)):
        _arrays.expect_rows(column, rows, what)
    dropped = 0
    if drop_nan:
        good = np.isfinite(matrix).all(axis=(0, 2))
        if weights is not None:
            good &= np.isfinite(weights)
        kept = np.flatnonzero(good)
        dropped = rows - len(kept)
        slices = [(names, of_row[kept]) for names, of_row in slices]
        if units is None:  # a row keeps its place as the unit of resampling
            units = kept.astype(np.int64)
        else:
            units = units[kept]
        matrix, codes = matrix[:, kept], codes[kept]
        weights = None if weights is None else weights[kept]
    found = _core.evaluate_classes(labels=None if many else codes, label_matrix=codes if many else None, scores=matrix,
                                  weights=weights, units=units, slices=slices, **rest)
    found.rows_dropped = dropped
    return found
