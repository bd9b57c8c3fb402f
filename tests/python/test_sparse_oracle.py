"""bakeoff.fit of scipy.sparse matrices against scikit-learn and against the same rows, dense."""

import numpy as np
import pytest
import scipy.sparse
import scipy.special
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import log_loss

import bakeoff
from bakeoff import _core


def rows(n, columns, seed, density=0.05, offset=0.5, dtype=np.float64):
    rng = np.random.default_rng(seed)
    x = scipy.sparse.random(n, columns, density=density, format="csr", random_state=seed, dtype=dtype)
    x.data = (rng.normal(size=x.nnz) + offset).astype(dtype)
    z = x @ rng.normal(size=columns)
    return x, z, (rng.random(n) < 1 / (1 + np.exp(-z + 0.5))).astype(float)


def log_losses(x, y, weights, l2, w, b):
    return weights @ np.logaddexp(0, -np.where(y > 0, 1, -1) * (x @ w + b)) + l2 / 2 * w @ w


@settings(max_examples=25, deadline=None)
@given(n=st.integers(30, 600), columns=st.integers(1, 300), seed=st.integers(0, 10**6),
       l2=st.floats(-2, 3).map(lambda e: 10.0**e), density=st.sampled_from([0.01, 0.1, 1.0]),
       offset=st.sampled_from([0.0, 4.0]), weighted=st.booleans(), dtype=st.sampled_from([np.float32, np.float64]))
def test_logistic_reaches_scikit_learns_optimum(n, columns, seed, l2, density, offset, weighted, dtype):
    x, _, y = rows(n, columns, seed, density, offset, dtype)
    y[:2] = 0, 1
    weights = np.random.default_rng(seed).integers(1, 5, n) * 0.5 if weighted else np.ones(n)
    model = bakeoff.fit(x, y, "logistic", [{"l2": l2}], folds=0, weights=weights).models[0]
    peer = LogisticRegression(C=1 / l2, tol=1e-10, solver="newton-cholesky", max_iter=200)
    peer.fit(x.toarray().astype(np.float64), y, weights)
    ours = log_losses(x, y, weights, l2, model.coefficients, model.intercept)
    best = log_losses(x, y, weights, l2, peer.coef_[0], peer.intercept_[0])
    # Logits are float32 sums of uncentred values: full rows far from 0 end where float32 does, which is near enough.
    assert model.status == "converged" or "float32" in model.reason and density == 1
    assert ours <= best * (1 + 1e-6)
    assert model.objective == pytest.approx(best, rel=1e-6 if density < 1 else 3e-6)


@pytest.mark.parametrize("l2", [0.1, 10.0, 1000.0])
def test_ridge_reaches_scikit_learns_optimum(l2):
    x, z, _ = rows(800, 200, 3, offset=2.0)
    y = z + 50 + np.random.default_rng(1).normal(size=800)
    model = bakeoff.fit(x, y, "ridge", [{"l2": l2}], folds=0).models[0]
    peer = Ridge(alpha=l2, solver="cholesky").fit(x.toarray(), y)

    def objective(w, b):
        return ((y - x @ w - b) ** 2).sum() + l2 * w @ w

    best = objective(peer.coef_, peer.intercept_)
    assert objective(model.coefficients, model.intercept) <= best * (1 + 1e-6)
    assert model.objective == pytest.approx(best, rel=1e-6)


def test_folds_scores_and_predictions_are_those_of_dense_rows():
    x, z, y = rows(900, 60, 5)
    candidates = [{"l2": float(p)} for p in np.logspace(2, -2, 40)]  # three waves' worth of panels
    for family, target, scoring in (("logistic", y, "log_loss"), ("ridge", z + y, "mse")):
        sparse, dense = (bakeoff.fit(v, target, family, candidates, 3, scoring=scoring, out_of_fold=True)
                         for v in (x, x.toarray()))
        assert np.abs(sparse.scores / dense.scores - 1).max() <= 2e-3
        assert np.abs(sparse.scores.mean(axis=1) / dense.scores.mean(axis=1) - 1).max() <= 1e-3
        assert np.abs(sparse.out_of_fold - dense.out_of_fold).max() <= 2e-2 * np.abs(dense.out_of_fold).max()
        assert np.array_equal(sparse.models[3].predict(x), sparse.models[3].predict(x.tocsc()))
    place = np.random.default_rng(0).integers(40)
    fold = bakeoff.fit(x, y, "logistic", [candidates[place]], np.arange(900) % 2, scoring="log_loss", out_of_fold=True)
    test = np.arange(900) % 2 == 1
    assert fold.scores[0, 1] == pytest.approx(log_loss(y[test], fold.out_of_fold[0, test]), abs=1e-9)


