"""What a review of evaluate, drift, rank_evaluate and plots found: wrong answers, and exceptions that weren't ours."""

import copy
import decimal
import json
import operator
import pickle

import bakeoff
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from bakeoff import _evaluate

N = 200
RNG = np.random.default_rng(0)
Y, S, W = (RNG.random(N) < 0.4).astype(float), RNG.random(N), RNG.random(N)
P = RNG.dirichlet([1, 1, 1], N)
CLASS = RNG.integers(0, 3, N)
TABLE = {"x": RNG.normal(size=N), "k": RNG.integers(0, 4, N)}
QUERY = np.repeat(np.arange(20), 10)
BAD = "a\ud800"


def evaluate(**given):
    return bakeoff.evaluate(Y, S, ["accuracy"], **{"resamples": 10, "interval": "percentile", **given})


def rank(**given):
    scores = given.pop("scores", S)
    return bakeoff.rank_evaluate(QUERY, np.arange(N) % 2, scores, ["ndcg"], **{"resamples": 10, **given})


def slices(**columns):
    report = evaluate(slices=columns)
    return dict(zip(report.slice_names[1:], report.count[1:]))


# Slices.


def test_crosses_of_many_columns_of_many_values():
    columns = [RNG.permutation(np.arange(N)) % 190 for _ in range(10)]  # 190^10 combinations are more than 2^63
    columns[3] = np.where(np.arange(N) < 5, None, columns[3].astype(str))
    key = tuple("abcdefghij")
    report = evaluate(slices={key: columns})
    rows = sorted(zip(*[c if k != 3 else [v or "" for v in c] for k, c in enumerate(columns)]))
    rows = [row for row in rows if row[3]]
    assert report.slice_names[1:] == [" & ".join(f"{n}={v}" for n, v in zip(key, row)) for row in rows]
    assert report.count[1:] == [1] * (N - 5)


@pytest.mark.parametrize("low, high, dtype", [
    (-100, 100, "int8"), (-20000, 20000, "int16"), (-128, 127, "int8"), (2**64 - 3, 2**64 - 1, "uint64"),
    (0, 2**64 - 1, "uint64"), (-2**63, 2**63 - 1, "int64"), (-2**63, 5 - 2**63, "int64"), (250, 255, "uint8")])
def test_integer_slices_of_every_width(low, high, dtype):
    column = np.where(np.arange(N) < 50, low, high) if dtype != "uint64" else np.full(N, high, "uint64")
    column = column.astype(dtype)
    column[:50] = low
    assert slices(a=column) == {f"a={low}": 50, f"a={high}": 150}


MASK = np.arange(N) % 2 == 0


@pytest.mark.parametrize("column", [
    [True, None] * 100, np.where(MASK, True, None), pd.array([True, pd.NA] * 100, "boolean"),
    pd.Series([True, False] * 100, dtype=object), pa.array([True, None] * 100), [np.True_, np.False_] * 100,
    [True, float("nan")] * 100, pd.Series(MASK, dtype="boolean")], ids=range(8))
def test_booleans_as_objects_are_a_slice(column):
    assert slices(m=column) == {"m": 100}
    assert rank(slices={"m": np.repeat(np.asarray(column, dtype=object)[:20], 10)}).count == [20, 10]
    crossed = evaluate(slices={("m", "n"): (column, MASK)}).slice_names[1:]
    known = not pd.isna(np.asarray(column, dtype=object)).any()
    assert crossed == ["m=False & n=False"] * known + ["m=True & n=True"]  # a missing one is on neither side


def test_integers_with_missing_ones_are_codes():
    assert slices(a=np.array([3, None, -1, np.int8(3)] * 50, object)) == {"a=-1": 50, "a=3": 100}


@pytest.mark.parametrize("given, name", [
    ({1: MASK, "1": ~MASK}, "'1'"), ({1: [1, 2] * 100, "1": [3, 4] * 100}, "'1'"),
    ({"a=1": MASK, "a": [1, 2] * 100}, "'a=1'"), ({"all": MASK}, "'all'"),
    ({"a": pd.Categorical([1, "1"] * 100)}, "'a=1'")])
def test_a_slice_has_a_name_of_its_own(given, name):
    with pytest.raises(bakeoff.SpecError, match=f"slices: the name {name} is there twice"):
        evaluate(slices=given)
    if len(given) > 1 and not isinstance(given[1 if 1 in given else "a"], list):
        with pytest.raises(bakeoff.SpecError, match="is there twice"):
            rank(slices={name: np.repeat(np.asarray(column)[:20], 10) for name, column in given.items()})


