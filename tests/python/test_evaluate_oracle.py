"""bakeoff.evaluate against scikit-learn (METRICS: the oracle), and its bootstrap against the weight law in NumPy."""

import bakeoff
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as sk

BINARY = {
    "roc_auc": lambda y, s, w: sk.roc_auc_score(y, s, sample_weight=w),
    "log_loss": lambda y, s, w: sk.log_loss(y, s, sample_weight=w, labels=[0, 1]),
    "brier": lambda y, s, w: sk.brier_score_loss(y, s, sample_weight=w),
    "accuracy": lambda y, s, w: sk.accuracy_score(y, s >= 0.5, sample_weight=w),
    "balanced_accuracy": lambda y, s, w: sk.balanced_accuracy_score(y, s >= 0.5, sample_weight=w),
    "precision": lambda y, s, w: sk.precision_score(y, s >= 0.5, sample_weight=w, zero_division=0),
    "recall": lambda y, s, w: sk.recall_score(y, s >= 0.5, sample_weight=w, zero_division=0),
    "f1": lambda y, s, w: sk.f1_score(y, s >= 0.5, sample_weight=w, zero_division=0),
    "mcc": lambda y, s, w: sk.matthews_corrcoef(y, s >= 0.5, sample_weight=w),
}
REGRESSION = {
    "mse": lambda y, s, w: sk.mean_squared_error(y, s, sample_weight=w),
    "rmse": lambda y, s, w: sk.root_mean_squared_error(y, s, sample_weight=w),
    "mae": lambda y, s, w: sk.mean_absolute_error(y, s, sample_weight=w),
    "r2": lambda y, s, w: sk.r2_score(y, s, sample_weight=w),
}


def as_float64(scores):
    """What the oracle sees: float64, clipped by the eps of the input's type."""
    eps = np.finfo(scores.dtype).eps
    return np.clip(scores.astype(np.float64), eps, 1 - eps)


@st.composite
def rows(draw):
    n = draw(st.integers(2, 9000))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    labels = (rng.random(n) < draw(st.floats(0.05, 0.95))).astype(float)
    labels[:2] = [0, 1]
    levels = draw(st.sampled_from([0, 2, 7, 100]))  # ties: 0 means none
    scores = rng.random(n) if levels == 0 else rng.integers(0, levels + 1, n) / levels
    order = draw(st.sampled_from(["random", "ascending", "descending", "labels"]))
    by = {"random": np.arange(n), "ascending": np.argsort(scores), "descending": np.argsort(-scores),
          "labels": np.argsort(labels)}[order]
    weights = rng.exponential(size=n) if draw(st.booleans()) else None
    dtype = draw(st.sampled_from([np.float32, np.float64]))
    return labels[by], scores[by].astype(dtype), weights


@given(rows())
@settings(max_examples=60, deadline=None)
def test_binary_metrics_are_scikit_learns(data):
    labels, scores, weights = data
    report = bakeoff.evaluate(labels, scores, list(BINARY), weights=weights)
    for k, (name, oracle) in enumerate(BINARY.items()):
        clipped = as_float64(scores) if name == "log_loss" else scores.astype(np.float64)
        expected = oracle(labels, clipped, weights)
        limit = 1e-9 if name == "log_loss" else 1e-12
        assert abs(report.value[0, 0, k] - expected) <= limit * max(1, abs(expected)), name


@given(rows(), st.floats(-1e6, 1e6))
@settings(max_examples=40, deadline=None)
def test_regression_metrics_are_scikit_learns(data, offset):
    labels, scores, weights = data
    target = labels * 3 + offset
    prediction = scores.astype(np.float64) + offset
    report = bakeoff.evaluate(target, prediction, list(REGRESSION), task="regression", weights=weights)
    for k, (name, oracle) in enumerate(REGRESSION.items()):
        expected = oracle(target, prediction, weights)
        assert abs(report.value[0, 0, k] - expected) <= 1e-9 * max(1, abs(expected)), name


def philox(counter, key):
    """Philox4x32-10 on arrays, written from the paper."""
    c = [np.asarray(x, dtype=np.uint64) for x in counter]
    k0, k1 = int(key) & 0xFFFFFFFF, int(key) >> 32
    for _ in range(10):
        a, b = np.uint64(0xD2511F53) * c[0], np.uint64(0xCD9E8D57) * c[2]
        low = np.uint64(0xFFFFFFFF)
        c = [(b >> np.uint64(32)) ^ c[1] ^ np.uint64(k0), b & low, (a >> np.uint64(32)) ^ c[3] ^ np.uint64(k1), a & low]
        k0, k1 = (k0 + 0x9E3779B9) & 0xFFFFFFFF, (k1 + 0xBB67AE85) & 0xFFFFFFFF
    return c


