"""Training data and arguments that are odd: the right answer, or a reason in the project's words."""

import numpy as np
import pandas as pd
import pytest
import scipy.sparse
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.model_selection import ShuffleSplit, TimeSeriesSplit

import bakeoff

rng = np.random.default_rng(1)
N = 400
X = rng.normal(size=(N, 3))
Y = X @ [1.0, -2.0, 0.5] + rng.normal(size=N)
LABELS = (Y > 0).astype(int)


@pytest.mark.parametrize("columns", [2, 40])
@pytest.mark.parametrize("spread", [5, 9, 13])
@pytest.mark.parametrize("l2", [0.0, 1e-3, 1.0, 1e6])
def test_ridge_of_columns_of_very_different_size(columns, spread, l2):
    x = rng.normal(size=(600, columns))
    y = x.sum(axis=1) + 0.1 * rng.normal(size=600)
    scale = np.logspace(-spread / 2, spread / 2, columns)
    model = bakeoff.fit(x * scale, y, "ridge", [{"l2": l2}], folds=0).models[0]
    if l2:
        expected = Ridge(l2, solver="cholesky").fit(x * scale, y).coef_ * scale
    else:  # least squares do not see the columns' units, LinearRegression does
        expected = LinearRegression().fit(x, y).coef_
    np.testing.assert_allclose(model.coefficients * scale, expected, atol=1e-5)
    residuals = y - model.predict(x * scale)
    whole = residuals @ residuals + l2 * model.coefficients @ model.coefficients
    assert model.objective == pytest.approx(whole, rel=1e-6)


def test_a_time_in_milliseconds_does_not_hide_the_other_columns():
    x, y = X[:, 0], X[:, 0] + 0.1 * rng.normal(size=N)
    table = np.column_stack([rng.normal(size=N) * 1e10 + 1.7e12, x, np.full(N, 1e12)])
    found = bakeoff.fit(table, y, "ridge", [{"l2": 1.0}], folds=4)
    assert found.models[0].coefficients[1] == pytest.approx(Ridge(1.0).fit(table, y).coef_[1], abs=1e-6)
    assert found.scores.min() > 0.9
    smooth = bakeoff.fit(table, y, "elastic_net", [{"l2": 0.5, "l1_ratio": 0.0}], folds=0).models[0]
    assert smooth.coefficients[1] > 0.9


def test_elastic_net_without_a_penalty_is_least_squares():
    model = bakeoff.fit(X, Y, "elastic_net", [{"l2": 0.0, "l1_ratio": 0.5}], folds=0).models[0]
    assert model.status == "converged"
    np.testing.assert_allclose(model.coefficients, LinearRegression().fit(X, Y).coef_, atol=1e-8)


@pytest.mark.parametrize("family", ["ridge", "elastic_net", "huber", "linear_svr_squared"])
@pytest.mark.parametrize("scale", [1e160, 1e300])
def test_labels_whose_squares_overflow_are_told(family, scale):
    model = bakeoff.fit(X, Y * scale, family, [{"l2": 1.0}], folds=0).models[0]
    assert model.status == "diverged" and "not finite" in model.reason


def test_a_pandas_index_is_no_feature():
    frame = pd.DataFrame(X, columns=["a", "b", "c"]).assign(shop=np.array(["x", "y"])[LABELS[::-1]])
    frame.index = pd.Index(Y * 1000, name="leak")
    assert bakeoff.fit(frame, Y).columns == ["a", "b", "c", "shop=x", "shop=y"]
    search = bakeoff.SearchCV("ridge", cv=3).fit(frame, Y)
    assert "leak" not in search.feature_names_in_ and search.best_score_ < 0.95
    assert np.allclose(search.predict(frame), search.predict(frame.reset_index(drop=True)))


@pytest.mark.parametrize("table", [
    pd.DataFrame(np.c_[X, X], columns=list("abcabc")), pd.DataFrame({"a": ["x", 1, None] * 4}),
    pd.DataFrame({"a": np.arange(3) + 1j}), {"a": [1, 2], "b": [1]}, {"a": 1}], ids=lambda _: "")
def test_odd_tables_are_data_errors(table):
    with pytest.raises(bakeoff.DataError):
        bakeoff.fit(table, np.arange(len(table) if isinstance(table, pd.DataFrame) else 2.0))


