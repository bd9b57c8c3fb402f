"""poisson, gamma, huber and linear_svm against scikit-learn and SciPy, run to the end of their tolerance."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize, minimize_scalar
from sklearn.linear_model import GammaRegressor, HuberRegressor, PoissonRegressor
from sklearn.model_selection import KFold, cross_val_predict
from sklearn.svm import LinearSVC

import bakeoff

FAMILIES = ["poisson", "gamma", "huber", "linear_svm"]


def sample(family, rows, columns, seed, level=0.0):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(rows, columns))
    x[:, 0] = np.exp(0.7 * x[:, 0])  # skewed
    z = x @ rng.normal(size=columns) * (0.4 / np.sqrt(columns)) + level
    if family == "poisson":
        return x, rng.poisson(np.exp(z)).astype(float)
    if family == "gamma":
        return x, rng.gamma(1.5, np.exp(z) / 1.5) + 1e-12
    if family == "huber":
        return x, z + 0.3 * rng.standard_t(1.5, size=rows)
    return x, (rng.random(rows) < 1 / (1 + np.exp(-3 * z))).astype(float)


def loss(family, z, y, weights, epsilon=1.35):
    """Sum of weight * loss, and its derivatives by z (not for huber, whose scale is minimised out)."""
    if family == "poisson":
        mu = np.exp(z)
        logs = np.log(np.where(y > 0, y, 1.0))
        return weights @ (np.where(y > 0, y * (logs - z), 0) - y + mu), weights * (mu - y)
    if family == "gamma":
        ratio = np.exp(np.log(y) - z)
        return weights @ (ratio - 1 - np.log(ratio)), weights * (1 - ratio)
    if family == "linear_svm":
        s = 2 * y - 1
        short = np.maximum(0, 1 - s * z)
        return weights @ short**2, -2 * weights * s * short
    r = np.abs(y - z)

    def at(log_scale):
        c = np.exp(log_scale)
        return weights @ (c + np.where(r <= epsilon * c, r * r / c, 2 * epsilon * r - epsilon**2 * c))

    top = np.log(r.max() + 1e-300)
    return minimize_scalar(at, bounds=(top - 20, top + 1), method="bounded", options={"xatol": 1e-10}).fun, None


def objective(family, x, y, weights, l2, coefficients, intercept, **parameters):
    penalty = l2 if family == "huber" else l2 / 2
    value, _ = loss(family, x @ coefficients + intercept, y, weights, **parameters)
    return value + penalty * coefficients @ coefficients


def reference(family, x, y, weights, l2, epsilon=1.35):
    """The best objective that scikit-learn's solver or SciPy's L-BFGS finds."""
    if family == "huber":
        peer = HuberRegressor(epsilon=epsilon, alpha=l2, tol=1e-8, max_iter=5000).fit(x, y, weights)
        return objective(family, x, y, weights, l2, peer.coef_, peer.intercept_, epsilon=epsilon)
    if family in ("poisson", "gamma"):
        kind = PoissonRegressor if family == "poisson" else GammaRegressor
        peer = kind(alpha=l2 / weights.sum(), solver="newton-cholesky", tol=1e-12, max_iter=500).fit(x, y, weights)
        return objective(family, x, y, weights, l2, peer.coef_, peer.intercept_)

    def value(t):
        total, by_z = loss(family, x @ t[:-1] + t[-1], y, weights)
        return total + l2 / 2 * t[:-1] @ t[:-1], np.append(x.T @ by_z + l2 * t[:-1], by_z.sum())

    return minimize(value, np.zeros(x.shape[1] + 1), jac=True, method="L-BFGS-B",
                    options={"ftol": 1e-16, "gtol": 1e-10, "maxiter": 5000}).fun


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("weighted", [False, True])
def test_reaches_the_optimum_of_the_best_reference(family, weighted):
    for seed, (rows, columns, level) in enumerate([(1000, 6, 0.0), (300, 30, 2.0), (60, 80, -0.5)]):
        columns = min(columns, 30) if family == "huber" else columns  # more than the rows fit exactly: see below
        x, y = sample(family, rows, columns, seed, level if family != "linear_svm" else level / 4)
        weights = np.random.default_rng(1).integers(0, 4, rows) * 0.5 if weighted else np.ones(rows)
        penalties = [1e-2, 1.0, 100.0] if family != "linear_svm" else [1.0, 100.0]
        fit = bakeoff.fit(x, y, family, [{"l2": p} for p in penalties], folds=0, weights=weights)
        for l2, model in zip(penalties, fit.models):
            best = reference(family, x, y, weights, l2)
            ours = objective(family, x, y, weights, l2, model.coefficients, model.intercept)
            assert ours <= best * (1 + 1e-6), (rows, l2, model.status, ours / best - 1)
            assert model.status == "converged", (rows, l2, model.reason)
            assert abs(model.objective - ours) <= 1e-6 * ours


@pytest.mark.filterwarnings("ignore")
@settings(max_examples=12, deadline=None)
@given(family=st.sampled_from(["poisson", "gamma"]), rows=st.integers(30, 300), columns=st.integers(1, 12),
       seed=st.integers(0, 10**6), l2=st.floats(-3, 3).map(lambda e: 10.0**e), level=st.floats(-1, 8),
       scale=st.sampled_from([1e-3, 1.0, 1e4]), offset=st.sampled_from([0.0, 1e4]))
def test_levels_scales_and_offsets_of_log_links(family, rows, columns, seed, l2, level, scale, offset):
    x, y = sample(family, rows, columns, seed, level)
    y[0] += 1  # never all 0
    model = bakeoff.fit(x * scale + offset * scale, y, family, [{"l2": l2 * scale**2}], folds=0).models[0]
    ones = np.ones(rows)
    best = reference(family, x, y, ones, l2)
    ours = objective(family, x, y, ones, l2, model.coefficients * scale,
                     model.intercept + offset * scale * model.coefficients.sum())
    assert ours <= best * (1 + 1e-6) + 1e-9, (model.status, model.reason)


@pytest.mark.filterwarnings("ignore")
def test_hubers_epsilon_is_scikit_learns():
    x, y = sample("huber", 1500, 5, 3)
    y = y * 40 + 1e5
    for epsilon in (1.0, 1.35, 2.5, 50.0):
        model = bakeoff.fit(x, y, "huber", [{"l2": 0.5, "epsilon": epsilon}], folds=0).models[0]
        ones = np.ones(len(y))
        best = reference("huber", x, y - 1e5, ones, 0.5, epsilon)
        ours = objective("huber", x, y, ones, 0.5, model.coefficients, model.intercept, epsilon=epsilon)
        assert ours <= best * (1 + 1e-6), epsilon


def test_linear_svm_comes_near_linear_svc_whose_intercept_is_hardly_penalised():
    x, y = sample("linear_svm", 1200, 5, 4)
    model = bakeoff.fit(x, y, "linear_svm", [{"l2": 2.0}], folds=0).models[0]
    peer = LinearSVC(C=0.5, intercept_scaling=1e3, tol=1e-10, max_iter=10**6, dual=False).fit(x, y)
    assert np.abs(model.coefficients - peer.coef_[0]).max() < 1e-3
    scores = model.predict(x)
    assert ((scores > 0.5) == (peer.decision_function(x) > 0)).mean() > 0.999
    assert np.allclose(np.log(scores / (1 - scores)), peer.decision_function(x), atol=5e-3)


@pytest.mark.parametrize("family", ["poisson", "gamma"])
def test_predictions_are_means_and_held_out_scores_those_of_models_without_the_fold(family):
    x, y = sample(family, 900, 4, 5, 1.0)
    folds = KFold(3, shuffle=True, random_state=0)
    fit = bakeoff.fit(x, y, family, [{"l2": 3.0}], folds=folds, scoring="mse", out_of_fold=True)
    kind = PoissonRegressor if family == "poisson" else GammaRegressor
    peer = kind(alpha=3.0 / 600, solver="newton-cholesky", tol=1e-12)
    want = cross_val_predict(peer, x, y, cv=folds)
    assert np.allclose(fit.out_of_fold[0], want, rtol=1e-3)
    assert np.allclose(fit.models[0].predict(x), np.exp(x @ fit.models[0].coefficients + fit.models[0].intercept))
    for f, (_, test) in enumerate(folds.split(x)):
        assert fit.scores[0, f] == pytest.approx(np.mean((fit.out_of_fold[0, test] - y[test]) ** 2))


@pytest.mark.parametrize("family", FAMILIES)
def test_constant_huge_and_repeated_columns_and_zero_weights(family):
    x, y = sample(family, 500, 4, 6)
    wide = np.column_stack([x, np.full(500, 7.0), x[:, 1] * 1e6, x[:, 2]])
    weights = np.ones(500)
    weights[::3] = 0
    wide[::3] *= 100  # rows that count for nothing
    fit = bakeoff.fit(wide, y, family, [{"l2": 1.0}], folds=0, weights=weights)
    alone = bakeoff.fit(wide[weights > 0], y[weights > 0], family, [{"l2": 1.0}], folds=0)
    assert fit.models[0].status == alone.models[0].status == "converged"
    assert fit.models[0].objective == pytest.approx(alone.models[0].objective, rel=1e-6)
    assert abs(fit.models[0].coefficients[4]) < 1e-5
    assert fit.models[0].coefficients[2] == pytest.approx(fit.models[0].coefficients[6], abs=1e-4)


@pytest.mark.parametrize("family", FAMILIES)
def test_threads_and_company_change_no_bit(family):
    x, y = sample(family, 3000, 7, 7)
    many = [{"l2": float(p)} for p in np.logspace(-2, 3, 40)]
    fits = [bakeoff.fit(x, y, family, many, folds=3, seed=1, threads=t) for t in (1, 2, 5)]
    alone = bakeoff.fit(x, y, family, [many[17]], folds=3, seed=1)
    for other in fits[1:]:
        assert np.array_equal(fits[0].models[17].coefficients, other.models[17].coefficients)
        assert np.array_equal(fits[0].scores, other.scores)
    assert np.array_equal(fits[0].models[17].coefficients, alone.models[0].coefficients)


def test_labels_that_a_family_can_t_have_are_errors_and_hopeless_folds_are_marked():
    x, y = sample("poisson", 60, 2, 8)
    with pytest.raises(bakeoff.DataError, match="y, row 3: expected a finite number of at least 0 for poisson, got -1"):
        bakeoff.fit(x, np.where(np.arange(60) == 3, -1.0, y), "poisson", folds=0)
    with pytest.raises(bakeoff.DataError, match="y, row 3: expected a finite number above 0 for gamma, got 0"):
        bakeoff.fit(x, np.where(np.arange(60) == 3, 0.0, y + 1), "gamma", folds=0)
    with pytest.raises(bakeoff.SpecError, match="epsilon must be a finite number of at least 1"):
        bakeoff.fit(x, y, "huber", [{"epsilon": 0.5}], folds=0)
    with pytest.raises(bakeoff.SpecError, match="'epsilon' is none of its parameters"):
        bakeoff.fit(x, y, "poisson", [{"epsilon": 1.5}], folds=0)
    ids = np.arange(60, dtype=np.int32) % 3
    only_there = np.where(ids == 1, y + 1, 0.0)
    fit = bakeoff.fit(x, only_there, "poisson", folds=ids, scoring="mse")
    assert np.isnan(fit.scores[0, 1]) and np.isfinite(fit.scores[0, [0, 2]]).all()
    x[5, 1] = np.nan
    for family in FAMILIES:
        with pytest.raises(bakeoff.DataError, match="X, row 5, column 1: expected a finite number"):
            bakeoff.fit(x, (y > 0).astype(float) + (family == "gamma"), family, folds=0)


def test_huber_on_labels_that_it_fits_perfectly():
    x, _ = sample("huber", 200, 3, 9)
    constant = bakeoff.fit(x, np.full(200, 5.0), "huber", folds=0).models[0]
    assert constant.status == "converged" and constant.intercept == 5 and not constant.coefficients.any()
    wide, y = sample("huber", 40, 60, 10)
    interpolated = bakeoff.fit(wide, y, "huber", [{"l2": 1e-4}], folds=0).models[0]
    assert interpolated.status == "iteration_limit" and "raise l2" in interpolated.reason
    assert np.abs(interpolated.predict(wide) - y).max() < 0.1
    exact = bakeoff.fit(x, x @ [1.0, -2.0, 3.0] + 4, "huber", [{"l2": 0.0}], folds=0).models[0]
    assert np.allclose(exact.coefficients, [1, -2, 3], atol=1e-4) and exact.intercept == pytest.approx(4, abs=1e-4)
