import builtins
from collections.abc import Callable, Iterable, Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any, Literal

import numpy
import numpy.typing
import pandas
import pyarrow
from sklearn.base import BaseEstimator

__version__: str

# NumPy, Arrow, pandas, polars or anything with DLPack (torch, CuPy, JAX) that lies on the host.
_Array = Any
# Whatever has the Arrow PyCapsule interface (a pyarrow.Table, a pandas or polars DataFrame), or a dict of columns.
_Table = Any
# A metric in Python: of labels, scores and weights.
_Custom = Callable[..., float]
_Floats = numpy.typing.NDArray[numpy.float64]
_Path = str | PathLike[str]
_Device = Literal["auto", "cpu", "cuda"]
_Checkpoint = str | PathLike[str] | Mapping[str, Any]

class Error(Exception): ...
class SpecError(Error): ...
class DataError(Error): ...
class BudgetExceeded(Error): ...
class PromotionConflict(Error): ...
class RetryableError(Error): ...

class Accumulator:
    def __init__(
        self,
        metrics: Sequence[_Metric] | _Metric | None = None,
        task: _Task = "binary",
        *,
        names: Sequence[str] | None = None,
        first_row: int | None = 0,
        keep_rows: bool | None = None,
        baseline: str | None = None,
        positive: Any = None,
        classes: Sequence[Any] | None = None,
        nan: Literal["raise", "drop"] = "raise",
        compat: Literal["sklearn"] | None = None,
        device: str = "auto",
        threads: int = 0,
        keep_replicates: bool = False,
        **options: Any,
    ) -> None: ...
    def update(
        self,
        labels: _Array,
        scores: _Array | Mapping[str, _Array],
        weights: _Array | None = None,
        units: _Array | None = None,
        *,
        strata: _Array | None = None,
        slices: Mapping[Any, Any] | None = None,
        values: Mapping[str, _Array] | None = None,
        first_row: int | None = None,
    ) -> None: ...
    def merge(self, other: Accumulator) -> None: ...
    def compute(self) -> Report: ...
    def reset(self) -> None: ...
    @property
    def rows(self) -> int: ...
    @property
    def keeps_rows(self) -> bool: ...
    @property
    def nbytes(self) -> int: ...

class Report:
    value: _Floats
    low: _Floats
    high: _Floats
    reason: list[list[list[str]]]
    names: list[str]
    slice_names: list[str]
    metric_names: list[str]
    count: list[int]
    positives: list[int]
    units: list[int]
    valid_resamples: numpy.typing.NDArray[numpy.int64]
    method: list[list[list[str]]]
    resampling: list[list[list[str]]]
    rows_dropped: int
    interval: str
    confidence: float
    resamples: int
    replicates: _Floats | None
    def __init__(
        self,
        board: Any,
        given: Mapping[str, Any],
        slicings: Sequence[tuple[str, Sequence[str]]],
        baseline: str | None = None,
        keep_replicates: bool = False,
    ) -> None: ...
    def compare(
        self,
        baseline: str | None = None,
        method: Literal["bootstrap", "delong", "mcnemar", "mcnemar_mid_p", "mcnemar_chi2", "permutation"] | None = None,
        margin: float | None = None,
        adjust: Literal["max_t", "holm", "bh"] | None = None,
        permutations: int | None = None,
    ) -> dict[str, Any]: ...
    def ratio(self, baseline: str | None = None) -> dict[str, Any]: ...
    def gaps(self, slices: Sequence[str] | None = None) -> dict[str, dict[str, Any]]: ...
    def table(self) -> pyarrow.Table: ...
    def to_pandas(self) -> pandas.DataFrame: ...

def custom_metric(
    function: _Custom | None = None, *, name: str | None = None, greater_is_better: bool = True
) -> Any: ...
def evaluate(
    labels: _Array,
    scores: _Array | Mapping[str, _Array],
    metrics: str | _Custom | Sequence[str | _Custom] | None = None,
    task: Literal["binary", "regression", "multiclass", "multilabel"] = "binary",
    *,
    names: Sequence[str] | None = None,
    weights: _Array | None = None,
    units: _Array | None = None,
    strata: _Array | None = None,
    slices: Mapping[str | tuple[str, ...], _Array | Sequence[_Array] | None] | None = None,
    values: Mapping[str, _Array] | None = None,
    baseline: str | None = None,
    positive: Any = None,
    classes: Sequence[Any] | None = None,
    nan: Literal["raise", "drop"] = "raise",
    compat: Literal["sklearn"] | None = None,
    device: _Device = "auto",
    threads: int = 0,
    keep_replicates: bool = False,
    **options: Any,
) -> Report: ...

