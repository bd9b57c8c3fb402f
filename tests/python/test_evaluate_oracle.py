"""bakeoff.evaluate against scikit-learn (METRICS: the oracle), and its bootstrap against the weight law in NumPy."""

import bakeoff
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as sk

def weight_of(mask, w):
    return mask.sum() if w is None else w[mask].sum()


def normalized_entropy(y, s, w):
    q = np.average(y, weights=w)
    return sk.log_loss(y, s, sample_weight=w, labels=[0, 1]) / -(q * np.log(q) + (1 - q) * np.log1p(-q))


def ks_statistic(y, s, w):
    fpr, tpr, _ = sk.roc_curve(y, s, sample_weight=w, drop_intermediate=False)
    return np.max(np.abs(tpr - fpr))


def recall_at_precision(y, s, w, precision):
    p, r, _ = sk.precision_recall_curve(y, s, sample_weight=w)
    return r[p >= precision].max()


def bins_of(s, bins, strategy):
    """The bins of sklearn.calibration.calibration_curve."""
    shares = np.linspace(0, 1, bins + 1)
    edges = shares if strategy == "uniform" else np.percentile(s, shares * 100)
    return np.searchsorted(edges[1:-1], s)


def bin_gaps(y, s, w, bins, strategy="uniform"):
    """Sum of w (p - y), and of w, in each bin."""
    w, index = np.ones(len(y)) if w is None else w, bins_of(s, bins, strategy)
    return np.bincount(index, w * (s - y), bins), np.bincount(index, w, bins)


def ece(y, s, w, bins, strategy="uniform"):
    gaps, weights = bin_gaps(y, s, w, bins, strategy)
    return np.abs(gaps).sum() / weights.sum()


def mce(y, s, w, bins):
    gaps, weights = bin_gaps(y, s, w, bins)
    return np.max(np.abs(gaps[weights > 0]) / weights[weights > 0])


