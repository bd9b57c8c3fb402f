"""bakeoff.fit: all candidates and all folds in one batch."""

import numbers
import resource
from collections.abc import Iterable, Mapping

import numpy as np

from bakeoff import _arrays, _checkpoint, _core, _splits, _tables

CLASSIFIERS = ("logistic", "linear_svm")


def fit(X, y, family="ridge", candidates=None, folds=5, weights=None, class_weight=None, scoring=None, seed=0,
        device="auto", threads=0, out_of_fold=False, positive=None, groups=None, callback=None, checkpoint=None):
    """Trains every candidate on all rows and on each split's, and scores it on the rows that the split tests.

    X: (N, D) float32 or float64, read where it lies; scipy.sparse, never made dense; or a DataFrame, Arrow table or
    dict of columns, in which strings are categories, one 0/1 column each, a category that training did not see is none
    of them. y: (N,) numbers (poisson: at least 0, gamma: above 0), or two classes for
    logistic and linear_svm (`positive` says which is 1; default: the larger), or more for logistic (softmax).
    candidates: [{"l2": 0.1, "l1_ratio": 0.5}, ...]. folds: a number (shuffled; stratified for classes; of whole
    `groups` where given), (N,) fold ids (-1: never tested), a scikit-learn splitter, or (train, test) rows of each
    split; 0: none. weights count in training and in the metrics, class_weight in training alone. scoring: a metric or
    several; default r2, roc_auc, or of more than two classes accuracy (or log_loss). callback(done, all): told how many
    fits have stopped. checkpoint: a folder, or {"folder": ..., "every": seconds}: what a fit that is killed had found
    out is kept there (every 30 s), and the same call goes on from it to the same bits; removed when it ends.
    ridge minimises ||y - Xw - b||^2 + l2 ||w||^2; elastic_net 1/2 ||y - Xw - b||^2 and logistic the sum of log-losses,
    both + l2 ((1 - l1_ratio)/2 ||w||^2 + l1_ratio ||w||_1): scikit-learn's Ridge(alpha=l2),
    ElasticNet(alpha=l2/N, l1_ratio) and LogisticRegression(C=1/l2, l1_ratio). poisson, gamma: alpha = l2 / sum of
    weights; huber: alpha = l2; linear_svm, linear_svr and linear_svr_squared: LinearSVC and LinearSVR(C=1/l2, epsilon)
    with an intercept that is not penalised; quantile: the sum of pinball losses + l2/2 ||w||^2, with an l1_ratio of 1
    QuantileRegressor(quantile, alpha=l2 / sum of weights). All but ridge take an l1_ratio, which turns l2/2 ||w||^2
    into the penalty above, and huber's l2 ||w||^2 into twice that; huber, quantile and linear_svr not for a sparse X of
    more than 2,048 columns.
    Returns a Fit. Raises SpecError, DataError; Ctrl-C ends it within a pass over the rows, with KeyboardInterrupt.
    """
    sparse = hasattr(X, "tocsr")
    table = None if sparse else _tables.as_table(X)
    encoder = None if table is None else _tables.Encoder(table)
    x = None if sparse else _arrays.as_array(X, "X") if encoder is None else encoder.encode(table)
    if not sparse and x.dtype not in (np.float32, np.float64):
        x = _arrays.as_float(x, "X")
    if not isinstance(family, str):
        raise _core.SpecError(f"family: expected a name, such as 'ridge', got {family!r}")
    labels, classes = _labels(y, family, positive)
    if class_weight is not None and classes is None:
        raise _core.SpecError(f"class_weight: is for classes, and family={family!r} is a regression; give weights")
    check_seed(seed)
    splits = _splits.make_splits(folds, labels, classes is not None, groups, seed)
    weights = None if weights is None else _weights(weights, len(labels))
    kept = _checkpoint.Kept(checkpoint)
    given = dict(scoring=_names(scoring), weights=weights, device=device, threads=threads, out_of_fold=out_of_fold,
                 class_weights=None if class_weight is None else class_weights(y, class_weight), callback=callback)
    call = [{}] if candidates is None else candidates_of(candidates) or [{}]
    result = fit_splits(X if sparse else x, labels, family, call, splits,
                        classes=2 if classes is None else len(classes), checkpoint=kept, **given)
    kept.remove()
    return Fit(result, classes, encoder)


