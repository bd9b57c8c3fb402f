"""What a user calls a slice becomes names and a code for each row (-1: in none of them)."""

import numpy as np

from bakeoff import _arrays, _core


def ranges(values, edges=None, quantiles=None):
    """Ranges of a column of numbers, for evaluate's slices: a pandas Categorical (N,); NaN is in no range.

    edges: ascending; [18, 30] gives "(-inf, 18)", "[18, 30)", "[30, inf)". quantiles: a number of ranges with about as
    many rows each (or the quantiles themselves, between 0 and 1); ties go to the range above. One of the two.
    """
    import pandas

    x = _arrays.as_float(values, "ranges")
    if (edges is None) == (quantiles is None):
        raise _core.SpecError("ranges: expected either edges=[...] or quantiles=4")
    if edges is None:
        inner = np.arange(1, quantiles) / quantiles if np.ndim(quantiles) == 0 else np.asarray(quantiles, float)
        edges = np.unique(np.nanquantile(x, inner)) if len(x) and not np.isnan(x).all() else np.empty(0)
    edges = np.asarray(edges, dtype=np.float64)
    if edges.ndim != 1 or not np.isfinite(edges).all() or not (np.diff(edges) > 0).all():
        raise _core.SpecError(f"ranges: expected ascending numbers as edges, got {edges.tolist()}")
    ends = ["-inf", *(f"{e:.6g}" for e in edges), "inf"]
    if len(set(ends)) < len(ends):
        ends = ["-inf", *(repr(float(e)) for e in edges), "inf"]
    names = [f"{'(' if i == 0 else '['}{low}, {high})" for i, (low, high) in enumerate(zip(ends, ends[1:]))]
    codes = np.where(np.isnan(x), -1, np.searchsorted(edges, x, side="right"))
    return pandas.Categorical.from_codes(codes, names, ordered=True)


def as_codes(slices, rows):
    """[(name of the slicing, names of its slices, int32 codes (N,))] of evaluate's slices."""
    slices, out = _arrays.as_dict(slices, "slices"), []
    for key, given in slices.items():
        if isinstance(key, tuple):
            out.append(_cross(key, given, slices, rows))
            continue
        found, codes = codes_of(f"slice {key}", given, rows)
        names = [str(key)] if found is None else [f"{key}={value}" for value in found]
        out.append((str(key), names, np.maximum(codes, -1)))
    expect_once([name for name, _, _ in out])
    expect_once(["all", *(name for _, names, _ in out for name in names)])
    return out


def expect_once(names):
    """SpecError where two slices, or two columns of them, would have one name."""
    seen = set()
    for name in names:
        if _arrays.as_name(name, "slices") in seen:
            raise _core.SpecError(f"slices: the name {name!r} is there twice")
        seen.add(name)


def codes_of(what, given, rows):
    """(values in order, int32 codes) of a column; of booleans (None, 0 where true, -1 false, -2 missing)."""
    if hasattr(given, "cat"):  # a pandas Series of categories
        given = given.array
    categories = list(given.categories) if hasattr(given, "categories") and hasattr(given, "codes") else None
    if isinstance(given, (list, tuple)) and not all(isinstance(v, (bool, int, np.integer)) for v in given):
        given = np.asarray(given, dtype=object)  # strings with None among them
    array = np.asarray(given.codes) if categories is not None else _arrays.as_array(given, what)
    if array.shape != (rows,):
        raise _core.DataError(f"{what}: expected shape ({rows},), got {array.shape}")
    if categories is not None:
        codes, values = array, categories
    elif array.dtype == bool:
        codes, values = np.where(array, 0, -1), None
    elif array.dtype.kind in "iu":
        codes, values = _integer_codes(array)
    elif array.dtype.kind in "UOT":
        codes, values = _object_codes(array, what)
    elif array.dtype.kind == "S":
        values, codes = np.unique(array, return_inverse=True)
    else:
        raise _core.DataError(f"{what}: expected booleans, integer codes, strings or categories, got {array.dtype}; "
                              "bakeoff.ranges cuts numbers into ranges")
    return values, np.ascontiguousarray(codes, dtype=np.int32)


