"""Slices, intervals and paired tests of bakeoff.evaluate against NumPy and scipy."""

import bakeoff
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from sklearn.metrics import accuracy_score, roc_auc_score


def data(rows=3000, seed=1, candidates=2):
    rng = np.random.default_rng(seed)
    labels = (rng.random(rows) < 0.4).astype(float)
    noise = rng.normal(size=rows)
    scores = {f"m{m}": 1 / (1 + np.exp(-(0.6 + 0.2 * m) * (2 * labels - 1) - noise - 0.3 * rng.normal(size=rows)))
              for m in range(candidates)}
    return labels, scores, rng


CODES = st.sampled_from(["ints", "far", "strings", "objects", "category", "bool"])


@given(st.integers(1, 400), CODES, st.integers(0, 99))
@settings(max_examples=40, deadline=None)
def test_every_kind_of_codes_gives_the_groups_of_pandas(rows, kind, seed):
    labels, scores, rng = data(rows, seed, 1)
    raw = rng.integers(0, 5, rows)
    column = {"ints": raw - 2, "far": raw.astype(np.int64) * 10**12, "strings": raw.astype("U3"),
              "objects": np.where(raw == 0, None, raw.astype("U3").astype(object)),
              "category": pd.Series(raw.astype(str), dtype="category"), "bool": raw == 1}[kind]
    report = bakeoff.evaluate(labels, scores, ["accuracy"], slices={"c": column})
    frame = pd.DataFrame({"y": labels, "s": scores["m0"] >= 0.5, "c": np.asarray(column, dtype=object)}).dropna()
    if kind == "bool":
        frame = frame[frame.c.astype(bool)].assign(c="c")
        expected = {"c": frame}
    else:
        expected = {f"c={value}": rows for value, rows in frame.groupby("c")}
    names = [name for name, count in zip(report.slice_names[1:], report.count[1:]) if count]
    assert names == [name for name in expected if len(expected[name])]
    for name in names:
        s = report.slice_names.index(name)
        assert report.count[s] == len(expected[name])
        assert report.value[0, s, 0] == pytest.approx(accuracy_score(expected[name].y, expected[name].s), abs=1e-12)


def test_crosses_have_a_slice_for_each_pair_that_occurs():
    labels, scores, _ = data(6)
    origin, carrier = np.array(["E", "J", "E", "J", "E", "E"]), np.array([1, 1, 2, 1, 1, 2])
    names = ["origin=E & carrier=1", "origin=E & carrier=2", "origin=J & carrier=1"]
    alone = bakeoff.evaluate(labels, scores, ["accuracy"], slices={("origin", "carrier"): (origin, carrier)})
    assert alone.slice_names == ["all", *names] and alone.count == [6, 2, 2, 2]
    both = bakeoff.evaluate(labels, scores, ["accuracy"],
                            slices={"origin": origin, "carrier": carrier, ("origin", "carrier"): None})
    assert both.slice_names == ["all", "origin=E", "origin=J", "carrier=1", "carrier=2", *names]
    with pytest.raises(bakeoff.SpecError, match="carrier"):
        bakeoff.evaluate(labels, scores, ["accuracy"], slices={"origin": origin, ("origin", "carrier"): None})


def test_ranges_are_those_of_pandas_cut():
    labels, scores, rng = data()
    age = rng.normal(40, 15, len(labels))
    age[:10] = np.nan
    cut = pd.cut(age, [-np.inf, 18, 30, np.inf], right=False)
    report = bakeoff.evaluate(labels, scores, ["accuracy"], slices={"age": bakeoff.ranges(age, edges=[18, 30])})
    assert report.slice_names[1:] == ["age=(-inf, 18)", "age=[18, 30)", "age=[30, inf)"]
    assert report.count[1:] == [int((cut.codes == c).sum()) for c in range(3)]
    quarters = bakeoff.evaluate(labels, scores, ["accuracy"], slices={"age": bakeoff.ranges(age, quantiles=4)})
    assert max(quarters.count[1:]) - min(quarters.count[1:]) <= 1
    with pytest.raises(bakeoff.SpecError, match="edges"):
        bakeoff.ranges(age)
    with pytest.raises(bakeoff.SpecError, match="ascending"):
        bakeoff.ranges(age, edges=[3, 2])
    with pytest.raises(bakeoff.DataError, match="ranges"):
        bakeoff.evaluate(labels, scores, ["accuracy"], slices={"age": age})