def fit_splits(x, labels, family, candidates, splits, *, scoring=(), weights=None, class_weights=None, device="auto",
               threads=0, out_of_fold=False, all_rows=True, fold_models=False, classes=2, callback=None,
               checkpoint=None):
    """The engine's fit of arrays, or of sparse rows, as it wants them."""
    kept = checkpoint or _checkpoint.Kept(None)
    metric_weights = None
    if class_weights is not None:
        metric_weights = np.ones(len(labels)) if weights is None else weights
        weights = class_weights * metric_weights
    return kept.told(_core.fit(x=_csr(x) if hasattr(x, "tocsr") else x, y=labels, family=family,
                               candidates=candidates, weights=weights,
                               metric_weights=metric_weights, scoring=list(scoring), device=device, threads=threads,
                               out_of_fold=out_of_fold, all_rows=all_rows, fold_models=fold_models, classes=classes,
                               progress=callback, **kept.engine(), **splits.engine()))


def _csr(X):
    """The arrays of a scipy.sparse matrix in canonical CSR; copied only where it isn't."""
    if X.ndim != 2:
        raise _core.DataError(f"X: expected shape (N, D), got {X.shape}")
    if X.dtype.kind not in "biuf":
        raise _core.DataError(f"X: expected numbers, got {X.dtype}")
    x = X.tocsr()
    if x.dtype not in (np.float32, np.float64):
        x = x.astype(np.float64)
    if not x.has_canonical_format:
        x = x.copy()
        x.sum_duplicates()
    if x.shape[1] >= np.iinfo(np.int32).max:
        raise _core.DataError(f"X: expected fewer than 2^31 - 1 columns, got {x.shape[1]}")
    return (np.ascontiguousarray(x.data), np.ascontiguousarray(x.indices, dtype=np.int32),
            np.ascontiguousarray(x.indptr, dtype=np.int64), x.shape[1])


def _names(scoring):
    names = [] if scoring is None else [scoring] if isinstance(scoring, str) else scoring
    if not isinstance(names, (list, tuple)) or not all(isinstance(name, str) for name in names):
        raise _core.SpecError(f"scoring: expected a metric's name or a list of names, got {scoring!r}")
    return list(names)


def check_seed(seed):
    if isinstance(seed, bool) or not isinstance(seed, numbers.Integral) or seed < 0:
        raise _core.SpecError(f"seed: expected an integer of at least 0, got {seed!r}")


def _weights(values, rows):
    weights = _arrays.as_weights(values)
    if len(weights) != rows:
        raise _core.DataError(f"weights: expected {rows}, one a row of X, got {len(weights)}")
    if rows and not weights.any():
        raise _core.DataError("weights: all are 0: there is nothing to learn from")
    return weights


def candidates_of(candidates, what="candidates"):
    """[{name: float}]; the engine knows the names and their ranges."""
    if isinstance(candidates, (str, Mapping)) or not isinstance(candidates, Iterable):
        raise _core.SpecError(f'{what}: expected a list such as [{{"l2": 0.1}}, {{"l2": 1}}], got {candidates!r}')
    call = []
    for i, candidate in enumerate(candidates):
        if not isinstance(candidate, Mapping) or not all(isinstance(name, str) for name in candidate):
            raise _core.SpecError(f'{what}[{i}]: expected parameters by name, such as {{"l2": 0.1}}, got {candidate!r}')
        for name, value in candidate.items():
            if isinstance(value, (bool, np.bool_)) or not isinstance(value, numbers.Real):
                raise _core.SpecError(f"{what}[{i}]: {name} must be a number, got {value!r}")
        call.append({name: float(value) for name, value in candidate.items()})
    return call


def _labels(y, family, positive):
    array = _arrays.as_array(y, "labels")
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim != 1:
        raise _core.DataError(f"labels: expected shape (N,), got {array.shape}")
    if not len(array):
        raise _core.DataError("labels: expected at least one row, got none")
    if family not in CLASSIFIERS:
        return _arrays.as_float(array, "labels"), None
    if _arrays.missing(array).any():
        raise _core.DataError(f"labels, row {int(_arrays.missing(array).argmax())}: expected a class, got none")
    try:
        classes, codes = np.unique(array, return_inverse=True)
    except TypeError as error:
        raise _core.DataError(f"labels: expected classes of one kind: {error}") from None
    if family == "logistic" and len(classes) > 2:
        if positive is not None:
            raise _core.SpecError(f"positive: there are {len(classes)} classes, none of which is the positive one")
        return codes.astype(np.float64), classes
    if len(classes) != 2:
        raise _core.DataError(f"labels: expected two classes, got {len(classes)}")
    one = classes[1] if positive is None else positive
    if one not in classes:
        raise _core.DataError(f"labels: positive={positive!r} is not one of {classes.tolist()}")
    return np.ascontiguousarray(array == one, dtype=np.float64), np.array([c for c in classes if c != one] + [one])


