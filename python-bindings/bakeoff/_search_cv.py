"""bakeoff.SearchCV: the whole search as one scikit-learn estimator."""

import time

import numpy as np

from bakeoff import (_checkpoint, _classes, _core, _cv_results, _evaluate, _fit, _progress, _refine, _scoring, _splits,
                     _tables)
from bakeoff._search import Search

try:
    from sklearn.base import BaseEstimator
    from sklearn.model_selection import check_cv
    from sklearn.utils import ClassifierTags, RegressorTags, column_or_1d
    from sklearn.utils.metaestimators import available_if
    from sklearn.utils.multiclass import check_classification_targets, type_of_target
    from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data
except ImportError as error:
    raise ImportError(f"bakeoff.SearchCV is a scikit-learn estimator and needs scikit-learn 1.6 or newer "
                      f"(pip install scikit-learn): {error}") from error

# Candidates of a batch, so that Ctrl-C and budgets keep what came before: 64 x 5 fits share a pass over the rows well.
# Families that read the rows once, for their Gram, take all at once, and models of all rows come with them.
# Of sparse rows with more columns the Gram is not taken.
BATCH, BATCH_OF_GRAMS, GRAMS, MOST_SPARSE = 64, 1024, ("ridge", "elastic_net"), 512
DEFAULT_SPACE = {"l2": [10.0**e for e in range(-4, 5)]}


def _classifies(self):
    return self._task() == "binary"


def _decides(self):
    if not _classifies(self):
        raise AttributeError(f"{type(self).__name__} with family={self.family!r} is a regressor: it has predict alone")
    return True


def _probabilities(self):
    if self.family == "linear_svm":
        raise AttributeError(f"{type(self).__name__} with family='linear_svm' has decision_function, no probabilities")
    return _decides(self)