def test_gaps_are_those_of_the_replicates():
    labels, scores, rng = data()
    sex = rng.integers(0, 3, len(labels))
    report = bakeoff.evaluate(labels, scores, ["accuracy", "roc_auc"], slices={"sex": sex, "old": sex == 1},
                              resamples=200, keep_replicates=True)
    found = report.gaps()
    assert list(found) == ["sex"]  # one mask alone has no gap
    value, replicates = report.value[:, 1:4], report.replicates[:, :, 1:4]
    np.testing.assert_allclose(found["sex"]["difference"], value.max(1) - value.min(1))
    np.testing.assert_allclose(found["sex"]["ratio"], value.min(1) / value.max(1))
    np.testing.assert_allclose(found["sex"]["high"], np.quantile(replicates.max(2) - replicates.min(2), 0.975, axis=0))
    np.testing.assert_array_equal(found["sex"]["lowest"], value.argmin(1) + 1)
    two = report.gaps(["all", "sex=2"])["slices"]
    np.testing.assert_allclose(two["difference"], abs(report.value[:, 0] - report.value[:, 3]))
    with pytest.raises(bakeoff.SpecError, match="sex=9"):
        report.gaps(["sex=9"])


@pytest.mark.parametrize("method", ["percentile", "basic", "bca"])
def test_intervals_are_scipys_on_the_same_replicates(method):
    labels, scores, _ = data(300)
    report = bakeoff.evaluate(labels, scores, ["brier"], resamples=499, interval=method, keep_replicates=True)
    assert report.method[0][0] == [method]
    replicates = report.replicates[:, 0, 0, 0]
    low, high = np.quantile(replicates, [0.025, 0.975])
    if method == "basic":
        low, high = 2 * report.value[0, 0, 0] - high, 2 * report.value[0, 0, 0] - low
    if method == "bca":
        # scipy.stats.bootstrap's formula; left out are 200 groups of row numbers alike modulo 200
        loss, theta = (labels - scores["m0"]) ** 2, report.value[0, 0, 0]
        left = np.array([loss[np.arange(300) % 200 != g].mean() for g in range(200)])
        d = left.mean() - left
        a = (d**3).sum() / (6 * (d**2).sum() ** 1.5)
        z0 = stats.norm.ppf(stats.percentileofscore(replicates, theta, "mean") / 100)
        z = z0 + stats.norm.ppf([0.025, 0.975])
        low, high = np.quantile(replicates, stats.norm.cdf(z0 + z / (1 - a * z)))
    np.testing.assert_allclose([report.low[0, 0, 0], report.high[0, 0, 0]], [low, high], rtol=1e-9)


def test_wilson_is_scipys():
    labels, scores, _ = data(120)
    report = bakeoff.evaluate(labels, scores, ["accuracy", "precision", "recall"], interval="wilson")
    predicted = scores["m0"] >= 0.5
    for k, (successes, trials) in enumerate([((predicted == labels).sum(), 120),
                                             ((predicted & (labels == 1)).sum(), predicted.sum()),
                                             ((predicted & (labels == 1)).sum(), int(labels.sum()))]):
        expected = stats.binomtest(int(successes), int(trials)).proportion_ci(method="wilson")
        np.testing.assert_allclose([report.low[0, 0, k], report.high[0, 0, k]], expected, rtol=1e-9)


