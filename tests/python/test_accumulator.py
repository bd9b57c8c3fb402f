"""bakeoff.Accumulator says what bakeoff.evaluate says of all rows: the same bits, for any batches and merges."""

import copy
import pickle

import bakeoff
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

rng = np.random.default_rng(7)
N = 9000
Y = (rng.random(N) < 0.3).astype(int)
S = np.clip(np.stack([0.3 * Y + 0.6 * rng.random(N), 0.2 * Y + 0.7 * rng.random(N)]) ** 2, 0, 1)
S[0, 5000:5003], S[1, 8999] = 1 - Y[5000:5003], 1 - Y[8999]  # the largest losses there are come late
W = rng.random(N) * 3
UNITS = rng.integers(0, 400, N)
SUMS = ["log_loss", "brier", "accuracy", "f1", "mcc", "normalized_entropy", "bias_ratio"]


def same(a, b):
    """Whether two reports are equal, bit for bit."""
    for name in ("value", "low", "high", "valid_resamples", "replicates"):
        x, y = getattr(a, name), getattr(b, name)
        assert (x is None) == (y is None)
        if x is not None:
            assert np.asarray(x).tobytes() == np.asarray(y).tobytes(), f"{name}\n{x}\n{y}"
    for name in ("names", "slice_names", "metric_names", "count", "positives", "units", "reason", "method",
                 "resampling", "interval", "confidence", "resamples"):
        assert getattr(a, name) == getattr(b, name), name
    return True


def cut(draw, n):
    """Random ends of batches."""
    return sorted({0, n, *draw(st.lists(st.integers(0, n), max_size=6))})


@st.composite
def trees(draw, n):
    """Batches [begin, end) of n rows, each given to one of up to 4 accumulators, and an order to merge these in."""
    ends = cut(draw, n)
    batches = list(zip(ends, ends[1:]))
    owner = [draw(st.integers(0, 3)) for _ in batches]
    return draw(st.permutations(list(zip(batches, owner)))), draw(st.permutations(range(4)))


def accumulated(tree, columns, pickled=False, **options):
    batches, order = tree
    parts = [bakeoff.Accumulator(keep_replicates=True, **options) for _ in range(4)]
    for (begin, end), owner in batches:
        labels, scores, rest = columns
        parts[owner].update(labels[begin:end], scores[:, begin:end], first_row=begin,
                            **{name: column[begin:end] for name, column in rest.items()})
    if pickled:
        parts = [pickle.loads(pickle.dumps(part)) for part in parts]
    whole = parts[order[0]]
    for i in order[1:]:
        whole.merge(parts[i])
    return whole


@settings(max_examples=40, deadline=None)
@given(trees(N), st.sampled_from([{}, {"units": UNITS}]), st.sampled_from([np.float32, np.float64]), st.booleans())
def test_sums_of_any_batches_and_merges_are_those_of_all_rows(tree, rest, dtype, pickled):
    options = dict(metrics=SUMS, resamples=40, seed=3, names=["a", "b"])
    scores = S.astype(dtype)
    whole = accumulated(tree, (Y, scores, rest), pickled, keep_rows=False, **options)
    assert not whole.keeps_rows
    assert same(whole.compute(), bakeoff.evaluate(Y, scores, keep_replicates=True, **rest, **options))


@settings(max_examples=15, deadline=None)
@given(trees(N), st.sampled_from([None, False]), st.booleans())
def test_sums_without_a_bound_have_all_levels(tree, keep_rows, pickled):
    """Weights, and errors whose size grows a million times while batches come."""
    options = dict(metrics=["mse", "mae", "poisson_deviance", "tweedie_deviance@1.5", "pinball@0.9"],
                   task="regression", resamples=20, seed=4)
    labels = np.abs(rng.normal(size=N)) * np.logspace(-4, 2, N)
    scores = np.abs(S) * labels + 1e-6
    whole = accumulated(tree, (labels, scores, {"weights": W}), pickled, keep_rows=keep_rows, **options)
    assert whole.keeps_rows == (keep_rows is None)
    assert same(whole.compute(), bakeoff.evaluate(labels, scores, weights=W, keep_replicates=True, **options))


