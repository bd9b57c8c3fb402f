"""bakeoff.SearchCV with the other families, many classes and sparse rows: best_estimator_ is scikit-learn's own."""

import pickle

import bakeoff
import numpy as np
import pandas
import pytest
import scipy.sparse
from sklearn import datasets, linear_model, metrics, svm
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import GridSearchCV, GroupKFold, TimeSeriesSplit
from sklearn.utils.estimator_checks import parametrize_with_checks

PENALTIES = [0.1, 1.0, 30.0]


@parametrize_with_checks([bakeoff.SearchCV(family, {"l2": [0.1, 1.0]}, cv=3)
                          for family in ("linear_svm", "poisson")])
def test_passes_scikit_learns_checks(estimator, check):
    check(estimator)


def sample(family, rows=400, seed=0):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(rows, 4))
    z = x @ [0.6, -0.4, 0.2, 0.0] + 0.3
    y = {"poisson": lambda: rng.poisson(np.exp(z)).astype(float), "gamma": lambda: rng.gamma(3, np.exp(z) / 3) + 1e-9,
         "linear_svm": lambda: np.where(z + rng.normal(size=rows) > 0, "late", "in time")}
    return x, y.get(family, lambda: 50 + z + 0.3 * rng.standard_t(4, size=rows))()


# The peers, run to the end; LinearSVC and LinearSVR penalise their intercept, the less the larger intercept_scaling is.
PEERS = {
    "elastic_net": lambda p, n: linear_model.ElasticNet(alpha=p["l2"] / n, l1_ratio=p["l1_ratio"], tol=1e-10),
    "huber": lambda p, n: linear_model.HuberRegressor(alpha=p["l2"], epsilon=p["epsilon"], tol=1e-9, max_iter=10000),
    "poisson": lambda p, n: linear_model.PoissonRegressor(alpha=p["l2"] / n, tol=1e-10, max_iter=10000),
    "gamma": lambda p, n: linear_model.GammaRegressor(alpha=p["l2"] / n, tol=1e-10, max_iter=10000),
    "linear_svm": lambda p, n: svm.LinearSVC(C=1 / p["l2"], dual=False, tol=1e-10, intercept_scaling=1e3,
                                             max_iter=100000),
    "linear_svr": lambda p, n: svm.LinearSVR(C=1 / p["l2"], epsilon=p["epsilon"], dual=False, tol=1e-10,
                                             loss="squared_epsilon_insensitive", intercept_scaling=1e3,
                                             max_iter=100000)}


@pytest.mark.parametrize("family", PEERS)
def test_the_best_estimator_is_the_peers_with_its_parameters_and_its_optimum(family):
    x, y = sample(family)
    search = bakeoff.SearchCV(family, {"l2": PENALTIES}, cv=4).fit(x, y)
    peer = PEERS[family](search.best_params_, len(y)).fit(x, y)
    best = search.best_estimator_
    assert type(best) is type(peer)
    for name, value in clone(best).get_params().items():
        if name not in ("tol", "max_iter", "intercept_scaling"):
            assert value == peer.get_params()[name], name
    assert best.coef_.shape == peer.coef_.shape and np.abs(best.coef_ - peer.coef_).max() < 2e-4
    assert np.shape(best.intercept_) == np.shape(peer.intercept_)
    assert np.allclose(best.intercept_, peer.intercept_, atol=2e-4)
    if family == "huber":
        assert best.scale_ == pytest.approx(peer.scale_, rel=1e-3) and np.mean(best.outliers_ != peer.outliers_) < 0.01
    if family == "linear_svm":
        assert not hasattr(search, "predict_proba")
        assert np.array_equal(search.predict(x), peer.predict(x))
        auc = metrics.roc_auc_score(y == "late", peer.decision_function(x))
        assert search.score(x, y) == pytest.approx(auc, abs=1e-4)
    else:
        assert np.allclose(search.predict(x), peer.predict(x), rtol=1e-3)
        assert search.score(x, y) == pytest.approx(metrics.r2_score(y, peer.predict(x)), abs=1e-4)
    again = pickle.loads(pickle.dumps(best))
    assert np.array_equal(again.predict(x), search.predict(x))
    theirs = GridSearchCV(PEERS[family](search.best_params_, len(y) * 3 // 4), {}, cv=4, scoring=(
        "roc_auc" if family == "linear_svm" else "r2")).fit(x, y)
    assert search.best_score_ == pytest.approx(theirs.best_score_, abs=2e-3)


