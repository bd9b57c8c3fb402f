"""What bakeoff.evaluate takes and refuses: kinds of arrays, masks, nulls, types, shapes, huge numbers."""

import datetime
import pickle

import bakeoff
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from bakeoff import _arrays

rng = np.random.default_rng(0)
N = 200
Y = (rng.random(N) < 0.4).astype(int)
S = rng.random(N)
DAY = np.repeat(np.arange(20), 10)
WORDS = np.where(Y, "late", "in time")
MASK = S > 0.9


class Tensor:
    """Speaks DLPack and nothing else."""

    def __init__(self, array, device=1):
        self.array, self.device = array, device

    def __dlpack__(self, **options):
        return self.array.__dlpack__(**options)

    def __dlpack_device__(self):
        return (self.device, 0)


def values(labels=Y, scores=S, **options):
    return bakeoff.evaluate(labels, scores, ["roc_auc", "brier"], **options).value


EXPECTED = values()


@pytest.mark.parametrize("scores", [
    S[::-1][::-1], np.repeat(S, 3)[::3], S.astype(">f8"), S.astype(object), list(S), np.ma.array(S), pa.array(S),
    pa.chunked_array([S[:9], S[9:]]), pd.Series(S), pd.Series(S, dtype="Float64"), Tensor(S.copy()), S[None, :],
    [Tensor(S.copy())],
], ids=lambda v: type(v).__name__)
def test_scores_of_any_kind_are_the_same_scores(scores):
    assert np.array_equal(values(scores=scores), EXPECTED)


@pytest.mark.parametrize("labels", [
    Y.astype(bool), Y.astype(np.int8), Y.astype(np.uint64), Y.astype(np.float32), Y.astype(object), list(Y),
    pa.array(Y), pa.array(Y.astype(bool)), pd.Series(Y, dtype="Int64"), Tensor(Y.astype(np.int8)),
], ids=lambda v: type(v).__name__)
def test_labels_of_any_kind_are_the_same_labels(labels):
    assert np.array_equal(values(labels), EXPECTED)


@pytest.mark.parametrize("labels", [
    WORDS, WORDS.astype(object), list(WORDS), pa.array(WORDS), pa.array(WORDS).dictionary_encode(), pd.Series(WORDS),
    pd.Series(WORDS, dtype="string"), pd.Series(WORDS).astype("category"),
], ids=lambda v: type(v).__name__)
def test_words_are_labels_once_one_is_positive(labels):
    assert np.array_equal(values(labels, positive="late"), EXPECTED)
    with pytest.raises(bakeoff.DataError, match="positive="):
        values(labels)


def test_nothing_is_copied_where_the_layout_fits():
    for dtype in (np.float32, np.float64):
        matrix = np.ascontiguousarray(rng.random((3, N)), dtype=dtype)
        matrix.setflags(write=False)
        assert np.shares_memory(_arrays.as_scores(matrix), matrix)
        column = matrix[0].copy()
        for given in (column, pa.array(column), pd.Series(column, copy=False), Tensor(column)):
            assert np.shares_memory(_arrays.as_scores(given), column), type(given)
    assert np.array_equal(values(scores=np.asfortranarray(np.stack([S, S])))[1], EXPECTED[0])


def test_a_tables_columns_are_candidates():
    columns = {"a": S, "b": 1 - S}
    for table in (columns, pa.table(columns), pa.record_batch(columns), pd.DataFrame(columns)):
        report = bakeoff.evaluate(Y, table, ["roc_auc", "brier"])
        assert report.names == ["a", "b"] and np.array_equal(report.value[0], EXPECTED[0])
    with pytest.raises(bakeoff.DataError, match="names of their own"):
        values(scores=pd.DataFrame(np.stack([S, S], 1), columns=["a", "a"]))


@pytest.mark.parametrize("scores", [
    np.ma.array(S, mask=MASK), pa.array(S, mask=MASK), pd.Series(S, dtype="Float64").mask(MASK),
    np.where(MASK, None, S), np.where(MASK, np.nan, S)], ids=lambda v: type(v).__name__)
def test_missing_scores_are_never_ranked(scores):
    with pytest.raises(bakeoff.DataError, match=f"candidate 0 row {MASK.argmax()}"):
        values(scores=scores)
    assert np.array_equal(values(scores=scores, nan="drop"), values(Y[~MASK], S[~MASK]))