class RankReport(Report):
    per_query: _Floats
    queries: numpy.typing.NDArray[Any]
    query_reason: numpy.typing.NDArray[Any]
    excluded: dict[str, int]
    missing: list[int]
    of_catalog: dict[str, _Floats]
    dropped: list[int]
    def __init__(
        self,
        result: dict[str, Any],
        queries: numpy.typing.NDArray[Any],
        baseline: str | None = None,
        keep_replicates: bool = False,
    ) -> None: ...
    def query_table(self) -> pyarrow.Table: ...

def rank_evaluate(
    queries: _Array | None,
    relevance: _Array,
    scores: _Array | Mapping[str, _Array],
    metrics: str | Sequence[str] | None = None,
    *,
    offsets: _Array | None = None,
    documents: _Array | None = None,
    vectors: _Array | Mapping[Any, _Array] | None = None,
    names: Sequence[str] | None = None,
    weights: _Array | Literal["documents"] | None = None,
    units: _Array | None = None,
    slices: Mapping[str, _Array] | None = None,
    baseline: str | None = None,
    ties: Literal["expected", "trec"] = "expected",
    nan: Literal["raise", "drop"] = "raise",
    device: _Device = "auto",
    threads: int = 0,
    keep_replicates: bool = False,
    **options: Any,
) -> RankReport: ...
class DriftReport:
    fdr: float
    tested: int
    drifted: list[str]
    mmd: dict[str, float] | None
    def __init__(self, report: Any, mmd: dict[str, float] | None = None) -> None: ...
    def tests(self) -> pyarrow.Table: ...
    def table(self) -> pyarrow.Table: ...
    def to_pandas(self) -> pandas.DataFrame: ...

class DriftReference:
    categorical: list[str]
    def __init__(
        self,
        table: _Table,
        *,
        columns: str | Sequence[str] | None = None,
        categorical: str | Sequence[str] = (),
        bins: int = 10,
        keep_values: bool = True,
        seed: int = 0,
        device: _Device = "auto",
        threads: int = 0,
    ) -> None: ...
    @staticmethod
    def load(path: _Path) -> DriftReference: ...
    def save(self, path: _Path) -> None: ...
    def merge(self, other: DriftReference, *, bins: int = 10, seed: int = 0) -> DriftReference: ...
    @property
    def columns(self) -> list[str]: ...
    @property
    def rows(self) -> int: ...

def drift(
    reference: DriftReference | _Table,
    current: _Table,
    tests: str | Sequence[str] | None = None,
    *,
    columns: str | Sequence[str] | None = None,
    categorical: str | Sequence[str] = (),
    bins: int = 10,
    units: str | tuple[_Array, _Array] | None = None,
    mmd: bool = False,
    device: _Device = "auto",
    threads: int = 0,
    **options: Any,
) -> DriftReport: ...

def mmd(
    reference: _Table,
    current: _Table,
    *,
    columns: str | Sequence[str] | None = None,
    device: _Device = "auto",
    threads: int = 0,
    **options: Any,
) -> dict[str, Any]: ...

class ADWIN:
    width: int
    mean: float
    variance: float
    drifted: bool
    statistic: float
    def __init__(
        self, *, delta: float = 0.002, clock: int = 32, max_buckets: int = 5, min_window: int = 5, grace: int = 10
    ) -> None: ...
    def update(self, value: float) -> bool: ...
    def update_many(self, values: _Array) -> numpy.typing.NDArray[numpy.int64]: ...

class PageHinkley:
    mean: float
    drifted: bool
    statistic: float
    def __init__(
        self,
        *,
        delta: float = 0.005,
        threshold: float = 50.0,
        alpha: float = 0.9999,
        min_values: int = 30,
        up: bool = True,
        down: bool = True,
    ) -> None: ...
    def update(self, value: float) -> bool: ...
    def update_many(self, values: _Array) -> numpy.typing.NDArray[numpy.int64]: ...