@pytest.mark.parametrize("family", PEERS)
def test_scorers_of_scikit_learn_get_the_plain_estimator(family):
    x, y = sample(family)
    scoring = "f1_macro" if family == "linear_svm" else "neg_median_absolute_error"
    search = bakeoff.SearchCV(family, {"l2": PENALTIES}, cv=3, scoring=scoring).fit(x, y)
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()
    assert search.score(x, y) == metrics.get_scorer(scoring)(search.best_estimator_, x, y)


@pytest.mark.parametrize("scoring, theirs", [(None, "accuracy"), ("log_loss", "neg_log_loss"),
                                             ("neg_log_loss", "neg_log_loss"), ("f1_macro", "f1_macro"),
                                             ("roc_auc_ovr", "roc_auc_ovr"), ("balanced_accuracy",) * 2])
@pytest.mark.parametrize("cv", [4, TimeSeriesSplit(3)], ids=repr)
def test_many_classes_are_grid_searchs_softmax(scoring, theirs, cv):
    x, y = datasets.load_iris(return_X_y=True)
    order = np.random.default_rng(0).permutation(len(y))
    x, y = x[order], np.array(["setosa", "versicolor", "virginica"])[y[order]]
    ours = bakeoff.SearchCV("logistic", {"l2": PENALTIES}, scoring=scoring, cv=cv).fit(x, y)
    peer = GridSearchCV(linear_model.LogisticRegression(solver="newton-cholesky", tol=1e-10),
                        {"C": [1 / p for p in PENALTIES]}, scoring=theirs, cv=cv).fit(x, y)
    sign = -1 if scoring == "log_loss" else 1
    assert np.allclose(sign * ours.cv_results_["mean_test_score"], peer.cv_results_["mean_test_score"], atol=1e-3)
    assert list(ours.classes_) == list(peer.classes_)
    best = ours.best_estimator_
    again = clone(best).set_params(solver="newton-cholesky", tol=1e-10).fit(x, y)
    assert np.abs(best.coef_ - again.coef_).max() < 2e-3 and best.coef_.shape == (3, 4)
    assert np.abs(ours.predict_proba(x) - again.predict_proba(x)).max() < 1e-3
    assert ours.predict_proba(x).shape == ours.decision_function(x).shape == (150, 3)
    assert ours.score(x, y) == pytest.approx(sign * metrics.get_scorer(theirs)(best, x, y), abs=1e-9)


def test_many_classes_in_rungs_with_weights_and_frames():
    x, y = datasets.load_wine(return_X_y=True, as_frame=True)
    frame = x[["alcohol", "flavanoids", "color_intensity"]].assign(
        kind=pandas.Categorical(np.where(x["hue"] > 1, "blue", "red")))
    names = np.array(["a", "b", "c"])[y]
    search = bakeoff.SearchCV("logistic", {"l2": {"log": [0.01, 100]}}, 9, "halving", scoring=["log_loss", "accuracy"],
                              refit="log_loss", class_weight="balanced", cv=3).fit(frame, names, np.arange(178) % 3 + 1)
    assert set(search.predict(frame)) == {"a", "b", "c"} and search.best_estimator_.coef_.shape == (3, 5)
    assert np.mean(search.predict(frame) == names) > 0.9


def test_families_of_two_classes_say_so():
    x, y = datasets.load_iris(return_X_y=True)
    with pytest.raises(ValueError, match="Only binary classification is supported"):
        bakeoff.SearchCV("linear_svm", {"l2": [1.0]}).fit(x, y)
    with pytest.raises(bakeoff.SpecError, match="l1_ratio: expected 0 with more than two classes"):
        bakeoff.SearchCV("logistic", {"l1_ratio": [0.5]}).fit(x, y)
    wide = scipy.sparse.csr_array((150, 2**20))
    with pytest.raises(ValueError, match="y: 3 classes of a sparse X are fitted on dense rows, at most 1 GB"):
        bakeoff.SearchCV("logistic", {"l2": [1.0]}).fit(wide, y)


def sparse_sample(rows=600, columns=40):
    rng = np.random.default_rng(0)
    x = scipy.sparse.random_array((rows, columns), density=0.1, rng=rng, format="csr")
    z = x @ rng.normal(size=columns) * 2
    return x, z + 0.1 * rng.normal(size=rows), np.where(z + 0.3 * rng.normal(size=rows) > 0, "up", "down")


