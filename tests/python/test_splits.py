"""Every kind of split in bakeoff.fit, against scikit-learn's models fitted split by split."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import mean_squared_error, roc_auc_score
from sklearn.model_selection import (GroupKFold, GroupShuffleSplit, KFold, LeaveOneGroupOut, LeavePOut, PredefinedSplit,
                                     RepeatedKFold, RepeatedStratifiedKFold, ShuffleSplit, StratifiedGroupKFold,
                                     StratifiedKFold, TimeSeriesSplit)

import bakeoff

SPLITTERS = [
    KFold(4), KFold(5, shuffle=True, random_state=0), StratifiedKFold(3),
    StratifiedKFold(3, shuffle=True, random_state=1),
    GroupKFold(4), LeaveOneGroupOut(), StratifiedGroupKFold(3), GroupShuffleSplit(3, random_state=0),
    RepeatedKFold(n_splits=3, n_repeats=3, random_state=0),
    RepeatedStratifiedKFold(n_splits=2, n_repeats=2, random_state=0),
    ShuffleSplit(6, test_size=0.3, random_state=0), ShuffleSplit(4, test_size=0.2, train_size=0.4, random_state=0),
    TimeSeriesSplit(4), TimeSeriesSplit(4, gap=7), TimeSeriesSplit(4, max_train_size=30, test_size=20),
    PredefinedSplit(np.arange(160) % 5 - 1),
]


def data(rows=160, columns=3, seed=0):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(rows, columns)) + 5
    z = (x - 5) @ rng.normal(size=columns)
    return x, z + rng.normal(size=rows), (z + rng.normal(size=rows) > 0).astype(float), rng.integers(0, 8, rows)


@pytest.mark.parametrize("splitter", SPLITTERS, ids=repr)
def test_each_split_has_the_score_of_its_own_model(splitter):
    x, y, label, groups = data()
    groups = groups if "Group" in type(splitter).__name__ else None
    splits = list(splitter.split(x, label, groups))
    ridge = bakeoff.fit(x, y, "ridge", [{"l2": 0.5}, {"l2": 20.0}], splits, scoring=["mse", "mae"])
    late = bakeoff.fit(x, label, "logistic", [{"l2": 2.0}], splitter, groups=groups, scoring="roc_auc")
    assert ridge.scores.shape == (2, len(splits)) and late.scores.shape == (1, len(splits))
    for f, (train, test) in enumerate(splits):
        for m, l2 in enumerate((0.5, 20.0)):
            predicted = Ridge(alpha=l2).fit(x[train], y[train]).predict(x[test])
            assert ridge.scores[m, f] == pytest.approx(mean_squared_error(y[test], predicted), rel=1e-9)
            assert ridge.metrics["mae"][m, f] == pytest.approx(np.abs(y[test] - predicted).mean(), rel=1e-9)
        peer = LogisticRegression(C=0.5, solver="newton-cholesky", tol=1e-10).fit(x[train], label[train])
        assert late.scores[0, f] == pytest.approx(roc_auc_score(label[test], peer.decision_function(x[test])), abs=5e-3)


def test_out_of_fold_is_nan_where_nothing_tests_a_row():
    x, y, _, _ = data()
    splitter = TimeSeriesSplit(4, gap=2)
    fit = bakeoff.fit(x, y, "ridge", [{"l2": 1.0}], splitter, out_of_fold=True)
    tested = np.zeros(len(y), dtype=bool)
    for train, test in splitter.split(x):
        tested[test] = True
        assert np.allclose(fit.out_of_fold[0, test], Ridge(alpha=1.0).fit(x[train], y[train]).predict(x[test]))
    assert np.isnan(fit.out_of_fold[0, ~tested]).all() and not tested.all()


def test_a_number_of_folds_is_stratified_and_keeps_groups_whole():
    x, y, label, groups = data()
    from bakeoff._splits import make_splits

    ids = make_splits(4, label, True).ids
    assert np.ptp([label[ids == f].sum() for f in range(4)]) <= 1
    ids = make_splits(4, label, True, groups).ids
    assert all(len(set(ids[groups == g])) == 1 for g in set(groups))
    assert set(ids) == set(range(4))
    assert not np.array_equal(make_splits(4, label, True, seed=1).ids, make_splits(4, label, True, seed=2).ids)
    fit = bakeoff.fit(x, y, "ridge", [{"l2": 1.0}], ids)
    assert np.array_equal(fit.scores, bakeoff.fit(x, y, "ridge", [{"l2": 1.0}], 4, groups=groups).scores)


def test_masks_and_pairs_in_any_order_are_splits():
    x, y, _, _ = data()
    test = np.arange(len(y)) % 3 == 0
    by_mask = bakeoff.fit(x, y, "ridge", [{"l2": 1.0}], [(~test, test)]).scores
    rows = np.random.default_rng(0).permutation(len(y))
    by_rows = bakeoff.fit(x, y, "ridge", [{"l2": 1.0}], [(rows[~test[rows]], rows[test[rows]])]).scores
    assert np.array_equal(by_mask, by_rows)


def test_class_weight_counts_in_training_alone():
    x, _, label, _ = data(400)
    splits = list(StratifiedKFold(3).split(x, label))
    ours = bakeoff.fit(x, label, "logistic", [{"l2": 1.0}], splits, class_weight={0.0: 1, 1.0: 5}, scoring="log_loss")
    for f, (train, test) in enumerate(splits):
        peer = LogisticRegression(C=1, class_weight={0: 1, 1: 5}, solver="newton-cholesky", tol=1e-10)
        p = peer.fit(x[train], label[train]).predict_proba(x[test])[:, 1]
        want = -np.mean(np.where(label[test] > 0, np.log(p), np.log1p(-p)))
        assert ours.scores[0, f] == pytest.approx(want, abs=1e-4)


@pytest.mark.parametrize("folds, text", [
    (1, "expected 2 to 160"), ([(np.arange(5), [])], "split 0: expected at least one test row"),
    ([([0, 0, 1], [2])], "names training row 0 twice"), ([([0, 1], [160])], "expected test rows in"),
    (np.zeros(3, dtype=int), "expected 160 integer ids"), (np.full(160, -2), "an id in"),
    (np.zeros(160), "integer ids"),
    (LeavePOut(159).split, "folds"),
])
def test_says_what_is_wrong_with_the_folds(folds, text):
    x, y, _, _ = data()
    with pytest.raises((bakeoff.Error, TypeError), match=text if not callable(folds) else None):
        bakeoff.fit(x, y, "ridge", [{"l2": 1.0}], folds)
