"""bakeoff.run, monitor, load and Registry: what an orchestrator calls."""

import json
import os
import pathlib
import sys

from bakeoff import _core

# ONNX Runtime, the judge of an export, runs in a process of its own: of this interpreter, whose packages are meant.
os.environ.setdefault("BAKEOFF_PYTHON", sys.executable)

Registry = _core.Registry


class Run:
    """A finished bake-off: `decision` (dict), `leaderboard` (pyarrow.Table, best first), `path`, `run_id`."""

    def __init__(self, path):
        self.path = pathlib.Path(path)
        self.run_id = self.path.name

    @property
    def decision(self):
        return json.loads((self.path / "decision.json").read_text())

    @property
    def leaderboard(self):
        import pyarrow.parquet

        return pyarrow.parquet.read_table(self.path / "leaderboard.parquet")

    def __repr__(self):
        return f"Run({str(self.path)!r}, verdict={self.decision['verdict']!r})"


def run(spec, out="runs", run_id=None, overrides=None, listener=None):
    """Holds the bake-off of a spec file. A finished `run_id` returns at once, an unfinished one is resumed.

    overrides: {"split.at": "2013-07-01"}. listener: called with each event, a dict.
    Raises SpecError, DataError, PromotionConflict, RetryableError.
    """
    hear = None if listener is None else lambda text: listener(json.loads(text))
    _, path = _core.run(str(spec), str(out), run_id or "", _pairs(overrides), hear)
    return Run(path)


def monitor(spec, at=None, overrides=None):
    """The trigger decision of the spec's monitor part at a time (ISO 8601; None: now), as a dict."""
    return json.loads(_core.monitor(str(spec), "" if at is None else str(at), _pairs(overrides)))


def load(path):
    """The model of a model folder, with `predict(table)` and `columns`."""
    return Model(_core.load_model(str(path)))


class Model:
    """A trained model: raw columns in, one float32 score a row out; of many classes one a class."""

    def __init__(self, model):
        self._model = model

    @property
    def columns(self):
        return self._model.columns()

    @property
    def family(self):
        return self._model.family()

    @property
    def classes(self):
        """Names of the classes of task multiclass, in the order of the scores; else an empty list."""
        return self._model.classes()

    def predict(self, table):
        """table: a pyarrow.Table or RecordBatch, a pandas or polars DataFrame, or a dict of columns.

        (N,) float32; of task multiclass (N, classes) probabilities.
        """
        return self._model.predict(_as_stream(table))


def _as_stream(table):
    if isinstance(table, dict):
        import pyarrow

        table = pyarrow.table(table)
    if not hasattr(table, "__arrow_c_stream__"):
        raise _core.DataError(
            f"expected a table (Arrow, pandas, polars or a dict of columns), got {type(table).__name__}")
    return table.__arrow_c_stream__()


def _pairs(overrides):
    return [(str(key), value if isinstance(value, str) else json.dumps(value))
            for key, value in (overrides or {}).items()]
