"""Names of metrics with parameters and columns, domains, business metrics, curves and reliability."""

import json
import os
import pathlib
import subprocess

import bakeoff
import numpy as np
import pytest
from sklearn import metrics as sk
from sklearn.calibration import calibration_curve

ROOT = pathlib.Path(__file__).resolve().parents[2]


def data(n=2000, seed=3, weighted=False):
    rng = np.random.default_rng(seed)
    labels = (rng.random(n) < 0.3).astype(float)
    scores = np.clip(np.round(0.3 * labels + 0.7 * rng.random(n), 2), 0, 1)
    return labels, scores, rng.exponential(size=n) if weighted else None


@pytest.mark.parametrize(("metric", "says"), [
    ("recall_at_precision@1.5", r"precision in \(0, 1\]"),
    ("recall_at_precision@", "behind the @, got ''"),
    ("recall_at_precision@0.9x", "behind the @"),
    ("recall_at_precison@0.9", "recall_at_precision"),
    ("accuracy@3", "takes no parameter"),
    ("ece@2.5", "whole number"),
    ("ece@nan", "whole number"),
    ("mean", "mean:COLUMN"),
    ("mean:cost", "revenue"),
    ("accuracy:revenue", "without a column"),
])
def test_wrong_names_say_what_is_right(metric, says):
    labels, scores, _ = data(50)
    with pytest.raises(bakeoff.SpecError, match=says):
        bakeoff.evaluate(labels, scores, [metric], values={"revenue": labels})


def test_a_metric_twice_is_an_error_whatever_its_spelling():
    labels, scores, _ = data(50)
    with pytest.raises(bakeoff.SpecError, match="twice, first as 'ece'"):
        bakeoff.evaluate(labels, scores, ["ece", "ece@15"])
    assert bakeoff.evaluate(labels, scores, ["ece", "ece@10"]).metric_names == ["ece", "ece@10"]


@pytest.mark.parametrize(("task", "metric", "labels", "scores", "says"), [
    ("binary", "log_loss", [0, 1], [0.5, 1.5], r"candidate 0 row 1: log_loss expects a probability in .*, got 1.5"),
    ("binary", "ece", [0, 1], [-0.5, 0.5], "row 0: ece"),
    ("regression", "poisson_deviance", [0, -1], [1, 1], "labels: row 1: poisson_deviance expects .* at least 0"),
    ("regression", "poisson_deviance", [0, 1], [1, 0], "candidate 0 row 1: poisson_deviance expects a number above 0"),
    ("regression", "gamma_deviance", [0, 1], [1, 1], "labels: row 0"),
    ("regression", "tweedie_deviance@2.5", [0, 1], [1, 1], "labels: row 0"),
    ("regression", "msle", [-1, 1], [1, 1], "labels: row 0: msle expects a number above -1"),
])
def test_values_that_a_metric_is_not_defined_for_are_named(task, metric, labels, scores, says):
    with pytest.raises(bakeoff.DataError, match=says):
        bakeoff.evaluate(np.array(labels, float), np.array(scores, float), [metric], task=task)


def test_scores_that_are_no_probabilities_can_be_ranked():
    labels, scores, _ = data()
    report = bakeoff.evaluate(labels, 100 * scores - 50, ["roc_auc", "average_precision", "accuracy"], threshold=0)
    assert report.value[0, 0, 1] == pytest.approx(sk.average_precision_score(labels, scores), abs=1e-12)


def test_compat_gives_scikit_learns_average_precision_without_a_positive():
    assert np.isnan(bakeoff.evaluate(np.zeros(5), np.linspace(0, 1, 5), ["average_precision"]).value[0, 0, 0])
    like = bakeoff.evaluate(np.zeros(5), np.linspace(0, 1, 5), ["average_precision"], compat="sklearn")
    assert like.value[0, 0, 0] == 0 and like.reason[0][0] == ["one_class"]
    with pytest.raises(bakeoff.SpecError, match="compat"):
        bakeoff.evaluate([0, 1], [0.1, 0.2], compat="scikit")