def test_a_candidate_alone_is_what_it_is_in_a_batch_and_threads_change_no_bit():
    x, _, y = rows(3000, 400, 7)
    candidates = [{"l2": float(p)} for p in np.logspace(2, -2, 30)]
    batch = bakeoff.fit(x, y, "logistic", candidates, 3, threads=1)
    again = bakeoff.fit(x, y, "logistic", candidates, 3, threads=3)
    for one, other in zip(batch.models, again.models):
        assert np.array_equal(one.coefficients, other.coefficients)
    assert np.array_equal(batch.scores, again.scores)
    for i in (0, 14, 29):
        alone = bakeoff.fit(x, y, "logistic", [candidates[i]], 3)
        assert alone.models[0].objective == pytest.approx(batch.models[i].objective, rel=1e-6)


# A loss and its penalty's factor, by family: of logits z.
def pinball(z, y, p):
    return np.maximum(p["quantile"] * (y - z), (1 - p["quantile"]) * (z - y))


LOSSES = {
    "ridge": (lambda z, y, p: (z - y) ** 2, 2), "elastic_net": (lambda z, y, p: 0.5 * (z - y) ** 2, 1),
    "quantile": (pinball, 1), "linear_svr": (lambda z, y, p: np.maximum(0, np.abs(z - y) - p["epsilon"]), 1),
    "linear_svr_squared": (lambda z, y, p: np.maximum(0, np.abs(z - y) - p["epsilon"]) ** 2, 1),
    "poisson": (lambda z, y, p: np.exp(z) - y * z + scipy.special.xlogy(y, y) - y, 1),
    "gamma": (lambda z, y, p: y * np.exp(-z) + z - np.log(y) - 1, 1),
    "logistic": (lambda z, y, p: np.logaddexp(0, -np.where(y > 0, 1, -1) * z), 1),
    "linear_svm": (lambda z, y, p: np.maximum(0, 1 - np.where(y > 0, 1, -1) * z) ** 2, 1),
}
SHAPES = {"quantile": {"quantile": 0.7}, "linear_svr": {"epsilon": 0.2}, "linear_svr_squared": {"epsilon": 0.2},
          "huber": {"epsilon": 1.2}}


def labels_of(family, z, seed=1):
    rng, z = np.random.default_rng(seed), z / z.std()
    if family == "poisson":
        return rng.poisson(np.exp(0.5 * z)).astype(float)
    if family == "gamma":
        return np.exp(0.5 * z) * rng.gamma(2, 1, len(z)) + 0.01
    if family in ("logistic", "linear_svm"):
        return (z + 0.5 * rng.normal(size=len(z)) > 0).astype(float)
    return z + rng.standard_t(3, size=len(z)) + 3


CORNERS = "quantile", "linear_svr"


# Grams; coordinates of their own; l1 by working sets, which losses with corners don't have.
@pytest.mark.parametrize("family, columns", [(f, c) for f in (*LOSSES, "huber") for c in (40, 600, 2100)
                                             if c < 2100 or f not in CORNERS])
