"""bakeoff.fit against scikit-learn's solvers, run to the end of their tolerance."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import log_loss, mean_squared_error, r2_score, roc_auc_score
from sklearn.model_selection import GridSearchCV, KFold

import bakeoff


def regression(rows, columns, seed, scale=1.0, offset=0.0):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(rows, columns)) * scale + offset
    y = (x - offset) / scale @ rng.normal(size=columns) + rng.normal(size=rows) + 7
    return x, y


def classes(rows, columns, seed, rate=0.0):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(rows, columns))
    x[:, 0] = np.exp(x[:, 0])  # skewed
    z = x @ rng.normal(size=columns) * 0.7 + rate
    return x, (rng.random(rows) < 1 / (1 + np.exp(-z))).astype(float)


def logistic_objective(x, y, weights, l2, coefficients, intercept):
    margin = np.where(y > 0, 1, -1) * (x @ coefficients + intercept)
    return weights @ np.logaddexp(0, -margin) + l2 / 2 * coefficients @ coefficients


@settings(max_examples=40, deadline=None)
@given(rows=st.integers(30, 300), columns=st.integers(1, 20), seed=st.integers(0, 10**6),
       l2=st.floats(-4, 4).map(lambda e: 10.0**e), scale=st.sampled_from([1e-3, 1.0, 1e4]),
       offset=st.sampled_from([0.0, 1.0, 1e5]), weighted=st.booleans())
def test_ridge_is_scikit_learns(rows, columns, seed, l2, scale, offset, weighted):
    x, y = regression(rows, columns, seed, scale, offset)
    weights = np.random.default_rng(seed).integers(0, 4, rows) * 0.5 + 0.25 if weighted else None
    model = bakeoff.fit(x, y, "ridge", [{"l2": l2}], folds=0, weights=weights).models[0]
    # svd on centred columns: scikit-learn's other solvers lose digits where the offset is large
    w = np.ones(rows) if weights is None else weights
    mean = np.average(x, axis=0, weights=w)
    peer = Ridge(alpha=l2, solver="svd").fit(x - mean, y, sample_weight=weights)
    want = peer.predict(x - mean)
    assert np.abs(model.predict(x) - want).max() <= 1e-9 * max(1, np.abs(y).max()) * max(1, offset / scale)


def test_ridge_scores_are_grid_searchs():
    x, y = regression(3000, 25, 3)
    penalties = np.logspace(-3, 4, 12)
    folds = KFold(5, shuffle=True, random_state=1)
    for scoring, peer_scoring, sign in (("r2", "r2", 1), ("mse", "neg_mean_squared_error", -1),
                                        ("mae", "neg_mean_absolute_error", -1)):
        ours = bakeoff.fit(x, y, "ridge", [{"l2": float(p)} for p in penalties], folds, scoring=scoring)
        peer = GridSearchCV(Ridge(), {"alpha": penalties}, cv=folds, scoring=peer_scoring).fit(x, y)
        theirs = np.array([peer.cv_results_[f"split{f}_test_score"] for f in range(5)]).T * sign
        assert np.abs(ours.scores - theirs).max() <= 1e-9
        assert ours.best_index == peer.best_index_


@pytest.mark.parametrize("l2", [1e-4, 1e-2, 1.0, 100.0])
@pytest.mark.parametrize("rate", [0.0, -4.0])
def test_logistic_reaches_scikit_learns_optimum(l2, rate):
    x, y = classes(4000, 8, 5, rate)
    weights = np.random.default_rng(1).integers(1, 5, len(y)) * 0.5
    model = bakeoff.fit(x, y, "logistic", [{"l2": l2}], folds=0, weights=weights).models[0]
    peer = LogisticRegression(C=1 / l2, solver="newton-cholesky", tol=1e-10, max_iter=1000).fit(x, y, weights)
    ours = logistic_objective(x, y, weights, l2, model.coefficients, model.intercept)
    best = logistic_objective(x, y, weights, l2, peer.coef_[0], peer.intercept_[0])
    assert model.status == "converged"
    assert ours <= best * (1 + 1e-6)
    assert abs(model.objective - best) <= 1e-6 * best


def test_logistic_in_a_batch_of_a_hundred_is_what_it_is_alone():
    x, y = classes(3000, 6, 7)
    candidates = [{"l2": float(p)} for p in np.logspace(-4, 3, 100)]
    batch = bakeoff.fit(x, y, "logistic", candidates, folds=3, seed=2)
    for i in (0, 41, 99):
        alone = bakeoff.fit(x, y, "logistic", [candidates[i]], folds=3, seed=2)
        assert abs(alone.models[0].objective - batch.models[i].objective) <= 1e-6 * alone.models[0].objective
        assert np.abs(alone.scores[0] - batch.scores[i]).max() <= 1e-5


def test_held_out_scores_are_those_of_models_without_the_fold():
    x, y = classes(2000, 5, 11)
    ids = np.random.default_rng(0).integers(0, 4, len(y)).astype(np.int32)
    for scoring, metric in (("roc_auc", roc_auc_score), ("log_loss", log_loss), ("brier", mean_squared_error)):
        fit = bakeoff.fit(x, y, "logistic", [{"l2": 1.0}, {"l2": 50.0}], folds=ids, scoring=scoring, out_of_fold=True)
        for m, l2 in enumerate((1.0, 50.0)):
            for f in range(4):
                train, test = ids != f, ids == f
                peer = LogisticRegression(C=1 / l2, solver="newton-cholesky", tol=1e-10).fit(x[train], y[train])
                assert abs(fit.scores[m, f] - metric(y[test], peer.predict_proba(x[test])[:, 1])) <= 2e-4
                assert fit.scores[m, f] == pytest.approx(metric(y[test], fit.out_of_fold[m, test]), abs=1e-9)


def test_layouts_and_types_give_the_same_model():
    x, y = regression(500, 6, 13)
    x = x.astype(np.float32)
    wide = np.zeros((500, 12))
    wide[:, ::2] = x
    same = [bakeoff.fit(a, y, "ridge", [{"l2": 0.3}], folds=0).models[0].coefficients
            for a in (x, x.astype(np.float64), np.asfortranarray(x), wide[:, ::2])]
    for other in same[1:]:
        assert np.array_equal(same[0], other)


def test_threads_change_no_bit():
    x, y = classes(5000, 9, 17)
    fits = [bakeoff.fit(x, y, "logistic", [{"l2": 0.1}, {"l2": 9.0}], folds=3, threads=t) for t in (1, 2, 3, 8)]
    for other in fits[1:]:
        assert np.array_equal(fits[0].models[1].coefficients, other.models[1].coefficients)
        assert np.array_equal(fits[0].scores, other.scores)


def test_a_fold_without_one_class_is_marked():
    x, y = classes(300, 3, 19)
    ids = np.arange(300, dtype=np.int32) % 2
    y[ids == 0] = 1
    fit = bakeoff.fit(x, y, "logistic", [{"l2": 1.0}], folds=ids, scoring="log_loss")
    assert np.isnan(fit.scores[0, 1])
    assert fit.models[0].status == "converged"


def test_r2_of_a_constant_fold_is_the_metrics():
    x, y = regression(40, 2, 23)
    ids = np.arange(40, dtype=np.int32) % 4
    y[ids == 1] = 5
    fit = bakeoff.fit(x, y, "ridge", [{"l2": 1.0}], folds=ids, scoring="mse", out_of_fold=True)
    assert fit.scores[0, 1] == pytest.approx(np.mean((fit.out_of_fold[0, ids == 1] - 5) ** 2))
    assert fit.scores[0, 0] == pytest.approx(mean_squared_error(y[ids == 0], fit.out_of_fold[0, ids == 0]))
    assert r2_score(y[ids == 0], fit.out_of_fold[0, ids == 0]) == pytest.approx(
        bakeoff.fit(x, y, "ridge", [{"l2": 1.0}], folds=ids, scoring="r2").scores[0, 0])


def test_folds_of_any_number_of_small_problems_fit_wherever_their_arrays_lie():
    """Many heaps: a fold's array that lies off a vector's alignment must not matter."""
    rng = np.random.default_rng(4)
    for n in range(40, 400, 13):
        x = rng.normal(size=(n, 4))
        y = (x[:, 0] + rng.normal(size=n) > 0).astype(int)
        assert np.isfinite(bakeoff.fit(x, y, "logistic", folds=3).scores).all()


@pytest.mark.parametrize(("folds", "says"), [
    (np.zeros(60, int), "at least 2"), (np.arange(60) % 3 * 2, "no row has the id 1"), (np.arange(60) / 2, "integer"),
    ("five", "integer"), (np.arange(60) % 3 - 2, "row 0"), (np.arange(9), "one a row")])
def test_folds_that_would_hold_nothing_out_are_refused(folds, says):
    rng = np.random.default_rng(3)
    with pytest.raises(bakeoff.DataError, match=says):
        bakeoff.fit(rng.normal(size=(60, 2)), rng.normal(size=60), folds=folds)
