"""Fitted models as plain scikit-learn estimators."""

import numpy as np
from sklearn import linear_model


def _ridge(parameters, model, classes):
    estimator = linear_model.Ridge(alpha=parameters["l2"])
    estimator.coef_, estimator.intercept_ = model.coefficients.copy(), float(model.intercept)
    estimator.n_iter_ = None
    estimator.solver_ = "cholesky"
    return estimator


def _logistic(parameters, model, classes):
    l2 = parameters["l2"]
    estimator = linear_model.LogisticRegression(C=1 / l2 if l2 > 0 else np.inf)
    estimator.classes_ = classes
    estimator.coef_ = model.coefficients[None, :].copy()
    estimator.intercept_ = np.array([model.intercept])
    estimator.n_iter_ = np.array([model.iterations], dtype=np.int32)
    return estimator


# By family: an estimator whose parameters give this model, with its coefficients put in.
MAKERS = {"ridge": _ridge, "logistic": _logistic}


def make_plain(family, parameters, model, classes, columns, names=None):
    """An estimator that needs nothing of Bakeoff to predict."""
    estimator = MAKERS[family](parameters, model, classes)
    estimator.n_features_in_ = columns
    if names is not None:
        estimator.feature_names_in_ = names
    return estimator