@pytest.mark.parametrize("family", ["logistic", "ridge"])
@pytest.mark.parametrize("convert", ["csr", "csc", "coo"])
def test_sparse_rows_are_dense_ones(family, convert):
    x, number, label = sparse_sample()
    y = label if family == "logistic" else number
    space = {"l2": PENALTIES}
    ours = bakeoff.SearchCV(family, space, cv=4).fit(x.asformat(convert), y)
    dense = bakeoff.SearchCV(family, space, cv=4).fit(x.toarray(), y)
    for key in ("mean_test_score", "std_test_score"):
        assert np.allclose(ours.cv_results_[key], dense.cv_results_[key], atol=1e-4)
    assert ours.best_params_ == dense.best_params_
    assert np.allclose(ours.best_estimator_.coef_, dense.best_estimator_.coef_, atol=1e-4)
    assert np.array_equal(ours.predict(x), ours.best_estimator_.predict(x.toarray())) or family == "ridge"
    assert ours.score(x, y) == pytest.approx(dense.score(x.toarray(), y), abs=1e-5)


def test_sparse_rows_with_groups_and_weights_and_what_they_can_not():
    x, _, y = sparse_sample()
    weights, groups = np.arange(600) % 3 + 1.0, np.arange(600) // 10
    ours = bakeoff.SearchCV("logistic", {"l2": PENALTIES}, cv=GroupKFold(3)).fit(x, y, weights, groups=groups)
    dense = bakeoff.SearchCV("logistic", {"l2": PENALTIES}, cv=GroupKFold(3)).fit(x.toarray(), y, weights,
                                                                                  groups=groups)
    assert np.allclose(ours.cv_results_["mean_test_score"], dense.cv_results_["mean_test_score"], atol=1e-4)
    halved = bakeoff.SearchCV("logistic", {"l2": {"log": [0.01, 100]}}, 9, "halving", cv=3).fit(x, y)
    assert halved.best_score_ > 0.8
    for arguments, said in [({"scoring": ["roc_auc", "accuracy"], "refit": False}, "a sparse X takes one metric"),
                            ({"scoring": "jaccard"}, "a sparse X takes one metric"),
                            ({"class_weight": "balanced"}, "not for a sparse X"),
                            ({"cv": TimeSeriesSplit(3)}, "train on all rows that they do not test")]:
        with pytest.raises((ValueError, bakeoff.SpecError), match=said):
            bakeoff.SearchCV("logistic", {"l2": [1.0]}, **arguments).fit(x, np.where(y == "up", 1, 0))
    with pytest.raises((TypeError, ValueError), match="[Ss]parse"):
        bakeoff.SearchCV("huber", {"l2": [1.0]}).fit(x, np.arange(600.0))


# ---- hard data: scikit-learn's optimum, or a stated reason ----

def rows(rank_deficient=False, scale=None, constant=False, wide=False, seed=0):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(30, 80) if wide else (200, 6))
    if rank_deficient:
        x = np.hstack([x, x[:, :2] @ [[1.0], [2.0]], x[:, :1]])
    if scale:
        x = x * np.logspace(0, -scale, x.shape[1])
    if constant:
        x[:, 1] = 7.0
    return x, x[:, 0] + rng.normal(size=len(x)) * 0.5


HARD = {"collinear": dict(rank_deficient=True), "ill_conditioned": dict(scale=5), "constant": dict(constant=True),
        "wide": dict(wide=True)}


@pytest.mark.parametrize("what", HARD)
@pytest.mark.parametrize("classes", [0, 2, 3])
def test_hard_columns_are_fitted_as_scikit_learn_does(what, classes):
    x, z = rows(**HARD[what])
    y = z if not classes else np.digitize(z, np.quantile(z, np.arange(1, classes) / classes))
    family = "logistic" if classes else "ridge"
    search = bakeoff.SearchCV(family, {"l2": [0.1, 10.0]}, cv=3).fit(x, y)
    best = search.best_estimator_
    l2 = search.best_params_["l2"]
    peer = (linear_model.LogisticRegression(C=1 / l2, solver="newton-cholesky", tol=1e-10) if classes
            else linear_model.Ridge(alpha=l2)).fit(x, y)
    score = best.decision_function if classes else best.predict
    theirs = peer.decision_function if classes else peer.predict
    centred = (lambda z: z - z.mean(axis=1, keepdims=True)) if classes == 3 else lambda z: z
    assert np.abs(centred(score(x)) - centred(theirs(x))).max() < 5e-3
    if what == "constant":
        assert np.abs(np.atleast_2d(best.coef_)[:, 1]).max() < 1e-9  # its optimum is 0 under any penalty