def delong(labels, scores):
    """AUC, covariance and Satterthwaite's degrees of freedom, by all pairs."""
    positive, negative = scores[:, labels == 1], scores[:, labels == 0]
    kernel = (positive[:, :, None] > negative[:, None]) + 0.5 * (positive[:, :, None] == negative[:, None])
    v10, v01 = kernel.mean(2), kernel.mean(1)
    parts = [np.cov(v) / v.shape[1] for v in (v10, v01)]
    spread = sum(np.diag(part) ** 2 / (v.shape[1] - 1) for part, v in zip(parts, (v10, v01)))
    covariance = parts[0] + parts[1]
    with np.errstate(invalid="ignore"):
        return v10.mean(1), covariance, np.diag(covariance) ** 2 / spread


@given(st.integers(20, 300), st.integers(0, 1000), st.sampled_from([3, 20, 10**6]))
@settings(max_examples=25, deadline=None)
def test_delong_is_the_paper_s(rows, seed, levels):
    rng = np.random.default_rng(seed)
    labels = np.r_[0.0, 0, 1, 1, rng.integers(0, 2, rows - 4)]
    scores = np.round(rng.random((3, rows)) * levels) / levels
    auc, covariance, freedom = delong(labels, scores)
    report = bakeoff.evaluate(labels, scores, ["roc_auc"], interval="delong")
    error = np.sqrt(np.diag(covariance))
    half = stats.norm.ppf(0.975) * error
    np.testing.assert_allclose(report.low[:, 0, 0], np.maximum(auc - half, 0), atol=1e-12)
    np.testing.assert_allclose(report.high[:, 0, 0], np.minimum(auc + half, 1), atol=1e-12)
    logit = bakeoff.evaluate(labels, scores, ["roc_auc"], interval="delong_logit")
    inside = (auc > 0) & (auc < 1)
    few, many = sorted([int(labels.sum()), int(rows - labels.sum())])
    n = (few + many) / 2 - 1
    model = auc * (1 - auc) * (1 + n * (1 - auc) / (2 - auc) + n * auc / (1 + auc)) / (few * many)  # Newcombe's
    error = np.where(error > 0, np.sqrt((few * error**2 + 5 * model) / (few + 5)), 0)
    with np.errstate(invalid="ignore"):
        half = np.where(error > 0, stats.t.ppf(0.975, freedom) * error, 0) / (auc * (1 - auc))
    a, h = auc[inside], half[inside]
    np.testing.assert_allclose(logit.high[inside, 0, 0], 1 / (1 + np.exp(-np.log(a / (1 - a)) - h)), atol=1e-9)
    np.testing.assert_allclose(logit.low[inside, 0, 0], 1 / (1 + np.exp(-np.log(a / (1 - a)) + h)), atol=1e-9)
    test = report.compare("0", method="delong")
    for m in (1, 2):
        variance = covariance[0, 0] + covariance[m, m] - 2 * covariance[0, m]
        if variance > 1e-12:
            expected = 2 * stats.norm.sf(abs(auc[m] - auc[0]) / np.sqrt(variance))
            assert test["p"][m, 0, 0] == pytest.approx(expected, abs=1e-9)


def test_auto_takes_delongs_interval_where_percentiles_are_not_to_be_trusted():
    rng = np.random.default_rng(5)
    labels = (np.arange(3000) < 450).astype(float)
    scores = labels + rng.normal(size=3000)
    few = rng.permutation(3000) < 300  # some 45 positives
    slices = {"few": few, "one class": np.arange(3000) >= 2000, "one positive": np.arange(3000) >= 449}
    def found(**options):
        return bakeoff.evaluate(labels, scores, ["roc_auc", "accuracy"], slices=slices, resamples=100, **options)
    auto, percentile, logit = found(), found(interval="percentile"), found(interval="delong_logit")
    assert auto.method[0] == [["percentile"] * 2, ["delong_logit", "percentile"], ["none", "percentile"],
                              ["percentile"] * 2]
    for report, cells in ((percentile, [(0, 0), (0, 1), (1, 1), (3, 0), (3, 1)]), (logit, [(1, 0)])):
        for s, k in cells:
            assert auto.low[0, s, k] == report.low[0, s, k] and auto.high[0, s, k] == report.high[0, s, k]
    assert found(units=np.arange(3000) % 99).method[0][0][0] == "delong_logit"
    assert found(units=np.arange(3000) % 100).method[0][0][0] == "percentile"
    assert found(weights=np.ones(3000)).method[0][1][0] == "percentile"