BINARY = {
    "roc_auc": lambda y, s, w: sk.roc_auc_score(y, s, sample_weight=w),
    "gini": lambda y, s, w: 2 * sk.roc_auc_score(y, s, sample_weight=w) - 1,
    "average_precision": lambda y, s, w: sk.average_precision_score(y, s, sample_weight=w),
    "ks_statistic": ks_statistic,
    "partial_auc": lambda y, s, w: sk.roc_auc_score(y, s, sample_weight=w, max_fpr=0.1),
    "partial_auc@0.37": lambda y, s, w: sk.roc_auc_score(y, s, sample_weight=w, max_fpr=0.37),
    "recall_at_precision": lambda y, s, w: recall_at_precision(y, s, w, 0.9),
    "recall_at_precision@0.5": lambda y, s, w: recall_at_precision(y, s, w, 0.5),
    "log_loss": lambda y, s, w: sk.log_loss(y, s, sample_weight=w, labels=[0, 1]),
    "normalized_entropy": normalized_entropy,
    "brier": lambda y, s, w: sk.brier_score_loss(y, s, sample_weight=w),
    "bias_ratio": lambda y, s, w: np.average(s, weights=w) / np.average(y, weights=w),
    "ece": lambda y, s, w: ece(y, s, w, 15),
    "ece@4": lambda y, s, w: ece(y, s, w, 4),
    "ece_mass@10": lambda y, s, w: ece(y, s, w, 10, "quantile"),
    "mce": lambda y, s, w: mce(y, s, w, 15),
    "accuracy": lambda y, s, w: sk.accuracy_score(y, s >= 0.5, sample_weight=w),
    "balanced_accuracy": lambda y, s, w: sk.balanced_accuracy_score(y, s >= 0.5, sample_weight=w),
    "precision": lambda y, s, w: sk.precision_score(y, s >= 0.5, sample_weight=w, zero_division=0),
    "recall": lambda y, s, w: sk.recall_score(y, s >= 0.5, sample_weight=w, zero_division=0),
    "specificity": lambda y, s, w: sk.recall_score(y, s >= 0.5, pos_label=0, sample_weight=w, zero_division=0),
    "f1": lambda y, s, w: sk.f1_score(y, s >= 0.5, sample_weight=w, zero_division=0),
    "mcc": lambda y, s, w: sk.matthews_corrcoef(y, s >= 0.5, sample_weight=w),
    "kappa": lambda y, s, w: sk.cohen_kappa_score(y, (s >= 0.5).astype(float), sample_weight=w),
    "true_positives": lambda y, s, w: weight_of((y == 1) & (s >= 0.5), w),
    "false_positives": lambda y, s, w: weight_of((y == 0) & (s >= 0.5), w),
    "true_negatives": lambda y, s, w: weight_of((y == 0) & (s < 0.5), w),
    "false_negatives": lambda y, s, w: weight_of((y == 1) & (s < 0.5), w),
    "positive_rate": lambda y, s, w: np.average(s >= 0.5, weights=w),
}
OF_LOGS = {"log_loss", "normalized_entropy"}  # clipped by the eps of the scores' type
REGRESSION = {
    "mse": lambda y, s, w: sk.mean_squared_error(y, s, sample_weight=w),
    "rmse": lambda y, s, w: sk.root_mean_squared_error(y, s, sample_weight=w),
    "mae": lambda y, s, w: sk.mean_absolute_error(y, s, sample_weight=w),
    "mape": lambda y, s, w: sk.mean_absolute_percentage_error(y, s, sample_weight=w),
    "max_error": lambda y, s, w: sk.max_error(y, s) if w is None else sk.max_error(y[w > 0], s[w > 0]),
    "r2": lambda y, s, w: sk.r2_score(y, s, sample_weight=w),
    "explained_variance": lambda y, s, w: sk.explained_variance_score(y, s, sample_weight=w),
    "pinball": lambda y, s, w: sk.mean_pinball_loss(y, s, sample_weight=w),
    "pinball@0.9": lambda y, s, w: sk.mean_pinball_loss(y, s, sample_weight=w, alpha=0.9),
    "tweedie_deviance@0": lambda y, s, w: sk.mean_tweedie_deviance(y, s, sample_weight=w, power=0),
}
POSITIVE = {  # labels and scores above 0
    "msle": lambda y, s, w: sk.mean_squared_log_error(y, s, sample_weight=w),
    "rmsle": lambda y, s, w: sk.root_mean_squared_log_error(y, s, sample_weight=w),
    "poisson_deviance": lambda y, s, w: sk.mean_poisson_deviance(y, s, sample_weight=w),
    "gamma_deviance": lambda y, s, w: sk.mean_gamma_deviance(y, s, sample_weight=w),
    "tweedie_deviance": lambda y, s, w: sk.mean_tweedie_deviance(y, s, sample_weight=w, power=1.5),
    "tweedie_deviance@-1": lambda y, s, w: sk.mean_tweedie_deviance(y, s, sample_weight=w, power=-1),
    "tweedie_deviance@1": lambda y, s, w: sk.mean_tweedie_deviance(y, s, sample_weight=w, power=1),
    "tweedie_deviance@3": lambda y, s, w: sk.mean_tweedie_deviance(y, s, sample_weight=w, power=3),
}
COUNTS = {"true_positives", "false_positives", "true_negatives", "false_negatives"}


def test_every_metric_has_an_oracle():
    from bakeoff import _core

    have = {name.split("@")[0] for name in [*BINARY, *REGRESSION, *POSITIVE]}
    assert have == {*_core.known_metrics("binary"), *_core.known_metrics("regression")}


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


def expect_oracle(report, oracles, labels, scores, weights, limit=1e-12):
    for k, (name, oracle) in enumerate(oracles.items()):
        clipped = as_float64(scores) if name in OF_LOGS else scores.astype(np.float64)
        expected = oracle(labels, clipped, weights)
        assert abs(report.value[0, 0, k] - expected) <= limit * max(1, abs(expected)), name


