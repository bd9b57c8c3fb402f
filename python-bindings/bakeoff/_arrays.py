"""NumPy, Arrow, DLPack and pandas become NumPy arrays, without a copy where the layout allows it."""

import datetime
import operator
from collections.abc import Mapping

import numpy as np

from bakeoff import _core


def as_array(values, what):
    """An ndarray of `values`, with NaN (None, where they are no numbers) for what is masked or null."""
    if isinstance(values, np.ma.MaskedArray):
        kind = values.dtype.kind
        return values.filled(np.nan) if kind == "f" else values.astype(float if kind in "biu" else object).filled(
            np.nan if kind in "biu" else None)
    if isinstance(values, np.ndarray):
        return values
    if getattr(getattr(values, "dtype", None), "tz", None) is not None:  # pandas: to_numpy would give Timestamps
        values = getattr(values, "dt", values).tz_convert(None)
    if hasattr(values, "to_numpy"):  # Arrow, pandas, polars; Arrow's own DLPack knows neither nulls nor texts
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
    try:
        array = np.asarray(values)
    except ValueError as error:
        raise _core.DataError(f"{what}: expected an array: {error}") from None
    if array.dtype == object and not isinstance(values, (list, tuple)):
        raise _core.DataError(f"{what}: expected an array, got an object of type {type(values).__name__}")
    return array


def missing(array):
    """bool (N,): where an array of objects, numbers or times has None, NaN, NaT or pandas' NA."""
    if array.dtype.kind in "fM":
        return np.isnan(array)
    if array.dtype.kind != "O":
        return np.zeros(array.shape, dtype=bool)
    return np.array([v is None or (not isinstance(v, (str, bytes)) and str(v) in ("nan", "NaT", "<NA>"))
                     for v in array], dtype=bool)


def as_numbers(values, what):
    """float32 or float64, as they are; other numbers become float64. DataError for what is no number."""
    array = as_array(values, what)
    if array.dtype == object:
        word = next((v for v in array.flat if isinstance(v, (str, bytes))), None)
        if word is not None:
            raise _core.DataError(f"{what}: expected numbers, got {word!r}")
        try:
            array = array.astype(np.float64)
        except (TypeError, ValueError) as error:
            raise _core.DataError(f"{what}: expected numbers: {error}") from None
    if array.dtype.kind not in "biuf":
        raise _core.DataError(f"{what}: expected numbers, got {array.dtype}; convert them first")
    return array if array.dtype in (np.float32, np.float64) else array.astype(np.float64)


def as_float(values, what):
    """float64, C order."""
    return np.ascontiguousarray(as_numbers(values, what), dtype=np.float64)


def as_weights(values):
    """float64 (N,)."""
    array = as_float(values, "weights")
    if array.ndim != 1:
        raise _core.DataError(f"weights: expected shape (N,), got {array.shape}")
    return array


def expect_rows(column, rows, what):
    """DataError, in the engine's words, unless a column that is there has so many rows."""
    if column is not None and len(column) != rows:
        raise _core.DataError(f"{what}: expected {rows} values, got {len(column)}")


def as_list(given, what):
    """None is an empty list; a text or a function is a list of one."""
    if given is None:
        return []
    if isinstance(given, (str, bytes)) or callable(given):
        return [given]
    try:
        return list(given)
    except TypeError:
        raise _core.SpecError(f"{what}: expected a list, got {given!r}") from None


def as_name(name, what):
    """str, as the engine can take it."""
    text = str(name)
    try:
        text.encode()
    except UnicodeEncodeError:
        raise _core.SpecError(f"{what}: expected a text that can be written as UTF-8, got {text!r}") from None
    return text


def as_names(names, what="names"):
    return [as_name(name, what) for name in as_list(names, what)]


def as_candidates(names):
    """[] without names."""
    names = as_names(names)
    if len(set(names)) < len(names):
        raise _core.SpecError(f"names: expected a name of its own for each candidate, got {names}")
    return names


def as_dict(given, what, form="{name: (N,)}"):
    """None is an empty one."""
    if not isinstance(given, (Mapping, type(None))):
        raise _core.SpecError(f"{what}: expected {form}, got {type(given).__name__}")
    return given or {}


def as_integer(value, what, least=-(1 << 31), most=(1 << 31) - 1):
    """int. SpecError for numbers with a fraction, for booleans, and out of range."""
    try:
        number = None if isinstance(value, bool) else operator.index(value)
    except TypeError:
        number = None
    if number is None or not least <= number <= most:
        limits = f" from {least} to {most}" if number is not None or least >= 0 else ""
        raise _core.SpecError(f"{what}: expected an integer{limits}, got {value!r}")
    return number


def as_number(value, what):
    """float. SpecError for texts and booleans."""
    try:
        return float(None if isinstance(value, (str, bytes, bool)) else value)
    except (TypeError, ValueError):
        raise _core.SpecError(f"{what}: expected a number, got {value!r}") from None


def as_flag(value, what):
    if not isinstance(value, (bool, np.bool_, int)):
        raise _core.SpecError(f"{what}: expected True or False, got {value!r}")
    return bool(value)


def as_seed(value, what):
    return as_integer(value, what, 0, (1 << 64) - 1)