def test_mcnemar_is_scipys_binomial_test():
    labels, scores, _ = data(500)
    report = bakeoff.evaluate(labels, scores, ["accuracy"])
    right = {name: (s >= 0.5) == labels for name, s in scores.items()}
    b, c = int((right["m1"] & ~right["m0"]).sum()), int((right["m0"] & ~right["m1"]).sum())
    exact = stats.binomtest(b, b + c).pvalue
    assert report.compare("m0", "mcnemar")["p"][1, 0, 0] == pytest.approx(exact, rel=1e-9)
    mid = exact - stats.binom.pmf(min(b, c), b + c, 0.5)
    assert report.compare("m0", "mcnemar_mid_p")["p"][1, 0, 0] == pytest.approx(mid, rel=1e-9)
    chi2 = stats.chi2.sf((abs(b - c) - 1) ** 2 / (b + c), 1)
    assert report.compare("m0", "mcnemar_chi2")["p"][1, 0, 0] == pytest.approx(chi2, rel=1e-9)


def test_permutation_exchanges_whole_units():
    labels, scores, rng = data(400)
    units = rng.integers(0, 12, 400)  # 2^12 exchanges: the exact p can be counted
    report = bakeoff.evaluate(labels, scores, ["accuracy", "roc_auc"], units=units)
    found = report.compare("m0", "permutation", permutations=4000)
    ranks = np.stack([stats.rankdata(s) for s in scores.values()])
    thresholded = np.stack([s >= 0.5 for s in scores.values()])
    exact = []
    for values, metric in ((thresholded, accuracy_score), (ranks, roc_auc_score)):
        differences = []
        for number in range(0, 4096, 7):
            swap = (number >> units) & 1 == 1
            a, b = np.where(swap, values[1], values[0]), np.where(swap, values[0], values[1])
            differences.append(metric(labels, b) - metric(labels, a))
        exact.append(np.mean(np.abs(differences) >= abs(differences[0]) - 1e-12))
    np.testing.assert_allclose(found["p"][1, 0], exact, atol=0.05)


def test_adjusted_p_are_those_of_the_definitions():
    labels, scores, rng = data(800, 3, 5)
    report = bakeoff.evaluate(labels, scores, ["roc_auc"], slices={"c": rng.integers(0, 3, 800)})
    p = report.compare("m0", "delong", adjust="bh")
    raw = p["p"][1:].ravel()
    np.testing.assert_allclose(p["p_adjusted"][1:].ravel(), stats.false_discovery_control(raw))
    holm = report.compare("m0", "delong")["p_adjusted"][1:].ravel()
    order = np.argsort(raw)
    expected = np.minimum(np.maximum.accumulate(raw[order] * np.arange(len(raw), 0, -1)), 1)
    np.testing.assert_allclose(holm[order], expected)
    assert report.compare("m0", "delong")["adjust"] == "holm"


def test_strata_need_the_multinomial_law():
    labels, scores, _ = data(200)
    options = dict(metrics=["accuracy"], resamples=50, strata=np.where(labels == 1, "late", "on time"))
    with pytest.raises(bakeoff.SpecError, match="multinomial"):
        bakeoff.evaluate(labels, scores, **options)
    report = bakeoff.evaluate(labels, scores, resampling="multinomial", **options)
    assert report.resampling[0] == [["stratified"]]