@settings(max_examples=15, deadline=None)
@given(trees(N), st.booleans())
def test_sorted_metrics_slices_and_units_too(tree, pickled):
    options = dict(metrics=["roc_auc", "average_precision", "ece", "log_loss"], resamples=10, interval="basic")
    rest = {"units": UNITS}
    slices = {"origin": np.array(["EWR", "JFK", "LGA"])[rng.integers(0, 3, N)], "early": np.arange(N) < 3000}
    batches, order = tree
    parts = [bakeoff.Accumulator(keep_replicates=True, **options) for _ in range(4)]
    for (begin, end), owner in batches:
        parts[owner].update(Y[begin:end], S[:, begin:end], units=UNITS[begin:end], first_row=begin,
                            slices={name: column[begin:end] for name, column in slices.items()})
    if pickled:
        parts = [pickle.loads(pickle.dumps(part)) for part in parts]
    whole = parts[order[0]]
    for i in order[1:]:
        whole.merge(parts[i])
    assert same(whole.compute(), bakeoff.evaluate(Y, S, slices=slices, keep_replicates=True, **rest, **options))


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 90), st.data())
def test_few_rows_of_a_class_are_drawn_within_classes(n, data):
    labels, options = (np.arange(N) % 7 == 3).astype(int), dict(metrics=["log_loss", "accuracy"], resamples=30)
    whole = accumulated(data.draw(trees(n)), (labels[:n], S[:, :n], {}), keep_rows=False, **options)
    expected = bakeoff.evaluate(labels[:n], S[:, :n], keep_replicates=True, **options)
    assert same(whole.compute(), expected)


def test_the_class_tasks_and_values_too():
    classes = rng.integers(0, 3, 500)
    scores = rng.dirichlet(np.ones(3), (2, 500))
    accumulator = bakeoff.Accumulator(["accuracy", "log_loss"], "multiclass", resamples=20, keep_replicates=True)
    for begin in (200, 0):
        end = 500 if begin else 200
        accumulator.update(classes[begin:end], scores[:, begin:end], first_row=begin)
    assert same(accumulator.compute(), bakeoff.evaluate(classes, scores, ["accuracy", "log_loss"], "multiclass",
                                                        resamples=20, keep_replicates=True))
    revenue, options = rng.normal(size=N), dict(metrics=["mean:revenue", "total:revenue", "brier"], resamples=20)
    for keep_rows in (None, False):
        accumulator = bakeoff.Accumulator(keep_rows=keep_rows, keep_replicates=True, **options)
        for begin in range(0, N, 1300):
            part = slice(begin, begin + 1300)
            accumulator.update(Y[part], S[:, part], values={"revenue": revenue[part]})
        assert same(accumulator.compute(),
                    bakeoff.evaluate(Y, S, values={"revenue": revenue}, keep_replicates=True, **options))


def test_rows_whose_numbers_are_not_known_are_put_behind_each_other():
    for metrics in (["roc_auc"], SUMS):
        whole = bakeoff.Accumulator(metrics, resamples=20, keep_replicates=True)
        for begin in range(0, N, 3000):
            part = bakeoff.Accumulator(metrics, resamples=20, first_row=None, keep_replicates=True)
            for at in range(begin, begin + 3000, 500):
                part.update(Y[at:at + 500], S[:, at:at + 500])
            whole.merge(part)
        assert same(whole.compute(), bakeoff.evaluate(Y, S, metrics, resamples=20, keep_replicates=True))
    with pytest.raises(bakeoff.SpecError, match="merge it into the other"):
        part.merge(whole)


def test_a_state_of_sums_does_not_grow_with_rows():
    accumulator = bakeoff.Accumulator(SUMS, resamples=50)
    sizes = []
    for _ in range(30):
        accumulator.update(Y[:4096], S[:, :4096])
        sizes.append(accumulator.nbytes)
    per_chunk = (sizes[-1] - sizes[9]) / 20
    assert per_chunk == 2 * 8 * 2 * 10  # two numbers for each of 10 sums of two candidates
    kept = bakeoff.Accumulator(["roc_auc"])
    kept.update(Y, S)
    assert kept.keeps_rows and kept.nbytes == N * 3 * 8


def test_one_row_no_row_and_reset():
    for metrics in (SUMS, ["roc_auc"], ["log_loss", "roc_auc"]):
        accumulator = bakeoff.Accumulator(metrics, resamples=9, keep_replicates=True)
        with pytest.raises(bakeoff.DataError, match="call update first"):
            accumulator.compute()
        accumulator.update(Y[:0], S[:, :0])
        whole = bakeoff.evaluate(Y[:0], S[:, :0], metrics, resamples=9, keep_replicates=True)
        assert same(accumulator.compute(), whole)
        accumulator.update(Y[:1], S[:, :1])
        accumulator.update(Y[:0], S[:, :0])
        expected = bakeoff.evaluate(Y[:1], S[:, :1], metrics, resamples=9, keep_replicates=True)
        assert accumulator.rows == 1 and same(accumulator.compute(), expected)
        assert same(copy.deepcopy(accumulator).compute(), expected)
        accumulator.reset()
        assert accumulator.rows == 0 and accumulator.nbytes == 0
        accumulator.update(Y[:5], S[:, :5])
        whole = bakeoff.evaluate(Y[:5], S[:, :5], metrics, resamples=9, keep_replicates=True)
        assert same(accumulator.compute(), whole)