class CUSUM:
    drifted: bool
    statistic: float
    def __init__(
        self,
        *,
        slack: float = 0.5,
        threshold: float = 5.0,
        mean: float = 0.0,
        deviation: float = 0.0,
        warm_up: int = 30,
    ) -> None: ...
    def update(self, value: float) -> bool: ...
    def update_many(self, values: _Array) -> numpy.typing.NDArray[numpy.int64]: ...
def curve(
    labels: _Array,
    scores: _Array,
    kind: Literal["roc", "pr"] = "roc",
    *,
    weights: _Array | None = None,
    positive: Any = None,
    drop_intermediate: bool | None = None,
) -> dict[str, Any]: ...
def plot(
    labels: _Array,
    scores: _Array | Mapping[str, _Array],
    kind: Literal["roc", "pr", "reliability"] = "roc",
    path: _Path | None = None,
    *,
    names: Sequence[str] | None = None,
    weights: _Array | None = None,
    positive: Any = None,
    bins: int = 15,
    binning: Literal["equal_width", "equal_mass"] = "equal_width",
    most: int = 2000,
) -> str: ...
def reliability(
    labels: _Array,
    scores: _Array,
    bins: int = 15,
    binning: Literal["equal_width", "equal_mass"] = "equal_width",
    *,
    weights: _Array | None = None,
    positive: Any = None,
) -> dict[str, Any]: ...
def ranges(
    values: _Array, edges: Sequence[float] | None = None, quantiles: int | Sequence[float] | None = None
) -> pandas.Categorical: ...
# A number, fold ids, a scikit-learn splitter, or (train, test) rows of each split.
_Splits = Any
# {"l2": [0.1, 1], "l1_ratio": {"linear": [0, 1]}, ...}, as in a spec.
_Space = Mapping[str, Any]

class Fit:
    scores: _Floats
    scoring: str
    metrics: dict[str, _Floats]
    out_of_fold: _Floats | None
    classes: numpy.typing.NDArray[Any] | None
    columns: list[str] | None
    models: list[Any]
    seconds: _Floats
    peak_bytes: int
    def __init__(
        self, result: dict[str, Any], classes: numpy.typing.NDArray[Any] | None, encoder: Any = None
    ) -> None: ...
    @property
    def best_index(self) -> int: ...

def fit(
    X: _Array | _Table,
    y: _Array,
    family: Literal[
        "ridge", "elastic_net", "huber", "quantile", "linear_svr", "linear_svr_squared", "poisson", "gamma",
        "logistic", "linear_svm"
    ] = "ridge",
    candidates: Sequence[Mapping[str, Any]] | None = None,
    folds: _Splits | None = 5,
    weights: _Array | None = None,
    class_weight: Literal["balanced"] | Mapping[Any, float] | None = None,
    scoring: str | Sequence[str] | None = None,
    seed: int = 0,
    device: _Device = "auto",
    threads: int = 0,
    out_of_fold: bool = False,
    positive: Any = None,
    groups: _Array | None = None,
    callback: Callable[[int, int], object] | None = None,
    checkpoint: _Checkpoint | None = None,
) -> Fit: ...

_Strategy = Literal["grid", "random", "sobol", "halving", "hyperband"]

class Search:
    def __init__(
        self,
        space: _Space,
        family: str = "logistic",
        n_candidates: int | None = None,
        strategy: _Strategy = "sobol",
        seed: int = 0,
        eta: float | None = None,
        least_fraction: float = 0.0,
    ) -> None: ...
    @property
    def fraction(self) -> float: ...
    @property
    def finished(self) -> bool: ...
    def ask(self, count: int | None = None) -> list[dict[str, float]]: ...
    def tell(self, scores: Iterable[float]) -> None: ...

