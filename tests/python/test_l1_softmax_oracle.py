"""logistic of more than two classes with an l1 part against SciPy's L-BFGS-B, coefficients split into two signs."""

import numpy as np
import pytest
from scipy.optimize import minimize
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression

import bakeoff


def sample(rows, columns, classes, seed, kind="plain"):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(rows, columns))
    w = rng.normal(size=(classes, columns)) * (rng.random((classes, columns)) < 0.4) * 2
    y = (x @ w.T + rng.gumbel(size=(rows, classes))).argmax(axis=1)
    y[:classes] = np.arange(classes)  # none is missing
    if kind == "scales":
        x = x * np.logspace(-2, 2, columns) + 7
    if kind == "alike":
        x = x[:, :1] + 0.02 * x
    return x, y


def parts(x, y, w, b):
    """Loss of rows, and its derivatives by the logits."""
    z = x @ w.T + b
    z -= z.max(axis=1, keepdims=True)
    power = np.exp(z)
    total = power.sum(axis=1, keepdims=True)
    return np.log(total[:, 0]) - z[np.arange(len(y)), y], power / total - np.eye(len(b))[y]


def objective(x, y, weights, l2, ratio, w, b):
    return weights @ parts(x, y, w, b)[0] + l2 * ((1 - ratio) / 2 * (w**2).sum() + ratio * np.abs(w).sum())


def optimum(x, y, weights, l2, ratio):
    classes, columns = y.max() + 1, x.shape[1]
    size = classes * columns
    mean, scale = x.mean(axis=0), x.std(axis=0)
    centred = (x - mean) / scale

    def value(both):
        w = (both[:size] - both[size:-classes]).reshape(classes, columns)
        loss, slope = parts(centred, y, w, both[-classes:])
        slope *= weights[:, None]
        each = np.tile(l2 * ratio / scale, classes)
        gradient = (slope.T @ centred + l2 * (1 - ratio) * w / scale**2).ravel()
        penalty = l2 * (1 - ratio) / 2 * ((w / scale)**2).sum() + each @ (both[:size] + both[size:-classes])
        return (weights @ loss + penalty,
                np.concatenate([gradient + each, -gradient + each, slope.sum(axis=0)]))

    return minimize(value, np.zeros(2 * size + classes), jac=True, method="L-BFGS-B",
                    bounds=[(0, None)] * 2 * size + [(None, None)] * classes,
                    options={"maxiter": 20000, "maxfun": 40000, "ftol": 1e-15, "gtol": 1e-8, "maxcor": 30}).fun


@pytest.mark.parametrize("kind", ["plain", "scales", "alike"])
def test_reaches_the_optimum(kind):
    for seed, (rows, columns, classes) in enumerate([(200, 5, 3), (400, 12, 5), (60, 100, 3)]):
        x, y = sample(rows, columns, classes, seed, kind)
        weights = np.random.default_rng(1).integers(1, 4, rows) * 0.5
        candidates = [{"l2": l2, "l1_ratio": r} for l2 in (0.3, 5.0) for r in (0.1, 0.5, 1.0)]
        for candidate, model in zip(candidates, bakeoff.fit(x, y, "logistic", candidates, folds=0,
                                                            weights=weights).models):
            assert model.status == "converged", (rows, candidate, model.reason)
            penalty = candidate["l2"], candidate["l1_ratio"]
            ours = objective(x, y, weights, *penalty, model.coefficients, model.intercept)
            assert ours <= optimum(x, y, weights, *penalty) * (1 + 1e-6), (rows, candidate)
            assert model.objective == pytest.approx(ours, rel=1e-6)
            assert abs(model.intercept.sum()) < 1e-9


def test_zeros_are_those_of_the_optimum():
    x, y = sample(500, 8, 4, 7)
    for l2, ratio in ((3.0, 1.0), (20.0, 0.5)):
        model = bakeoff.fit(x, y, "logistic", [{"l2": l2, "l1_ratio": ratio}], folds=0).models[0]
        gradient = parts(x, y, model.coefficients, model.intercept)[1].T @ x
        zero = model.coefficients == 0
        assert zero.sum() >= 5 and (np.abs(gradient[zero]) <= l2 * ratio * (1 + 1e-3)).all()
        signed = gradient + l2 * (1 - ratio) * model.coefficients + l2 * ratio * np.sign(model.coefficients)
        assert np.abs(signed[~zero]).max() <= 2e-2 * l2
    large = bakeoff.fit(x, y, "logistic", [{"l2": 1e5, "l1_ratio": 1.0}], folds=0).models[0]
    shares = np.log(np.bincount(y) / len(y))
    assert not large.coefficients.any()
    np.testing.assert_allclose(large.intercept, shares - shares.mean(), atol=1e-5)


@pytest.mark.filterwarnings("ignore")
def test_digits_are_scikit_learns():
    x, y = load_digits(return_X_y=True)
    x, y = x[:500] / 16, y[:500]
    search = bakeoff.SearchCV("logistic", {"l2": [5.0], "l1_ratio": [0.8]}, cv=3).fit(x, y)
    best = search.best_estimator_
    assert isinstance(best, LogisticRegression) and best.l1_ratio == 0.8 and (best.coef_ == 0).mean() > 0.5
    peer = LogisticRegression(C=1 / 5, l1_ratio=0.8, solver="saga", tol=1e-8, max_iter=5000).fit(x, y)
    ours, theirs = (objective(x, y, np.ones(500), 5.0, 0.8, m.coef_, m.intercept_) for m in (best, peer))
    assert ours <= theirs * (1 + 1e-6)
    np.testing.assert_allclose(best.predict_proba(x), peer.predict_proba(x), atol=2e-3)


def test_threads_company_and_a_missing_class():
    x, y = sample(900, 6, 4, 3)
    many = [{"l2": float(p), "l1_ratio": r} for p in np.logspace(-1, 2, 4) for r in (0.0, 0.4, 1.0)]
    fits = [bakeoff.fit(x, y, "logistic", many, folds=3, seed=1, threads=t) for t in (1, 3)]
    alone = bakeoff.fit(x, y, "logistic", [many[7]], folds=3, seed=1)
    assert np.array_equal(fits[0].scores, fits[1].scores)
    assert np.array_equal(fits[0].models[7].coefficients, alone.models[0].coefficients)
    assert np.array_equal(fits[0].scores[7], alone.scores[0])
    ids = (np.arange(900) % 3).astype(np.int32)
    y[(ids != 1) & (y == 2)] = 0  # class 2 in fold 1 alone
    fit = bakeoff.fit(x, y, "logistic", [{"l2": 1.0, "l1_ratio": 1.0}], folds=ids)
    assert np.isnan(fit.scores[0, 1]) and np.isfinite(fit.scores[0, [0, 2]]).all()