def test_a_bad_batch_is_refused_whole():
    for metrics in (SUMS, ["roc_auc"]):
        accumulator = bakeoff.Accumulator(metrics, resamples=9, keep_replicates=True, names=["a", "b"])
        accumulator.update(Y[:100], S[:, :100])
        broken = S[:, 100:200].copy()
        broken[1, 7] = np.nan
        with pytest.raises(bakeoff.DataError, match="candidate b row 7"):
            accumulator.update(Y[100:200], broken)
        for wrong in (dict(weights=W[:9]), dict(units=UNITS[:9]), dict(slices={"x": Y[:9]}), dict(first_row=99)):
            with pytest.raises(bakeoff.DataError):
                accumulator.update(Y[:9], S[:, :9], **wrong)
        for scores in (S[:1, :9], S[:, :9].astype(np.float32), {"a": S[0, :9], "c": S[1, :9]}):
            with pytest.raises(bakeoff.DataError):
                accumulator.update(Y[:9], scores)
        accumulator.update(Y[100:300], S[:, 100:300])
        assert same(accumulator.compute(), bakeoff.evaluate(Y[:300], S[:, :300], metrics, resamples=9,
                                                            keep_replicates=True, names=["a", "b"]))


def test_what_does_not_fit_is_not_merged():
    accumulator = bakeoff.Accumulator(SUMS, resamples=9)
    accumulator.update(Y[:100], S[:, :100])
    other = bakeoff.Accumulator(SUMS, resamples=9)
    other.update(Y[50:150], S[:, 50:150], first_row=50)
    with pytest.raises(bakeoff.DataError, match="rows 50 to 99 twice"):
        accumulator.merge(other)
    with pytest.raises(bakeoff.DataError, match="rows 0 to 99 twice"):
        accumulator.merge(accumulator)
    for wrong in (bakeoff.Accumulator(SUMS, resamples=8), bakeoff.Accumulator(SUMS[:2], resamples=9), 3,
                  bakeoff.Accumulator(SUMS, resamples=9, seed=1)):
        with pytest.raises(bakeoff.SpecError, match="same task, metrics and options"):
            accumulator.merge(wrong)
    far = bakeoff.Accumulator(SUMS, resamples=9, first_row=200)
    far.update(Y[200:300], S[:, 200:300])
    accumulator.merge(far)
    with pytest.raises(bakeoff.DataError, match="rows 100 to 199"):
        accumulator.compute()
    accumulator.update(Y[100:200], S[:, 100:200], first_row=100)
    assert same(accumulator.compute(), bakeoff.evaluate(Y[:300], S[:, :300], SUMS, resamples=9))


def test_options_that_can_not_be_are_refused_at_once():
    with pytest.raises(bakeoff.SpecError, match="roc_auc is no sum"):
        bakeoff.Accumulator(["roc_auc"], keep_rows=False)
    with pytest.raises(bakeoff.SpecError, match="did you mean"):
        bakeoff.Accumulator(["log_los"])
    with pytest.raises(bakeoff.SpecError, match="resample"):
        bakeoff.Accumulator(resample=10)
    with pytest.raises(bakeoff.SpecError, match="first_row"):
        bakeoff.Accumulator(SUMS, first_row=-1)


def test_a_cut_or_changed_state_is_no_state():
    accumulator = bakeoff.Accumulator(SUMS, resamples=9)
    accumulator.update(Y, S)
    state = accumulator.__getstate__()
    for wrong in (b"", state["_core"][:-1], state["_core"][:40] + b"x" + state["_core"][41:]):
        with pytest.raises(bakeoff.DataError, match="state"):
            bakeoff.Accumulator.__new__(bakeoff.Accumulator).__setstate__(dict(state, _core=wrong))


def test_positive_strings_times_and_categories_come_in_batches():
    words = np.where(Y[:600] == 1, "late", "in time")
    words[:100] = "in time"
    days = np.repeat(pd.date_range("2013-01-01", periods=60), 10)
    ages = rng.normal(size=600)
    options = dict(metrics=["brier", "roc_auc"], resamples=9, positive="late", keep_replicates=True)

    def columns(part):
        return dict(units=days[part], slices={"age": bakeoff.ranges(ages[part], edges=[-1, 0, 1]),
                                              "word": list(words[part])})
    accumulator = bakeoff.Accumulator(**options)
    for begin in range(0, 600, 100):
        part = slice(begin, begin + 100)
        accumulator.update(words[part], {"a": S[0, part]}, **columns(part))
    assert same(accumulator.compute(), bakeoff.evaluate(words, {"a": S[0, :600]}, **columns(slice(600)), **options))


def test_reports_of_kept_rows_have_all_tests():
    accumulator = bakeoff.Accumulator(["roc_auc"], names=["a", "b"])
    accumulator.update(Y, S)
    expected = bakeoff.evaluate(Y, S, ["roc_auc"], names=["a", "b"])
    assert np.array_equal(accumulator.compute().compare("a", method="delong")["p"],
                          expected.compare("a", method="delong")["p"])
    accumulator = bakeoff.Accumulator(["accuracy"], names=["a", "b"])
    accumulator.update(Y, S)
    with pytest.raises(bakeoff.SpecError, match="mcnemar"):
        accumulator.compute().compare("a", method="mcnemar")
