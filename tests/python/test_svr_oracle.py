"""linear_svr against SciPy's L-BFGS, scikit-learn's LinearSVR and ridge."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from sklearn.linear_model import Ridge
from sklearn.svm import LinearSVR

import bakeoff


def sample(rows, columns, seed):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(rows, columns))
    x[:, 0] = np.exp(0.7 * x[:, 0])
    return x, x @ rng.normal(size=columns) / np.sqrt(columns) + rng.standard_t(3, size=rows)


def objective(t, x, y, weights, l2, epsilon):
    r = x @ t[:-1] + t[-1] - y
    beyond = np.maximum(0, np.abs(r) - epsilon)
    slope = 2 * weights * np.sign(r) * beyond
    return weights @ beyond**2 + l2 / 2 * t[:-1] @ t[:-1], np.append(x.T @ slope + l2 * t[:-1], slope.sum())


def best(x, y, weights, l2, epsilon):
    start = np.append(np.zeros(x.shape[1]), y.mean())
    return minimize(objective, start, (x, y, weights, l2, epsilon), jac=True, method="L-BFGS-B",
                    options={"ftol": 1e-16, "gtol": 1e-11, "maxiter": 5000}).fun


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("rows, columns", [(1000, 6), (300, 30), (60, 80)])
def test_reaches_the_optimum_of_scipy(rows, columns, weighted):
    x, y = sample(rows, columns, rows)
    weights = np.random.default_rng(1).integers(0, 4, rows) * 0.5 if weighted else np.ones(rows)
    candidates = [{"l2": l2, "epsilon": epsilon} for l2 in (0.1, 1.0, 100.0) for epsilon in (0.0, 0.1, 1.0)]
    fit = bakeoff.fit(x, y, "linear_svr", candidates, folds=0, weights=weights)
    for given_, model in zip(candidates, fit.models):
        if columns > rows and given_["l2"] < 1:
            continue  # SciPy takes its 5000 steps there
        least = best(x, y, weights, **given_)
        ours, _ = objective(np.append(model.coefficients, model.intercept), x, y, weights, **given_)
        assert model.status == "converged", (given_, model.reason)
        assert ours <= least * (1 + 1e-6) + 1e-9 * (y @ y), (given_, ours / least - 1)
        assert abs(model.objective - ours) <= 1e-5 * ours + 1e-6


@settings(max_examples=15, deadline=None)
@given(rows=st.integers(30, 300), columns=st.integers(1, 12), seed=st.integers(0, 10**6),
       l2=st.floats(-1, 3).map(lambda e: 10.0**e), epsilon=st.floats(0, 2), scale=st.sampled_from([1e-3, 1.0, 1e4]),
       offset=st.sampled_from([0.0, 1e5]))
def test_scales_and_offsets_of_the_label(rows, columns, seed, l2, epsilon, scale, offset):
    x, y = sample(rows, columns, seed)
    model = bakeoff.fit(x, y * scale + offset * scale, "linear_svr", [{"l2": l2, "epsilon": epsilon * scale}],
                        folds=0).models[0]
    t = np.append(model.coefficients / scale, model.intercept / scale - offset)
    ours, _ = objective(t, x, y, np.ones(rows), l2, epsilon)
    assert ours <= best(x, y, np.ones(rows), l2, epsilon) * (1 + 1e-6) + 1e-8 * (y @ y), (model.status, model.reason)


def test_without_epsilon_it_is_ridge():
    x, y = sample(500, 5, 0)
    model = bakeoff.fit(x, y, "linear_svr", [{"l2": 6.0}], folds=0).models[0]
    peer = Ridge(alpha=3.0).fit(x, y)  # ||r||^2 + alpha ||w||^2, and here l2/2
    assert np.abs(model.coefficients - peer.coef_).max() < 1e-4 and model.intercept == pytest.approx(peer.intercept_,
                                                                                                      abs=1e-4)


def test_comes_near_linear_svr_as_far_as_that_penalises_its_intercept():
    x, y = sample(1200, 5, 4)
    y = y + 20
    model = bakeoff.fit(x, y, "linear_svr", [{"l2": 2.0, "epsilon": 0.5}], folds=0).models[0]
    gaps = []
    for scaling in (1.0, 1e3):
        peer = LinearSVR(C=0.5, epsilon=0.5, loss="squared_epsilon_insensitive", dual=False, tol=1e-12,
                         intercept_scaling=scaling, max_iter=10**6).fit(x, y)
        gaps.append(max(np.abs(model.coefficients - peer.coef_).max(), abs(model.intercept - peer.intercept_[0])))
    assert gaps[1] < 1e-3 < gaps[0]  # the stated reason: with the default scaling the intercept is penalised


def test_a_tube_that_holds_all_labels_leaves_nothing_to_learn():
    x, y = sample(200, 3, 0)
    model = bakeoff.fit(x, y, "linear_svr", [{"l2": 1.0, "epsilon": 1e3}], folds=0).models[0]
    assert model.status == "converged" and np.abs(model.coefficients).max() < 1e-6 and model.objective == 0
    constant = bakeoff.fit(x, np.full(200, 5.0), "linear_svr", [{"l2": 1.0, "epsilon": 0.5}], folds=0).models[0]
    assert constant.status == "converged" and np.abs(constant.predict(x) - 5).max() <= 0.5 + 1e-5


def test_folds_and_weights_are_fits_of_their_rows():
    x, y = sample(600, 4, 5)
    folds, weights = np.arange(600) % 3, np.arange(600) % 4 + 0.0
    fit = bakeoff.fit(x, y, "linear_svr", [{"l2": 3.0, "epsilon": 0.2}], folds=folds, weights=weights, scoring="mse",
                      out_of_fold=True)
    for fold in range(3):
        some = np.repeat(np.flatnonzero(folds != fold), weights[folds != fold].astype(int))
        alone = bakeoff.fit(x[some], y[some], "linear_svr", [{"l2": 3.0, "epsilon": 0.2}], folds=0).models[0]
        tested = folds == fold
        assert np.abs(fit.out_of_fold[0, tested] - alone.predict(x[tested])).max() < 1e-3
        assert fit.scores[0, fold] == pytest.approx(
            np.average((y[tested] - alone.predict(x[tested]))**2, weights=weights[tested]), rel=1e-3)


def test_float32_and_epsilon_below_zero():
    x, y = sample(500, 5, 1)
    one, other = (bakeoff.fit(a, y, "linear_svr", [{"l2": 1.0, "epsilon": 0.3}], folds=0).models[0]
                  for a in (x, x.astype(np.float32)))
    assert np.abs(one.coefficients - other.coefficients).max() < 1e-4
    with pytest.raises(bakeoff.SpecError, match="linear_svr: epsilon must be a finite number of at least 0, got -0.1"):
        bakeoff.fit(x, y, "linear_svr", [{"epsilon": -0.1}])
