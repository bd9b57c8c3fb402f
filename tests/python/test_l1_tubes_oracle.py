"""quantile and linear_svr with an l1 part against linear programs, duals and scikit-learn's QuantileRegressor."""

import numpy as np
import pytest
from scipy.optimize import linprog, minimize
from sklearn.linear_model import QuantileRegressor

import bakeoff

# By family: its parameters, and what a unit above and below the tube costs.
FAMILIES = {"quantile": ({"quantile": 0.8}, 0.8, 0.2, 0.0), "linear_svr": ({"epsilon": 0.4}, 1.0, 1.0, 0.4)}


def sample(rows, columns, seed, kind="plain"):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(rows, columns))
    x[:, 0] = np.exp(0.7 * x[:, 0])  # skewed
    w = rng.normal(size=columns) * (rng.random(columns) < 0.5)
    if kind == "alike":
        x = x[:, :1] + 0.01 * x
    if kind == "scales":
        scale = np.logspace(-3, 3, columns)
        x, w = x * scale + 10 * scale, w / scale
    if kind == "repeated":
        x[:, columns // 2:] = x[:, :columns - columns // 2]
    return x, x @ w + rng.standard_t(3, size=rows)


def objective(family, x, y, weights, candidate, model):
    _, up, down, epsilon = FAMILIES[family]
    residuals, w = y - x @ model.coefficients - model.intercept, model.coefficients
    l2, ratio = candidate["l2"], candidate["l1_ratio"]
    return (weights @ (up * np.maximum(residuals - epsilon, 0) + down * np.maximum(-residuals - epsilon, 0))
            + l2 * ((1 - ratio) / 2 * w @ w + ratio * np.abs(w).sum()))


def program(family, x, y, weights, l1):
    """The optimum with l1 ||w||_1, and how many coefficients it needs."""
    _, up, down, epsilon = FAMILIES[family]
    n, columns = x.shape
    one, rest, none = np.ones((n, 1)), np.eye(n), np.zeros((n, n))
    found = linprog(np.concatenate([np.full(2 * columns, l1), [0], up * weights, down * weights]),
                    A_ub=np.block([[-x, x, -one, -rest, none], [x, -x, one, none, -rest]]),
                    b_ub=np.concatenate([epsilon - y, epsilon + y]),
                    bounds=[(0, None)] * 2 * columns + [(None, None)] + [(0, None)] * 2 * n, method="highs")
    return found.fun, (np.abs(found.x[:columns] - found.x[columns:2 * columns]) > 1e-9).sum()


def dual(family, x, y, weights, l1, l2):
    """No objective is below any value of sum w (a y - epsilon |a|) - ||(|X'wa| - l1)+||^2 / (2 l2) with sum w a = 0 and
    -down <= a <= up; the least objective equals the most of it."""
    _, up, down, epsilon = FAMILIES[family]
    n = len(y)
    wx, sums = x * weights[:, None], np.concatenate([weights, -weights])

    def value(parts):
        a = parts[:n] - parts[n:]
        image = wx.T @ a
        beyond = np.sign(image) * np.maximum(np.abs(image) - l1, 0)
        slope = weights * y - wx @ beyond / l2
        return (beyond @ beyond / (2 * l2) - (weights * y) @ a + epsilon * weights @ (parts[:n] + parts[n:]),
                np.concatenate([epsilon * weights - slope, epsilon * weights + slope]))

    found = minimize(value, np.zeros(2 * n), jac=True, method="SLSQP", bounds=[(0, up)] * n + [(0, down)] * n,
                     constraints={"type": "eq", "fun": lambda p: sums @ p, "jac": lambda _: sums},
                     options={"maxiter": 1000, "ftol": 1e-13})
    assert abs(sums @ found.x) < 1e-9
    return -found.fun


@pytest.mark.parametrize("kind", ["plain", "alike", "scales", "repeated"])
@pytest.mark.parametrize("family", FAMILIES)
def test_the_lasso_is_a_linear_program(family, kind):
    for seed, (rows, columns) in enumerate([(60, 5), (200, 12), (300, 30)]):
        x, y = sample(rows, columns, seed, kind)
        weights = np.random.default_rng(1).integers(1, 4, rows) * 0.5
        candidates = [{"l2": l2 * rows, "l1_ratio": 1.0, **FAMILIES[family][0]} for l2 in (0.003, 0.03, 0.1)]
        fit = bakeoff.fit(x, y, family, candidates, folds=0, weights=weights)
        for candidate, model in zip(candidates, fit.models):
            best, needed = program(family, x, y, weights, candidate["l2"])
            ours = objective(family, x, y, weights, candidate, model)
            assert -1e-9 * best <= ours - best <= 1e-6 * best, (kind, rows, candidate["l2"], ours / best - 1)
            assert model.status == "converged", (kind, rows, candidate["l2"], model.reason)
            assert model.objective == pytest.approx(ours, rel=1e-6)
            if kind in ("plain", "scales"):  # a vertex beside the best one may be as good
                assert abs((model.coefficients != 0).sum() - needed) <= (candidate["l2"] < 0.1 * rows) * columns // 10


@pytest.mark.parametrize("family", FAMILIES)
def test_wide_data_that_a_penalty_holds_back(family):
    x, y = sample(80, 200, 5)
    for l2 in (3.0, 8.0):
        candidate = {"l2": l2, "l1_ratio": 1.0, **FAMILIES[family][0]}
        model = bakeoff.fit(x, y, family, [candidate], folds=0).models[0]
        best, _ = program(family, x, y, np.ones(80), l2)
        assert objective(family, x, y, np.ones(80), candidate, model) <= best * (1 + 1e-6), (l2, model.reason)
        assert (model.coefficients == 0).sum() > 100


@pytest.mark.parametrize("family", FAMILIES)
def test_meets_its_dual_with_both_parts(family):
    for seed, (rows, columns, l2, ratio) in enumerate([(40, 4, 1.0, 0.5), (50, 4, 20.0, 0.2), (30, 12, 3.0, 0.8)]):
        x, y = sample(rows, columns, seed)
        weights = np.random.default_rng(2).integers(0, 4, rows) * 0.5
        candidate = {"l2": l2, "l1_ratio": ratio, **FAMILIES[family][0]}
        model = bakeoff.fit(x, y, family, [candidate], folds=0, weights=weights).models[0]
        ours = objective(family, x, y, weights, candidate, model)
        most = dual(family, x, y, weights, l2 * ratio, l2 * (1 - ratio))
        assert -1e-8 * most <= ours - most <= 1e-6 * most, (rows, ours / most - 1)
        assert model.status == "converged", model.reason


def test_quantile_is_quantile_regressor():
    x, y = sample(500, 8, 3)
    weights = np.random.default_rng(2).integers(1, 4, 500) * 0.5
    for quantile in (0.1, 0.5):
        candidates = [{"l2": l2, "l1_ratio": 1.0, "quantile": quantile} for l2 in (1.0, 30.0, 1e4)]
        fit = bakeoff.fit(x, y, "quantile", candidates, folds=0, weights=weights)
        for candidate, model in zip(candidates, fit.models):
            peer = QuantileRegressor(quantile=quantile, alpha=candidate["l2"] / weights.sum()).fit(x, y, weights)
            np.testing.assert_allclose(model.coefficients, peer.coef_, atol=2e-3)
            assert ((model.coefficients == 0) == (np.abs(peer.coef_) < 1e-9)).all(), candidate
        assert not fit.models[2].coefficients.any()


@pytest.mark.parametrize("family", FAMILIES)
def test_units_of_labels_and_company_change_nothing(family):
    x, y = sample(300, 6, 4)
    parameters, weights = FAMILIES[family][0], np.ones(300)
    plain = {"l2": 10.0, "l1_ratio": 1.0, **parameters}
    model = bakeoff.fit(x, y, family, [plain], folds=0).models[0]
    for unit, level in ((1e-6, 0.0), (1e9, 0.0), (1.0, 1e4)):
        there = {k: v * unit if k == "epsilon" else v for k, v in plain.items()}
        moved = bakeoff.fit(x, (y + level) * unit, family, [there], folds=0).models[0]
        assert moved.objective == pytest.approx(model.objective * unit, rel=1e-5), (unit, level)
    many = [{**plain, "l2": float(p), "l1_ratio": r} for p in np.logspace(-1, 3, 8) for r in (0.0, 0.4, 1.0)]
    fits = [bakeoff.fit(x, y, family, many, folds=3, seed=1, threads=t) for t in (1, 3)]
    alone = bakeoff.fit(x, y, family, [many[10]], folds=3, seed=1)
    assert np.array_equal(fits[0].scores, fits[1].scores)
    assert np.array_equal(fits[0].models[10].coefficients, alone.models[0].coefficients)
    assert np.array_equal(fits[0].scores[10], alone.scores[0])
    constant = bakeoff.fit(x, np.full(300, 5.0), family, [plain], folds=0).models[0]
    assert constant.intercept == 5 and not constant.coefficients.any() and constant.objective == 0
    assert objective(family, x, y, weights, plain, model) == pytest.approx(model.objective, rel=1e-6)