class SearchCV(BaseEstimator):
    """Cross-validates all candidates of a family in batches and refits the best.

    family: a family of the engine ("logistic", "ridge", ...). space, n_candidates, strategy, seed, eta: see Search;
    default: l2 from 1e-4 to 1e4. scoring: a metric of bakeoff.evaluate (never negated), a scorer of scikit-learn by its
    name or as a callable, several as a list or {name: scoring}; None: roc_auc, accuracy (of more than two classes,
    which logistic takes) or r2. Scorers that are not metrics of the engine work, fold by fold, slower. cv: as in
    scikit-learn (a number is unshuffled, stratified for classes), also fold ids (-1: never tested); splits may overlap.
    refit: fit the best on all rows; with several metrics the name of the one that decides. include: parameters that
    always compete to the end, such as the champion's. In halving and hyperband a rung has a share of the rows (of whole
    `groups` where given), evenly over their order. budget: {"time": seconds, "cost": money, "price_per_hour": money},
    looked at between batches; the first batch always ends. callback(event): told {"event": "progress", ...} while a
    batch trains and {"event": "batch", ...} after it; if it returns True after a batch, the search ends as by a budget.
    verbose: 1 shows a progress bar on a terminal, a line a batch elsewhere.

    checkpoint: a folder, or {"folder": ..., "every": seconds}: what a search that is killed had found out is kept there
    (every 30 s, and after each batch), and the same fit goes on from it to the same scores; removed when it ends.

    Ctrl-C raises KeyboardInterrupt; cv_results_, best_params_ and best_score_ then hold the batches that were
    finished, nothing is refitted, and status_ says "interrupted" ("finished", or "budget" where one ended the
    search).

    A sparse X is never made dense.

    cv_results_ is scikit-learn's, with mean_fit_time from the shared time of the batch; in rungs also `fraction`, and
    only those with fraction 1 compete. best_estimator_ is a plain scikit-learn estimator with these coefficients; it
    reads numbers: of a table with strings, what encoder_.encode makes of it. sample_weight counts in training and in
    the engine's metrics, class_weight in training alone ("balanced" counts all of y).
    """

    def __init__(self, family="logistic", space=None, n_candidates=None, strategy="grid", scoring=None, cv=5,
                 refit=True, seed=0, *, class_weight=None, include=None, eta=3, budget=None, callback=None, verbose=0,
                 device="auto", threads=0, checkpoint=None):
        self.family = family
        self.space = space
        self.n_candidates = n_candidates
        self.strategy = strategy
        self.scoring = scoring
        self.cv = cv
        self.refit = refit
        self.seed = seed
        self.class_weight = class_weight
        self.include = include
        self.eta = eta
        self.budget = budget
        self.callback = callback
        self.verbose = verbose
        self.device = device
        self.threads = threads
        self.checkpoint = checkpoint

    def _task(self):
        known = _core.families()
        if self.family not in known:
            raise ValueError(f"family: expected one of {', '.join(known)}, got {self.family!r}")
        return known[self.family]["task"]

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        if _core.families().get(self.family, {}).get("task") == "binary":
            tags.estimator_type = "classifier"
            tags.classifier_tags = ClassifierTags(multi_class=self.family == "logistic")
        else:
            tags.estimator_type, tags.regressor_tags = "regressor", RegressorTags()
        tags.input_tags.sparse = True
        return tags

    def fit(self, X, y, sample_weight=None, groups=None):
        """Searches and, with refit, fits the best on all rows. groups: for splitters, and units of the rungs."""
        for name in ("best_estimator_", "refit_time_", "best_index_", "best_params_", "best_score_"):
            self.__dict__.pop(name, None)  # of an earlier fit
        task = self._task()
        x, y, labels = self._validated(X, y, task)
        weights = None if sample_weight is None else _check_sample_weight(sample_weight, x, dtype=np.float64,
                                                                         ensure_non_negative=True)
        scorers, named = _scoring.make_scorers(self.scoring, "multiclass" if self._outputs() > 2 else task)
        decides = self._deciding(scorers, named)
        self.multimetric_ = named
        splits = self._splits(x, y, labels, task, groups)
        self.n_splits_ = splits.count
        data = _Data(x, labels, y, weights, None if self.class_weight is None
                     else _fit.class_weights(y, self.class_weight), splits, groups)
        found = _cv_results.Results(scorers)
        data.kept = _checkpoint.Kept(self.checkpoint)
        try:
            self.status_ = self._search(data, found, scorers, decides)
        except KeyboardInterrupt:
            self.status_ = "interrupted"
            if found.params:
                self._keep(found, scorers, decides)
            raise
        self._keep(found, scorers, decides)
        if self.refit:
            self._refit(data)
        data.kept.remove()
        return self

    def _outputs(self):
        return len(self.classes_) if _classifies(self) else 2

    def _encoded(self, X):
        """Strings of a table as 0/1 columns, where it was fitted on such."""
        table = None if self.encoder_ is None or hasattr(X, "tocsr") else _tables.as_table(X)
        return X if table is None else self.encoder_.encode(table)

    def _validated(self, X, y, task):
        table = None if hasattr(X, "tocsr") else _tables.as_table(X)
        encoder = None if table is None else _tables.Encoder(table)
        self.encoder_ = encoder if encoder and encoder.categories else None
        x, y = validate_data(self, self._encoded(X), y, dtype=[np.float64, np.float32], y_numeric=task != "binary",
                             ensure_min_samples=2, accept_sparse="csr")
        if self.encoder_:
            self.feature_names_in_, self.n_features_in_ = np.array(encoder.columns, dtype=object), len(encoder.columns)
        y = column_or_1d(y, warn=True)
        if task != "binary":
            return x, y, np.ascontiguousarray(y, dtype=np.float64)
        check_classification_targets(y)
        self.classes_ = np.unique(y)
        if len(self.classes_) > 2 and self.family != "logistic":
            raise ValueError(f"Only binary classification is supported. The type of the target is "
                             f"{type_of_target(y)}: family={self.family!r} expects two classes")
        if len(self.classes_) < 2:
            raise ValueError("y: expected two classes, got one class only")
        return x, y, np.searchsorted(self.classes_, y).astype(np.float64)

    def _deciding(self, scorers, named):
        if not named or not self.refit:
            return 0
        names = [scorer.name for scorer in scorers]
        if self.refit not in names:
            raise ValueError(f"refit: with several metrics expected the name of the one that decides "
                             f"({', '.join(names)}) or False, got {self.refit!r}")
        return names.index(self.refit)

    def _splits(self, x, y, labels, task, groups):
        ids = self.cv if hasattr(self.cv, "__array__") or isinstance(self.cv, list) and self.cv and np.isscalar(
            self.cv[0]) else None
        if ids is not None and np.ndim(ids) == 1:
            return _splits.make_splits(np.asarray(ids), labels, False)
        cv = check_cv(self.cv, y, classifier=task == "binary")
        return _splits.Splits(rows=_splits.pairs(cv.split(x, y, groups)))

    def _search(self, data, found, scorers, decides):
        """Why it ended: finished or budget."""
        # A rung that is smaller does not tell coefficients from noise.
        least = min(1.0, max(200, 5 * data.x.shape[1]) / len(data.labels))
        search = Search(DEFAULT_SPACE if self.space is None else self.space, self.family, self.n_candidates,
                        self.strategy, self.seed, self.eta, least)
        clock, shown = _progress.Clock(self.budget), _progress.Shown(self.callback, self.verbose)
        defaults = _core.families()[self.family]["parameters"]
        included = [{**defaults, **parameters} for parameters in _fit.candidates_of(self.include or [], "include")]
        merits = {}  # of what was fitted on all rows
        if included:
            self._batch(data, 1.0, included, found, scorers, decides, shown)
            merits.update(zip(map(_key, included), found.merits(len(included), decides)))
            shown.batch(found, decides, 1.0)
        while not search.finished:
            fraction = search.fraction
            candidates = search.ask(BATCH_OF_GRAMS if self._reads_once(data) else BATCH)
            if not candidates:
                break
            told = merits if fraction == 1 else {}
            new = [c for c in candidates if _key(c) not in told]
            if new:
                self._batch(data, fraction, new, found, scorers, decides, shown)
                told.update(zip(map(_key, new), found.merits(len(new), decides)))
            search.tell([told[_key(c)] for c in candidates])
            if (shown.batch(found, decides, fraction) or clock.spent()) and not search.finished:
                return "budget"
        return "finished"

    def _reads_once(self, data):
        return self.family in GRAMS and not (hasattr(data.x, "tocsr") and data.x.shape[1] > MOST_SPARSE)

    def _batch(self, data, fraction, candidates, found, scorers, decides, shown):
        whole = fraction == 1 and self._reads_once(data) and bool(self.refit)
        rung = data.rung(fraction, self.seed)
        engine = list(dict.fromkeys(scorer.metric for scorer in scorers if scorer.metric))
        scaled = [_core.rung_parameters(family=self.family, given=c, fraction=fraction) for c in candidates]
        result = _fit.fit_splits(rung.x, rung.labels, self.family, scaled, rung.splits, scoring=engine,
                                 weights=rung.weights, class_weights=rung.class_weights, device=self.device,
                                 threads=self.threads, all_rows=whole, callback=shown.progress(),
                                 classes=self._outputs(), checkpoint=data.kept,
                                 fold_models=any(scorer.call for scorer in scorers))
        found.directions.update(zip(result["scoring"], result["maximize"]))
        by_name = dict(zip(result["scoring"], result["scores"]))
        scores = [scorer.sign * by_name[scorer.metric] if scorer.metric
                  else self._called(scorer.call, rung, scaled, result) for scorer in scorers]
        found.add(candidates, np.array(scores), fraction, result["seconds"],
                  np.array(result["fold_iterations"], dtype=float).reshape(len(candidates), -1))
        first = len(found.params) - len(candidates)
        if whole and np.isfinite(found.merits(len(candidates), decides)).any() and found.best(decides) >= first:
            best = found.best(decides)
            data.best = best, {**result, "models": [result["models"][best - first]]}

    def _called(self, scorer, rung, candidates, result):
        """(M, F) of a scikit-learn scorer, one fitted estimator after another."""
        from bakeoff._plain import make_plain

        count = rung.splits.count
        out = np.full((len(candidates), count), np.nan)
        for place, values in enumerate(result["fold_models"]):
            model = _fit.FittedModel(values, result["link"], float("nan"))
            if model.status != "diverged":
                rows = rung.splits.test_rows(place % count)
                estimator = make_plain(self.family, candidates[place // count], model,
                                       getattr(self, "classes_", None), rung.x.shape[1], len(rung.labels))
                out[divmod(place, count)] = scorer(estimator, rung.x[rows], rung.y[rows])
        return out

    def _keep(self, found, scorers, decides):
        self.scorer_ = {s.name: s for s in scorers} if self.multimetric_ else scorers[0]
        self.cv_results_ = found.table()
        if self.multimetric_ and not self.refit:
            return
        self.best_index_ = found.best(decides)
        self.best_params_ = self.cv_results_["params"][self.best_index_]
        self.best_score_ = float(self.cv_results_[f"mean_test_{scorers[decides].name}"][self.best_index_])

    def _refit(self, data):
        from bakeoff._plain import make_plain

        start = time.perf_counter()
        index, result = data.best
        if index != self.best_index_:
            result = _fit.fit_splits(data.x, data.labels, self.family, [self.best_params_], _splits.Splits(),
                                     weights=data.weights, class_weights=data.class_weights, device=self.device,
                                     threads=self.threads, classes=self._outputs())
        model = _fit.FittedModel(result["models"][0], result["link"], result["seconds"])
        if model.status == "diverged":
            raise ValueError(f"the best candidate, {self.best_params_}, can't be refitted: {model.reason}")
        weights = data.weights
        if data.class_weights is not None:
            weights = data.class_weights if weights is None else weights * data.class_weights
        parameters = {**_core.families()[self.family]["parameters"], **self.best_params_}
        exact = self.family == "ridge" and not hasattr(data.x, "tocsr")  # in closed form already
        smooth = not parameters.get("l1_ratio")
        if self._outputs() > 2 and smooth:
            _refine.refine_softmax(data.x, data.labels, weights, parameters["l2"], model)
        elif self.family in _refine.LOSSES and not exact and smooth:
            _refine.refine(self.family, data.x, data.labels, weights, parameters, model)
        self.best_estimator_ = make_plain(self.family, self.best_params_, model, getattr(self, "classes_", None),
                                          data.x.shape[1], len(data.labels) if weights is None else weights.sum(),
                                          None if self.encoder_ else getattr(self, "feature_names_in_", None))
        if self.family == "huber":
            self._add_scale(data, weights)
        self.refit_time_ = time.perf_counter() - start

    def _add_scale(self, data, weights):
        best, epsilon = self.best_estimator_, self.best_estimator_.epsilon
        residuals = data.labels - (data.x @ best.coef_ + best.intercept_)
        best.scale_ = _refine.huber_scale(residuals, weights, epsilon)
        best.outliers_ = np.abs(residuals) > best.scale_ * epsilon

    def _best(self):
        check_is_fitted(self)
        if not hasattr(self, "best_estimator_"):
            raise AttributeError(f"nothing was refitted: refit={self.refit!r}, status_={self.status_!r}")
        return self.best_estimator_

    def predict(self, X):
        """Classes, or predictions of a regression."""
        return self._best().predict(self._encoded(X))

    @available_if(_probabilities)
    def predict_proba(self, X):
        """(N, C) in the order of classes_."""
        return self._best().predict_proba(self._encoded(X))

    @available_if(_probabilities)
    def predict_log_proba(self, X):
        """The logarithms of predict_proba."""
        return self._best().predict_log_proba(self._encoded(X))

    @available_if(_decides)
    def decision_function(self, X):
        """(N,), log-odds of classes_[1], of linear_svm its margin; (N, C) logits of more than two classes."""
        return self._best().decision_function(self._encoded(X))

    def score(self, X, y=None, sample_weight=None):
        """The metric that decides, on these rows; in its own sign, as best_score_."""
        best, X = self._best(), self._encoded(X)
        scorer = self.scorer_[self.refit] if self.multimetric_ else self.scorer_
        if scorer.call:
            return scorer.call(best, X, y)
        if not _classifies(self):
            task, scores, labels = "regression", best.predict(X), np.asarray(y).astype(np.float64)
        elif self._outputs() > 2:
            task, scores, labels = "multiclass", best.predict_proba(X), _classes.as_class_labels(y, self.classes_,
                                                                                                 self._outputs())
        else:  # of a margin its sigmoid, as in training
            task, scores = "binary", 1 / (1 + np.exp(-best.decision_function(X)))
            labels = (np.asarray(y) == self.classes_[1]).astype(np.float64)
        board = _evaluate.evaluate(labels, scores, scorer.metric, task, weights=sample_weight, threads=self.threads)
        return float(scorer.sign * board.value[0, 0, 0])


def _key(parameters):
    return tuple(sorted(parameters.items()))


class _Data:
    """The rows as the engine reads them, and samples of them."""

    def __init__(self, x, labels, y, weights, class_weights, splits, groups):
        self.x, self.labels, self.y, self.weights, self.class_weights = x, labels, y, weights, class_weights
        self.splits, self.groups = splits, groups
        self.best = None, None  # the best so far, where it was fitted on all rows: its index, the engine's result
        self._rungs = {1.0: self}

    def rung(self, fraction, seed):
        """The rows of a rung: a share of the whole groups."""
        if fraction not in self._rungs:
            units = None if self.groups is None else np.unique(self.groups, return_inverse=True)[1].astype(np.int64)
            rows = _core.rung_rows(units=units, rows=len(self.labels), fraction=fraction, seed=seed)
            some = [None if a is None else a[rows] for a in (self.weights, self.class_weights)]
            self._rungs = {1.0: self, fraction: _Data(self.x[rows], self.labels[rows], self.y[rows], *some,
                                                      self.splits.take(rows, len(self.labels)), None)}
        return self._rungs[fraction]