def weights_of(units, resamples, seed):
    """(B, N) weights by the law of METRICS."""
    thresholds = np.array([24109, 48219, 60273, 64292, 65296, 65497, 65531, 65535])
    u = np.asarray(units, dtype=np.int64).view(np.uint64)
    out = np.empty((resamples, len(u)), dtype=np.int64)
    for b in range(resamples):
        counter = (u & np.uint64(0xFFFFFFFF), u >> np.uint64(32), np.full(len(u), b >> 3), np.full(len(u), 1))
        words = philox(counter, seed)
        field = b & 7
        draw = (words[field // 2] >> np.uint64(16 * (field % 2))) & np.uint64(0xFFFF)
        out[b] = np.searchsorted(thresholds, draw.astype(np.int64), side="right")
    return out


@pytest.mark.parametrize("units", [None, "ids"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_replicates_follow_the_weight_law(units, dtype):
    rng = np.random.default_rng(5)
    n, resamples, seed = 5003, 20, 0x123456789ABCDEF
    labels = (rng.random(n) < 0.3).astype(float)
    scores = np.round(rng.random(n), 2).astype(dtype)
    ids = None if units is None else rng.integers(-50, 50, n)
    report = bakeoff.evaluate(labels, scores, ["roc_auc", "log_loss", "brier", "f1"], units=ids, resamples=resamples,
                              seed=seed, keep_replicates=True)
    law = weights_of(np.arange(n) if ids is None else ids, resamples, seed)
    for b in range(resamples):
        expected = [BINARY[name](labels, as_float64(scores) if name == "log_loss" else scores.astype(float), law[b])
                    for name in report.metric_names]
        np.testing.assert_allclose(report.replicates[b, 0, 0], expected, rtol=1e-9)


def test_replicates_are_the_same_for_any_threads_and_order():
    rng = np.random.default_rng(6)
    n = 20_011
    labels, scores = (rng.random(n) < 0.4).astype(float), rng.random((3, n)).astype(np.float32)
    ids = rng.integers(0, 300, n)
    options = dict(metrics=["roc_auc", "log_loss", "accuracy"], resamples=64, seed=9, keep_replicates=True)
    base = bakeoff.evaluate(labels, scores, units=ids, threads=1, **options).replicates
    for threads in (2, 3, 8, 16):
        assert np.array_equal(base, bakeoff.evaluate(labels, scores, units=ids, threads=threads, **options).replicates)
    shuffled = rng.permutation(n)
    again = bakeoff.evaluate(labels[shuffled], scores[:, shuffled], units=ids[shuffled], threads=2, **options)
    assert np.array_equal(base, again.replicates)


def test_edges_have_reasons():
    one_class = bakeoff.evaluate(np.ones(5), np.linspace(0, 1, 5), ["roc_auc", "accuracy"])
    assert np.isnan(one_class.value[0, 0, 0]) and one_class.reason[0][0] == ["one_class", "ok"]
    none = bakeoff.evaluate(np.empty(0), np.empty((2, 0)), ["roc_auc", "brier"])
    assert np.isnan(none.value).all() and none.reason[1][0] == ["empty", "empty"]
    weightless = bakeoff.evaluate([0, 1, 1], [0.1, 0.2, 0.3], ["roc_auc", "brier"], weights=np.zeros(3))
    assert np.isnan(weightless.value).all() and weightless.reason[0][0] == ["no_weight", "no_weight"]
    assert bakeoff.evaluate([1], [0.7], ["accuracy"]).value[0, 0, 0] == 1


@pytest.mark.parametrize(("labels", "scores", "says"), [
    ([0, 1, 1], [[0.1, 0.2, 0.3], [0.1, np.nan, 0.2]], "candidate 1 row 1"),
    ([0, 1, 1], [0.1, np.inf, 0.3], "row 1"),
    ([0, 2, 1], [0.1, 0.2, 0.3], "labels: row 1"),
    (["a", "b", "a"], [0.1, 0.2, 0.3], "positive"),
    ([0, 1], [0.1, 0.2, 0.3], "scores"),
])
def test_bad_values_are_named(labels, scores, says):
    with pytest.raises(bakeoff.DataError, match=says):
        bakeoff.evaluate(labels, scores)


def test_bad_options_are_named():
    with pytest.raises(bakeoff.SpecError, match="roc_auc"):
        bakeoff.evaluate([0, 1], [0.1, 0.2], ["roc_acu"])
    with pytest.raises(bakeoff.SpecError, match="resamples"):
        bakeoff.evaluate([0, 1], [0.1, 0.2], resample=10)


def test_dropped_rows_are_those_that_are_not_finite():
    report = bakeoff.evaluate([0, 1, 1, 0], [0.1, np.nan, 0.9, 0.4], ["accuracy"], nan="drop")
    assert report.count == [3] and report.value[0, 0, 0] == 1


def test_comparison_is_paired_and_adjusted():
    rng = np.random.default_rng(8)
    labels = (rng.random(3000) < 0.5).astype(float)
    noise = rng.normal(size=3000)
    scores = {"base": 0.5 * labels + noise, "same": 0.5 * labels + noise, "better": 1.0 * labels + noise}
    report = bakeoff.evaluate(labels, scores, ["roc_auc"], resamples=500, slices={"half": np.arange(3000) % 2})
    change = report.compare("base")
    assert report.slice_names == ["all", "half=0", "half=1"]
    assert change["difference"][1, 0, 0] == 0 and change["p"][1, 0, 0] == 1
    assert change["low"][2, 0, 0] > 0 and change["p_adjusted"][2, 0, 0] <= 0.01
    assert (change["p_adjusted"] >= change["p"] - 1e-12)[2].all()