def test_every_family_reaches_the_dense_optimum(family, columns):
    wide = columns > 2048
    x, z, _ = rows(500 if wide else 1200, columns, 4, density=0.02)
    y, shape = labels_of(family, z), SHAPES.get(family, {})
    ratios = [0.0, 0.6, 1.0] if "l1_ratio" in _core.families()[family]["parameters"] else [None]
    slow = family in CORNERS and columns > 40  # hundreds of passes
    ratios = ratios[:1] if family == "huber" and wide or slow else ratios
    l2 = 300.0 if family == "huber" and wide else 3.0
    candidates = [{"l2": l2, **shape} | ({} if ratio is None else {"l1_ratio": ratio}) for ratio in ratios]
    ours, dense = (bakeoff.fit(v, y, family, candidates, 0).models for v in (x, x.toarray()))
    for parameters, one, other in zip(candidates, ours, dense):
        assert one.status == "converged", one.reason
        assert one.objective <= other.objective * (1 + 1e-6)
        if family in LOSSES:
            loss, factor = LOSSES[family]
            w, ratio = one.coefficients, parameters.get("l1_ratio", 0.0)
            value = loss(x @ w + one.intercept, y, parameters).sum()
            value += factor * parameters["l2"] * ((1 - ratio) / 2 * w @ w + ratio * np.abs(w).sum())
            assert one.objective == pytest.approx(value, rel=2e-6)
            assert ratio == 0 or columns == 40 or ((w == 0).any() and (w != 0).any())


@pytest.mark.parametrize("columns", [30, 900])
@pytest.mark.parametrize("classes", [3, 20])
def test_softmax_reaches_scikit_learns_optimum(columns, classes):
    x, z, _ = rows(1500, columns, 8, density=0.05)
    z += 0.1 * np.random.default_rng(2).normal(size=1500)
    y = np.digitize(z, np.quantile(z, np.linspace(0, 1, classes + 1)[1:-1]))
    ours = bakeoff.fit(x, y, "logistic", [{"l2": 2.0}], 3, scoring=["log_loss", "accuracy"], out_of_fold=True)
    peer = LogisticRegression(C=0.5, tol=1e-8, max_iter=5000).fit(x, y)

    def objective(w, b):
        logits = x @ w.T + b
        return (scipy.special.logsumexp(logits, axis=1) - logits[np.arange(1500), y]).sum() + (w * w).sum()

    one = ours.models[0]
    best = objective(peer.coef_, peer.intercept_)
    assert objective(one.coefficients, one.intercept) <= best * (1 + 1e-6)
    assert one.objective == pytest.approx(best, rel=1e-6)
    assert np.allclose(one.predict(x), peer.predict_proba(x), atol=2e-3)
    dense = bakeoff.fit(x.toarray(), y, "logistic", [{"l2": 2.0}], 3, scoring=["log_loss", "accuracy"])
    assert np.allclose(ours.metrics["log_loss"], dense.metrics["log_loss"], rtol=1e-4)
    assert ours.out_of_fold.shape == (1, 1500, classes)


def test_corners_of_wide_rows_say_where_they_end():
    x, z, _ = rows(300, 2100, 4, density=0.02)
    model = bakeoff.fit(x, z, "quantile", [{"l2": 0.3}], folds=0).models[0]
    value = pinball(x @ model.coefficients + model.intercept, z, {"quantile": 0.5}).sum()
    # Rounded corners lie above the loss, so that what is told is never too good.
    assert value + 0.15 * model.coefficients @ model.coefficients <= model.objective * (1 + 1e-6)
    assert model.status == "iteration_limit" and model.reason


def test_l1_of_wide_rows_says_where_it_ends():
    x, z, y = rows(400, 2500, 3)
    with pytest.raises(bakeoff.SpecError, match="l1_ratio: expected 0 for this family with sparse"):
        bakeoff.fit(x, z, "huber", [{"l1_ratio": 0.5}], folds=0)
    null = bakeoff.fit(x, y, "logistic", [{"l2": 1e6, "l1_ratio": 1.0}], folds=3, scoring="log_loss")
    assert null.models[0].status == "converged" and not null.models[0].coefficients.any()
    assert null.models[0].intercept == pytest.approx(np.log(y.mean() / (1 - y.mean())), abs=1e-3)


