"""bakeoff.drift: has a table drifted from its reference? Effects and adjusted p-values, column by column."""

import json
import os
import shutil

import numpy as np

from bakeoff import _arrays, _core

_EFFECTS = {"psi": "psi_excess", "wasserstein": "wasserstein_per_sd", "chi2": "cramers_v", "missing": "missing_change"}


def drift(reference, current, tests=None, *, columns=None, categorical=(), bins=10, units=None, mmd=False,
          device="auto", threads=0, **options):
    """Compares the current table with the reference, one row a column.

    reference: a DriftReference, or a table like current: a pyarrow.Table, a pandas or polars DataFrame, or a dict of
    arrays. tests: ks, psi, jensen_shannon, wasserstein, chi2, missing, new_categories; by default all. Each runs on the
    columns that it fits. columns: those to compare; by default all, and both tables must have the same. categorical:
    columns of numbers that are names. bins: of psi and jensen_shannon, if reference is a table.
    units: where rows are not independent (days, customers), a column that both tables have, or a pair of arrays; then
    every p permutes whole units, and reference has to be a table. mmd: adds `report.mmd`, what mmd() says of the
    numeric columns; not with units, since its permutations are of rows.
    options: fdr (0.05), effects ({test: least effect that counts as drift}), permutations (999, of psi,
    jensen_shannon and wasserstein in small samples), permute (in all), seed; their defaults stand in the engine.
    Returns a DriftReport. Raises SpecError for options, DataError for tables.
    """
    names, categorical = _names(columns), _arrays.as_names(categorical, "categorical")
    asked, bins = _arrays.as_names(tests, "tests"), _arrays.as_integer(bins, "bins")
    machine, options = _arrays.as_machine(device, threads), _checked(options)
    if units is not None and mmd:
        raise _core.SpecError("mmd: expected no units, got both: it permutes rows, as if none belonged together")
    if (units is not None or mmd) and isinstance(reference, DriftReference):
        raise _core.SpecError(f"{'mmd' if units is None else 'units'}: expected a table as reference: a DriftReference "
                              "has not kept its rows")
    if units is not None:
        reference, current, ids = _units(reference, current, units)
        report = _core.drift_by_unit(_table(reference, "reference", names, categorical),
                                     _table(current, "current", names, categorical), *ids, columns=names or [],
                                     bins=bins, tests=asked, **machine, **options)
        return DriftReport(report)
    if isinstance(reference, DriftReference):
        fitted, categorical = reference._fitted, [*categorical, *reference.categorical]
    else:
        fitted = _core.fit_drift(_table(reference, "reference", names, categorical), bins=bins, keep_values=True,
                                 seed=options.get("seed", 0), distances=not asked or "wasserstein" in asked, **machine)
    table = _table(current, "current", names, categorical)
    try:
        report = _core.drift(fitted, table, columns=names or [], tests=asked, **machine, **options)
    except _core.DataError as error:
        if "the reference holds text, here are numbers" in str(error):
            raise _core.DataError(f"{error}, or name it in categorical=[...] if its numbers are names") from None
        raise
    return DriftReport(report, _mmd_of(names, categorical, machine, options, reference, current) if mmd else None)


def mmd(reference, current, *, columns=None, device="auto", threads=0, **options):
    """One test of all numeric columns together: maximum mean discrepancy (RBF, median distance), p by permutation.

    options: permutations (199), max_rows of each table (1000, evenly spaced), seed. Returns a dict: statistic (unbiased
    MMD^2 of columns in the reference's standard deviations), p, bandwidth, reference_rows, current_rows.
    """
    names = _names(columns)
    options = _arrays.as_options(options, permutations=int, max_rows=int, seed="seed")
    return _core.mmd(_table(reference, "reference", names, ()), _table(current, "current", names, ()),
                     **_arrays.as_machine(device, threads), **options)


