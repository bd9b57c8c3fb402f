"""bakeoff.evaluate of many classes and many labels against scikit-learn, and its replicates against the weight law."""

import numpy as np
import pytest
import scipy.stats
import sklearn.metrics as sk
from hypothesis import given, settings
from hypothesis import strategies as st

import bakeoff
from bakeoff import _core

CLASSES = 4


def draw(rows, seed, dtype, classes=CLASSES):
    """Labels with all classes, scores in steps so that they tie."""
    rng = np.random.default_rng(seed)
    labels = rng.permutation(np.r_[np.arange(classes), rng.integers(0, classes, rows - classes)])
    raw = rng.integers(1, 6, (rows, classes)) + 2.0 * (labels[:, None] == np.arange(classes))
    return labels, (raw / raw.sum(1, keepdims=True)).astype(dtype), rng.integers(1, 9, rows) / 4.0


def top_k(labels, scores, k, weights):
    order = np.argsort(scores, axis=1, kind="mergesort")[:, ::-1][:, :k]
    return np.average((order == labels[:, None]).any(1), weights=weights)


ORACLE = {  # labels, float64 scores, their argmax, weights
    "accuracy": lambda y, s, p, w: sk.accuracy_score(y, p, sample_weight=w),
    "balanced_accuracy": lambda y, s, p, w: sk.balanced_accuracy_score(y, p, sample_weight=w),
    "top_k_accuracy": lambda y, s, p, w: top_k(y, s, 2, w),
    "top_k_accuracy@3": lambda y, s, p, w: top_k(y, s, 3, w),
    "log_loss": lambda y, s, p, w: np.average(-np.log(s[np.arange(len(y)), y]), weights=w),
    "brier": lambda y, s, p, w: np.average(((s - np.eye(CLASSES)[y]) ** 2).sum(1), weights=w),
    "mcc": lambda y, s, p, w: sk.matthews_corrcoef(y, p, sample_weight=w),
    "kappa": lambda y, s, p, w: sk.cohen_kappa_score(y, p, sample_weight=w),
    "hamming_loss": lambda y, s, p, w: sk.hamming_loss(y, p, sample_weight=w),
    **{f"{name}_{average}": lambda y, s, p, w, f=f, a=average: f(y, p, average=a, sample_weight=w, zero_division=0)
       for name, f in (("precision", sk.precision_score), ("recall", sk.recall_score), ("f1", sk.f1_score))
       for average in ("macro", "micro", "weighted")},
    "roc_auc_ovr": lambda y, s, p, w: sk.roc_auc_score(y, s, multi_class="ovr", sample_weight=w),
    "roc_auc_ovr_weighted": lambda y, s, p, w: sk.roc_auc_score(y, s, multi_class="ovr",
                                                                average="weighted", sample_weight=w),
}
OVO = {f"roc_auc_ovo{'_weighted' * (average == 'weighted')}":
       lambda y, s, p, w, a=average: sk.roc_auc_score(y, s, multi_class="ovo", average=a)
       for average in ("macro", "weighted")}


def test_every_metric_has_an_oracle():
    assert set(ORACLE) | set(OVO) == set(_core.known_class_metrics(multilabel=False)) | {"top_k_accuracy@3"}
    assert set(LABEL_ORACLE) == set(_core.known_class_metrics(multilabel=True))


@settings(max_examples=30, deadline=None)
@given(st.integers(CLASSES, 300), st.integers(0, 10**6), st.sampled_from([np.float32, np.float64]), st.booleans())
def test_multiclass_equals_scikit_learn(rows, seed, dtype, weighted):
    labels, scores, weights = draw(rows, seed, dtype)
    w = weights if weighted else None
    oracle = ORACLE if weighted else {**ORACLE, **OVO}
    report = bakeoff.evaluate(labels, scores, list(oracle), task="multiclass", weights=w, threads=2)
    wide = scores.astype(np.float64)
    for k, (name, f) in enumerate(oracle.items()):
        want = f(labels, wide, wide.argmax(1), w)
        assert report.value[0, 0, k] == pytest.approx(want, rel=1e-12 if name != "log_loss" else 1e-9, abs=1e-12), name