def test_any_sparse_layout_gives_the_same_model():
    x, _, y = rows(300, 40, 9)
    twice = scipy.sparse.coo_matrix((np.r_[x.data, x.data] / 2, (np.r_[x.nonzero()[0], x.nonzero()[0]],
                                                                 np.r_[x.nonzero()[1], x.nonzero()[1]])), x.shape)
    reversed_rows = x.copy()
    for i in range(300):
        part = slice(x.indptr[i], x.indptr[i + 1])
        reversed_rows.indices[part], reversed_rows.data[part] = x.indices[part][::-1], x.data[part][::-1]
    reversed_rows.has_sorted_indices = reversed_rows.has_canonical_format = False
    before = reversed_rows.indices.copy()
    want = bakeoff.fit(x, y, "logistic", [{"l2": 1.0}], 0).models[0]
    for same in (x.tocsc(), x.tocoo(), scipy.sparse.csr_array(x), twice, reversed_rows):
        assert np.array_equal(bakeoff.fit(same, y, "logistic", [{"l2": 1.0}], 0).models[0].coefficients,
                              want.coefficients)
    assert np.array_equal(reversed_rows.indices, before), "the caller's matrix was changed"


def test_what_cannot_be_fitted_is_said():
    x, _, y = rows(60, 5, 11, density=0.5)
    bad = x.copy()
    bad.data[bad.indptr[7]] = np.nan
    with pytest.raises(bakeoff.DataError, match=f"X, row 7, column {bad.indices[bad.indptr[7]]}: expected a finite"):
        bakeoff.fit(bad, y, "ridge", folds=0)
    with pytest.raises(bakeoff.DataError, match="expected 60 labels"):
        bakeoff.fit(x, y[:-1], "ridge", folds=0)
    ids = np.arange(60) % 2
    y[ids == 0] = 1
    y[1] = 0
    fit = bakeoff.fit(x, y, "logistic", [{"l2": 1.0}], ids, scoring="log_loss")
    assert np.isnan(fit.scores[0, 1]) and not np.isnan(fit.scores[0, 0])


@pytest.mark.parametrize("family", ["ridge", "logistic", "elastic_net"])
def test_seconds_are_shared_out_and_sum_to_what_was_measured(family):
    import time

    x, _, y = rows(400, 20, 13)
    start = time.perf_counter()
    fit = bakeoff.fit(x.toarray(), y, family, [{"l2": float(p)} for p in (1e-3, 1.0, 1e3)], 3)
    measured = time.perf_counter() - start
    assert fit.seconds.shape == (3,) and (fit.seconds > 0).all()
    assert fit.seconds.tolist() == [m.seconds for m in fit.models]
    assert 0 < fit.seconds.sum() <= measured
    assert fit.peak_bytes > 10 << 20


@pytest.mark.parametrize("l1_ratio", [0.0, 1.0])
@pytest.mark.parametrize("columns", [5, 700, 2500])
def test_a_value_that_is_not_finite_is_named(columns, l1_ratio):
    x, _, y = rows(300, columns, 3, density=0.3)
    x.data[x.indptr[7]] = np.nan
    with pytest.raises(bakeoff.DataError, match=f"X, row 7, column {x.indices[x.indptr[7]]}: expected a finite"):
        bakeoff.fit(x, y, "logistic", [{"l2": 1.0, "l1_ratio": l1_ratio}], folds=0)


def test_odd_sparse_rows():
    with pytest.raises(bakeoff.DataError, match=r"X: expected shape \(N, D\), got \(5,\)"):
        bakeoff.fit(scipy.sparse.coo_array(np.ones(5)), np.ones(5), folds=0)
    with pytest.raises(bakeoff.DataError, match="X: expected numbers, got complex128"):
        bakeoff.fit(scipy.sparse.eye(5, dtype=complex).tocsr(), np.ones(5), folds=0)
    empty = scipy.sparse.csr_matrix((50, 700))
    for family, y in (("ridge", np.full(50, 0.1)), ("elastic_net", np.full(50, 0.1)), ("logistic", np.arange(50) % 2)):
        model = bakeoff.fit(empty, y, family, folds=0).models[0]
        assert model.status == "converged" and not model.coefficients.any()
    x, _, y = rows(500, 800, 3)
    told = []
    bakeoff.fit(x, y, "ridge", [{"l2": float(p)} for p in np.logspace(-2, 2, 300)], 3,
                callback=lambda done, of: told.append((done, of)))
    assert len(told) > 3 and told == sorted(told) and told[-1] == (1200, 1200)
    constant = bakeoff.fit(x, np.full(500, 0.1), "ridge", folds=0).models[0]
    assert constant.status == "converged" and constant.intercept == pytest.approx(0.1)
