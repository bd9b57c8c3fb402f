"""quantile, linear_svr and linear_svr_squared against scikit-learn and against their duals, solved by SciPy."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from sklearn.linear_model import QuantileRegressor
from sklearn.model_selection import KFold
from sklearn.svm import LinearSVR

import bakeoff

FAMILIES = {"quantile": {"quantile": 0.8}, "linear_svr": {"epsilon": 0.4}, "linear_svr_squared": {"epsilon": 0.4}}


def sample(rows, columns, seed):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(rows, columns))
    x[:, 0] = np.exp(0.7 * x[:, 0])  # skewed
    return x, x @ rng.normal(size=columns) + rng.standard_t(3, size=rows)


def loss(family, residuals, quantile=0.5, epsilon=0.0):
    """Of y - z."""
    if family == "quantile":
        return np.maximum(quantile * residuals, (quantile - 1) * residuals)
    beyond = np.maximum(0, np.abs(residuals) - epsilon)
    return beyond if family == "linear_svr" else beyond**2


def objective(family, x, y, weights, l2, coefficients, intercept, **parameters):
    return (weights @ loss(family, y - x @ coefficients - intercept, **parameters)
            + l2 / 2 * coefficients @ coefficients)


def dual(x, y, weights, l2, up, down, epsilon):
    """The most of sum w (a y - epsilon |a|) - ||X' w a||^2 / (2 l2) where sum w a = 0 and -down <= a <= up: no
    objective is below any of its values, and the least equals the most."""
    n = len(y)
    wx = x * weights[:, None]

    def value(parts):
        a = parts[:n] - parts[n:]
        image = wx.T @ a
        slope = weights * y - wx @ image / l2
        return (image @ image / (2 * l2) - (weights * y) @ a + epsilon * weights @ (parts[:n] + parts[n:]),
                np.concatenate([epsilon * weights - slope, epsilon * weights + slope]))

    sums = np.concatenate([weights, -weights])
    found = minimize(value, np.zeros(2 * n), jac=True, method="SLSQP", bounds=[(0, up)] * n + [(0, down)] * n,
                     constraints={"type": "eq", "fun": lambda p: sums @ p, "jac": lambda _: sums},
                     options={"maxiter": 1000, "ftol": 1e-13})
    assert abs(sums @ found.x) < 1e-9  # any such value is a bound, wherever the search ended
    return -found.fun


@pytest.mark.parametrize("weighted", [False, True])
def test_meets_its_dual(weighted):
    for seed, (rows, columns, l2) in enumerate([(40, 4, 1.0), (50, 4, 30.0), (24, 36, 2.0)]):
        x, y = sample(rows, columns, seed)
        weights = np.random.default_rng(1).integers(0, 4, rows) * 0.5 if weighted else np.ones(rows)
        for family, parameters, limits in [("quantile", {"quantile": 0.5}, (0.5, 0.5, 0.0)),
                                           ("quantile", {"quantile": 0.9}, (0.9, 0.1, 0.0)),
                                           ("linear_svr", {}, (1.0, 1.0, 0.0)),
                                           ("linear_svr", {"epsilon": 0.7}, (1.0, 1.0, 0.7))]:
            model = bakeoff.fit(x, y, family, [{"l2": l2, **parameters}], folds=0, weights=weights).models[0]
            ours = objective(family, x, y, weights, l2, model.coefficients, model.intercept, **parameters)
            most = dual(x, y, weights, l2, *limits)
            assert -1e-8 * most <= ours - most <= 1e-6 * most, (family, parameters, rows, ours / most - 1)
            # Columns that can fit every label leave only the penalty, and float32 may not see its last digits.
            assert model.status == "converged" or rows < columns, (family, parameters, rows, model.reason)
            assert abs(model.objective - ours) <= 1e-6 * ours


def test_without_a_penalty_it_is_quantile_regressor():
    for seed, (rows, columns) in enumerate([(150, 8), (600, 3)]):
        x, y = sample(rows, columns, seed)
        weights = np.random.default_rng(2).integers(1, 4, rows) * 0.5
        candidates = [{"l2": 0.0, "quantile": q} for q in (0.02, 0.5, 0.9)]
        for candidate, model in zip(candidates, bakeoff.fit(x, y, "quantile", candidates, folds=0,
                                                            weights=weights).models):
            q = candidate["quantile"]
            peer = QuantileRegressor(quantile=q, alpha=0.0).fit(x, y, weights)
            best = objective("quantile", x, y, weights, 0, peer.coef_, peer.intercept_, quantile=q)
            ours = objective("quantile", x, y, weights, 0, model.coefficients, model.intercept, quantile=q)
            assert ours <= best * (1 + 1e-6), (rows, q, model.status, ours / best - 1)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("epsilon", [0.0, 0.5])
def test_linear_svr_is_scikit_learns_whose_intercept_is_hardly_penalised(epsilon):
    x, y = sample(1200, 5, 4)
    weights = np.random.default_rng(1).integers(1, 4, 1200) * 0.5
    for family, name, solver in [("linear_svr", "epsilon_insensitive", {"dual": True, "tol": 1e-7}),
                                 ("linear_svr_squared", "squared_epsilon_insensitive", {"dual": False, "tol": 1e-10})]:
        model = bakeoff.fit(x, y, family, [{"l2": 20.0, "epsilon": epsilon}], folds=0, weights=weights).models[0]
        peer = LinearSVR(C=1 / 20, epsilon=epsilon, loss=name, intercept_scaling=30, max_iter=10**6, **solver)
        peer.fit(x, y, weights)
        ours, best = (objective(family, x, y, weights, 20.0, w, float(np.squeeze(b)), epsilon=epsilon)
                      for w, b in [(model.coefficients, model.intercept), (peer.coef_, peer.intercept_)])
        assert ours <= best * (1 + 1e-6), family
        assert np.abs(model.predict(x) - peer.predict(x)).max() < 0.02, family


@settings(max_examples=15, deadline=None)
@given(family=st.sampled_from(list(FAMILIES)), rows=st.integers(30, 200), columns=st.integers(1, 8),
       seed=st.integers(0, 10**6), l2=st.floats(-2, 3).map(lambda e: 10.0**e), scale=st.sampled_from([1e-3, 1.0, 1e4]),
       offset=st.sampled_from([0.0, 1e3]), unit=st.sampled_from([1e-6, 1.0, 1e9]), level=st.sampled_from([0.0, 1e4]))
def test_units_of_columns_and_labels_change_nothing(family, rows, columns, seed, l2, scale, offset, unit, level):
    x, y = sample(rows, columns, seed)
    parameters, power = FAMILIES[family], 2 if family == "linear_svr_squared" else 1
    plain = bakeoff.fit(x, y, family, [{"l2": l2, **parameters}], folds=0).models[0]
    in_units = {k: v * unit if k == "epsilon" else v for k, v in parameters.items()}
    # Of coefficients in the new units, w unit / scale, the penalty counts unit^power times what it did.
    there = bakeoff.fit((x + offset) * scale, (y + level) * unit, family,
                        [{"l2": l2 * scale**2 * unit ** (power - 2), **in_units}], folds=0).models[0]
    ones = np.ones(rows)
    best = objective(family, x, y, ones, l2, plain.coefficients, plain.intercept, **parameters)
    w = there.coefficients * scale / unit
    ours = objective(family, x, y, ones, l2, w, there.intercept / unit - level + offset * w.sum(), **parameters)
    assert ours == pytest.approx(best, rel=1e-5, abs=1e-7), (plain.reason, there.reason)


@pytest.mark.parametrize("family", FAMILIES)
def test_constant_huge_and_repeated_columns_and_zero_weights(family):
    x, y = sample(500, 4, 6)
    wide = np.column_stack([x, np.full(500, 7.0), x[:, 1] * 1e6, x[:, 2]])
    weights = np.ones(500)
    weights[::3] = 0
    wide[::3] *= 100  # rows that count for nothing
    candidate = [{"l2": 1.0, **FAMILIES[family]}]
    fit = bakeoff.fit(wide, y, family, candidate, folds=0, weights=weights)
    alone = bakeoff.fit(wide[weights > 0], y[weights > 0], family, candidate, folds=0)
    assert fit.models[0].objective == pytest.approx(alone.models[0].objective, rel=2e-6)
    assert abs(fit.models[0].coefficients[4]) < 1e-5
    assert fit.models[0].coefficients[2] == pytest.approx(fit.models[0].coefficients[6], abs=1e-3)


@pytest.mark.parametrize("family", FAMILIES)
def test_threads_and_company_change_no_bit(family):
    x, y = sample(2000, 6, 7)
    many = [{"l2": float(p), **FAMILIES[family]} for p in np.logspace(-1, 3, 20)]
    fits = [bakeoff.fit(x, y, family, many, folds=3, seed=1, threads=t) for t in (1, 2, 5)]
    alone = bakeoff.fit(x, y, family, [many[11]], folds=3, seed=1)
    for other in fits[1:]:
        assert np.array_equal(fits[0].models[11].coefficients, other.models[11].coefficients)
        assert np.array_equal(fits[0].scores, other.scores)
    assert np.array_equal(fits[0].models[11].coefficients, alone.models[0].coefficients)


def test_held_out_scores_are_those_of_models_without_the_fold():
    x, y = sample(600, 4, 5)
    folds = KFold(3, shuffle=True, random_state=0)
    fit = bakeoff.fit(x, y, "quantile", [{"l2": 3.0, "quantile": 0.9}], folds=folds, scoring="mae", out_of_fold=True)
    for f, (train, test) in enumerate(folds.split(x)):
        model = bakeoff.fit(x[train], y[train], "quantile", [{"l2": 3.0, "quantile": 0.9}], folds=0).models[0]
        assert np.allclose(fit.out_of_fold[0, test], model.predict(x[test]), atol=0.05)
        assert fit.scores[0, f] == pytest.approx(np.abs(y[test] - fit.out_of_fold[0, test]).mean())
    assert abs((y <= fit.models[0].predict(x)).mean() - 0.9) < 0.01


def test_labels_that_are_constant_or_fitted_exactly():
    x, _ = sample(200, 3, 9)
    for family, parameters in FAMILIES.items():
        constant = bakeoff.fit(x, np.full(200, 5.0), family, [parameters], folds=0).models[0]
        assert constant.status == "converged" and constant.intercept == pytest.approx(5)
        assert np.allclose(constant.coefficients, 0, atol=1e-6)
        exact = bakeoff.fit(x, x @ [1.0, -2.0, 3.0] + 4, family, [{**parameters, "l2": 0.0}], folds=0).models[0]
        assert np.isfinite(exact.coefficients).all()
        if family == "quantile":
            assert np.allclose(exact.coefficients, [1, -2, 3], atol=1e-4)
            assert exact.intercept == pytest.approx(4, abs=1e-4)
    one = bakeoff.fit(x[:1], np.array([2.5]), "quantile", folds=0).models[0]
    assert one.intercept == pytest.approx(2.5)


def test_what_it_refuses():
    x, y = sample(60, 2, 8)
    for quantile in (0.0, 1.0, -0.5, float("nan")):
        with pytest.raises(bakeoff.SpecError, match="quantile must be a finite number"):
            bakeoff.fit(x, y, "quantile", [{"quantile": quantile}], folds=0)
    with pytest.raises(bakeoff.SpecError, match="epsilon must be a finite number of at least 0"):
        bakeoff.fit(x, y, "linear_svr", [{"epsilon": -1.0}], folds=0)
    with pytest.raises(bakeoff.SpecError, match="'epsilon' is none of its parameters"):
        bakeoff.fit(x, y, "quantile", [{"epsilon": 1.5}], folds=0)
    with pytest.raises(bakeoff.DataError, match="row 3"):
        bakeoff.fit(x, np.where(np.arange(60) == 3, np.nan, y), "linear_svr", folds=0)