def test_small_slices_say_so():
    labels, scores, _ = data(500)
    report = bakeoff.evaluate(labels, scores, ["roc_auc"], slices={"c": np.arange(500) // 480}, min_slice_rows=30,
                              resamples=20)
    assert report.reason[0][2] == ["too_few_rows"] and report.count == [500, 480, 20]
    assert np.isnan(report.compare("m0")["difference"][1, 2, 0])
    assert report.table().num_rows == 2 * 3


def test_each_cell_says_by_what_law_it_was_resampled():
    labels, scores, _ = data(400)
    labels[20:] = 0
    labels[:20] = 1
    report = bakeoff.evaluate(labels, scores, ["roc_auc", "gini", "log_loss", "average_precision", "ece"],
                              resamples=20)
    assert report.resampling[0][0] == ["stratified", "stratified", "stratified", "poisson", "poisson"]
    assert [row["resampling"] for row in report.table().to_pylist()[:5]] == report.resampling[0][0]
    assert "(stratified)" in repr(report).splitlines()[0] and "(" not in repr(report).splitlines()[3]
    auc, gini = (report.low[0, 0, k] for k in (0, 1))
    assert gini == pytest.approx(2 * auc - 1, abs=1e-12)  # the same resamples


@pytest.mark.parametrize("interval", ["delong", "delong_logit", "auto"])
def test_delong_says_nothing_of_a_class_with_one_row_or_unit(interval):
    rng = np.random.default_rng(6)
    labels, scores = (np.arange(50) == 7).astype(float), rng.random((2, 50))
    options = dict(interval=interval, resamples=100 if interval == "auto" else 0)
    one_row = bakeoff.evaluate(labels, scores, ["roc_auc", "gini"], **options)
    one_class = bakeoff.evaluate(np.ones(50), scores, ["roc_auc", "gini"], **options)
    labels = (np.arange(50) % 10 == 0).astype(float)
    one_unit = bakeoff.evaluate(labels, scores, ["roc_auc"], units=np.arange(50) % 10, **options)
    assert np.isnan(one_class.low).all() and np.isnan(one_class.high).all()
    for report in (one_row, one_unit):
        if interval == "auto":  # the percentiles stay
            assert (report.low < report.high).all() and np.unique(report.method) == ["percentile"]
        else:
            assert np.isnan(report.low).all() and np.unique(report.method) == ["none"]


def test_a_perfect_auc_is_not_certain():
    labels = np.r_[np.zeros(20), np.ones(5)]
    report = bakeoff.evaluate(labels, np.stack([labels, 1 - labels]), ["roc_auc", "gini"], interval="delong_logit")
    z2 = stats.norm.ppf(0.975) ** 2
    assert report.value[:, 0, 0].tolist() == [1, 0]
    assert report.low[0, 0, 0] == pytest.approx(5 / (5 + z2)) and report.high[0, 0, 0] == 1
    assert report.high[1, 0, 0] == pytest.approx(z2 / (5 + z2)) and report.low[1, 0, 0] == 0
    assert report.low[0, 0, 1] == pytest.approx(2 * 5 / (5 + z2) - 1)


def test_many_candidates_have_the_delong_intervals_of_each_alone():
    rng = np.random.default_rng(7)
    labels, scores = rng.integers(0, 2, 200).astype(float), rng.random((19, 200))
    whole = bakeoff.evaluate(labels, scores, ["roc_auc"], interval="delong_logit", slices={"s": np.arange(200) % 2})
    for m in (0, 8, 18):
        alone = bakeoff.evaluate(labels, scores[m], ["roc_auc"], interval="delong_logit",
                                 slices={"s": np.arange(200) % 2})
        assert np.array_equal(whole.low[m], alone.low[0]) and np.array_equal(whole.high[m], alone.high[0])
