"""Metrics in Python say what the engine's own say of the same resamples."""

import os
import pickle
import signal
import threading

import bakeoff
import numpy as np
import pytest
from sklearn.metrics import brier_score_loss, roc_auc_score

rng = np.random.default_rng(3)
N = 400
Y = (rng.random(N) < 0.4).astype(int)
S = np.clip(np.stack([0.3 * Y + 0.7 * rng.random(N), 0.1 * Y + 0.9 * rng.random(N)]), 0, 1)
W = rng.random(N) * 2
UNITS = rng.integers(0, 50, N)
SLICES = {"origin": np.array(["EWR", "JFK"])[rng.integers(0, 2, N)], "few": np.arange(N) < 40}


@bakeoff.custom_metric(greater_is_better=False)
def squared(labels, scores, weights):
    return np.average((labels - scores) ** 2, weights=weights)


def area(labels, scores, weights):
    if len(np.unique(labels[weights > 0])) < 2:
        return float("nan")
    return roc_auc_score(labels, scores, sample_weight=weights)


@pytest.mark.parametrize("rest", [{}, {"weights": W}, {"units": UNITS}, {"resampling": "multinomial"},
                                  {"resampling": "multinomial", "units": UNITS}, {"strata": SLICES["origin"],
                                                                                  "resampling": "multinomial"}],
                         ids=lambda rest: "+".join(rest) or "rows")
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_replicates_are_those_of_the_engines_own(rest, dtype):
    report = bakeoff.evaluate(Y, S.astype(dtype), ["brier", area, "roc_auc", squared], slices=SLICES, resamples=20,
                              interval="percentile", keep_replicates=True, seed=9, baseline="0", **rest)
    assert report.metric_names == ["brier", "roc_auc", "area", "squared"]
    for own, custom in ((0, 3), (1, 2)):
        for name in ("value", "low", "high"):
            found = getattr(report, name)
            np.testing.assert_allclose(found[..., custom], found[..., own], rtol=1e-6)
        np.testing.assert_allclose(report.replicates[..., custom], report.replicates[..., own], rtol=1e-6)
        assert [[cell[custom] for cell in row] for row in report.resampling] == \
            [[cell[own] for cell in row] for row in report.resampling]
    compared = report.compare()
    np.testing.assert_allclose(compared["p"][..., 3], compared["p"][..., 0], atol=0.06)
    np.testing.assert_allclose(compared["difference"][..., 2], compared["difference"][..., 1], rtol=1e-5, atol=1e-9)


def test_direction_decides_what_a_loss_is():
    report = bakeoff.evaluate(Y, S, squared, resamples=50, names=["good", "bad"])
    same = bakeoff.evaluate(Y, S, ["brier"], resamples=50, names=["good", "bad"])
    assert np.allclose(report.compare("good", margin=0.0)["p"], same.compare("good", margin=0.0)["p"], atol=0.03)


def test_scikit_learns_functions_fit_and_nan_is_undefined():
    def brier(labels, scores, weights):
        return brier_score_loss(labels, scores, sample_weight=weights)
    named = bakeoff.custom_metric(brier, name="sk", greater_is_better=False)
    report = bakeoff.evaluate(Y, S, [named, lambda labels, scores, weights: float("nan")], resamples=5)
    assert report.metric_names == ["sk", "<lambda>"]
    assert report.value[0, 0, 0] == pytest.approx(brier_score_loss(Y, S[0]))
    assert np.isnan(report.value[..., 1]).all() and (report.valid_resamples[..., 1] == 0).all()
    assert np.isnan(report.low[..., 1]).all()


def test_no_row_no_weight_and_dropped_rows():
    for labels, scores, rest, reason in ((Y[:0], S[:, :0], {}, "empty"), (Y, S, {"weights": 0 * W}, "no_weight")):
        report = bakeoff.evaluate(labels, scores, [squared], resamples=4, **rest)
        assert report.reason[0][0][0] == reason and np.isnan(report.value).all()
    holed = S.copy()
    holed[0, 3] = np.nan
    report = bakeoff.evaluate(Y, holed, [squared, "brier"], nan="drop", resamples=20, keep_replicates=True)
    np.testing.assert_allclose(report.replicates[..., 1], report.replicates[..., 0], rtol=1e-9)


@pytest.mark.parametrize("function", [lambda *_: 1 / 0, lambda *_: "a word", lambda *_: None, lambda labels: 0.0],
                         ids=["raises", "word", "none", "arguments"])
def test_an_exception_names_the_metric(function):
    with pytest.raises(bakeoff.Error, match="metric wrong: (ZeroDivision|Value|Type)Error") as caught:
        bakeoff.evaluate(Y, S, [bakeoff.custom_metric(function, name="wrong")])
    assert isinstance(caught.value.__cause__, (ZeroDivisionError, ValueError, TypeError))


def test_ctrl_c_ends_it():
    def slow(labels, scores, weights):
        threading.Event().wait(0.01)
        return 0.0
    threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
    with pytest.raises(KeyboardInterrupt):
        bakeoff.evaluate(Y, S, [slow], resamples=5000)


def test_what_does_not_fit_is_refused():
    for wrong, options in (([squared, squared], {}), (["brier", bakeoff.custom_metric(area, name="brier")], {}),
                           ([squared], {"interval": "jackknife"}), ([squared], {"task": "multiclass"})):
        with pytest.raises(bakeoff.SpecError):
            bakeoff.evaluate(Y, S, wrong, **options)
    with pytest.raises(bakeoff.SpecError, match="expected a function"):
        bakeoff.custom_metric("area")


def test_accumulators_and_regression_take_them():
    accumulator = bakeoff.Accumulator([squared], "regression", resamples=10, keep_replicates=True)
    for begin in (0, 150):
        part = slice(begin, begin + 150)
        accumulator.update(Y[part] * 10, S[:, part])
    expected = bakeoff.evaluate(Y[:300] * 10, S[:, :300], ["mse"], "regression", resamples=10, keep_replicates=True)
    np.testing.assert_allclose(accumulator.compute().replicates, expected.replicates, rtol=1e-9)
    with pytest.raises(bakeoff.SpecError, match="keep_rows=False"):
        bakeoff.Accumulator([squared], keep_rows=False)
    assert pickle.loads(pickle.dumps(bakeoff.custom_metric(area)))(Y, S[0], W) == area(Y, S[0], W)
