"""bakeoff.SearchCV is a scikit-learn estimator, and finds what GridSearchCV finds."""

import os
import pickle
import signal
import subprocess
import sys
import textwrap
import time

import numpy as np
import pandas
import pytest
from sklearn.base import clone, is_classifier, is_regressor
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import make_scorer, median_absolute_error
from sklearn.model_selection import (GridSearchCV, GroupKFold, PredefinedSplit, TimeSeriesSplit, cross_val_score)
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

import bakeoff

PENALTIES = [1e-3, 0.1, 1.0, 10.0, 1000.0]


@parametrize_with_checks([bakeoff.SearchCV("logistic", {"l2": [0.1, 1.0]}, cv=3),
                          bakeoff.SearchCV("ridge", {"l2": [0.1, 1.0]}, cv=3)])
def test_passes_scikit_learns_checks(estimator, check):
    check(estimator)


def data(rows=300, columns=4, seed=0):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(rows, columns))
    z = x @ rng.normal(size=columns)
    return x, 3 + z + rng.normal(size=rows), np.where(z + rng.normal(size=rows) > 0, "late", "in time")


def grid_search(family, scoring, cv, x, y, **keywords):
    if family == "ridge":
        return GridSearchCV(Ridge(), {"alpha": PENALTIES}, scoring=scoring, cv=cv, **keywords).fit(x, y)
    peer = LogisticRegression(solver="newton-cholesky", tol=1e-10)
    return GridSearchCV(peer, {"C": [1 / p for p in PENALTIES]}, scoring=scoring, cv=cv, **keywords).fit(x, y)


@pytest.mark.parametrize("family, scoring", [
    ("ridge", "r2"), ("ridge", "neg_mean_squared_error"), ("ridge", "neg_root_mean_squared_error"),
    ("ridge", "neg_median_absolute_error"), ("logistic", "roc_auc"), ("logistic", "neg_log_loss"),
    ("logistic", "accuracy"), ("logistic", "balanced_accuracy"), ("logistic", "neg_brier_score"),
    ("logistic", "jaccard_macro"), ("ridge", make_scorer(median_absolute_error, greater_is_better=False))])
@pytest.mark.parametrize("cv", [4, TimeSeriesSplit(3, gap=4)], ids=repr)
def test_results_are_grid_searchs(family, scoring, cv):
    x, target, label = data()
    y = target if family == "ridge" else (label == "late").astype(int)
    ours = bakeoff.SearchCV(family, {"l2": PENALTIES}, scoring=scoring, cv=cv).fit(x, y)
    theirs = grid_search(family, scoring, cv, x, y)
    for key in theirs.cv_results_:
        if key.startswith(("split", "mean_test", "std_test")):
            assert np.allclose(ours.cv_results_[key], theirs.cv_results_[key], atol=2e-3), key
        elif not key.startswith(("param", "mean_", "std_")):
            assert key in ours.cv_results_
    by_score = np.argsort(-theirs.cv_results_["mean_test_score"])
    assert ours.best_index_ in by_score[:2]
    assert ours.best_score_ == pytest.approx(theirs.best_score_, abs=2e-3)
    assert ours.best_params_ == {"l2": PENALTIES[ours.best_index_]}
    assert ours.cv_results_["rank_test_score"][ours.best_index_] == 1


def test_our_names_are_never_negated_and_minimised_where_less_is_better():
    x, _, label = data()
    search = bakeoff.SearchCV("logistic", {"l2": PENALTIES}, scoring="log_loss").fit(x, label)
    assert search.best_score_ == search.cv_results_["mean_test_score"].min() > 0
    assert search.score(x, label) == pytest.approx(
        -np.log(search.predict_proba(x)[np.arange(len(x)), (label == "late").astype(int)]).mean(), rel=1e-6)


def test_several_metrics_at_once():
    x, _, label = data()
    search = bakeoff.SearchCV("logistic", {"l2": PENALTIES}, scoring=["roc_auc", "log_loss", "neg_log_loss"],
                              refit="log_loss").fit(x, label)
    table = search.cv_results_
    assert np.array_equal(table["mean_test_log_loss"], -table["mean_test_neg_log_loss"])
    assert np.array_equal(table["rank_test_log_loss"], table["rank_test_neg_log_loss"])
    assert search.best_index_ == table["mean_test_log_loss"].argmin()
    assert not hasattr(bakeoff.SearchCV(scoring=["roc_auc", "log_loss"], refit=False).fit(x, label), "best_index_")
    with pytest.raises(ValueError, match="name of the one that decides"):
        bakeoff.SearchCV(scoring=["roc_auc", "log_loss"]).fit(x, label)