def _integer_codes(array):
    if not len(array):
        return np.empty(0, np.int32), []
    least = array.min()
    low, span = int(least), int(array.max()) - int(least)
    if span > 1 << 20:
        values, codes = np.unique(array, return_inverse=True)
        return codes, values.tolist()
    # No sort where the codes lie close together. int8 hasn't room for the differences, int64 none for all of uint64.
    shifted = (array - least).astype(np.int64) if array.dtype.kind == "u" else array.astype(np.int64) - low
    there = np.flatnonzero(np.bincount(shifted, minlength=span + 1))
    place = np.full(span + 1, -1, np.int32)
    place[there] = np.arange(len(there), dtype=np.int32)
    return place[shifted], [at + low for at in there.tolist()]


def _object_codes(array, what):
    """Booleans, integers or strings, None (NaN, NA) among them, which is in no slice."""
    kinds = {bool: (bool, np.bool_), int: (int, np.integer)}
    first = next((v for v in array if isinstance(v, (str, bool, np.bool_, int, np.integer))), "")
    if array.dtype != object or isinstance(first, str):
        return _string_codes(array, what)
    kind, name = (bool, "booleans") if isinstance(first, kinds[bool]) else (int, "integers")
    known = np.flatnonzero(~_arrays.missing(array))
    odd = next((v for v in array[known] if not isinstance(v, kinds[kind])), None)
    if odd is not None:
        raise _core.DataError(f"{what}: expected {name} like {first!r}, got {odd!r}")
    found = [kind(v) for v in array[known]]
    values = sorted(set(found))
    place = {True: 0, False: -1} if kind is bool else {value: at for at, value in enumerate(values)}
    codes = np.full(len(array), -2 if kind is bool else -1)
    codes[known] = [place[v] for v in found]
    return codes, None if kind is bool else values


def _string_codes(array, what):
    """By hash; None (and NaN) is in no slice."""
    import pyarrow

    try:
        encoded = pyarrow.array(array, pyarrow.string(), from_pandas=True).dictionary_encode()
    except (pyarrow.ArrowInvalid, pyarrow.ArrowTypeError, UnicodeEncodeError) as error:
        raise _core.DataError(f"{what}: expected strings: {error}") from None
    found = encoded.dictionary.to_pylist()
    order = sorted(range(len(found)), key=found.__getitem__)
    place = np.full(len(found) + 1, -1, np.int32)  # the last: of null
    place[order] = np.arange(len(found), dtype=np.int32)
    codes = encoded.indices.fill_null(len(found)).to_numpy(zero_copy_only=False)
    return place[codes], [found[i] for i in order]


def _cross(key, given, slices, rows):
    label = "*".join(map(str, key))
    if given is None:
        missing = [name for name in key if name not in slices]
        if missing:
            raise _core.SpecError(f"slice {label}: {missing[0]!r} is no slice of its own; give the columns: "
                                  f"{key!r}: (column, ...)")
        given = [slices[name] for name in key]
    given = _arrays.as_list(given, f"slice {label}")
    if len(given) != len(key) or len(key) < 2:
        raise _core.SpecError(f"slice {label}: expected a column for each of {len(key)} names, got {len(given)}")
    crossed, parts = np.zeros(rows, np.int64), []
    for name, column in zip(key, given):
        values, codes = codes_of(f"slice {name}", column, rows)
        if values is None:  # both sides of a mask take part
            values, codes = [False, True], codes + 1
        crossed = np.where((codes < 0) | (crossed < 0), -1, crossed * len(values) + codes)
        parts.append((name, values, codes))
        if len(parts) > 1:  # numbers of what occurs: the product over all columns has no room in int64
            there, first, crossed = np.unique(crossed, return_index=True, return_inverse=True)
            outside = int(len(there) > 0 and there[0] < 0)
            crossed = crossed.reshape(rows) - outside
    names = [" & ".join(f"{name}={values[codes[row]]}" for name, values, codes in parts)
             for row in first[outside:].tolist()]
    return label, names, np.ascontiguousarray(crossed, dtype=np.int32)