def test_gaps_of_masks_and_of_a_slicing_of_that_name():
    column = np.arange(N) % 3
    report = evaluate(slices={"masks": column, "u": MASK, "v": ~MASK})
    found = report.gaps()
    assert list(found) == ["masks", "masks (boolean)"]
    for key, names in (("masks", report.slice_names[1:4]), ("masks (boolean)", ["u", "v"])):
        np.testing.assert_array_equal(found[key]["difference"], report.gaps(names)["slices"]["difference"])
    assert list(evaluate(slices={"u": MASK, "c": column, "v": ~MASK}).gaps()) == ["c", "masks"]


def test_booleans_come_in_batches_too():
    parts = bakeoff.Accumulator(["accuracy"], resamples=10, interval="percentile")
    for at, column in ((0, [True, None] * 50), (100, MASK[100:])):
        parts.update(Y[at:at + 100], S[at:at + 100], slices={"m": column})
    assert parts.compute().count == [N, 100]


# Many classes.


@pytest.mark.parametrize("task, labels", [("multiclass", CLASS), ("multilabel", (P > 0.3).astype(int))])
@pytest.mark.parametrize("what", ["weights", "units"])
@pytest.mark.parametrize("rows", [N - 1, N + 1])
def test_dropping_rows_needs_columns_of_all_rows(task, labels, what, rows):
    with pytest.raises(bakeoff.DataError, match=f"{what}: expected {N} values, got {rows}"):
        bakeoff.evaluate(labels, P, None, task, nan="drop", resamples=10, **{what: np.arange(rows)})


def test_dropping_rows_needs_as_many_labels():
    for labels in (CLASS[:-1], np.append(CLASS, 0)):
        with pytest.raises(bakeoff.DataError, match=f"labels: expected {N} values, got {len(labels)}"):
            bakeoff.evaluate(labels, P, ["accuracy"], "multiclass", nan="drop", resamples=10)


@pytest.mark.parametrize("labels, classes", [(CLASS, ["a", 1, None]), (np.array(["a", 1, None] * 70, object)[:N], None),
                                             (CLASS, 3)])
def test_classes_without_an_order(labels, classes):
    with pytest.raises(bakeoff.DataError, match="classes: expected"):
        bakeoff.evaluate(labels, P, ["accuracy"], "multiclass", classes=classes)


# Accumulator and custom metrics.


def batch(accumulator, begin, end):
    accumulator.update(Y[begin:end], S[begin:end], slices={"m": MASK[begin:end]})
    return accumulator


def test_a_copy_goes_its_own_way():
    first = batch(bakeoff.Accumulator(["accuracy"], resamples=10, interval="percentile"), 0, 100)
    second = batch(copy.copy(first), 100, 150)
    assert batch(first, 100, N).compute().count == [N, 100] and second.compute().count == [150, 75]


def test_pickled_accumulators_merge_whatever_undefined_is():
    options = dict(metrics=["precision"], undefined=float("nan"), resamples=10, interval="percentile")
    parts = [pickle.loads(pickle.dumps(batch(bakeoff.Accumulator(first_row=at, **options), at, at + 100)))
             for at in (0, 100)]
    parts[0].merge(parts[1])
    assert parts[0].rows == N
    with pytest.raises(bakeoff.SpecError, match="the same task"):
        parts[0].merge(bakeoff.Accumulator(**{**options, "undefined": 0.0}))


def test_custom_metrics_are_equal_if_what_they_are_made_of_is():
    one = bakeoff.custom_metric(operator.add, name="sum", greater_is_better=False)
    again = pickle.loads(pickle.dumps(one))
    assert again == one and hash(again) == hash(one)
    for other in (bakeoff.custom_metric(operator.sub, name="sum", greater_is_better=False), operator.add,
                  bakeoff.custom_metric(operator.add, name="sum"), bakeoff.custom_metric(operator.add, name="plus")):
        assert other != one


# Drift.


def test_mmd_has_no_units():
    with pytest.raises(bakeoff.SpecError, match="mmd: expected no units"):
        bakeoff.drift(TABLE, TABLE, units="k", mmd=True)


