"""Tables with strings in bakeoff.fit and SearchCV, against scikit-learn's OneHotEncoder."""

import warnings

import numpy as np
import pandas
import pyarrow
import pytest
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import KFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

import bakeoff


def flights(rows=400, seed=0):
    rng = np.random.default_rng(seed)
    frame = pandas.DataFrame({
        "distance": rng.normal(size=rows), "origin": rng.choice(["JFK", "LGA", "EWR"], rows),
        "seats": rng.integers(50, 300, rows), "carrier": pandas.Categorical(rng.choice(list("ABCDE"), rows))})
    z = frame["distance"] + (frame["origin"] == "JFK") - 2 * (frame["carrier"] == "C")
    return frame, z.to_numpy() + rng.normal(size=rows), np.where(z + rng.normal(size=rows) > 0, "late", "in time")


def peer(estimator):
    encode = make_column_transformer((OneHotEncoder(handle_unknown="ignore"), ["origin", "carrier"]),
                                     remainder="passthrough")
    return make_pipeline(encode, estimator)


@pytest.mark.parametrize("form", [lambda f: f, pyarrow.table, lambda f: {n: f[n].to_numpy() for n in f}],
                         ids=["pandas", "arrow", "dict"])
def test_strings_are_categories(form):
    frame, y, _ = flights()
    fit = bakeoff.fit(form(frame), y, "ridge", [{"l2": 2.0}], KFold(4))
    theirs = peer(Ridge(alpha=2)).fit(frame, y)
    assert fit.columns == ["distance", "origin=EWR", "origin=JFK", "origin=LGA", "seats",
                           *(f"carrier={c}" for c in "ABCDE")]
    assert np.allclose(fit.models[0].predict(form(frame)), theirs.predict(frame))
    assert np.allclose(fit.scores[0], cross_val_score(theirs, frame, y, cv=KFold(4)))


def test_what_training_did_not_see_is_no_category():
    frame, y, _ = flights()
    model = bakeoff.fit(frame, y, "ridge", [{"l2": 2.0}]).models[0]
    new = frame.astype({"carrier": str}).assign(origin="SFO")
    theirs = peer(Ridge(alpha=2)).fit(frame, y)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # scikit-learn says that it met unknown categories
        assert np.allclose(model.predict(new), theirs.predict(new))
    assert np.allclose(model.predict(frame[["carrier", "seats", "origin", "distance"]]), model.predict(frame))


def test_a_missing_string_is_a_category_of_its_own():
    y = np.array([1.0, 2, 3, 10, 11, 12])
    table = pyarrow.table({"a": ["x", "x", "x", None, None, None]})
    fit = bakeoff.fit(table, y, "ridge", [{"l2": 0.0}], folds=0)
    assert fit.columns == ["a=x", "a=None"]
    assert np.allclose(fit.models[0].predict(table), [2, 2, 2, 11, 11, 11])


def test_search_cv_reads_them_too():
    frame, _, label = flights()
    search = bakeoff.SearchCV("logistic", {"l2": [0.5, 5.0]}).fit(frame, label)
    theirs = peer(LogisticRegression(C=1 / search.best_params_["l2"], tol=1e-10, max_iter=5000)).fit(frame, label)
    assert search.feature_names_in_.tolist() == list(frame) and search.n_features_in_ == 4
    assert np.allclose(search.predict_proba(frame), theirs.predict_proba(frame), atol=1e-3)
    assert search.score(frame, label) > 0.7
    assert np.array_equal(search.predict(pyarrow.table(frame)), search.predict(frame))
    assert np.array_equal(search.best_estimator_.predict(search.encoder_.encode(pyarrow.table(frame))),
                          search.predict(frame))


@pytest.mark.parametrize("change, text", [
    (lambda f: f.drop(columns="origin"), "missing: 'origin'"), (lambda f: f.assign(seats="many"), "'seats'.*numbers"),
    (lambda f: f.assign(origin=1.0), "'origin'.*strings")])
def test_says_what_is_wrong_with_a_new_table(change, text):
    frame, y, _ = flights()
    model = bakeoff.fit(frame, y, "ridge", [{"l2": 2.0}]).models[0]
    with pytest.raises(bakeoff.DataError, match=text):
        model.predict(change(frame))


def test_times_and_ids_are_refused():
    _, y, _ = flights(1200)
    with pytest.raises(bakeoff.DataError, match="column 'id'.*1000"):
        bakeoff.fit({"id": [str(i) for i in range(1200)]}, y)
    with pytest.raises(bakeoff.DataError, match="column 'at'.*timestamp"):
        bakeoff.fit(pandas.DataFrame({"at": pandas.date_range("2024-01-01", periods=1200)}), y)
    with pytest.raises(bakeoff.DataError, match="row 3, column 0"):
        bakeoff.fit(pandas.DataFrame({"a": [1.0, 2, 3, None, 5]}), np.arange(5.0), folds=0)
