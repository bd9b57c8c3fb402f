"""bakeoff.fit: all candidates and all folds in one batch."""

import numpy as np

from bakeoff import _arrays, _core, _splits, _tables


def fit(X, y, family="ridge", candidates=None, folds=5, weights=None, class_weight=None, scoring=None, seed=0,
        device="auto", threads=0, out_of_fold=False, positive=None, groups=None, callback=None):
    """Trains every candidate on all rows and on each split's, and scores it on the rows that the split tests.

    X: (N, D) float32 or float64, read where it lies; or a DataFrame, Arrow table or dict of columns, in which strings
    are categories, one 0/1 column each, a category that training did not see is none of them. y: (N,) numbers, or for
    logistic two classes (`positive` says which is 1; default: the larger). candidates: [{"l2": 0.1}, ...]. folds: a
    number (shuffled; stratified for classes; of whole `groups` where given), (N,) fold ids (-1: never tested), a
    scikit-learn splitter, or (train, test) rows of each split; 0: none. weights count in training and in the metrics,
    class_weight in training alone. scoring: a metric or several; default r2 or roc_auc. callback(done, all): told how
    many fits have stopped.
    Returns a Fit. Raises SpecError, DataError; Ctrl-C ends it within a pass over the rows, with KeyboardInterrupt.
    """
    table = _tables.as_table(X)
    encoder = None if table is None else _tables.Encoder(table)
    x = _arrays.as_array(X, "X") if encoder is None else encoder.encode(table)
    if x.dtype not in (np.float32, np.float64):
        x = _arrays.as_float(x, "X")
    labels, classes = _labels(y, family, positive)
    splits = _splits.make_splits(folds, labels, classes is not None, groups, seed)
    result = fit_splits(x, labels, family, list(candidates or [{}]), splits, scoring=_names(scoring),
                        weights=None if weights is None else _arrays.as_float(weights, "weights"),
                        class_weights=None if class_weight is None else class_weights(y, class_weight),
                        device=device, threads=threads, out_of_fold=out_of_fold, callback=callback)
    return Fit(result, classes, encoder)


def fit_splits(x, labels, family, candidates, splits, *, scoring=(), weights=None, class_weights=None, device="auto",
               threads=0, out_of_fold=False, all_rows=True, fold_models=False, callback=None):
    """The engine's fit of arrays as it wants them."""
    metric_weights = None
    if class_weights is not None:
        metric_weights = np.ones(len(labels)) if weights is None else weights
        weights = class_weights * metric_weights
    return _core.fit(x=x, y=labels, family=family, candidates=candidates, weights=weights,
                     metric_weights=metric_weights, scoring=list(scoring), device=device, threads=threads,
                     out_of_fold=out_of_fold, all_rows=all_rows, fold_models=fold_models, progress=callback,
                     **splits.engine())


def _names(scoring):
    return [] if scoring is None else [scoring] if isinstance(scoring, str) else list(scoring)


def _labels(y, family, positive):
    array = _arrays.as_array(y, "labels")
    if family != "logistic":
        return _arrays.as_float(array, "labels"), None
    classes = np.unique(array)
    if len(classes) != 2:
        raise _core.DataError(f"labels: expected two classes, got {len(classes)}")
    one = classes[1] if positive is None else positive
    if one not in classes:
        raise _core.DataError(f"labels: positive={positive!r} is not one of {classes.tolist()}")
    return np.ascontiguousarray(array == one, dtype=np.float64), np.array([c for c in classes if c != one] + [one])


def class_weights(y, class_weight):
    """(N,) from 'balanced' (all of y counts) or {class: weight}."""
    array = _arrays.as_array(y, "labels")
    classes, place, counts = np.unique(array, return_inverse=True, return_counts=True)
    if isinstance(class_weight, str) and class_weight == "balanced":
        return (len(array) / (len(classes) * counts))[place]
    if isinstance(class_weight, dict):
        return np.array([class_weight.get(c, 1.0) for c in classes.tolist()], dtype=np.float64)[place]
    raise _core.SpecError(f"class_weight: expected 'balanced' or a dict, got {class_weight!r}")


class FittedModel:
    """One candidate, trained on all rows: coefficients (D,), intercept, status, iterations, objective."""

    def __init__(self, values, logistic, encoder=None):
        self.__dict__.update(values)
        self._logistic = logistic
        self._encoder = encoder

    def predict(self, X):
        """(N,): P(positive) for logistic, the prediction for ridge."""
        if self.status == "diverged":
            raise _core.DataError(f"this candidate diverged and has no model: {self.reason}")
        table = None if self._encoder is None else _tables.as_table(X)
        x = _arrays.as_array(X, "X") if table is None else self._encoder.encode(table)
        z = x @ self.coefficients + self.intercept
        return 1 / (1 + np.exp(-z)) if self._logistic else z


class Fit:
    """scores (M, F) of each split, never negated; metrics, the same by name; models[i]; best_index, by the first
    metric; out_of_fold (M, N) if asked for: NaN where no split tests a row.
    """

    def __init__(self, result, classes, encoder=None):
        self.scores = result["scores"][0]
        self.scoring = result["scoring"][0]
        self.metrics = dict(zip(result["scoring"], result["scores"]))
        self.out_of_fold = result["out_of_fold"]
        self.classes = classes
        self.columns = None if encoder is None else encoder.names  # of the coefficients, of a table
        self.models = [FittedModel(values, result["logistic"], encoder) for values in result["models"]]
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
