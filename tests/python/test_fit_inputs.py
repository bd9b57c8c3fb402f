"""What bakeoff.fit is asked for wrongly is an error in its own words."""

import numpy as np
import pytest
import scipy.sparse

import bakeoff

ROWS = 60


def data():
    x = np.random.default_rng(0).normal(size=(ROWS, 3))
    return x, x @ [1.0, 2.0, 3.0]


@pytest.mark.parametrize("new, says", [
    (np.zeros((5, 2)), r"expected shape \(N, 3\), as in training, got \(5, 2\)"), (np.zeros(3), r"got \(3,\)"),
    (np.zeros((1, 5, 3)), r"got \(1, 5, 3\)"), (np.array([["a", "b", "c"]]), "expected numbers"),
    (scipy.sparse.csr_matrix((5, 4)), r"got \(5, 4\)"), (None, "expected an array")])
def test_prediction_of_rows_that_are_not_like_those_of_training(new, says):
    x, y = data()
    model = bakeoff.fit(x, y, folds=0).models[0]
    with pytest.raises(bakeoff.DataError, match=says):
        model.predict(new)
    assert np.allclose(model.predict(scipy.sparse.csr_matrix(x)), model.predict(x))
    assert model.predict(x[:0]).shape == (0,)


@pytest.mark.parametrize("candidates, says", [
    ([{"l2": "a"}], r"candidates\[0\]: l2 must be a number, got 'a'"), ([{}, {"l2": None}], r"candidates\[1\]: l2"),
    ([{"l2": [1, 2]}], "l2 must be a number"), ([{"l2": True}], "l2 must be a number"), ([1.0], "parameters by name"),
    ([{1: 1.0}], "parameters by name"), ({"l2": 1.0}, "expected a list"), (5, "expected a list"),
    ([{"l2": np.nan}], "finite number of at least 0"), ([{"l2": -1}], "at least 0"), ([{"l1": 1}], "did you mean")])
def test_candidates(candidates, says):
    x, y = data()
    with pytest.raises(bakeoff.SpecError, match=says):
        bakeoff.fit(x, y, candidates=candidates)


@pytest.mark.parametrize("value", [1, 1.0, np.float32(1), np.int64(1)])
def test_a_number_of_any_kind_is_a_value(value):
    x, y = data()
    assert bakeoff.fit(x, y, candidates=[{"l2": value}], folds=0).models[0].status == "converged"


@pytest.mark.parametrize("arguments, says", [
    ({"seed": -1}, "seed: expected an integer of at least 0, got -1"), ({"seed": 1.5}, "seed"),
    ({"seed": None}, "seed"), ({"seed": "a"}, "seed"), ({"family": None}, "family: expected a name"),
    ({"scoring": 3}, "scoring: expected"), ({"scoring": ["r2", 1]}, "scoring: expected"),
    ({"folds": 1.5}, "folds: expected"), ({"folds": -1}, "folds: expected")])
def test_options(arguments, says):
    x, y = data()
    with pytest.raises(bakeoff.SpecError, match=says):
        bakeoff.fit(x, y, **arguments)


@pytest.mark.parametrize("sparse", [False, True])
@pytest.mark.parametrize("weights, says", [
    (np.zeros(ROWS), "all are 0"), (np.ones((ROWS, 1)), r"expected shape \(N,\), got \(60, 1\)"),
    (np.ones(ROWS - 1), "expected 60, one a row of X, got 59"), (-np.ones(ROWS), "at least 0, got -1"),
    (np.full(ROWS, np.nan), "got nan"), (["a"] * ROWS, "expected numbers"), (2.0, "one a row of X")])
def test_weights(weights, says, sparse):
    x, y = data()
    with pytest.raises(bakeoff.DataError, match=says):
        bakeoff.fit(scipy.sparse.csr_matrix(x) if sparse else x, y, weights=weights)


@pytest.mark.parametrize("labels, family, says", [
    (np.zeros((ROWS, 2)), "ridge", r"labels: expected shape \(N,\), got \(60, 2\)"), (1.0, "ridge", "expected shape"),
    (np.zeros(0), "ridge", "at least one row"), (np.array([1, "a"] * 30, dtype=object), "logistic", "of one kind"),
    (np.where(np.arange(ROWS) == 7, np.nan, 1.0), "logistic", "row 7: expected a class"),
    (np.zeros(ROWS), "logistic", "expected two classes, got 1")])
def test_labels(labels, family, says):
    x, _ = data()
    with pytest.raises(bakeoff.DataError, match=says):
        bakeoff.fit(x, labels, family)


@pytest.mark.parametrize("class_weight", [{0: "a"}, {0: -1.0}, {1: np.nan}, {1: None}, "heavy", 3])
def test_class_weights(class_weight):
    x, y = data()
    with pytest.raises(bakeoff.SpecError, match="class_weight: expected"):
        bakeoff.fit(x, (y > 0).astype(int), "logistic", class_weight=class_weight)