def test_a_saved_reference_knows_its_categorical_columns(tmp_path):
    now = {"x": TABLE["x"] + 0.1, "k": RNG.integers(0, 5, N)}
    reference, path = bakeoff.DriftReference(TABLE, categorical="k"), tmp_path / "r.safetensors"
    reference.save(path)
    loaded = bakeoff.DriftReference.load(path)
    assert loaded.categorical == reference.categorical == ["k"] and loaded.columns == ["x", "k"]
    want = bakeoff.drift(TABLE, now, categorical=["k"]).tests()
    assert bakeoff.drift(reference, now).tests() == bakeoff.drift(loaded, now).tests() == want
    loaded.save(tmp_path / "again.safetensors")
    assert (tmp_path / "again.safetensors").read_bytes() == path.read_bytes()
    assert sorted(each.name for each in tmp_path.iterdir()) == ["again.safetensors", "r.safetensors"]
    reference.save("/dev/null")
    with pytest.raises(bakeoff.Error):
        reference.save(tmp_path)
    data = path.read_bytes()
    size = int.from_bytes(data[:8], "little")
    assert size % 8 == 0 and set(json.loads(data[8:8 + size])["__metadata__"]) == {"format", "rows", "columns",
                                                                                  "categorical"}
    # As the engine alone writes it.
    reference._fitted.save(str(path))
    loaded = bakeoff.DriftReference.load(path)
    with pytest.raises(bakeoff.DataError, match="column 'k'.*categorical="):
        bakeoff.drift(loaded, now)
    assert bakeoff.drift(loaded, now, categorical="k").tests() == want
    path.write_bytes(data.replace(rb'"categorical": "[\"k\"]"', rb'"categorical": "(\"k\")"'))
    with pytest.raises(bakeoff.DataError, match="names of categorical columns"):
        bakeoff.DriftReference.load(path)


def test_a_text_is_one_name():
    table = {"xy": RNG.integers(0, 4, N), "x": TABLE["x"], "y": TABLE["x"]}
    for given in (dict(categorical="xy"), dict(columns="xy"), dict(tests="psi")):
        listed = {key: [name] for key, name in given.items()}
        assert bakeoff.drift(table, table, **given).tests() == bakeoff.drift(table, table, **listed).tests()
    assert bakeoff.DriftReference(table, categorical="xy").categorical == ["xy"]
    with pytest.raises(bakeoff.DataError, match="names: expected 2"):
        bakeoff.evaluate(Y, [S, S], ["accuracy"], names="ab")


# Errors are ours.

SPEC = {
    "threads": [lambda threads=threads, call=call: call(threads=threads) for threads in (1.5, -1, 4097, "1", None)
                for call in (evaluate, rank, lambda **given: bakeoff.drift(TABLE, TABLE, **given),
                             lambda **given: bakeoff.mmd(TABLE, TABLE, **given),
                             lambda **given: bakeoff.DriftReference(TABLE, **given),
                             lambda **given: bakeoff.Accumulator(["accuracy"], **given))],
    "device": [lambda: evaluate(device=3)],
    "names": [lambda: evaluate(names=[BAD]), lambda: evaluate(names=5), lambda: rank(names=[BAD]),
              lambda: bakeoff.evaluate(Y, {BAD: S}), lambda: bakeoff.plot(Y, S, names=5),
              lambda: bakeoff.Accumulator(["accuracy"], names=[BAD]),
              lambda: bakeoff.Accumulator(["accuracy"]).update(Y, {BAD: S})],
    "names: expected a name of its own": [lambda: rank(scores=[S, S], names=["a", "a"]),
                                          lambda: bakeoff.evaluate(Y, [S, S], names=["a", "a"])],
    "metrics": [lambda: bakeoff.evaluate(Y, S, 1), lambda: bakeoff.rank_evaluate(QUERY, Y, S, 1)],
    "slices": [lambda: evaluate(slices={BAD: MASK}), lambda: rank(slices=[MASK]), lambda: evaluate(slices=[MASK]),
               lambda: evaluate(slices={"a": pd.Categorical.from_codes([0] * N, pd.Index([BAD], dtype=object))}),
               lambda: bakeoff.Accumulator(["accuracy"]).update(Y, S, slices=[MASK])],
    "slice a.b: expected": [lambda: evaluate(slices={("a", "b"): 5})],
    "values": [lambda: evaluate(values=[S]), lambda: evaluate(values={BAD: S}),
               lambda: bakeoff.Accumulator(["accuracy"]).update(Y, S, values=[S])],
    "compare": [lambda: evaluate().compare(BAD)],
    "first_row": [lambda: bakeoff.Accumulator(["accuracy"], first_row="a"),
                  lambda: bakeoff.Accumulator(["accuracy"], first_row=2.5),
                  lambda: bakeoff.Accumulator(["accuracy"]).update(Y, S, first_row="a")],
    "effects": [lambda given=given: bakeoff.drift(TABLE, TABLE, effects=given)
                for given in ({"ks": "a"}, {"ks": float("nan")}, {"ks": None}, {BAD: 1.0}, 5, ["ks"])],
    "bins": [lambda: bakeoff.drift(TABLE, TABLE, bins=2.5), lambda: bakeoff.DriftReference(TABLE, bins="a"),
             lambda: bakeoff.DriftReference(TABLE).merge(bakeoff.DriftReference(TABLE), bins=2.5),
             lambda: bakeoff.reliability(Y, S, bins=2.5), lambda: bakeoff.reliability(Y, S, bins=2**40)],
    "fdr": [lambda: bakeoff.drift(TABLE, TABLE, fdr="a")],
    "permut": [lambda: bakeoff.drift(TABLE, TABLE, permutations=2.5), lambda: bakeoff.drift(TABLE, TABLE, permute="a"),
               lambda: bakeoff.mmd(TABLE, TABLE, permutations="a")],
    "seed": [lambda: bakeoff.drift(TABLE, TABLE, seed=-1), lambda: rank(seed=-1)],
    "tests": [lambda: bakeoff.drift(TABLE, TABLE, tests=5), lambda: bakeoff.drift(TABLE, TABLE, tests=[BAD])],
    "columns": [lambda: bakeoff.drift(TABLE, TABLE, columns=5), lambda: bakeoff.drift(TABLE, TABLE, columns=[BAD])],
    "current": [lambda: bakeoff.drift(bakeoff.DriftReference(TABLE), {BAD: S})],
    "resamples": [lambda: rank(resamples=2.5)],
    "level": [lambda: rank(level="a")],
    "kind": [lambda: bakeoff.curve(Y, S, kind=3), lambda: bakeoff.plot(Y, S, kind=["roc"])],
    "binning": [lambda: bakeoff.reliability(Y, S, binning=3)],
    "plot: most": [lambda: bakeoff.plot(Y, S, most=2.5), lambda: bakeoff.plot(Y, S, most="a")],
    "plot: path": [lambda: bakeoff.plot(Y, S, path=b"a.svg"), lambda: bakeoff.plot(Y, S, path=5)],
}


