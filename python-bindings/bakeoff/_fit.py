"""bakeoff.fit: all candidates and all folds in one batch."""

import resource

import numpy as np

from bakeoff import _arrays, _core

CLASSIFIERS = ("logistic", "linear_svm")


def fit(X, y, family="ridge", candidates=None, folds=5, weights=None, class_weight=None, scoring=None, seed=0,
        device="auto", threads=0, out_of_fold=False, positive=None):
    """Trains every candidate on all rows and without each fold, and scores it on the fold left out.

    X: (N, D) float32 or float64, read where it lies; or scipy.sparse, for ridge and logistic, never made dense.
    y: (N,) numbers (poisson: at least 0, gamma: above 0), or two classes for logistic and linear_svm (`positive` says
    which is 1; default: the larger), or more for logistic (softmax). candidates: [{"l2": 0.1, "l1_ratio": 0.5}, ...].
    folds: a number, (N,) fold ids, or a scikit-learn splitter that tests each row once. scoring: a metric; default r2,
    roc_auc, or of more than two classes accuracy (or log_loss).
    ridge minimises ||y - Xw - b||^2 + l2 ||w||^2; elastic_net 1/2 ||y - Xw - b||^2 and logistic the sum of log-losses,
    both + l2 ((1 - l1_ratio)/2 ||w||^2 + l1_ratio ||w||_1): scikit-learn's Ridge(alpha=l2),
    ElasticNet(alpha=l2/N, l1_ratio) and LogisticRegression(C=1/l2, l1_ratio). poisson, gamma: alpha = l2 / sum of
    weights; huber: alpha = l2; linear_svm: LinearSVC(C=1/l2) with an intercept that is not penalised.
    Returns a Fit. Raises SpecError, DataError.
    """
    if class_weight is not None:
        weights = _class_weights(y, class_weight, weights)
    sparse = hasattr(X, "tocsr")
    x = None if sparse else _arrays.as_array(X, "X")
    if not sparse and x.dtype not in (np.float32, np.float64):
        x = _arrays.as_float(x, "X")
    labels, classes = _labels(y, family, positive)
    ids, count = _fold_ids(folds, x, labels, family, seed)
    call = dict(y=labels, family=family, candidates=list(candidates or [{}]), folds=ids, fold_count=count,
                classes=2 if classes is None else len(classes),
                weights=None if weights is None else _arrays.as_float(weights, "weights"),
                scoring=scoring or "", device=device, threads=threads, out_of_fold=out_of_fold)
    return Fit(_core.fit_csr(**_csr(X), **call) if sparse else _core.fit(x=x, **call), classes)


def _csr(X):
    """The arrays of a scipy.sparse matrix in canonical CSR; copied only where it isn't."""
    x = X.tocsr()
    if x.dtype not in (np.float32, np.float64):
        x = x.astype(np.float64)
    if not x.has_canonical_format:
        x = x.copy()
        x.sum_duplicates()
    if x.shape[1] > np.iinfo(np.int32).max:
        raise _core.DataError(f"X: expected fewer than 2^31 columns, got {x.shape[1]}")
    return {"values": np.ascontiguousarray(x.data), "indices": np.ascontiguousarray(x.indices, dtype=np.int32),
            "starts": np.ascontiguousarray(x.indptr, dtype=np.int64), "columns": x.shape[1]}


def _labels(y, family, positive):
    array = _arrays.as_array(y, "labels")
    if family not in CLASSIFIERS:
        return _arrays.as_float(array, "labels"), None
    classes, codes = np.unique(array, return_inverse=True)
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


def _class_weights(y, class_weight, weights):
    array = _arrays.as_array(y, "labels")
    classes, place, counts = np.unique(array, return_inverse=True, return_counts=True)
    if isinstance(class_weight, str) and class_weight == "balanced":
        each = len(array) / (len(classes) * counts)
    elif isinstance(class_weight, dict):
        each = np.array([class_weight.get(c, 1.0) for c in classes.tolist()])
    else:
        raise _core.SpecError(f"class_weight: expected 'balanced' or a dict, got {class_weight!r}")
    return each[place] if weights is None else each[place] * _arrays.as_float(weights, "weights")


