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


@pytest.mark.parametrize("arguments", [
    {"scoring": ["roc_auc", "accuracy"], "refit": "roc_auc"}, {"scoring": "f1_macro"}, {"class_weight": "balanced"},
    {"cv": TimeSeriesSplit(3)}])
def test_what_else_a_search_takes(arguments, tmp_path):
    x, _, y = sample()
    ours = bakeoff.SearchCV("logistic", PENALTIES, checkpoint=tmp_path / "kept", **arguments).fit(x, y)
    dense = bakeoff.SearchCV("logistic", PENALTIES, **arguments).fit(x.toarray(), y)
    for key in dense.cv_results_:
        if key.startswith("mean_test"):
            assert np.allclose(ours.cv_results_[key], dense.cv_results_[key], atol=2e-3)
    assert not (tmp_path / "kept").exists()


@pytest.mark.parametrize("family", ["huber", "elastic_net", "linear_svr", "poisson", "linear_svm"])
def test_every_family(family):
    x, number, label = sample()
    y = label if family == "linear_svm" else np.exp(number / 4) if family == "poisson" else number
    ours = bakeoff.SearchCV(family, PENALTIES, cv=3).fit(x, y)
    dense = bakeoff.SearchCV(family, PENALTIES, cv=3).fit(x.toarray(), y)
    assert np.allclose(ours.cv_results_["mean_test_score"], dense.cv_results_["mean_test_score"], atol=1e-3)
    assert np.allclose(ours.best_estimator_.coef_, dense.best_estimator_.coef_, atol=2e-3)
    assert np.array_equal(ours.predict(x), ours.best_estimator_.predict(x))


def test_more_classes():
    x, number, _ = sample()
    y = np.digitize(number, [-1, 1])
    ours = bakeoff.SearchCV("logistic", PENALTIES, cv=3).fit(x, y)
    dense = bakeoff.SearchCV("logistic", PENALTIES, cv=3).fit(x.toarray(), y)
    assert np.allclose(ours.best_estimator_.coef_, dense.best_estimator_.coef_, atol=1e-4)
    assert np.allclose(ours.predict_proba(x), ours.best_estimator_.predict_proba(x.toarray()))