@pytest.mark.parametrize("what, call", [(what, call) for what, calls in SPEC.items() for call in calls])
def test_options_that_are_wrong_are_spec_errors(what, call):
    with pytest.raises(bakeoff.SpecError, match=f"{what}"):
        call()


@pytest.mark.parametrize("what, call", [
    ("weights: expected shape", lambda: bakeoff.curve(Y, S, weights=W[:, None])),
    ("weights: expected shape", lambda: bakeoff.reliability(Y, S, weights=W.reshape(2, 100))),
    (f"weights: expected {N} values, got 9", lambda: bakeoff.curve(Y, S, weights=W[:9])),
    ("offsets: expected integers", lambda: bakeoff.rank_evaluate(None, Y, S, offsets=[0, 3.9, N])),
    ("offsets: expected integers", lambda: bakeoff.rank_evaluate(None, Y, S, offsets=[[0, N]])),
    ("queries: expected integers, strings or times, got none", lambda: bakeoff.rank_evaluate([], [], [])),
    ("slice a: expected strings", lambda: evaluate(slices={"a": [BAD] * N})),
    ("slice a: expected booleans like True, got 'x'", lambda: evaluate(slices={"a": [True, "x"] * 100})),
    ("slice a: expected shape", lambda: evaluate(slices={"a": CLASS[:, None]})),
])
def test_values_that_are_wrong_are_data_errors(what, call):
    with pytest.raises(bakeoff.DataError, match=what):
        call()


def test_slices_of_queries_with_missing_values():
    column = np.repeat(np.array(["b", None, "a", np.nan] * 5, object), 10)
    report = rank(slices={"a": column, "c": pd.Series(column)})
    assert report.slice_names == ["all", "a=a", "a=b", "c=a", "c=b"] and report.count == [20, 5, 5, 5, 5]


def test_decimals_are_numbers():
    scores = [decimal.Decimal(str(round(v, 3))) for v in S]
    for given in (pa.array(scores), pa.chunked_array([scores[:9], scores[9:]]), {"a": pa.array(scores)}):
        got = bakeoff.evaluate(Y, given, ["brier"], resamples=10, interval="percentile")
        assert got.value == bakeoff.evaluate(Y, np.round(S, 3), ["brier"], resamples=10, interval="percentile").value
    with pytest.raises(bakeoff.DataError, match="scores"):
        bakeoff.evaluate(Y, pa.array([None, *scores[1:]]), ["brier"], resamples=10)


def test_the_report_takes_names_alone():
    assert _evaluate.options_of(np.array(["accuracy"]), "binary", "raise", None)["metrics"] == ["accuracy"]