class DriftReference:
    """What current tables are compared with: fitted once, saved and loaded, used for any number of them.

    keep_values=False keeps quantiles and counts instead of all values: small, but ks and wasserstein can't be asked.
    """

    def __init__(self, table, *, columns=None, categorical=(), bins=10, keep_values=True, seed=0, device="auto",
                 threads=0):
        self.categorical = _arrays.as_names(categorical, "categorical")
        self._fitted = _core.fit_drift(_table(table, "reference", _names(columns), self.categorical),
                                       **_arrays.as_options(dict(bins=bins, keep_values=keep_values, seed=seed),
                                                            bins=int, keep_values=bool, seed="seed"),
                                       distances=True, **_arrays.as_machine(device, threads))

    @staticmethod
    def load(path):
        """A reference that save() has written. One of `bakeoff drift --save` doesn't know which of its columns are
        categorical: say it to drift()."""
        out = DriftReference.__new__(DriftReference)
        out._fitted = _core.load_drift_reference(os.fspath(path))
        with open(path, "rb") as file:
            written = _header(file)["__metadata__"].get("categorical", "[]")
        try:
            out.categorical = [_arrays.as_name(name, "categorical") for name in json.loads(written)]
        except (TypeError, ValueError, _core.SpecError):
            raise _core.DataError(f"{os.fspath(path)}: expected a drift reference as DriftReference.save writes it: "
                                  f"names of categorical columns, got {written!r}") from None
        return out

    def save(self, path):
        """Writes a safetensors file: arrays and names, nothing that could be executed."""
        path = os.fspath(path)
        if not self.categorical or (os.path.exists(path) and not os.path.isfile(path)):  # /dev/null can't be read again
            return self._fitted.save(path)
        plain, whole = (f"{path}.{os.getpid()}.{name}" for name in ("plain", "whole"))
        try:
            self._fitted.save(plain)
            _add_metadata(plain, whole, categorical=json.dumps(self.categorical))
            os.replace(whole, path)  # so nobody sees half of it
        finally:
            for name in filter(os.path.exists, (plain, whole)):
                os.unlink(name)

    def merge(self, other, *, bins=10, seed=0):
        """What DriftReference makes of the rows of both: days that are fitted one by one, for example."""
        if not isinstance(other, DriftReference):
            raise _core.SpecError(f"merge: expected a DriftReference, got {type(other).__name__}")
        out = DriftReference.__new__(DriftReference)
        out._fitted = self._fitted.merge(other._fitted, **_arrays.as_options(dict(bins=bins, seed=seed), bins=int,
                                                                             seed="seed"))
        out.categorical = list(dict.fromkeys([*self.categorical, *other.categorical]))
        return out

    @property
    def columns(self):
        return self._fitted.columns

    @property
    def rows(self):
        return self._fitted.rows