@pytest.mark.parametrize("labels, options", [
    (np.ma.array(Y, mask=MASK), {}), (pa.array(Y, mask=MASK), {}), (pd.Series(Y, dtype="Int64").mask(MASK), {}),
    (np.where(MASK, None, WORDS.astype(object)), {"positive": "late"}), (np.where(MASK, np.nan, Y), {"positive": 1}),
    (pa.array(WORDS, mask=MASK), {"positive": "late"}),
    (pd.Series(WORDS, dtype="string").mask(MASK), {"positive": "late"})], ids=lambda v: type(v).__name__)
def test_missing_labels_are_never_negatives(labels, options):
    with pytest.raises(bakeoff.DataError, match=f"labels: row {MASK.argmax()}"):
        values(labels, **options)
    assert np.array_equal(values(labels, nan="drop", **options), values(Y[~MASK], S[~MASK]))


@pytest.mark.parametrize("units", [
    np.datetime64("2020-01-01") + DAY, pd.Series(pd.Timestamp("2020-01-01") + pd.to_timedelta(DAY, "D")),
    pd.Series(pd.Timestamp("2020-01-01", tz="UTC") + pd.to_timedelta(DAY, "D")),
    pd.Series(pd.Timestamp("2019-12-31 19:00", tz="America/New_York") + pd.to_timedelta(DAY, "D")),
    pd.DatetimeIndex(pd.Timestamp("2020-01-01", tz="UTC") + pd.to_timedelta(DAY, "D")),
    pa.array(np.datetime64("2020-01-01") + DAY), pa.array(pd.Timestamp("2020-01-01", tz="UTC") +
                                                          pd.to_timedelta(DAY, "D")),
    [datetime.date(2020, 1, 1) + datetime.timedelta(int(d)) for d in DAY],
    [datetime.datetime(2020, 1, 1, 2, tzinfo=datetime.timezone(datetime.timedelta(hours=2))) +
     datetime.timedelta(int(d)) for d in DAY],
], ids=lambda v: type(v).__name__)
def test_a_time_is_the_same_unit_however_it_is_written(units):
    micros = (np.datetime64("2020-01-01", "us") + DAY * np.timedelta64(1, "D")).astype(np.int64)
    assert np.array_equal(_arrays.as_units(units), micros)


def test_words_are_the_same_unit_however_they_are_stored():
    words = [f"user {d}" for d in DAY]
    expected = _arrays.as_units(words)
    assert len(np.unique(expected)) == 20
    for units in (np.array(words), np.array(words, dtype=object), pa.array(words), pa.array(words).dictionary_encode(),
                  pd.Series(words), pd.Series(words, dtype="string"), pd.Series(words).astype("category")):
        assert np.array_equal(_arrays.as_units(units), expected), type(units)


@pytest.mark.parametrize("units, says", [
    (DAY * 1.0, "float64"), (np.ma.array(DAY, mask=MASK), "missing values"), (pa.array(DAY, mask=MASK), "missing"),
    ([None, *"ab" * 100][:N], "row 0 is None"), (["\udcff"] * N, "UTF-8"), (DAY[:5], "expected 200"),
    (np.array(["NaT"] * N, dtype="M8[s]"), "row 0 has no time"), (DAY.astype("m8[s]"), "timedelta"),
    (DAY[:, None], "shape")])
def test_units_must_be_whole(units, says):
    with pytest.raises(bakeoff.DataError, match=says):
        values(units=units, resamples=3)


def test_slices_leave_out_rows_without_a_value():
    region = np.where(MASK, None, np.where(DAY < 9, "south", "north").astype(object))
    for given in (region, pa.array(region), pd.Series(region), pd.Series(region).astype("category")):
        report = bakeoff.evaluate(Y, S, ["roc_auc"], slices={"region": given})
        assert report.slice_names == ["all", "region=north", "region=south"]
        assert report.count == [N, np.sum(~MASK & (DAY >= 9)), np.sum(~MASK & (DAY < 9))]
    flags = bakeoff.evaluate(Y, S, ["roc_auc"], slices={"high": pa.array(S > 0.5)})
    assert flags.count[1] == np.sum(S > 0.5)


