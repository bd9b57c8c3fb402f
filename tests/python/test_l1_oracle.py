"""Families with an l1 part against SciPy's L-BFGS-B of the same objective, its coefficients split into two signs."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from sklearn.svm import LinearSVC

import bakeoff
import bakeoff._refine

EPSILON = 0.4
FAMILIES = ["logistic", "linear_svm", "linear_svr_squared", "poisson", "gamma"]


def sample(family, rows, columns, seed):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(rows, columns))
    x[:, 0] = 3 * x[:, 0] + 10  # neither centred nor scaled
    z = (x - x.mean(axis=0)) @ (rng.normal(size=columns) * (rng.random(columns) < 0.5) / 3)
    y = {"poisson": lambda: rng.poisson(np.exp(z)).astype(float), "gamma": lambda: rng.gamma(3, np.exp(z) / 3) + 1e-9,
         "linear_svr_squared": lambda: z + rng.standard_t(4, size=rows),
         "huber": lambda: 3 * z + rng.standard_t(2, size=rows)}
    return x, y.get(family, lambda: (z + rng.normal(size=rows) > 0).astype(float))()


def loss(family, y, z):
    """Of rows, and its derivative by z."""
    if family == "logistic":
        return np.logaddexp(0, z) - y * z, 1 / (1 + np.exp(-z)) - y
    if family == "linear_svm":
        sign = np.where(y > 0, 1, -1)
        short_of = np.maximum(0, 1 - sign * z)
        return short_of**2, -2 * sign * short_of
    if family == "linear_svr_squared":
        beyond = np.maximum(0, np.abs(z - y) - EPSILON)
        return beyond**2, 2 * np.sign(z - y) * beyond
    if family == "poisson":
        safe = np.where(y > 0, y, 1)
        return np.exp(z) - y * z + np.where(y > 0, y * np.log(safe) - y, 0), np.exp(z) - y
    return y * np.exp(-z) + z - np.log(y) - 1, 1 - y * np.exp(-z)


def objective(family, x, y, weights, l2, ratio, w, b):
    return (weights @ loss(family, y, x @ w + b)[0]
            + l2 * ((1 - ratio) / 2 * w @ w + ratio * np.abs(w).sum()))


def optimum(family, x, y, weights, l2, ratio):
    n = x.shape[1]
    mean, scale = x.mean(axis=0), x.std(axis=0)
    centred = (x - mean) / scale

    def value(parts):
        scaled, b = parts[:n] - parts[n:-1], parts[-1]
        w = scaled / scale
        rows, slope = loss(family, y, centred @ scaled + b)
        gradient = (centred.T @ (weights * slope)) + l2 * (1 - ratio) * w / scale
        each = l2 * ratio / scale
        return (weights @ rows + l2 * (1 - ratio) / 2 * w @ w + each @ (parts[:n] + parts[n:-1]),
                np.concatenate([gradient + each, -gradient + each, [weights @ slope]]))

    start = np.zeros(2 * n + 1)
    start[-1] = np.log(np.average(y, weights=weights)) if family in ("poisson", "gamma") else 0
    found = minimize(value, start, jac=True, method="L-BFGS-B", bounds=[(0, None)] * 2 * n + [(None, None)],
                     options={"maxiter": 20000, "maxfun": 40000, "ftol": 1e-15, "gtol": 1e-9, "maxcor": 30})
    return found.fun


@pytest.mark.parametrize("family", FAMILIES)
@given(rows=st.integers(30, 300), columns=st.integers(1, 12), seed=st.integers(0, 1000),
       ratio=st.sampled_from([0.05, 0.5, 1.0]), l2=st.floats(0.01, 30), weighted=st.booleans())
@settings(max_examples=15, deadline=None)
def test_reaches_the_optimum(family, rows, columns, seed, ratio, l2, weighted):
    x, y = sample(family, rows, columns, seed)
    if family in ("logistic", "linear_svm") and y.min() == y.max() or not y.any():
        return
    weights = np.random.default_rng(seed).integers(1, 4, rows) * 0.5 if weighted else np.ones(rows)
    candidate = {"l2": l2, "l1_ratio": ratio, **({"epsilon": EPSILON} if "svr" in family else {})}
    model = bakeoff.fit(x, y, family, [candidate], folds=0, weights=weights).models[0]
    assert model.status == "converged", model.reason
    ours = objective(family, x, y, weights, l2, ratio, model.coefficients, model.intercept)
    best = optimum(family, x, y, weights, l2, ratio)
    assert ours <= best + 1e-6 * max(best, 1e-3 * weights.sum())
    assert model.objective == pytest.approx(ours, rel=1e-5, abs=1e-6 * weights.sum())


def huber(residuals, scale, epsilon):
    """Of rows, s + s H(r / s), and its derivatives by the residual and by the scale."""
    far = np.abs(residuals)
    near = np.minimum(far, epsilon * scale)
    return (scale + near * (2 * far - near) / scale, 2 * np.sign(residuals) * near / scale,
            1 - (near / scale) ** 2)


def huber_optimum(x, y, weights, l2, ratio, epsilon):
    """The scale is one more parameter, its logarithm."""
    n = x.shape[1]
    mean, spread = x.mean(axis=0), x.std(axis=0)
    centred = (x - mean) / spread

    def value(parts):
        w, scale = (parts[:n] - parts[n:-2]) / spread, np.exp(parts[-1])
        rows, by_residual, by_scale = huber(centred @ (w * spread) + parts[-2] - y, scale, epsilon)
        gradient = centred.T @ (weights * by_residual) + 2 * l2 * (1 - ratio) * w / spread
        each = 2 * l2 * ratio / spread
        return (weights @ rows + l2 * (1 - ratio) * w @ w + each @ (parts[:n] + parts[n:-2]),
                np.concatenate([gradient + each, -gradient + each,
                                [weights @ by_residual, weights @ by_scale * scale]]))

    start = np.append(np.zeros(2 * n), [np.average(y, weights=weights), np.log(y.std())])
    return minimize(value, start, jac=True, method="L-BFGS-B", bounds=[(0, None)] * 2 * n + [(None, None)] * 2,
                    options={"maxiter": 20000, "maxfun": 40000, "ftol": 1e-15, "gtol": 1e-9, "maxcor": 30}).fun


@given(rows=st.integers(60, 300), columns=st.integers(1, 12), seed=st.integers(0, 1000),
       ratio=st.sampled_from([0.05, 0.5, 1.0]), l2=st.floats(0.01, 30), epsilon=st.sampled_from([1.1, 1.35, 3.0]),
       alike=st.booleans())
@settings(max_examples=15, deadline=None)
def test_huber_reaches_the_optimum_with_its_scale_and_twice_the_penalty(rows, columns, seed, ratio, l2, epsilon, alike):
    x, y = sample("huber", rows, columns, seed)
    if alike:
        x = x[:, :1] + 0.02 * x
    weights = np.random.default_rng(seed).integers(1, 4, rows) * 0.5
    candidate = {"l2": l2, "l1_ratio": ratio, "epsilon": epsilon}
    model = bakeoff.fit(x, y, "huber", [candidate], folds=0, weights=weights).models[0]
    assert model.status == "converged", model.reason
    residuals = y - x @ model.coefficients - model.intercept
    scale = bakeoff._refine.huber_scale(residuals, weights, epsilon)
    ours = (weights @ huber(residuals, scale, epsilon)[0] + 2 * l2
            * ((1 - ratio) / 2 * (model.coefficients**2).sum() + ratio * np.abs(model.coefficients).sum()))
    assert ours <= huber_optimum(x, y, weights, l2, ratio, epsilon) * (1 + 1e-6)
    assert model.objective == pytest.approx(ours, rel=1e-6)


@pytest.mark.parametrize("family", [*FAMILIES, "huber"])
def test_a_large_penalty_leaves_the_intercept_alone(family):
    x, y = sample(family, 200, 5, 1)
    model = bakeoff.fit(x, y, family, [{"l2": 1e6, "l1_ratio": 1.0}], folds=0).models[0]
    assert (model.coefficients == 0).all() and np.isfinite(model.intercept)
    if family in ("poisson", "gamma"):
        assert model.intercept == pytest.approx(np.log(y.mean()), abs=1e-5)


@pytest.mark.parametrize("family", [*FAMILIES, "huber"])
def test_a_batch_of_ratios_and_folds_gives_what_each_alone_does(family):
    x, y = sample(family, 300, 6, 2)
    candidates = [{"l2": l2, "l1_ratio": r} for l2 in (0.1, 1, 10) for r in (0, 0.3, 1)]
    folds = np.arange(300, dtype=np.int32) % 3
    batch = bakeoff.fit(x, y, family, candidates, folds=folds)
    for i in (1, 5, 6):
        alone = bakeoff.fit(x, y, family, [candidates[i]], folds=folds)
        assert alone.models[0].objective == pytest.approx(batch.models[i].objective, rel=1e-6)
        np.testing.assert_allclose(alone.scores[0], batch.scores[i], atol=1e-4)


def test_linear_svm_is_linear_svc_with_an_l1_penalty():
    x, y = sample("linear_svm", 400, 8, 3)
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    search = bakeoff.SearchCV("linear_svm", {"l2": [20.0], "l1_ratio": [1.0]}, cv=3).fit(x, y)
    best = search.best_estimator_
    assert isinstance(best, LinearSVC) and best.penalty == "l1" and (best.coef_ == 0).any()
    peer = LinearSVC(penalty="l1", dual=False, C=1 / 20, intercept_scaling=1e3, tol=1e-8, max_iter=10**6).fit(x, y)
    np.testing.assert_allclose(best.coef_, peer.coef_, atol=2e-3)
    for family in ("poisson", "linear_svr_squared", "huber"):
        with pytest.raises(ValueError, match="has no estimator in scikit-learn"):
            bakeoff.SearchCV(family, {"l2": [1.0], "l1_ratio": [0.5]}, cv=3).fit(*sample(family, 100, 3, 4))