class DriftReport:
    """`drifted`: names of the columns that have. table() and to_pandas(): one row a column; tests(): one row a test.
    `mmd`: if asked for."""

    def __init__(self, report, mmd=None):
        self.mmd = mmd
        self._columns, self._tests, self._asked = report.columns(), report.tests(), report.asked
        self.fdr, self.tested = report.fdr, report.tested
        self.drifted = [row["column"] for row in self._columns if row["drifted"]]

    def tests(self):
        """A pyarrow.Table: column, test, statistic, effect, p, p_adjusted (Benjamini-Hochberg), method, note."""
        import pyarrow

        names = ["column", "test", "statistic", "effect", "p", "p_adjusted", "method", "note"]
        kinds = [pyarrow.float64() if name in ("statistic", "effect", "p", "p_adjusted") else pyarrow.string()
                 for name in names]
        return pyarrow.table({name: pyarrow.array([row[name] for row in self._tests], kind)
                              for name, kind in zip(names, kinds)})

    def table(self):
        """A pyarrow.Table, one row a column: <test>, <its effect>, <test>_p and <test>_p_adjusted; null where a test
        doesn't fit the column's kind."""
        import pyarrow

        out = {name: [row[name] for row in self._columns] for name in self._columns[0]} if self._columns else {}
        at = {row["column"]: i for i, row in enumerate(self._columns)}
        kinds = {}
        for test in self._asked:
            names = [test, _EFFECTS.get(test), f"{test}_p", f"{test}_p_adjusted"]
            keys = ["statistic", "effect", "p", "p_adjusted"]
            if test == "new_categories":  # its share stands there already
                names[0] = None
            for name, key in zip(names, keys):
                if name is None:
                    continue
                out[name] = [None] * len(self._columns)
                kinds[name] = pyarrow.float64()
                for row in self._tests:
                    if row["test"] == test:
                        out[name][at[row["column"]]] = row[key]
        kinds["new_names"] = pyarrow.list_(pyarrow.string())
        return pyarrow.table({name: pyarrow.array(values, kinds.get(name)) for name, values in out.items()})

    def to_pandas(self):
        """The same as a pandas.DataFrame."""
        return self.table().to_pandas()

    def __repr__(self):
        lines = [f"{len(self.drifted)} of {len(self._columns)} columns have drifted (FDR {self.fdr}, "
                 f"{self.tested} tests)"]
        for row in self._columns:
            found = [f"{t['test']} {t['statistic']:.4g} (effect {t['effect']:.4g}, p {t['p_adjusted']:.2g})"
                     for t in self._tests if t["column"] == row["column"]]
            lines.append(f"{'*' if row['drifted'] else ' '} {row['column']}: {', '.join(found)}")
        return "\n".join(lines)


def _names(columns):
    return None if columns is None else _arrays.as_names(columns, "columns")


def _checked(options):
    options = _arrays.as_options(options, fdr=float, permutations=int, permute=bool, seed="seed")
    if "effects" in options:
        effects = _arrays.as_dict(options["effects"], "effects", "{test: number}")
        options["effects"] = {_arrays.as_name(test, "effects"): _arrays.as_number(effect, f"effects: {test}")
                              for test, effect in effects.items()}
        for test, effect in options["effects"].items():
            if np.isnan(effect):
                raise _core.SpecError(f"effects: {test}: expected a number, got nan")
    return options


def _header(file):
    """Of a safetensors file that is open; the arrays follow."""
    return json.loads(file.read(int.from_bytes(file.read(8), "little")))


def _add_metadata(path, to, **texts):
    """A copy of a safetensors file with more metadata; the engine reads past those that it doesn't know."""
    with open(path, "rb") as old, open(to, "wb") as new:
        header = _header(old)
        header["__metadata__"].update(texts)
        text = json.dumps(header).encode()
        text += b" " * (-len(text) % 8)
        new.write(len(text).to_bytes(8, "little") + text)
        shutil.copyfileobj(old, new)
        new.flush()
        os.fsync(new.fileno())


def _units(reference, current, units):
    """The tables without the column that is named, and the ids of their rows."""
    tables, names = [reference, current], ["reference", "current"]
    if not isinstance(units, str):
        if len(units) != 2:
            raise _core.SpecError(f"units: expected a column's name or a pair of arrays (reference, current), got "
                                  f"{len(units)}")
        return reference, current, [_arrays.as_units(ids, f"units of {what}") for ids, what in zip(units, names)]
    ids = []
    for k, (table, what) in enumerate(zip(tables, names)):
        table = _named(table, what)
        if units not in table:
            raise _core.DataError(f"{what}: no column {units!r}{_core.hint(units, list(table))}")
        ids.append(_arrays.as_units(table[units], f"{what}: units"))
        tables[k] = {name: column for name, column in table.items() if name != units}
    return *tables, ids


def _named(table, what):
    """Columns by name."""
    import pyarrow

    if isinstance(table, pyarrow.RecordBatch) or not hasattr(table, "keys"):
        if not hasattr(table, "__arrow_c_stream__") and not isinstance(table, (pyarrow.Table, pyarrow.RecordBatch)):
            raise _core.DataError(f"{what}: expected a table: pyarrow, pandas, polars or a dict of columns, got "
                                  f"{type(table).__name__}")
        table = pyarrow.table(table)
        return dict(zip(table.column_names, table.columns))
    return {str(name): table[name] for name in table.keys()}