def class_weights(y, class_weight):
    """(N,) from 'balanced' (all of y counts) or {class: weight}."""
    array = _arrays.as_array(y, "labels").ravel()
    classes, place, counts = np.unique(array, return_inverse=True, return_counts=True)
    if isinstance(class_weight, str) and class_weight == "balanced":
        return (len(array) / (len(classes) * counts))[place]
    if isinstance(class_weight, dict):
        for c, weight in class_weight.items():
            if c not in classes.tolist():
                raise _core.SpecError(f"class_weight: {c!r} is none of the classes {classes.tolist()}")
            if isinstance(weight, (bool, np.bool_)) or not isinstance(weight, numbers.Real) or not weight >= 0:
                raise _core.SpecError(f"class_weight: expected a number of at least 0 for {c!r}, got {weight!r}")
        return np.array([class_weight.get(c, 1.0) for c in classes.tolist()], dtype=np.float64)[place]
    raise _core.SpecError(f"class_weight: expected 'balanced' or a dict, got {class_weight!r}")


class FittedModel:
    """One candidate, trained on all rows: coefficients (D,), intercept, status, iterations, objective, seconds.

    With C > 2 classes: coefficients (C, D), intercept (C,).
    """

    def __init__(self, values, link, seconds, encoder=None):
        self.__dict__.update(values)
        self.seconds = seconds
        self._link = link
        self._encoder = encoder

    def predict(self, X):
        """(N,): P(positive) for logistic, the sigmoid of the margin for linear_svm, else the prediction.

        With C > 2 classes: (N, C) probabilities, in the order of Fit.classes.
        """
        if self.status == "diverged":
            raise _core.DataError(f"this candidate diverged and has no model: {self.reason}")
        table = None if self._encoder is None else _tables.as_table(X)
        x = self._rows(X) if table is None else self._encoder.encode(table)
        z = x @ self.coefficients.T + self.intercept
        if self.coefficients.ndim == 2:
            e = np.exp(z - z.max(axis=1, keepdims=True))
            return e / e.sum(axis=1, keepdims=True)
        if self._link == "log":
            return np.exp(z)
        return np.exp(-np.logaddexp(0, -z)) if self._link == "logistic" else z

    def _rows(self, X):
        x = X.tocsr() if hasattr(X, "tocsr") else _arrays.as_numbers(X, "X")
        columns = self.coefficients.shape[-1]
        if x.ndim != 2 or x.shape[1] != columns:
            raise _core.DataError(f"X: expected shape (N, {columns}), as in training, got {x.shape}")
        return x


class Fit:
    """scores (M, F) of each split, never negated; metrics, the same by name; models[i]; best_index, by the first
    metric; out_of_fold (M, N), or (M, N, C) of C > 2 classes, if asked for: NaN where no split tests a row; seconds
    (M,): each candidate's share, its splits included, of the time that was measured for all; peak_bytes: the most
    memory that the process has had by the end of the fit."""

    def __init__(self, result, classes, encoder=None):
        self.scores = result["scores"][0]
        self.scoring = result["scoring"][0]
        self.metrics = dict(zip(result["scoring"], result["scores"]))
        self.out_of_fold = result["out_of_fold"]
        self.classes = classes
        self.columns = None if encoder is None else encoder.names  # of the coefficients, of a table
        self.seconds = result["shares"]
        self.models = [FittedModel(values, result["link"], seconds, encoder)
                       for values, seconds in zip(result["models"], self.seconds.tolist())]
        self.peak_bytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        self._maximize = result["maximize"][0]

    @property
    def best_index(self):
        """The candidate with the best mean score over the folds."""
        if not self.scores.shape[1]:
            raise _core.SpecError("best_index: there are no folds to choose by; fit with folds=5")
        means = self.scores.mean(axis=1)
        if np.isnan(means).all():
            raise _core.DataError("best_index: no candidate has a score on every fold")
        return int(np.nanargmax(means) if self._maximize else np.nanargmin(means))