def test_sparse_rows_take_any_splits():
    sparse = scipy.sparse.csr_matrix(X)
    rows = np.arange(N)
    for folds in ([(rows[240:], rows[:240]), (rows[:140], rows[140:])],
                  [(rows[:200], rows[:200]), (rows[:200], rows[200:])],
                  ShuffleSplit(2, test_size=0.5, random_state=0), TimeSeriesSplit(3, gap=5)):
        ours = bakeoff.fit(sparse, LABELS, "logistic", folds=folds, scoring="log_loss", out_of_fold=True)
        dense = bakeoff.fit(X, LABELS, "logistic", folds=folds, scoring="log_loss", out_of_fold=True)
        assert np.allclose(ours.scores, dense.scores, rtol=1e-4)
        assert np.allclose(ours.out_of_fold, dense.out_of_fold, atol=1e-3, equal_nan=True)


@pytest.mark.parametrize("eta", [1, 0.5, 1.0001, float("nan"), 101])
def test_eta_has_bounds(eta):
    with pytest.raises(bakeoff.SpecError, match="eta: expected 2 to 100"):
        bakeoff.Search({"l2": [1, 2]}, strategy="halving", eta=eta)


@pytest.mark.parametrize("ids", [np.arange(N) % 3 * 2**32 + np.arange(N) % 2, np.full(N, 2_000_000_000),
                                 np.full(N, -2**40)], ids=["wrap", "customers", "negative"])
def test_fold_ids_that_are_none(ids):
    with pytest.raises(bakeoff.DataError, match="folds: expected ids in"):
        bakeoff.fit(X, Y, folds=ids)


@pytest.mark.parametrize("folds", [[(np.array([0.9, 7.9]), np.array([1.0]))], [[[[0, 1]], [2, 3]]], [(0, 1)]])
def test_splits_that_are_none(folds):
    with pytest.raises((bakeoff.SpecError, bakeoff.DataError)):
        bakeoff.fit(X, Y, folds=folds)


def test_class_weights_that_no_class_has():
    for wrong in ({"1": 50.0}, {2: 1.0}):
        with pytest.raises(bakeoff.SpecError, match="none of the classes"):
            bakeoff.fit(X, LABELS, "logistic", class_weight=wrong)
    with pytest.raises(bakeoff.SpecError, match="is a regression"):
        bakeoff.fit(X, Y, "ridge", class_weight="balanced")
    column = bakeoff.fit(X, LABELS[:, None], "logistic", class_weight="balanced")
    assert np.array_equal(column.scores, bakeoff.fit(X, LABELS, "logistic", class_weight="balanced").scores)


def test_a_search_forgets_the_model_of_an_earlier_fit():
    search = bakeoff.SearchCV("ridge", cv=3).fit(X, Y)
    search.set_params(refit=False).fit(X, -Y)
    with pytest.raises(AttributeError, match="nothing was refitted"):
        search.predict(X)


def test_searches_take_fold_ids_of_any_kind_and_refuse_odd_arguments():
    ids = np.arange(N) % 4
    expected = bakeoff.SearchCV("ridge", cv=ids).fit(X, Y).cv_results_["mean_test_score"]
    for cv in (ids.tolist(), pd.Series(ids)):
        assert np.array_equal(bakeoff.SearchCV("ridge", cv=cv).fit(X, Y).cv_results_["mean_test_score"], expected)
    for wrong, says in (({"include": [{"l2": "a"}]}, "include"), ({"include": "l2"}, "include"), ({"seed": -1}, "seed"),
                        ({"budget": {"time": "10m"}}, "budget"), ({"callback": 3}, "callback")):
        with pytest.raises(bakeoff.SpecError, match=says):
            bakeoff.SearchCV("ridge", cv=3, **wrong).fit(X, Y)


def test_many_penalties_that_leave_nothing_do_not_spoil_the_next():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(200, 20))
    y = x[:, 0] + 0.1 * rng.normal(size=200)
    penalties = np.logspace(-3, 9, 2000)
    models = bakeoff.fit(x, y, "elastic_net", [{"l2": float(p), "l1_ratio": 1.0} for p in penalties], 0).models
    assert all(model.status == "converged" for model in models)
    assert sum(model.coefficients.any() for model in models) > 500