LABEL_ORACLE = {
    "accuracy": lambda y, s, p, w: sk.accuracy_score(y, p, sample_weight=w),
    "hamming_loss": lambda y, s, p, w: sk.hamming_loss(y, p, sample_weight=w),
    **{f"{name}_{average}": lambda y, s, p, w, f=f, a=average: f(y, p, average=a, sample_weight=w, zero_division=0)
       for name, f in (("precision", sk.precision_score), ("recall", sk.recall_score), ("f1", sk.f1_score))
       for average in ("macro", "micro", "weighted")},
    "roc_auc_macro": lambda y, s, p, w: sk.roc_auc_score(y, s, average="macro", sample_weight=w),
    "roc_auc_weighted": lambda y, s, p, w: sk.roc_auc_score(y, s, average="weighted", sample_weight=w),
}


@settings(max_examples=20, deadline=None)
@given(st.integers(2, 200), st.integers(0, 10**6), st.sampled_from([np.float32, np.float64]), st.booleans())
def test_multilabel_equals_scikit_learn(rows, seed, dtype, weighted):
    rng = np.random.default_rng(seed)
    labels = rng.random((rows, 3)) < 0.4
    labels[0], labels[1] = True, False  # both classes of each label
    scores = (rng.integers(0, 9, (rows, 3)) / 8).astype(dtype)
    w = rng.integers(1, 9, rows) / 4.0 if weighted else None
    report = bakeoff.evaluate(labels, scores, list(LABEL_ORACLE), task="multilabel", weights=w, threads=2)
    for k, (name, f) in enumerate(LABEL_ORACLE.items()):
        want = f(labels.astype(int), scores.astype(np.float64), (scores >= 0.5).astype(int), w)
        assert report.value[0, 0, k] == pytest.approx(want, rel=1e-12, abs=1e-12), name