@pytest.mark.parametrize("weighted", [False, True])
def test_business_metrics_are_of_the_rows_whose_action_is_taken(weighted):
    labels, scores, weights = data(weighted=weighted)
    rng = np.random.default_rng(4)
    revenue, w = rng.normal(size=len(labels)), np.ones(len(labels)) if weights is None else weights
    half = np.arange(len(labels)) % 2 == 0
    metrics = ["mean:revenue", "total:revenue", "mean:cost", "roc_auc"]
    report = bakeoff.evaluate(labels, scores, metrics, weights=weights, threshold=0.6, slices={"half": half},
                              values={"revenue": revenue, "cost": np.abs(revenue)})
    for s, rows in enumerate([scores >= 0.6, (scores >= 0.6) & half]):
        expected = [np.average(revenue[rows], weights=w[rows]), (w * revenue)[rows].sum(),
                    np.average(np.abs(revenue[rows]), weights=w[rows])]
        np.testing.assert_allclose(report.value[0, s, :3], expected, rtol=1e-12, atol=1e-12)
    regression = bakeoff.evaluate(revenue, scores, ["total:revenue"], task="regression", threshold=0.6,
                                  values={"revenue": revenue})
    assert regression.value[0, 0, 0] == pytest.approx(revenue[scores >= 0.6].sum(), abs=1e-9)


def test_the_spread_of_a_total_is_that_of_its_sample():
    rng = np.random.default_rng(5)
    n = 4000
    revenue, scores = rng.normal(10, 1, n), np.ones(n)
    report = bakeoff.evaluate(np.zeros(n), scores, ["total:revenue"], values={"revenue": revenue}, resamples=400,
                              keep_replicates=True)
    assert report.replicates.std() == pytest.approx(revenue.std() * np.sqrt(n), rel=0.15)  # unscaled: ten times that


def test_ratios_come_from_paired_replicates():
    labels, scores, _ = data()
    revenue = 5 + np.random.default_rng(6).normal(size=len(labels))
    report = bakeoff.evaluate(labels, {"old": scores, "new": np.roll(scores, 1), "same": scores},
                              ["mean:revenue", "accuracy"], values={"revenue": revenue}, resamples=200,
                              keep_replicates=True)
    found = report.ratio("old")
    np.testing.assert_allclose(found["ratio"], report.value / report.value[:1])
    np.testing.assert_allclose(found["relative"], report.value / report.value[:1] - 1, atol=1e-12)
    ratios = report.replicates[:, 1, 0, 0] / report.replicates[:, 0, 0, 0]
    np.testing.assert_allclose([found["low"][1, 0, 0], found["high"][1, 0, 0]], np.quantile(ratios, [0.025, 0.975]))
    assert found["low"][2, 0, 0] == found["high"][2, 0, 0] == 1
    with pytest.raises(bakeoff.SpecError, match="old"):
        report.ratio("odl")


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("thin", [False, True])
def test_roc_vertices_are_scikit_learns(weighted, thin):
    labels, scores, weights = data(weighted=weighted)
    if weighted:
        weights = np.round(4 * weights) / 4  # sums are exact: whether vertices lie on a line doesn't hang on rounding
    found = bakeoff.curve(labels, scores, weights=weights, drop_intermediate=thin)
    expected = sk.roc_curve(labels, scores, sample_weight=weights, drop_intermediate=thin)
    for name, array in zip(("fpr", "tpr", "thresholds"), expected):
        np.testing.assert_allclose(found[name], array, rtol=1e-12)


@pytest.mark.parametrize("weighted", [False, True])
def test_precision_recall_vertices_are_scikit_learns(weighted):
    labels, scores, weights = data(weighted=weighted)
    found = bakeoff.curve(labels, scores, "pr", weights=weights)
    expected = sk.precision_recall_curve(labels, scores, sample_weight=weights)
    for name, array in zip(("precision", "recall", "thresholds"), expected):
        np.testing.assert_allclose(found[name], array, rtol=1e-12, atol=1e-15)