def _fold_ids(folds, x, labels, family, seed):
    """(N,) int32 ids and their number; (None, 0) without folds."""
    if folds is None or (isinstance(folds, int) and folds == 0):
        return None, 0
    if isinstance(folds, (int, np.integer)):
        if not 2 <= folds <= len(labels):
            raise _core.SpecError(f"folds: expected 2 to {len(labels)}, got {folds}")
        order = np.random.default_rng(seed).permutation(len(labels))
        if family in CLASSIFIERS:  # stratified: each fold has its share of both classes
            order = order[np.argsort(labels[order], kind="stable")]
        ids = np.empty(len(labels), dtype=np.int32)
        ids[order] = np.arange(len(labels)) % folds
        return ids, int(folds)
    if hasattr(folds, "split") and not isinstance(folds, str):
        ids = np.full(len(labels), -1, dtype=np.int32)
        splits = list(folds.split(np.empty((len(labels), 1)), labels))
        for f, (_, test) in enumerate(splits):
            ids[test] = f
        if (ids < 0).any() or sum(len(test) for _, test in splits) != len(labels):
            raise _core.SpecError(f"folds: {folds!r} doesn't test each row once; take a k-fold splitter")
        return ids, len(splits)
    ids = _arrays.as_array(folds, "folds")
    if ids.dtype.kind not in "iub" or ids.ndim != 1:
        raise _core.DataError(f"folds: expected a number, (N,) integer ids or a splitter, got {folds!r:.60}")
    ids = np.ascontiguousarray(ids, dtype=np.int32)
    return ids, int(ids.max()) + 1 if len(ids) else 0


class FittedModel:
    """One candidate, trained on all rows: coefficients (D,), intercept, status, iterations, objective, seconds.

    With C > 2 classes: coefficients (C, D), intercept (C,).
    """

    def __init__(self, values, link):
        self.__dict__.update(values)
        self._link = link

    def predict(self, X):
        """(N,): P(positive) for logistic, the sigmoid of the margin for linear_svm, else the prediction.

        With C > 2 classes: (N, C) probabilities, in the order of Fit.classes.
        """
        if self.status == "diverged":
            raise _core.DataError(f"this candidate diverged and has no model: {self.reason}")
        z = (X if hasattr(X, "tocsr") else _arrays.as_array(X, "X")) @ self.coefficients.T + self.intercept
        if self.coefficients.ndim == 2:
            e = np.exp(z - z.max(axis=1, keepdims=True))
            return e / e.sum(axis=1, keepdims=True)
        if self._link == "log":
            return np.exp(z)
        return 1 / (1 + np.exp(-z)) if self._link == "logistic" else z


class Fit:
    """scores (M, F) on the folds left out, never negated; models[i]; best_index; out_of_fold (M, N) if asked for;
    seconds (M,): each candidate's share, its folds included, of the time that was measured for all; peak_bytes: the
    most memory that the process has had by the end of the fit. With C > 2 classes out_of_fold is (M, N, C)."""

    def __init__(self, result, classes):
        self.scores = result["scores"]
        self.scoring = result["scoring"]
        self.out_of_fold = result["out_of_fold"]
        self.classes = classes
        self.models = [FittedModel(values, result["link"]) for values in result["models"]]
        self.peak_bytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        self.seconds = np.array([model.seconds for model in self.models])
        self._maximize = result["maximize"]

    @property
    def best_index(self):
        """The candidate with the best mean score over the folds."""
        if not self.scores.shape[1]:
            raise _core.SpecError("best_index: there are no folds to choose by; fit with folds=5")
        means = self.scores.mean(axis=1)
        if np.isnan(means).all():
            raise _core.DataError("best_index: no candidate has a score on every fold")
        return int(np.nanargmax(means) if self._maximize else np.nanargmin(means))