def test_the_best_estimator_is_plain_and_is_the_peers_optimum():
    x, target, label = data()
    late = bakeoff.SearchCV("logistic", {"l2": [2.0]}).fit(x, label).best_estimator_
    assert type(late) is LogisticRegression and late.classes_.tolist() == ["in time", "late"]
    peer = LogisticRegression(C=0.5, tol=1e-10, solver="newton-cholesky").fit(x, label)
    assert np.allclose(late.coef_, peer.coef_, atol=1e-8) and np.allclose(late.intercept_, peer.intercept_, atol=1e-8)
    assert np.allclose(late.predict_proba(x), peer.predict_proba(x), atol=1e-8)
    assert np.array_equal(late.predict(x[:50]), peer.predict(x[:50])) and late.n_iter_.shape == (1,)
    ridge = bakeoff.SearchCV("ridge", {"l2": [2.0]}).fit(x, target).best_estimator_
    assert type(ridge) is Ridge and np.allclose(ridge.coef_, Ridge(alpha=2).fit(x, target).coef_)
    load = "import sys, pickle; m = pickle.load(sys.stdin.buffer); print(m.predict([[0] * 4]));" \
           "assert not any(n.startswith('bakeoff') for n in sys.modules)"
    alone = subprocess.run([sys.executable, "-c", load], input=pickle.dumps(late), capture_output=True, check=True)
    assert alone.stdout.strip() in (b"['late']", b"['in time']")


def test_works_where_scikit_learn_wants_an_estimator():
    x, target, label = data()
    pipeline = make_pipeline(StandardScaler(), bakeoff.SearchCV("logistic", {"l2": PENALTIES}))
    assert cross_val_score(pipeline, x, label, cv=3, scoring="roc_auc").min() > 0.7
    assert is_classifier(bakeoff.SearchCV("logistic")) and is_regressor(bakeoff.SearchCV("ridge"))
    search = clone(bakeoff.SearchCV("ridge")).set_params(cv=3, space={"l2": [1.0]})
    assert search.get_params()["cv"] == 3 and search.fit(x, target).n_splits_ == 3
    assert not hasattr(search, "predict_proba") and not hasattr(search, "decision_function")
    assert pickle.loads(pickle.dumps(search)).predict(x[:3]).shape == (3,)


def test_frames_keep_their_names():
    x, target, _ = data()
    frame = pandas.DataFrame(x, columns=list("abcd"))
    search = bakeoff.SearchCV("ridge").fit(frame, target)
    assert search.feature_names_in_.tolist() == list("abcd") == search.best_estimator_.feature_names_in_.tolist()
    with pytest.raises(ValueError, match="feature names"):
        search.predict(frame[list("badc")])
    import pyarrow

    assert np.array_equal(bakeoff.SearchCV("ridge").fit(pyarrow.table(frame), target).predict(frame.to_numpy()),
                          search.predict(frame))


@pytest.mark.parametrize("strategy", ["random", "sobol", "halving", "hyperband"])
def test_each_strategy_finds_what_a_fine_grid_finds(strategy):
    x, target, _ = data(4000, 30)
    target = target + 20 * np.random.default_rng(1).normal(size=len(target))  # so that the penalty matters
    fine = bakeoff.SearchCV("ridge", {"l2": np.logspace(-2, 6, 300)}, scoring="mse").fit(x, target)
    search = bakeoff.SearchCV("ridge", {"l2": {"log": [1e-2, 1e6]}}, 60, strategy, scoring="mse").fit(x, target)
    # The minimum is flat, and a rung's noise moves it.
    assert search.best_score_ <= fine.best_score_ * (1.002 if strategy in ("random", "sobol") else 1.01)
    if strategy in ("halving", "hyperband"):
        table = search.cv_results_
        assert table["fraction"][search.best_index_] == 1 and table["fraction"].min() < 1
        worst_whole = table["rank_test_score"][table["fraction"] == 1].max()
        assert worst_whole < table["rank_test_score"][table["fraction"] < 1].min()


def test_included_parameters_compete_to_the_end():
    x, target, _ = data(2000)
    for strategy in ("sobol", "halving"):
        search = bakeoff.SearchCV("ridge", {"l2": {"log": [1e5, 1e6]}}, 20, strategy, include=[{"l2": 1.0}])
        assert search.fit(x, target).best_params_ == {"l2": 1.0}
        assert sum(p == {"l2": 1.0} for p in search.cv_results_["params"]) == 1


def test_rungs_keep_groups_whole_and_penalties_to_scale():
    from bakeoff import _core
    from bakeoff._search_cv import _Data
    from bakeoff._splits import make_splits

    x, target, _ = data(900)
    groups = np.repeat(np.arange(90), 10)
    whole = _Data(x, target, target, None, None, make_splits(GroupKFold(3), target, False, groups), groups)
    rung = whole.rung(1 / 3, 0)
    assert len(rung.labels) == 300 and rung.splits.count == 3
    assert _core.rung_rows(units=groups, rows=900, fraction=1 / 3, seed=0).shape == (300,)
    # The optimum on a third of the rows with a third of the penalty is near that of all.
    part = bakeoff.fit(rung.x, rung.labels, "ridge", [{"l2": 100.0}], folds=0).models[0].coefficients
    all_rows = bakeoff.fit(x, target, "ridge", [{"l2": 300.0}], folds=0).models[0].coefficients
    assert np.abs(part - all_rows).max() < 0.2


