"""bakeoff.SearchCV of sparse rows: what it makes of them dense, or a reason."""

import numpy as np
import pytest
import scipy.sparse
from sklearn.model_selection import GroupKFold, TimeSeriesSplit

import bakeoff

PENALTIES = {"l2": [0.1, 1.0, 30.0]}


def sample(rows=600, columns=40):
    rng = np.random.default_rng(0)
    x = scipy.sparse.random_array((rows, columns), density=0.1, rng=rng, format="csr")
    z = x @ rng.normal(size=columns) * 2
    return x, z + 0.1 * rng.normal(size=rows), np.where(z + 0.3 * rng.normal(size=rows) > 0, "up", "down")


@pytest.mark.parametrize("family", ["logistic", "ridge"])
@pytest.mark.parametrize("kind", ["csr", "csc", "coo"])
def test_sparse_rows_are_dense_ones(family, kind):
    x, number, label = sample()
    y = label if family == "logistic" else number
    ours = bakeoff.SearchCV(family, PENALTIES, cv=4).fit(x.asformat(kind), y)
    dense = bakeoff.SearchCV(family, PENALTIES, cv=4).fit(x.toarray(), y)
    for key in ("mean_test_score", "std_test_score"):
        assert np.allclose(ours.cv_results_[key], dense.cv_results_[key], atol=1e-4)
    assert ours.best_params_ == dense.best_params_
    assert np.allclose(ours.best_estimator_.coef_, dense.best_estimator_.coef_, atol=1e-4)
    assert family == "ridge" or np.array_equal(ours.predict(x), ours.best_estimator_.predict(x.toarray()))
    assert ours.score(x, y) == pytest.approx(dense.score(x.toarray(), y), abs=1e-5)


def test_groups_weights_and_rungs():
    x, _, y = sample()
    weights, groups = np.arange(600) % 3 + 1.0, np.arange(600) // 10
    ours = bakeoff.SearchCV("logistic", PENALTIES, cv=GroupKFold(3)).fit(x, y, weights, groups=groups)
    dense = bakeoff.SearchCV("logistic", PENALTIES, cv=GroupKFold(3)).fit(x.toarray(), y, weights, groups=groups)
    assert np.allclose(ours.cv_results_["mean_test_score"], dense.cv_results_["mean_test_score"], atol=1e-4)
    halved = bakeoff.SearchCV("logistic", {"l2": {"log": [0.01, 100]}}, 9, "halving", cv=3).fit(x, y)
    assert halved.best_score_ > 0.8


@pytest.mark.parametrize("arguments, said", [
    ({"scoring": ["roc_auc", "accuracy"], "refit": False}, "a sparse X takes one metric"),
    ({"scoring": "jaccard"}, "a sparse X takes one metric"),
    ({"class_weight": "balanced"}, "not for a sparse X"),
    ({"cv": TimeSeriesSplit(3)}, "train on all rows that they do not test"),
    ({"checkpoint": "folder"}, "is not for a sparse X")])
def test_what_it_can_not(arguments, said):
    x, _, y = sample()
    with pytest.raises((ValueError, bakeoff.SpecError), match=said):
        bakeoff.SearchCV("logistic", PENALTIES, **arguments).fit(x, y)


def test_other_families_and_more_classes_say_so():
    x, number, _ = sample()
    with pytest.raises((TypeError, ValueError), match="[Ss]parse"):
        bakeoff.SearchCV("huber", {"l2": [1.0]}).fit(x, number)
    classes = np.arange(600) % 3
    search = bakeoff.SearchCV("logistic", {"l2": [1.0]}, cv=3).fit(x, classes)
    assert np.allclose(search.predict_proba(x), search.best_estimator_.predict_proba(x.toarray()))
    with pytest.raises(ValueError, match="3 classes of a sparse X are fitted on dense rows, at most 1 GB"):
        bakeoff.SearchCV("logistic", {"l2": [1.0]}).fit(scipy.sparse.csr_array((600, 2**20)), classes)