@pytest.mark.parametrize("arguments, error, says", [
    (dict(scores=S + 1j), bakeoff.DataError, "complex"),
    (dict(scores=np.arange(N).astype("M8[s]")), bakeoff.DataError, "datetime64"),
    (dict(scores=S.astype(str)), bakeoff.DataError, "expected numbers, got <U"),
    (dict(scores=["0.5"] * N), bakeoff.DataError, "expected numbers"),
    (dict(scores=np.stack([S, S], 1)), bakeoff.DataError, "transpose"),
    (dict(scores=np.zeros((2, 3, 4))), bakeoff.DataError, "shape"),
    (dict(scores=0.5), bakeoff.DataError, "shape"),
    (dict(scores=object()), bakeoff.DataError, "object"),
    (dict(scores=[]), bakeoff.DataError, "scores"),
    (dict(scores={}), bakeoff.DataError, "at least one candidate|scores"),
    (dict(scores=np.empty((0, N))), bakeoff.DataError, "at least one candidate"),
    (dict(scores={"a": S, "b": S[:5]}), bakeoff.DataError, "scores of b"),
    (dict(scores={"a": S, "b": WORDS}), bakeoff.DataError, "scores of b"),
    (dict(scores=Tensor(S.copy(), device=2)), bakeoff.DataError, "host"),
    (dict(labels=Y + 0j), bakeoff.DataError, "complex"),
    (dict(labels=Y.astype("M8[s]")), bakeoff.DataError, "datetime64"),
    (dict(labels=Y[:, None]), bakeoff.DataError, "shape"),
    (dict(labels=2 * Y - 1), bakeoff.DataError, "0 or 1"),
    (dict(labels=WORDS, positive="on time"), bakeoff.DataError, "no label equals"),
    (dict(weights=S - 0.5), bakeoff.DataError, "at least 0"),
    (dict(weights=S[:5]), bakeoff.DataError, "expected 200"),
    (dict(weights=np.ones((20, 10))), bakeoff.DataError, "shape"),
    (dict(weights=S * 1e307), bakeoff.DataError, "sum"),
    (dict(weights=S * 1e-300), bakeoff.DataError, "sum"),
    (dict(weights=np.ma.array(S, mask=MASK)), bakeoff.DataError, "finite weight"),
    (dict(slices=[S > 0.5]), bakeoff.SpecError, "slices"),
    (dict(slices={"x": S}), bakeoff.DataError, "slice x"),
    (dict(slices={"x": np.array([1, "a"] * 100, dtype=object)}), bakeoff.DataError, "slice x"),
    (dict(scores=[S, S], names=["a", "a"]), bakeoff.SpecError, "of its own"),
    (dict(scores=[S, S], names=["a"]), bakeoff.DataError, "names"),
    (dict(resamples=1.5), bakeoff.SpecError, "resamples: expected an integer"),
    (dict(resamples=-1), bakeoff.SpecError, "resamples"),
    (dict(seed=-1), bakeoff.SpecError, "seed"),
    (dict(confidence="high"), bakeoff.SpecError, "confidence: expected a number"),
    (dict(confidence=95, resamples=3), bakeoff.SpecError, "between 0 and 1"),
    (dict(threshold=float("nan")), bakeoff.SpecError, "threshold"),
    (dict(device="gpu"), bakeoff.SpecError, "auto, cpu or cuda"),
    (dict(task="binry"), bakeoff.SpecError, "task"),
])
def test_what_cannot_be_used_is_refused_by_name(arguments, error, says):
    with pytest.raises(error, match=says):
        values(**arguments)


def test_metrics_are_names():
    with pytest.raises(bakeoff.SpecError, match="metrics: expected a list"):
        bakeoff.evaluate(Y, S, 3)


def test_terms_that_overflow_have_no_interval():
    report = bakeoff.evaluate(S, S * 1e300, ["mae", "mse"], task="regression", resamples=20)
    assert np.isinf(report.value[0, 0, 1]) and np.isnan(report.low[0, 0, 1]) and np.isnan(report.high[0, 0, 1])
    assert report.low[0, 0, 0] <= report.value[0, 0, 0] <= report.high[0, 0, 0]  # what the other adds up is finite
    target = bakeoff.evaluate(S * 1e300, S, ["mse", "mae"], task="regression", resamples=20)
    assert np.isnan(target.low[0, 0, 0]) and target.low[0, 0, 1] < target.value[0, 0, 1] < target.high[0, 0, 1]


@pytest.mark.parametrize("n", [0, 1])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_no_row_or_one_has_a_reason(n, dtype):
    report = bakeoff.evaluate(Y[:n], S[:n].astype(dtype), ["roc_auc", "brier"], resamples=8)
    assert report.reason[0][0] == (["empty", "empty"] if n == 0 else ["one_class", "ok"])
    assert np.isnan(report.value[0, 0, 0]) and np.isnan(report.low[0, 0, 0])


def test_errors_are_those_of_the_package_and_survive_pickle():
    with pytest.raises(bakeoff.SpecError) as error:
        bakeoff.evaluate([0, 1], [0.1, 0.2], ["auc"])
    assert type(error.value).__module__ == "bakeoff"
    assert str(pickle.loads(pickle.dumps(error.value))) == str(error.value)