@pytest.mark.parametrize("classes", [2, 3])
def test_separable_classes_have_the_optimum_of_their_penalty(classes):
    rng = np.random.default_rng(0)
    y = np.arange(120) % classes
    x = np.column_stack([10 * (y == k) + rng.normal(size=120) for k in range(classes)])
    search = bakeoff.SearchCV("logistic", {"l2": [1e-3, 1.0]}, scoring="log_loss", cv=3).fit(x, y)
    l2 = search.best_params_["l2"]
    peer = linear_model.LogisticRegression(C=1 / l2, solver="newton-cholesky", tol=1e-12).fit(x, y)
    assert np.abs(search.predict_proba(x) - peer.predict_proba(x)).max() < 1e-4
    assert search.score(x, y) == pytest.approx(metrics.log_loss(y, peer.predict_proba(x)), abs=1e-4)


def test_one_sample_of_a_class_is_an_error_or_a_split_that_has_it():
    x, z = rows()
    y = np.where(np.arange(200) == 150, "rare", np.where(z > 0, "up", "down"))
    with pytest.warns(UserWarning, match="least populated class"), pytest.raises(ValueError, match="could be scored"):
        bakeoff.SearchCV("logistic", {"l2": [1.0]}, cv=3).fit(x, y)  # no fold trains on it where it is tested
    search = bakeoff.SearchCV("logistic", {"l2": [1.0]}, cv=[(np.arange(100, 200), np.arange(100))]).fit(x, y)
    peer = linear_model.LogisticRegression(solver="newton-cholesky", tol=1e-10).fit(x, y)
    assert np.abs(search.predict_proba(x) - peer.predict_proba(x)).max() < 1e-3


@pytest.mark.parametrize("method", ["isotonic", "sigmoid"])
def test_scores_can_be_calibrated_on_other_rows(method):
    x, y = sample("linear_svm", 1200)
    search = bakeoff.SearchCV("linear_svm", {"l2": PENALTIES}, cv=3).fit(x[:600], y[:600])
    calibrated = CalibratedClassifierCV(FrozenEstimator(search), method=method).fit(x[600:900], y[600:900])
    late = y[900:] == "late"
    own = metrics.brier_score_loss(late, 1 / (1 + np.exp(-search.decision_function(x[900:]))))
    assert metrics.brier_score_loss(late, calibrated.predict_proba(x[900:])[:, 1]) < own


# ---- bakeoff.fit in the project's words ----

@pytest.mark.parametrize("arguments, error, said", [
    ({"candidates": [{"l2": "one"}]}, bakeoff.SpecError, "candidates, 0: l2: expected a number, got 'one'"),
    ({"candidates": [{"l2": [1, 2]}]}, bakeoff.SpecError, "expected a number, got \\[1, 2\\]"),
    ({"candidates": [{"l2": None}]}, bakeoff.SpecError, "expected a number, got None"),
    ({"candidates": {"l2": [1]}}, bakeoff.SpecError, "expected a list of"),
    ({"candidates": [3]}, bakeoff.SpecError, "candidates, 0: expected {parameter: value}, got 3"),
    ({"seed": -1}, bakeoff.SpecError, "seed: expected an integer of at least 0, got -1"),
    ({"seed": "x"}, bakeoff.SpecError, "seed: expected an integer"),
    ({"weights": np.zeros(50)}, bakeoff.DataError, "weights: expected some above 0, all are 0"),
    ({"weights": np.ones((50, 1))}, bakeoff.DataError, "weights: expected shape \\(N,\\), got \\(50, 1\\)"),
    ({"weights": np.ones(49)}, bakeoff.DataError, "weights: expected 50, one a row of X, got 49"),
    ({"weights": np.full(50, -1.0)}, bakeoff.DataError, "expected a finite number of at least 0, got -1"),
    ({"weights": ["a"] * 50}, bakeoff.DataError, "weights: expected numbers"),
])
def test_fit_says_what_is_wrong(arguments, error, said):
    x, y = np.random.default_rng(0).normal(size=(50, 3)), np.arange(50.0)
    with pytest.raises(error, match=said):
        bakeoff.fit(x, y, **arguments)


def test_fit_of_no_rows_and_predict_of_another_width():
    x, y = np.random.default_rng(0).normal(size=(50, 3)), np.arange(50.0)
    with pytest.raises(bakeoff.DataError, match="X has no rows"):
        bakeoff.fit(x[:0], y[:0])
    with pytest.raises(bakeoff.DataError, match="y: expected 50 labels, one a row of X, got 49"):
        bakeoff.fit(x, y[:49])
    model = bakeoff.fit(x, y).models[0]
    for wrong in (x[:, :2], x[0], np.zeros((2, 4)), scipy.sparse.csr_array(x[:, :2])):
        with pytest.raises(bakeoff.DataError, match="X: expected shape \\(N, 3\\)"):
            model.predict(wrong)
    assert model.predict(x[:0]).shape == (0,)
