"""elastic_net and logistic with l1_ratio against scikit-learn's solvers, run to the end of their tolerance."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import ElasticNet, LogisticRegression
from sklearn.metrics import log_loss, mean_squared_error, r2_score

import bakeoff


def regression(rows, columns, seed, scale=1.0, offset=0.0, correlation=0.5):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(rows, columns))
    x[:, 1:] = np.sqrt(1 - correlation**2) * x[:, 1:] + correlation * x[:, :-1]
    y = x @ np.where(rng.random(columns) < 0.4, rng.normal(size=columns), 0) + rng.normal(size=rows) + 7
    return x * scale + offset, y


def squares(x, y, weights, l2, ratio, w, b):
    r = y - x @ w - b
    return 0.5 * weights @ (r * r) + l2 * ((1 - ratio) / 2 * w @ w + ratio * np.abs(w).sum())


def log_losses(x, y, weights, l2, ratio, w, b):
    margin = np.where(y > 0, 1, -1) * (x @ w + b)
    return weights @ np.logaddexp(0, -margin) + l2 * ((1 - ratio) / 2 * w @ w + ratio * np.abs(w).sum())


@settings(max_examples=40, deadline=None)
@given(rows=st.integers(12, 200), columns=st.integers(1, 25), seed=st.integers(0, 10**6),
       l2=st.floats(-3, 4).map(lambda e: 10.0**e), ratio=st.sampled_from([0.05, 0.5, 0.95, 1.0]),
       scale=st.sampled_from([1e-2, 1.0, 1e2]), offset=st.sampled_from([0.0, 30.0]), weighted=st.booleans(),
       correlation=st.sampled_from([0.0, 0.9]))
def test_elastic_net_is_scikit_learns_with_alpha_l2_over_n(rows, columns, seed, l2, ratio, scale, offset, weighted,
                                                           correlation):
    x, y = regression(rows, columns, seed, scale, offset, correlation)
    weights = np.random.default_rng(seed).integers(1, 5, rows) * 0.5 if weighted else np.ones(rows)
    model = bakeoff.fit(x, y, "elastic_net", [{"l2": l2, "l1_ratio": ratio}], folds=0, weights=weights).models[0]
    mean = np.average(x, axis=0, weights=weights)
    peer = ElasticNet(alpha=l2 / weights.sum(), l1_ratio=ratio, tol=1e-10, max_iter=100_000)
    peer.fit(x - mean, y, sample_weight=weights)
    ours = squares(x, y, weights, l2, ratio, model.coefficients, model.intercept)
    best = squares(x - mean, y, weights, l2, ratio, peer.coef_, peer.intercept_)
    assert model.status == "converged"
    assert ours <= best * (1 + 1e-7) + 1e-9
    assert model.objective == pytest.approx(ours, rel=1e-7, abs=1e-9)


@pytest.mark.parametrize("ratio", [0.2, 1.0])
def test_optimality_conditions_and_exact_zeros(ratio):
    x, y = regression(600, 40, 3)
    for model, l2 in zip(bakeoff.fit(x, y, "elastic_net", [{"l2": v, "l1_ratio": ratio} for v in (3.0, 30, 300)],
                                     folds=0).models, (3.0, 30, 300)):
        w = model.coefficients
        pull = (x - x.mean(axis=0)).T @ (y - x @ w - model.intercept) - l2 * (1 - ratio) * w
        active = w != 0
        assert np.abs(pull[active] - l2 * ratio * np.sign(w[active])).max() <= 1e-3 * l2 * ratio
        assert np.abs(pull[~active]).max(initial=0) <= l2 * ratio * (1 + 1e-3)
    assert (w == 0).any() and active.any()


def test_scores_are_those_of_scikit_learns_models():
    x, y = regression(900, 12, 5)
    ids = (np.arange(900) % 3).astype(np.int32)
    candidates = [{"l2": 20.0, "l1_ratio": 0.5}, {"l2": 200.0, "l1_ratio": 1.0}, {"l2": 5.0, "l1_ratio": 0.0}]
    for scoring, metric in (("r2", r2_score), ("mse", mean_squared_error)):
        fit = bakeoff.fit(x, y, "elastic_net", candidates, ids, scoring=scoring)
        for m, c in enumerate(candidates[:2]):
            for f in range(3):
                train = ids != f
                peer = ElasticNet(alpha=c["l2"] / train.sum(), l1_ratio=c["l1_ratio"], tol=1e-10, max_iter=10_000)
                want = metric(y[~train], peer.fit(x[train], y[train]).predict(x[~train]))
                assert fit.scores[m, f] == pytest.approx(want, rel=1e-4)
        ridge = bakeoff.fit(x, y, "ridge", [{"l2": 5.0}], ids, scoring=scoring)
        assert np.array_equal(fit.scores[2], ridge.scores[0])


def test_a_candidate_alone_is_what_it_is_in_a_batch_in_any_order():
    x, y = regression(400, 30, 7, correlation=0.95)
    candidates = [{"l2": float(p), "l1_ratio": r} for r in (0.3, 1.0) for p in np.logspace(3, -3, 30)]
    batch = bakeoff.fit(x, y, "elastic_net", candidates, folds=3)
    order = np.random.default_rng(0).permutation(len(candidates))
    mixed = bakeoff.fit(x, y, "elastic_net", [candidates[i] for i in order], folds=3)
    for place, i in enumerate(order):
        assert mixed.models[place].objective == batch.models[i].objective
    for i in (0, 17, 29, 30, 59):
        alone = bakeoff.fit(x, y, "elastic_net", [candidates[i]], folds=3)
        assert alone.models[0].objective == pytest.approx(batch.models[i].objective, rel=1e-6)
        assert np.abs(alone.scores[0] - batch.scores[i]).max() <= 1e-4


@pytest.mark.parametrize("ratio", [0.3, 1.0])
@pytest.mark.parametrize("rate", [0.0, -3.0])
def test_logistic_reaches_scikit_learns_optimum(ratio, rate):
    rng = np.random.default_rng(5)
    x = rng.normal(size=(1500, 12))
    x[:, 6:] = 0.8 * x[:, :6] + 0.6 * x[:, 6:]
    y = (rng.random(1500) < 1 / (1 + np.exp(-(x @ rng.normal(size=12) * 0.5 + rate)))).astype(float)
    weights = rng.integers(1, 4, 1500) * 0.5
    candidates = [{"l2": v, "l1_ratio": ratio} for v in (0.3, 10.0, 60.0)]
    for c, model in zip(candidates, bakeoff.fit(x, y, "logistic", candidates, folds=0, weights=weights).models):
        # saga: liblinear would penalise the intercept
        peer = LogisticRegression(C=1 / c["l2"], l1_ratio=ratio, solver="saga", tol=1e-9, max_iter=5000)
        peer.fit(x, y, weights)
        ours = log_losses(x, y, weights, c["l2"], ratio, model.coefficients, model.intercept)
        best = log_losses(x, y, weights, c["l2"], ratio, peer.coef_[0], peer.intercept_[0])
        assert model.status == "converged"
        assert ours <= best * (1 + 1e-6)
        assert model.objective == pytest.approx(best, rel=1e-6)
        assert not (model.coefficients[peer.coef_[0] == 0] != 0).sum() > 1


def test_logistic_without_an_l1_part_is_what_it_was_to_the_bit():
    rng = np.random.default_rng(6)
    x = rng.normal(size=(800, 5))
    y = (rng.random(800) < 1 / (1 + np.exp(-x[:, 0]))).astype(float)
    plain = bakeoff.fit(x, y, "logistic", [{"l2": 2.0}], folds=3, scoring="log_loss")
    mixed = bakeoff.fit(x, y, "logistic", [{"l2": 2.0, "l1_ratio": 1.0}, {"l2": 2.0, "l1_ratio": 0.0}], folds=3,
                        scoring="log_loss", out_of_fold=True)
    assert np.array_equal(plain.models[0].coefficients, mixed.models[1].coefficients)
    assert np.array_equal(plain.scores[0], mixed.scores[1])
    assert mixed.scores[0].mean() == pytest.approx(log_loss(y, mixed.out_of_fold[0]), rel=1e-2)


def test_a_ratio_outside_0_and_1_is_refused():
    with pytest.raises(bakeoff.SpecError, match="at least 0 and at most 1, got 1.5"):
        bakeoff.fit(np.eye(3), np.arange(3.0), "elastic_net", [{"l1_ratio": 1.5}], folds=0)
