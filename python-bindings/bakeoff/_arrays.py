"""NumPy, Arrow, DLPack and pandas become NumPy arrays, without a copy where the layout allows it."""

import numpy as np

from bakeoff import _core


def as_array(values, what):
    """An ndarray of `values`; DataError names `what` if they are no array."""
    if isinstance(values, np.ndarray):
        return values
    if hasattr(values, "to_numpy") and not hasattr(values, "__dlpack__"):  # Arrow, pandas, polars
        try:
            return np.asarray(values.to_numpy(zero_copy_only=False))
        except TypeError:  # pandas and ChunkedArray take no such argument
            return np.asarray(values.to_numpy())
    if hasattr(values, "__dlpack__"):
        device = getattr(values, "__dlpack_device__", lambda: (1, 0))()
        if device[0] != 1:
            raise _core.DataError(
                f"{what}: the array lies on device type {device[0]}; move it to the host (`.cpu()`) first"
            )
        return np.from_dlpack(values)
    array = np.asarray(values)
    if array.dtype == object and what != "labels":
        raise _core.DataError(f"{what}: expected numbers, got Python objects of {type(values).__name__}")
    return array


def as_float(values, what):
    """float64 of length N; DataError names the first value that is no number."""
    array = as_array(values, what)
    try:
        return np.ascontiguousarray(array, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise _core.DataError(f"{what}: expected numbers, got {array.dtype}: {error}") from None


def as_scores(values):
    """float32 or float64 (M, N), C order. Other numbers become float64."""
    if isinstance(values, dict):
        values = list(values.values())
    if isinstance(values, (list, tuple)) and values and hasattr(values[0], "__len__"):
        values = np.stack([as_array(row, "scores") for row in values])
    array = as_array(values, "scores")
    if array.dtype not in (np.float32, np.float64):
        array = as_float(array, "scores")
    if array.ndim == 1:
        array = array[None, :]
    if array.ndim != 2:
        raise _core.DataError(f"scores: expected shape (N,) or (M, N), got {array.shape}")
    return np.ascontiguousarray(array)


def as_labels(values, task, positive):
    """float64 (N,). Binary labels may be booleans, 0/1 numbers, or two values of which `positive` is one."""
    array = as_array(values, "labels")
    if array.ndim != 1:
        raise _core.DataError(f"labels: expected shape (N,), got {array.shape}")
    if task == "binary" and positive is not None:
        if len(array) and not np.any(array == positive):
            raise _core.DataError(f"labels: no label equals positive={positive!r}; labels begin {array[:3].tolist()}")
        return np.ascontiguousarray(array == positive, dtype=np.float64)
    if array.dtype == object or array.dtype.kind in "US":
        if task != "binary":
            raise _core.DataError("labels: expected numbers, got strings")
        raise _core.DataError("labels: are strings; say which one is positive with positive=...")
    return as_float(array, "labels")


def as_units(values, what="units"):
    """int64 (N,): integers as they are, datetimes as UTC microseconds, strings as the XXH3-64 of their UTF-8."""
    array = as_array(values, what)
    if array.ndim != 1:
        raise _core.DataError(f"{what}: expected shape (N,), got {array.shape}")
    if array.dtype.kind == "M":
        if np.isnat(array).any():
            raise _core.DataError(f"{what}: row {int(np.isnat(array).argmax())} has no time")
        return np.ascontiguousarray(array.astype("datetime64[us]").astype(np.int64))
    if array.dtype.kind in "iub":
        return np.ascontiguousarray(array, dtype=np.int64)
    if array.dtype == object or array.dtype.kind in "UST":
        return _core.hash_strings([str(v) if isinstance(v, str) else _not_a_unit(what, i, v)
                                   for i, v in enumerate(array)])
    raise _core.DataError(f"{what}: expected integers, strings or times, got {array.dtype}")


def _not_a_unit(what, row, value):
    raise _core.DataError(f"{what}: row {row} is {value!r}; expected an integer, a string or a time")