@given(rows())
@settings(max_examples=50, deadline=None)
def test_binary_metrics_are_scikit_learns(data):
    labels, scores, weights = data
    expect_oracle(bakeoff.evaluate(labels, scores, list(BINARY), weights=weights), BINARY, labels, scores, weights)


@given(rows(), st.floats(-1e6, 1e6))
@settings(max_examples=40, deadline=None)
def test_regression_metrics_are_scikit_learns(data, offset):
    labels, scores, weights = data
    target, prediction = labels * 3 + offset, scores.astype(np.float64) + offset
    report = bakeoff.evaluate(target, prediction, list(REGRESSION), task="regression", weights=weights)
    expect_oracle(report, REGRESSION, target, prediction, weights, 1e-9)


@given(rows(), st.floats(0.01, 1e4))
@settings(max_examples=40, deadline=None)
def test_deviances_are_scikit_learns(data, scale):
    labels, scores, weights = data
    target, prediction = (labels * 3 + 0.2) * scale, (scores.astype(np.float64) + 0.1) * scale
    report = bakeoff.evaluate(target, prediction, list(POSITIVE), task="regression", weights=weights)
    expect_oracle(report, POSITIVE, target, prediction, weights, 1e-9)


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


def expect_law(report, oracles, labels, scores, weights, law):
    """Each replicate is the oracle under the sample weights times the draws."""
    whole = len(labels) if weights is None else weights.sum()
    for b, drawn in enumerate(law):
        both = drawn.astype(float) if weights is None else drawn * weights
        for k, (name, oracle) in enumerate(oracles.items()):
            clipped = as_float64(scores) if name in OF_LOGS else scores.astype(np.float64)
            expected = oracle(labels, clipped, both) * (whole / both.sum() if name in COUNTS else 1)
            np.testing.assert_allclose(report.replicates[b, 0, 0, k], expected, rtol=1e-8, atol=1e-9, err_msg=name)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("units", [None, "ids"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_replicates_follow_the_weight_law(units, dtype, weighted):
    rng = np.random.default_rng(5)
    n, resamples, seed = 5003, 10, 0x123456789ABCDEF
    labels = (rng.random(n) < 0.3).astype(float)
    scores = np.round(rng.random(n), 2).astype(dtype)
    weights = np.where(rng.random(n) < 0.1, 0, rng.exponential(size=n)) if weighted else None
    ids = None if units is None else rng.integers(-50, 50, n)
    law = weights_of(np.arange(n) if ids is None else ids, resamples, seed)
    options = dict(units=ids, weights=weights, resamples=resamples, seed=seed, keep_replicates=True)
    expect_law(bakeoff.evaluate(labels, scores, list(BINARY), **options), BINARY, labels, scores, weights, law)
    for oracles, shift in ((REGRESSION, -0.4), (POSITIVE, 0.1)):
        y, s = labels * 3 + shift + 0.15, (scores + shift).astype(dtype)
        report = bakeoff.evaluate(y, s, list(oracles), task="regression", **options)
        expect_law(report, oracles, y, s, weights, law)


def test_replicates_are_the_same_for_any_threads_and_order():
    rng = np.random.default_rng(6)
    n = 20_011
    labels, scores = (rng.random(n) < 0.4).astype(float), rng.random((3, n)).astype(np.float32)
    ids = rng.integers(0, 300, n)
    metrics = ["roc_auc", "log_loss", "accuracy", "average_precision", "ks_statistic", "ece", "true_positives"]
    options = dict(metrics=metrics, resamples=64, seed=9, keep_replicates=True)
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
    assert report.rows_dropped == 1 and repr(report).endswith("1 rows that are not finite were dropped")
    assert bakeoff.evaluate([0, 1], [0.1, 0.9], ["accuracy"], nan="drop").rows_dropped == 0


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
