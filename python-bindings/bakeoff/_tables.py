"""Tables as the engine's arrays: numbers as they are, one 0/1 column for each category of a column of strings."""

import numpy as np

from bakeoff import _core

# Beyond, a dense matrix of 0 and 1 is the wrong form: bakeoff.run keeps codes.
MOST_CATEGORIES = 1000


def as_table(X):
    """A pyarrow.Table of a DataFrame, an Arrow table or a dict of columns; None for anything else."""
    mapping = isinstance(X, dict) and not hasattr(X, "shape")  # SciPy's dok_matrix is a dict, too
    if mapping or hasattr(X, "__arrow_c_stream__") and hasattr(X, "columns"):
        import pyarrow

        try:
            if isinstance(X, pyarrow.Table):
                table = X
            elif type(X).__module__.split(".")[0] == "pandas":  # its index is no feature, whatever it is called
                table = pyarrow.Table.from_pandas(X, preserve_index=False)
            else:
                table = pyarrow.table(X)
        except (pyarrow.ArrowException, ValueError, TypeError) as error:
            raise _core.DataError(f"X: expected a table of numbers and strings: {error}") from error
        if len(set(table.column_names)) < table.num_columns:
            twice = next(name for name in table.column_names if table.column_names.count(name) > 1)
            raise _core.DataError(f"X: the column {twice!r} is there twice; rename one")
        return table
    return None


def _plain(column):
    """A column without dictionary: strings, numbers or booleans."""
    import pyarrow

    if pyarrow.types.is_dictionary(column.type):
        return column.cast(column.type.value_type)
    return column


def _is_text(kind):
    import pyarrow

    return pyarrow.types.is_string(kind) or pyarrow.types.is_large_string(kind) or pyarrow.types.is_string_view(kind)


class Encoder:
    """Fitted on a table. Categories that it has not seen are in none of the 0/1 columns; a missing string is the
    category None.
    """

    def __init__(self, table):
        import pyarrow

        self.columns, self.categories = [], {}
        for name in table.column_names:
            column = _plain(table[name])
            self.columns.append(name)
            if _is_text(column.type) or pyarrow.types.is_null(column.type):
                values = column.unique().to_pylist()
                self.categories[name] = sorted((v for v in values if v is not None)) + [None] * (None in values)
                if len(values) > MOST_CATEGORIES:
                    raise _core.DataError(f"column {name!r}: expected at most {MOST_CATEGORIES} categories, got "
                                          f"{len(values)}; drop it if it is an id, or use bakeoff.run")
            elif not (pyarrow.types.is_integer(column.type) or pyarrow.types.is_floating(column.type)
                      or pyarrow.types.is_boolean(column.type)):
                raise _core.DataError(f"column {name!r}: expected numbers or strings, got {column.type}; derive "
                                      f"numbers or strings from it, or use bakeoff.run, which reads times")

    @property
    def names(self):
        """What the encoded columns are called: "origin=JFK"."""
        return [f"{name}={category}" if name in self.categories else name for name in self.columns
                for category in self.categories.get(name, [None])]

    def encode(self, table):
        """(N, D) in the order of names: float32 if all numbers are, else float64."""
        missing = [name for name in self.columns if name not in table.column_names]
        if missing:
            raise _core.DataError(f"X: expected the columns {', '.join(map(repr, self.columns))}; missing: "
                                  f"{', '.join(map(repr, missing))}")
        numeric = [n for n in self.columns if n not in self.categories]
        narrow = numeric and all(str(table.schema.field(name).type) == "float" for name in numeric)
        out = np.zeros((table.num_rows, len(self.names)), dtype=np.float32 if narrow else np.float64, order="F")
        at = 0
        for name in self.columns:
            column = _plain(table[name])
            if name not in self.categories:
                out[:, at] = self._numbers(name, column)
                at += 1
                continue
            if not (_is_text(column.type) or str(column.type) == "null"):
                raise _core.DataError(f"column {name!r}: expected strings as in training, got {column.type}")
            encoded = column.combine_chunks().dictionary_encode(null_encoding="encode")
            place = {category: k for k, category in enumerate(self.categories[name])}
            where = np.array([place.get(v, -1) for v in encoded.dictionary.to_pylist()], dtype=np.int64)
            codes = where[np.asarray(encoded.indices)] if len(where) else np.full(table.num_rows, -1)
            rows = np.flatnonzero(codes >= 0)
            out[rows, at + codes[rows]] = 1
            at += len(place)
        return out

    def _numbers(self, name, column):
        if _is_text(column.type):
            raise _core.DataError(f"column {name!r}: expected numbers as in training, got {column.type}")
        import pyarrow

        try:
            return column.cast("float64").to_numpy(zero_copy_only=False) if column.null_count else column.to_numpy()
        except pyarrow.ArrowInvalid as error:
            raise _core.DataError(f"column {name!r}: expected numbers that float64 holds: {error}") from error
