"""Fitted models as plain scikit-learn estimators."""

import numpy as np
from sklearn import linear_model


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
    estimator.coef_ = model.coefficients[None, :].copy()
    estimator.intercept_ = np.array([model.intercept])
    estimator.n_iter_ = np.array([model.iterations], dtype=np.int32)
    return estimator


# By family: an estimator whose parameters give this model, with its coefficients put in.
MAKERS = {"ridge": _ridge, "elastic_net": _elastic_net, "logistic": _logistic}


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