def _mmd_of(names, categorical, machine, options, reference, current):
    """mmd() of the columns that are numbers in both."""
    both = [{name: array for name, column in _named(table, what).items()
             if name not in categorical and (array := _numbers(column)) is not None} for table, what in
            ((reference, "reference"), (current, "current"))]
    columns = [name for name in both[0] if name in both[1] and (names is None or name in names)]
    seed = {"seed": options["seed"]} if "seed" in options else {}
    return mmd(both[0], both[1], columns=columns, **machine, **seed)


def _table(table, what, columns, categorical):
    """Numbers as the arrays that they are, everything else through Arrow."""
    import pyarrow

    if isinstance(table, pyarrow.RecordBatch):
        table = pyarrow.Table.from_batches([table])
    if not hasattr(table, "keys") and not isinstance(table, pyarrow.Table):
        if not hasattr(table, "__arrow_c_stream__"):
            raise _core.DataError(f"{what}: expected a table: pyarrow, pandas, polars or a dict of columns, got "
                                  f"{type(table).__name__}")
        table = pyarrow.table(table)
    known = _arrays.as_names(table.column_names if isinstance(table, pyarrow.Table) else table.keys(), what)
    by_name = dict(zip(known, range(len(known)) if isinstance(table, pyarrow.Table) else table.keys()))
    if len(by_name) != len(known):
        raise _core.DataError(f"{what}: expected columns with names of their own, got {known}")
    wanted = known if columns is None else columns
    for name in [*wanted, *(categorical if columns is None else [])]:
        if name not in by_name:
            raise _core.DataError(f"{what}: no column {name!r}{_core.hint(name, known)}")
    numbers, others, order = [], {}, []
    for name in wanted:
        column = table[by_name[name]]
        array = None if name in categorical else _numbers(column)
        if array is not None:
            numbers.append((name, array))
        else:
            others[name] = _arrow(column, f"{what}: column {name!r}", name in categorical)
            if columns is None and pyarrow.types.is_temporal(others[name].type):
                del others[name]  # times always move on
                continue
        order.append(name)
    if not order and columns is None:
        raise _core.DataError(f"{what}: expected columns of numbers or text, got none")
    rows = {len(array) for array in [*others.values(), *(array for _, array in numbers)]}
    if rows == {0}:
        raise _core.DataError(f"{what}: expected rows, got none: there is nothing to compare")
    if len(rows) > 1:
        raise _core.DataError(f"{what}: expected as many rows in every column, got {sorted(rows)}")
    stream = pyarrow.table(others).__arrow_c_stream__() if others else None
    return _core.DriftTable(order, numbers, stream, what)


def _numbers(column):
    """float64 without a copy where it is that already; None if it isn't plain numbers."""
    import pyarrow

    if isinstance(column, (pyarrow.ChunkedArray, pyarrow.Array)):
        kind = column.type
        if column.null_count or not (pyarrow.types.is_floating(kind) or pyarrow.types.is_integer(kind)):
            return None
        column = column.to_numpy() if isinstance(column, pyarrow.ChunkedArray) else column.to_numpy(False)
    dtype = getattr(column, "dtype", None)
    if not isinstance(dtype, np.dtype) or dtype.kind not in "fiub":
        return None
    array = np.asarray(column)
    return array.astype(np.float64, copy=False) if array.ndim == 1 else None


def _arrow(column, what, as_text):
    import pyarrow
    import pyarrow.compute

    try:
        if not isinstance(column, (pyarrow.ChunkedArray, pyarrow.Array)):
            column = pyarrow.array(column, from_pandas=True)
        if as_text and not pyarrow.types.is_dictionary(column.type):
            column = pyarrow.compute.cast(column, pyarrow.string())
    except (pyarrow.ArrowException, TypeError, ValueError) as error:
        raise _core.DataError(f"{what}: expected numbers or text, got {type(column).__name__}: {error}") from None
    return column