_OPTIONS = {int: as_integer, float: as_number, str: as_name, bool: as_flag, "seed": as_seed}


def as_options(given, **kinds):
    """Options with those checked whose kind is said; the engine refuses names that it doesn't know."""
    return {name: _OPTIONS[kinds[name]](value, name) if name in kinds else value for name, value in given.items()}


def as_machine(device, threads):
    """{device, threads} as the engine takes them."""
    return dict(device=as_name(device, "device"), threads=as_integer(threads, "threads", 0, 4096))


def named_columns(scores):
    """{name: column} of an Arrow table or a data frame; anything else as it is."""
    if hasattr(scores, "schema") and hasattr(scores, "column"):
        names, columns = list(scores.schema.names), list(scores.columns)
    elif hasattr(scores, "columns") and hasattr(scores, "to_numpy"):
        names = list(scores.columns)
        columns = [scores.iloc[:, i] if hasattr(scores, "iloc") else scores[n] for i, n in enumerate(names)]
    else:
        return scores
    if len(set(names)) < len(names):
        raise _core.DataError(f"scores: expected columns with names of their own, got {names}")
    return dict(zip(names, columns))


def as_scores(values):
    """float32 or float64 (M, N), C order. Other numbers become float64."""
    names = list(values) if isinstance(values, dict) else None
    if isinstance(values, dict):
        values = list(values.values())
    if isinstance(values, (list, tuple)) and values and (hasattr(values[0], "__len__") or
                                                         hasattr(values[0], "__dlpack__")):
        rows = [as_numbers(row, f"scores of {names[i] if names else i}") for i, row in enumerate(values)]
        odd = next((i for i, row in enumerate(rows) if row.shape != rows[0].shape), None)
        if odd is not None:
            raise _core.DataError(f"scores of {names[odd] if names else odd}: expected shape {rows[0].shape} like the "
                                  f"first, got {rows[odd].shape}")
        values = np.stack(rows)
    array = as_numbers(values, "scores")
    if array.ndim == 1:
        array = array[None, :]
    if array.ndim != 2:
        raise _core.DataError(f"scores: expected shape (N,) or (M, N), got {array.shape}")
    if not len(array):
        raise _core.DataError("scores: expected at least one candidate, got none")
    return np.ascontiguousarray(array)


def as_labels(values, task, positive, whole=True):
    """float64 (N,), NaN where missing. Binary labels: booleans, 0 and 1, or anything of which one is `positive`, and
    occurs if the labels are the whole data."""
    array = as_array(values, "labels")
    if array.ndim != 1:
        raise _core.DataError(f"labels: expected shape (N,), got {array.shape}")
    if task == "binary" and positive is not None:
        known = ~missing(array)
        labels = np.full(len(array), np.nan)
        labels[known] = array[known] == positive
        if whole and known.any() and not np.any(labels == 1):
            raise _core.DataError(f"labels: no label equals positive={positive!r}; labels begin {array[:3].tolist()}")
        return labels
    if array.dtype.kind in "UST" or (array.dtype == object and any(isinstance(v, (str, bytes)) for v in array)):
        if task != "binary":
            raise _core.DataError("labels: expected numbers, got strings")
        raise _core.DataError("labels: are strings; say which one is positive with positive=...")
    return as_float(array, "labels")


def as_units(values, what="units"):
    """int64 (N,): integers as they are, datetimes as UTC microseconds, strings as the XXH3-64 of their UTF-8."""
    array = as_array(values, what)
    if array.ndim != 1:
        raise _core.DataError(f"{what}: expected shape (N,), got {array.shape}")
    if array.dtype == object and any(isinstance(v, datetime.date) for v in array):
        array = _times(array, what)
    if array.dtype.kind == "M":
        if np.isnat(array).any():
            raise _core.DataError(f"{what}: row {int(np.isnat(array).argmax())} has no time")
        return np.ascontiguousarray(array.astype("datetime64[us]").astype(np.int64))
    if array.dtype.kind in "iub":
        return np.ascontiguousarray(array, dtype=np.int64)
    if array.dtype == object or array.dtype.kind in "UST":
        try:
            return _core.hash_strings([str(v) if isinstance(v, str) else _not_a_unit(what, i, v)
                                       for i, v in enumerate(array)])
        except TypeError:
            raise _core.DataError(f"{what}: a text can't be written as UTF-8 (half of a surrogate pair)") from None
    raise _core.DataError(f"{what}: expected integers, strings or times, got {array.dtype}"
                          + (" (missing values make integers floats)" if array.dtype.kind == "f" else ""))


def _times(array, what):
    """datetime64[us], UTC, of dates and datetimes; one without a zone is taken as UTC."""
    out = np.empty(len(array), dtype="datetime64[us]")
    for i, v in enumerate(array):
        if not isinstance(v, datetime.date):
            _not_a_unit(what, i, v)
        aware = getattr(v, "tzinfo", None) is not None
        out[i] = np.datetime64(v.astimezone(datetime.timezone.utc).replace(tzinfo=None) if aware else v, "us")
    return out


def _not_a_unit(what, row, value):
    raise _core.DataError(f"{what}: row {row} is {value!r}; expected an integer, a string or a time")