class SearchCV(BaseEstimator):
    family: str
    space: _Space | None
    n_candidates: int | None
    strategy: _Strategy
    scoring: Any
    cv: _Splits
    refit: bool | str
    seed: int
    class_weight: Literal["balanced"] | Mapping[Any, float] | None
    include: Sequence[Mapping[str, float]] | None
    eta: float
    budget: Mapping[str, float] | None
    callback: Callable[[dict[str, Any]], object] | None
    verbose: int
    device: _Device
    threads: int
    checkpoint: _Checkpoint | None
    classes_: numpy.typing.NDArray[Any]
    encoder_: Any
    feature_names_in_: numpy.typing.NDArray[Any]
    n_features_in_: int
    n_splits_: int
    multimetric_: bool
    scorer_: Any
    status_: Literal["finished", "budget", "interrupted"]
    cv_results_: dict[str, Any]
    best_index_: int
    best_params_: dict[str, float]
    best_score_: float
    best_estimator_: Any
    refit_time_: float
    def __init__(
        self,
        family: str = "logistic",
        space: _Space | None = None,
        n_candidates: int | None = None,
        strategy: _Strategy = "grid",
        scoring: Any = None,
        cv: _Splits = 5,
        refit: bool | str = True,
        seed: int = 0,
        *,
        class_weight: Literal["balanced"] | Mapping[Any, float] | None = None,
        include: Sequence[Mapping[str, float]] | None = None,
        eta: float = 3,
        budget: Mapping[str, float] | None = None,
        callback: Callable[[dict[str, Any]], object] | None = None,
        verbose: int = 0,
        device: _Device = "auto",
        threads: int = 0,
        checkpoint: _Checkpoint | None = None,
    ) -> None: ...
    def fit(
        self, X: _Array | _Table, y: _Array, sample_weight: _Array | None = None, groups: _Array | None = None
    ) -> SearchCV: ...
    def predict(self, X: _Array | _Table) -> numpy.typing.NDArray[Any]: ...
    def predict_proba(self, X: _Array | _Table) -> _Floats: ...
    def predict_log_proba(self, X: _Array | _Table) -> _Floats: ...
    def decision_function(self, X: _Array | _Table) -> _Floats: ...
    def score(self, X: _Array | _Table, y: _Array | None = None, sample_weight: _Array | None = None) -> float: ...
    def set_fit_request(
        self, *, groups: bool | str | None = "$UNCHANGED$", sample_weight: bool | str | None = "$UNCHANGED$"
    ) -> SearchCV: ...
    def set_score_request(self, *, sample_weight: bool | str | None = "$UNCHANGED$") -> SearchCV: ...

class Run:
    path: Path
    run_id: str
    def __init__(self, path: _Path) -> None: ...
    @property
    def decision(self) -> dict[str, Any]: ...
    @property
    def leaderboard(self) -> pyarrow.Table: ...

def run(
    spec: _Path,
    out: _Path = "runs",
    run_id: str | None = None,
    overrides: Mapping[str, Any] | None = None,
    listener: Callable[[dict[str, Any]], object] | None = None,
) -> Run: ...
def monitor(
    spec: _Path, at: str | None = None, overrides: Mapping[str, Any] | None = None
) -> dict[str, Any]: ...

class Model:
    def __init__(self, model: Any) -> None: ...
    @property
    def columns(self) -> list[str]: ...
    @property
    def classes(self) -> list[str]: ...
    @property
    def family(self) -> str: ...
    def predict(self, table: _Table) -> numpy.typing.NDArray[numpy.float32]: ...

def load(path: _Path) -> Model: ...

class _RegisteredModel:
    version: int
    name: str
    kind: str
    location: str
    sha256: str
    metadata: str
    created: str

class _HistoryEntry:
    id: int
    name: str
    action: str
    version: int
    previous: int | None
    run_id: str
    reason: str
    at: str

class Registry:
    def __init__(self, path: str) -> None: ...
    def add(self, name: str, kind: str, location: str, metadata: str = "{}", run_id: str = "") -> _RegisteredModel: ...
    def list(self, name: str = "") -> builtins.list[_RegisteredModel]: ...
    def get(self, name: str, version: int) -> _RegisteredModel: ...
    def champion(self, name: str) -> _RegisteredModel | None: ...
    def history(self, name: str) -> builtins.list[_HistoryEntry]: ...
    def promote(
        self, name: str, version: int, expected: int | None, run_id: str = "", reason: str = ""
    ) -> None: ...
    def rollback(self, name: str, reason: str = "", expected: int | None = None) -> _RegisteredModel: ...
    def verify(self) -> builtins.list[str]: ...
