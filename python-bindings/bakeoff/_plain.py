"""Fitted models as plain scikit-learn estimators."""

import numpy as np
from sklearn import linear_model, svm


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
    sparse = parameters.get("l1_ratio", 0.0)
    estimator = linear_model.LogisticRegression(C=_inverse(parameters["l2"]))
    if sparse:
        estimator.set_params(l1_ratio=sparse, solver="saga")
    estimator.n_iter_ = np.array([model.iterations], dtype=np.int32)
    return _of_classes(estimator, model, classes)


def _linear_svm(parameters, model, classes, rows):
    estimator = svm.LinearSVC(C=_inverse(parameters["l2"]), dual=False)
    estimator.n_iter_ = int(model.iterations)
    return _of_classes(estimator, model, classes)


def _linear_svr(parameters, model, classes, rows):
    estimator = svm.LinearSVR(C=_inverse(parameters["l2"]), epsilon=parameters.get("epsilon", 0.0), dual=False,
                              loss="squared_epsilon_insensitive")
    estimator.coef_, estimator.intercept_ = model.coefficients.copy(), np.array([model.intercept])
    estimator.n_iter_ = int(model.iterations)
    return estimator


def _huber(parameters, model, classes, rows):
    estimator = linear_model.HuberRegressor(alpha=parameters["l2"], epsilon=parameters["epsilon"])
    estimator.coef_, estimator.intercept_ = model.coefficients.copy(), float(model.intercept)
    estimator.n_iter_ = int(model.iterations)
    return estimator


def _deviance(estimator):
    def make(parameters, model, classes, rows):
        plain = estimator(alpha=parameters["l2"] / rows)
        plain.coef_, plain.intercept_ = model.coefficients.copy(), float(model.intercept)
        plain.n_iter_ = int(model.iterations)
        plain._base_loss = plain._get_loss()  # what predict takes the mean from
        return plain

    return make


def _inverse(l2):
    return 1 / l2 if l2 > 0 else np.inf


def _of_classes(estimator, model, classes):
    estimator.classes_ = classes
    estimator.coef_, estimator.intercept_ = np.atleast_2d(model.coefficients).copy(), np.atleast_1d(model.intercept)
    return estimator


# By family: an estimator whose parameters give this model, with its coefficients put in.
MAKERS = {"ridge": _ridge, "elastic_net": _elastic_net, "logistic": _logistic, "linear_svm": _linear_svm,
          "linear_svr": _linear_svr, "huber": _huber, "poisson": _deviance(linear_model.PoissonRegressor),
          "gamma": _deviance(linear_model.GammaRegressor)}


def make_plain(family, parameters, model, classes, columns, rows, names=None):
    """An estimator that needs nothing of Bakeoff to predict. rows: of training, or the sum of their weights."""
    if family not in MAKERS:
        raise ValueError(f"family {family!r} has no plain scikit-learn estimator yet (it has one: "
                         f"{', '.join(MAKERS)}); search with refit=False and take best_params_ to bakeoff.fit")
    estimator = MAKERS[family](parameters, model, classes, rows)
    estimator.n_features_in_ = columns
    if names is not None:
        estimator.feature_names_in_ = names
    return estimator