def law(units, resamples, seed):
    """Weights (B, N): METRICS.md's law, from NumPy's own Philox."""
    firsts = np.array([24109, 48219, 60273, 64292, 65296, 65497, 65531, 65535])
    out = np.empty((resamples, len(units)), dtype=np.int64)
    for i, unit in enumerate(np.asarray(units, dtype=np.int64)):
        for group in range((resamples + 7) // 8):
            words = philox(int(unit), group, seed)
            draws = [w >> shift & 0xFFFF for w in words for shift in (0, 16)]
            for field in range(min(8, resamples - 8 * group)):
                out[8 * group + field, i] = (firsts <= draws[field]).sum()
    return out


def philox(unit, group, seed):
    counter = [unit & 0xFFFFFFFF, unit >> 32 & 0xFFFFFFFF, group, 1]
    key = [seed & 0xFFFFFFFF, seed >> 32]
    for _ in range(10):
        a, b = 0xD2511F53 * counter[0], 0xCD9E8D57 * counter[2]
        counter = [b >> 32 ^ counter[1] ^ key[0], b & 0xFFFFFFFF, a >> 32 ^ counter[3] ^ key[1], a & 0xFFFFFFFF]
        key = [key[0] + 0x9E3779B9 & 0xFFFFFFFF, key[1] + 0xBB67AE85 & 0xFFFFFFFF]
    return counter


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("by_unit", [False, True])
def test_replicates_follow_the_weight_law(weighted, by_unit):
    labels, scores, weights = draw(150, 5, np.float64)
    units = np.random.default_rng(1).integers(-3, 40, len(labels)) if by_unit else None
    rows = np.arange(150) % 3 != 0
    metrics = ["accuracy", "f1_macro", "log_loss", "brier", "top_k_accuracy@3", "kappa", "roc_auc_ovr_weighted"]
    report = bakeoff.evaluate(labels, scores, metrics, task="multiclass", weights=weights if weighted else None,
                              units=units, slices={"some": rows}, resamples=13, seed=7, keep_replicates=True)
    drawn = law(np.arange(150) if units is None else units, 13, 7)
    for s, keep in ((0, np.ones(150, bool)), (1, rows)):
        for b in range(13):
            w = (drawn[b] * (weights if weighted else 1.0))[keep]
            present = w > 0  # what was not drawn does not occur
            y, p = labels[keep][present], scores[keep][present]
            for k, name in enumerate(metrics):
                want = ORACLE[name](y, p, p.argmax(1), w[present])
                assert report.replicates[b, 0, s, k] == pytest.approx(want, abs=2e-9), (name, b, s)


def test_answers_do_not_depend_on_threads_or_on_the_order_of_rows():
    labels, scores, _ = draw(9000, 3, np.float32)
    units = np.arange(9000) // 7
    metrics = list(ORACLE | OVO)

    def call(rows, threads):
        return bakeoff.evaluate(labels[rows], scores[rows], metrics, task="multiclass", units=units[rows],
                                resamples=20, threads=threads, keep_replicates=True)

    base = call(slice(None), 1)
    for threads in (2, 3, 8):
        again = call(slice(None), threads)
        assert again.value.tobytes() == base.value.tobytes()
        assert again.replicates.tobytes() == base.replicates.tobytes()
    shuffled = call(np.random.default_rng(0).permutation(9000), 2)
    for k, name in enumerate(metrics):
        if name not in ("log_loss", "brier"):  # their terms are rounded by the largest; equal here, too
            assert shuffled.replicates[..., k].tobytes() == base.replicates[..., k].tobytes(), name


def test_candidates_layouts_and_labels_of_any_kind():
    labels, scores, _ = draw(60, 2, np.float32)
    names = np.array(["ant", "bee", "cat", "dog"])
    both = np.stack([scores, scores[:, ::-1]])
    report = bakeoff.evaluate(names[labels], {"a": both[0], "b": both[1]}, ["accuracy"], task="multiclass",
                              resamples=50)
    assert report.names == ["a", "b"]
    assert report.value[1, 0, 0] == np.mean(scores[:, ::-1].argmax(1) == labels)
    assert report.compare("a")["p_adjusted"].shape == (2, 1, 1)
    fortran = bakeoff.evaluate(labels, np.asfortranarray(scores), ["accuracy"], task="multiclass")
    assert fortran.value[0, 0, 0] == report.value[0, 0, 0]
    swapped = bakeoff.evaluate(names[labels], scores[:, [3, 1, 2, 0]], ["f1_macro"], task="multiclass",
                               classes=names[[3, 1, 2, 0]])
    assert swapped.value[0, 0, 0] == pytest.approx(sk.f1_score(labels, scores.argmax(1), average="macro"), abs=0.2)


def test_what_is_undefined_says_why():
    labels, scores, _ = draw(40, 1, np.float64)
    report = bakeoff.evaluate(labels, scores, ["accuracy", "roc_auc_ovr", "mcc"], task="multiclass",
                              slices={"none": np.zeros(40, bool), "one": labels == 2}, resamples=10)
    assert np.isnan(report.value[0, 1]).all() and report.reason[0][1] == ["empty"] * 3
    assert report.reason[0][2] == ["ok", "one_class", "zero_division"]
    assert np.isnan(report.value[0, 2, 1]) and report.value[0, 2, 2] == 0
    none = bakeoff.evaluate(labels[:0], scores[:0], ["accuracy"], task="multiclass")
    assert none.reason[0][0] == ["empty"]
    zero = bakeoff.evaluate(labels, scores, ["accuracy", "log_loss"], task="multiclass", weights=np.zeros(40))
    assert zero.reason[0][0] == ["no_weight"] * 2


@pytest.mark.parametrize("change, what", [
    (lambda a: a["scores"].__setitem__((3, 1), np.nan), "row 3"),
    (lambda a: a["labels"].__setitem__(5, 9), "classes"),
    (lambda a: a.update(scores=a["scores"][:, 0]), r"\(N, C\)"),
    (lambda a: a.update(labels=a["labels"][:-1]), "40"),
    (lambda a: a.update(metrics=["roc_auc"]), "roc_auc_ovr"),
    (lambda a: a.update(metrics=["top_k_accuracy@0"]), "at least 1"),
    (lambda a: a.update(metrics=["accuracy@3"]), "accuracy@3"),
    (lambda a: a.update(weights=np.full(40, -1.0)), "weight"),
])
def test_errors_name_what_is_wrong(change, what):
    labels, scores, _ = draw(40, 1, np.float64)
    arguments = {"labels": labels, "scores": scores, "metrics": ["accuracy"], "task": "multiclass"}
    change(arguments)
    with pytest.raises(bakeoff.Error, match=what):
        bakeoff.evaluate(**arguments)


def test_rows_that_are_not_finite_can_be_dropped():
    labels, scores, _ = draw(50, 4, np.float64)
    damaged = scores.copy()
    damaged[[3, 17]] = np.nan
    keep = np.isfinite(damaged).all(1)
    report = bakeoff.evaluate(labels, damaged, ["accuracy"], task="multiclass", nan="drop",
                              slices={"even": np.arange(50) % 2 == 0})
    assert report.count.__class__ is list and report.count == [48, 25] and report.rows_dropped == 2
    assert report.value[0, 0, 0] == np.mean(scores[keep].argmax(1) == labels[keep])


@pytest.mark.parametrize("task", ["multiclass", "multilabel"])
def test_jackknife_is_the_t_interval_of_the_values_without_each_unit(task):
    labels, scores, weights = draw(60, 3, np.float64)
    metrics = ["accuracy", "f1_macro", "hamming_loss", "roc_auc_ovr" if task == "multiclass" else "roc_auc_macro"]
    if task == "multilabel":
        labels = (scores > np.median(scores)) ^ (np.arange(60)[:, None] % 7 == 0)
    units, odd = np.arange(60) % 11, np.arange(60) % 2 == 1
    common = dict(task=task, metrics=metrics)
    report = bakeoff.evaluate(labels, scores, weights=weights, units=units, slices={"odd": odd}, interval="jackknife",
                              **common)
    for s, rows in enumerate([np.ones(60, bool), odd]):
        left = np.array([bakeoff.evaluate(labels[keep], scores[keep], weights=weights[keep], **common).value[0, 0]
                         for keep in (rows & (units != unit) for unit in range(11))])
        error = np.sqrt((10 / 11) * ((left - left.mean(0)) ** 2).sum(0))
        half = scipy.stats.t.ppf(.975, 10) * error
        np.testing.assert_allclose(report.low[0, s], report.value[0, s] - half, rtol=1e-12)
        np.testing.assert_allclose(report.high[0, s], report.value[0, s] + half, rtol=1e-12)
    assert report.method[0][1] == ["jackknife"] * 4


def test_bca_takes_its_acceleration_from_the_values_without_each_row():
    labels, scores, _ = draw(40, 8, np.float64)
    report = bakeoff.evaluate(labels, scores, ["accuracy", "log_loss"], task="multiclass", resamples=400,
                              interval="bca", keep_replicates=True)
    for k, terms in enumerate([scores.argmax(1) == labels, -np.log(scores[np.arange(40), labels])]):
        value, replicates = report.value[0, 0, k], report.replicates[:, 0, 0, k]
        d = terms.astype(float) - value  # the mean of the values without a row less the value without it, times 39
        a = (d ** 3).sum() / (6 * (d ** 2).sum() ** 1.5)
        z0 = scipy.stats.norm.ppf((replicates < value).mean() + (replicates == value).mean() / 2)
        z = z0 + scipy.stats.norm.ppf([.025, .975])
        ends = np.quantile(replicates, scipy.stats.norm.cdf(z0 + z / (1 - a * z)))
        np.testing.assert_allclose([report.low[0, 0, k], report.high[0, 0, k]], ends, rtol=1e-9)
    assert report.method[0][0] == ["bca", "bca"]


def test_wilson_is_for_accuracy_alone():
    labels, scores, _ = draw(50, 9, np.float64)
    report = bakeoff.evaluate(labels, scores, ["accuracy", "top_k_accuracy@3", "mcc"], task="multiclass",
                              interval="wilson", slices={"half": np.arange(50) < 25})
    for k, hits in enumerate([scores.argmax(1) == labels, None]):
        hits = int(round(report.value[0, 1, k] * 25)) if hits is None else int(hits[:25].sum())
        ends = scipy.stats.binomtest(hits, 25).proportion_ci(method="wilson")
        np.testing.assert_allclose([report.low[0, 1, k], report.high[0, 1, k]], ends, rtol=1e-9)
    assert report.method[0][0] == ["wilson", "wilson", "none"]


@pytest.mark.parametrize("options, what", [
    ({"interval": "wilson", "metrics": ["mcc"]}, "proportions"),
    ({"interval": "wilson", "units": np.arange(40)}, "independent"),
    ({"interval": "delong"}, "roc_auc"),
    ({"interval": "precentile"}, "did you mean 'percentile'"),
    ({"resampling": "multinomial", "resamples": 5}, "poisson"),
    ({"threshold": float("nan")}, "threshold"),
    ({"min_slice_rows": -1}, "min_slice_rows"),
])
def test_options_are_checked_as_those_of_other_tasks(options, what):
    labels, scores, _ = draw(40, 1, np.float64)
    with pytest.raises(bakeoff.SpecError, match=what):
        bakeoff.evaluate(labels, scores, **{"metrics": ["accuracy"], "task": "multiclass", **options})


def test_a_small_slice_is_reported_with_its_reason():
    labels, scores, _ = draw(40, 1, np.float64)
    report = bakeoff.evaluate(labels, scores, ["accuracy"], task="multiclass", min_slice_rows=20, resamples=5,
                              slices={"few": np.arange(40) < 19, "many": np.arange(40) < 20})
    assert report.reason[0] == [["ok"], ["too_few_rows"], ["ok"]] and report.count == [40, 19, 20]
    assert np.isnan(report.value[0, 1, 0]) and np.isfinite(report.low[0, 2, 0])
