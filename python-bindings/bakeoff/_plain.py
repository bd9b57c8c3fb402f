"""Fitted models as plain scikit-learn estimators."""

import numpy as np
from sklearn import linear_model, svm

from bakeoff import _core


def _ridge(parameters, model, classes, rows):
    estimator = linear_model.Ridge(alpha=parameters["l2"])
    estimator.coef_, estimator.intercept_ = model.coefficients.copy(), float(model.intercept)
    estimator.n_iter_ = None
    estimator.solver_ = "cholesky"
    return estimator


def _elastic_net(parameters, model, classes, rows):
    estimator = linear_model.ElasticNet(alpha=parameters["l2"] / rows, l1_ratio=parameters["l1_ratio"])
    estimator.coef_, estimator.intercept_ = model.coefficients.copy(), float(model.intercept)
    estimator.n_iter_ = int(model.iterations)
    return estimator


def _logistic(parameters, model, classes, rows):
    l2, sparse = parameters["l2"], parameters.get("l1_ratio", 0.0)
    estimator = linear_model.LogisticRegression(C=1 / l2 if l2 > 0 else np.inf)
    if sparse:
        estimator.set_params(l1_ratio=sparse, solver="saga")
    estimator.classes_ = classes
    estimator.coef_ = np.atleast_2d(model.coefficients).copy()  # a row a class, of more than two
    estimator.intercept_ = np.atleast_1d(model.intercept).copy()
    estimator.n_iter_ = np.array([model.iterations], dtype=np.int32)
    return estimator


def _numbers(estimator, model):
    estimator.coef_, estimator.intercept_ = model.coefficients.copy(), float(model.intercept)
    estimator.n_iter_ = int(model.iterations)
    return estimator


def _huber(parameters, model, classes, rows):
    _without_l1(parameters)
    return _numbers(linear_model.HuberRegressor(alpha=parameters["l2"], epsilon=parameters["epsilon"]), model)


def _quantile(parameters, model, classes, rows):
    l2 = parameters["l2"]
    if l2 > 0 and parameters["l1_ratio"] != 1:
        raise ValueError("scikit-learn's QuantileRegressor has an l1 penalty alone: search with l1_ratio=1, or with "
                         "refit=False and take best_params_ to bakeoff.fit")
    estimator = linear_model.QuantileRegressor(quantile=parameters["quantile"], alpha=l2 / rows)
    return _numbers(estimator, model)


def _without_l1(parameters):
    if parameters.get("l1_ratio"):
        raise ValueError(f"l1_ratio={parameters['l1_ratio']!r} of this family has no estimator in scikit-learn; search "
                         "with refit=False and take best_params_ to bakeoff.fit")


def _log_link(kind):
    def make(parameters, model, classes, rows):
        _without_l1(parameters)
        estimator = _numbers(kind(alpha=parameters["l2"] / rows), model)
        estimator._base_loss = estimator._get_loss()  # predict() takes the link from there
        return estimator
    return make


def _linear_svm(parameters, model, classes, rows):
    l2, sparse = parameters["l2"], parameters["l1_ratio"] == 1
    if not sparse:
        _without_l1(parameters)
    estimator = svm.LinearSVC(C=1 / l2 if l2 > 0 else np.inf)
    if sparse:
        estimator.set_params(penalty="l1", dual=False)
    estimator.classes_ = classes
    estimator.coef_, estimator.intercept_ = model.coefficients[None, :].copy(), np.array([model.intercept])
    estimator.n_iter_ = int(model.iterations)
    return estimator


def _linear_svr(loss):
    def make(parameters, model, classes, rows):
        _without_l1(parameters)
        l2 = parameters["l2"]
        estimator = svm.LinearSVR(C=1 / l2 if l2 > 0 else np.inf, epsilon=parameters["epsilon"], loss=loss)
        estimator.coef_, estimator.intercept_ = model.coefficients.copy(), np.array([model.intercept])
        estimator.n_iter_ = int(model.iterations)
        return estimator
    return make


# By family: an estimator whose parameters give this model, with its coefficients put in.
MAKERS = {"ridge": _ridge, "elastic_net": _elastic_net, "logistic": _logistic, "huber": _huber, "quantile": _quantile,
          "poisson": _log_link(linear_model.PoissonRegressor), "gamma": _log_link(linear_model.GammaRegressor),
          "linear_svm": _linear_svm, "linear_svr": _linear_svr("epsilon_insensitive"),
          "linear_svr_squared": _linear_svr("squared_epsilon_insensitive")}


def make_plain(family, parameters, model, classes, columns, rows, names=None):
    """An estimator that needs nothing of Bakeoff to predict. rows: of training, or the sum of their weights."""
    estimator = MAKERS[family]({**_core.families()[family]["parameters"], **parameters}, model, classes, rows)
    estimator.n_features_in_ = columns
    if names is not None:
        estimator.feature_names_in_ = names
    return estimator