def test_curves_of_one_class_say_so():
    found = bakeoff.curve(np.ones(4), [0.1, 0.2, 0.2, 0.4])
    assert found["reason"] == "one_class" and np.isnan(found["fpr"]).all() and found["tpr"][-1] == 1
    assert bakeoff.curve(np.empty(0), np.empty(0))["reason"] == "empty"
    with pytest.raises(bakeoff.SpecError, match="roc or pr"):
        bakeoff.curve([0, 1], [0.1, 0.2], "det")


@pytest.mark.parametrize(("binning", "strategy"), [("equal_width", "uniform"), ("equal_mass", "quantile")])
def test_reliability_bins_are_scikit_learns(binning, strategy):
    labels, scores, _ = data()
    found = bakeoff.reliability(labels, scores, 12, binning)
    observed, predicted = calibration_curve(labels, scores, n_bins=12, strategy=strategy)
    some = found["count"] > 0
    np.testing.assert_allclose(found["observed"][some], observed, rtol=1e-12)
    np.testing.assert_allclose(found["predicted"][some], predicted, rtol=1e-12)
    assert found["count"].sum() == len(labels) and (found["weight"] == found["count"]).all()
    name = "ece@12" if binning == "equal_width" else "ece_mass@12"
    report = bakeoff.evaluate(labels, scores, [name, "mce@12"])
    assert found["ece"] == pytest.approx(report.value[0, 0, 0], abs=1e-12)
    if binning == "equal_width":
        assert found["mce"] == pytest.approx(report.value[0, 0, 1], abs=1e-12)


@pytest.mark.parametrize("weighted", [False, True])
def test_the_noise_floor_is_the_mean_ece_of_calibrated_scores(weighted):
    rng = np.random.default_rng(7)
    scores = rng.beta(2, 5, 3000)
    weights = rng.exponential(size=3000) if weighted else None
    eces = [bakeoff.reliability((rng.random(3000) < scores).astype(float), scores, weights=weights)["ece"]
            for _ in range(300)]
    floor = bakeoff.reliability(np.zeros(3000), scores, weights=weights)["noise_floor"]
    assert floor == pytest.approx(np.mean(eces), abs=4 * np.std(eces) / np.sqrt(300) + 1e-4)


def test_the_page_of_the_metrics_is_the_catalogs():
    binary = pathlib.Path(os.environ["BAKEOFF_BUILD"]) / "bakeoff"
    done = subprocess.run([binary, "metrics", "--format", "markdown"], check=True, capture_output=True, text=True)
    page = (ROOT / "docs/metrics.md").read_text()
    assert done.stdout == page, "make it again: .venv/bin/bakeoff metrics --format markdown > docs/metrics.md"


def test_the_binary_says_what_the_module_says(tmp_path):
    import pandas

    labels, scores, _ = data(400)
    revenue = np.random.default_rng(8).normal(size=400)
    pandas.DataFrame({"y": labels, "s": scores, "revenue": revenue}).to_parquet(tmp_path / "scores.parquet")
    metrics = ["recall_at_precision@0.5", "ece@7", "mean:revenue", "average_precision"]
    binary = pathlib.Path(os.environ["BAKEOFF_BUILD"]) / "bakeoff"
    arguments = ["evaluate", "scores.parquet", "--label", "y", "--scores", "s", "--metrics", ",".join(metrics),
                 "--values", "revenue", "--resamples", "50", "--format", "json"]
    done = subprocess.run([binary, *arguments], cwd=tmp_path, check=True, capture_output=True, text=True)
    cells = json.loads(done.stdout)["cells"]
    report = bakeoff.evaluate(labels, scores, metrics, values={"revenue": revenue}, resamples=50)
    assert [cell["metric"] for cell in cells] == metrics
    assert [cell["value"] for cell in cells] == report.value[0, 0].tolist()
    assert [cell["low"] for cell in cells] == report.low[0, 0].tolist()