def test_weights_are_repeated_rows_and_class_weight_is_the_peers():
    x, _, label = data()
    twice = np.random.default_rng(0).integers(1, 3, len(x))
    ids = np.arange(len(x)) % 3
    rows = np.repeat(np.arange(len(x)), twice)
    weighted = bakeoff.SearchCV(cv=PredefinedSplit(ids)).fit(x, label, sample_weight=twice)
    repeated = bakeoff.SearchCV(cv=PredefinedSplit(ids[rows])).fit(x[rows], label[rows])
    assert np.allclose(weighted.cv_results_["mean_test_score"], repeated.cv_results_["mean_test_score"], atol=1e-4)
    assert np.allclose(weighted.best_estimator_.coef_, repeated.best_estimator_.coef_, atol=1e-8)
    ours = bakeoff.SearchCV(space={"l2": [1.0]}, class_weight={"late": 5}, scoring="accuracy").fit(x, label)
    peer = LogisticRegression(class_weight={"late": 5}, tol=1e-10, solver="newton-cholesky").fit(x, label)
    assert np.allclose(ours.best_estimator_.coef_, peer.coef_, atol=1e-8)
    assert ours.best_score_ == pytest.approx(cross_val_score(peer, x, label, cv=5).mean(), abs=2e-3)


def test_budget_and_callback_end_a_search_after_a_batch():
    x, target, _ = data()
    events = []
    space = {"l2": {"log": [1e-3, 1e3]}}
    search = bakeoff.SearchCV("huber", space, 200, "sobol", budget={"time": 1e-6}, callback=events.append)
    assert search.fit(x, target).status_ == "budget" and len(search.cv_results_["params"]) == 64
    assert events[-1]["event"] == "batch" and events[-1]["best"] == search.best_score_
    search.set_params(budget=None, callback=lambda e: e["event"] == "batch" and e["candidates"] >= 128)
    assert search.fit(x, target).status_ == "budget" and len(search.cv_results_["params"]) == 128
    assert search.set_params(callback=None).fit(x, target).status_ == "finished"
    with pytest.raises(bakeoff.SpecError, match="price_per_hour"):
        search.set_params(budget={"cost": 1}).fit(x, target)


def test_control_c_keeps_what_is_finished():
    script = """
        import sys, numpy as np, bakeoff
        rng = np.random.default_rng(0)
        x = rng.normal(size=(60000, 40)); y = x[:, 0] + rng.normal(size=60000) > 0
        def tell(event):
            if event["event"] == "batch": print(event["candidates"], flush=True)
        search = bakeoff.SearchCV("logistic", {"l2": {"log": [1e-3, 1e3]}}, 100000, "sobol", callback=tell, cv=2)
        try:
            search.fit(x, y)
        except KeyboardInterrupt:
            table = search.cv_results_
            assert search.status_ == "interrupted" and not hasattr(search, "best_estimator_")
            assert len(table["params"]) % 64 == 0 and search.best_params_ in table["params"]
            print("kept", len(table["params"]))
    """
    process = subprocess.Popen([sys.executable, "-c", textwrap.dedent(script)], stdout=subprocess.PIPE, text=True,
                               env={**os.environ, "PYTHONUNBUFFERED": "1"})
    finished = int(process.stdout.readline())
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    rest = process.communicate(timeout=60)[0].split()
    assert process.returncode == 0 and rest[-2] == "kept"
    assert int(rest[-1]) == int(rest[-3] if len(rest) > 2 else finished)


def test_a_bar_or_lines_are_shown_if_asked_for(capsys):
    x, target, _ = data()
    bakeoff.SearchCV("ridge", verbose=1).fit(x, target)
    assert capsys.readouterr().err.startswith("9 candidates fitted")
    bakeoff.SearchCV("ridge").fit(x, target)
    assert capsys.readouterr().err == ""


def test_scikit_learn_is_loaded_by_search_cv_alone():
    loaded = "import sys, bakeoff; bakeoff.fit; bakeoff.Search; print('sklearn' in sys.modules);" \
             "bakeoff.SearchCV; print('sklearn' in sys.modules)"
    out = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True).stdout.split()
    assert out == ["False", "True"]
    missing = "import sys; sys.modules['sklearn'] = None\nimport bakeoff\ntry: bakeoff.SearchCV\n" \
              "except ImportError as e: print(e)"
    assert "pip install scikit-learn" in subprocess.run([sys.executable, "-c", missing], capture_output=True, text=True,
                                                        check=True).stdout


@pytest.mark.parametrize("arguments, text", [
    ({"family": "logit"}, "expected one of"), ({"scoring": "auc"}, "neither a metric of Bakeoff"),
    ({"space": {"l2": {"log": [1, 2]}}}, "grid needs lists"), ({"scoring": []}, "different names")])
def test_says_what_is_wrong(arguments, text):
    x, _, label = data()
    with pytest.raises((ValueError, bakeoff.SpecError), match=text):
        bakeoff.SearchCV(**arguments).fit(x, label)


def test_no_score_on_any_split_is_an_error():
    x, _, label = data(40)
    late, in_time = np.flatnonzero(label == "late"), np.flatnonzero(label == "in time")
    with pytest.raises(ValueError, match="no candidate could be scored"):
        bakeoff.SearchCV(cv=[(late, in_time)]).fit(x, label)
