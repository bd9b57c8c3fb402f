"""logistic with more than two classes against scikit-learn's LogisticRegression."""

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, log_loss

import bakeoff


def sample(rows, columns, classes, seed):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(rows, columns))
    x[:, 0] = np.exp(0.5 * x[:, 0])
    z = x @ rng.normal(size=(columns, classes)) + rng.normal(size=classes) - np.log(np.arange(classes) + 1)
    return x, (z + rng.gumbel(size=z.shape)).argmax(axis=1)


def objective(x, y, weights, l2, coefficients, intercepts):
    z = x @ coefficients.T + intercepts
    z -= z.max(axis=1, keepdims=True)
    each = np.log(np.exp(z).sum(axis=1)) - z[np.arange(len(y)), y]
    return weights @ each + l2 / 2 * (coefficients**2).sum()


def peer(x, y, l2, weights=None):
    return LogisticRegression(C=1 / l2, solver="newton-cholesky", tol=1e-10, max_iter=500).fit(x, y, weights)


@pytest.mark.parametrize("classes", [3, 5, 17])  # several models a panel, one, one in two panels
@pytest.mark.parametrize("weighted", [False, True])
def test_reaches_scikit_learns_optimum(classes, weighted):
    x, y = sample(900, 5, classes, classes)
    weights = np.random.default_rng(1).integers(0, 4, len(y)) * 0.5 if weighted else np.ones(len(y))
    penalties = [1e-2, 1.0, 50.0]
    fit = bakeoff.fit(x, y, "logistic", [{"l2": p} for p in penalties], folds=0, weights=weights)
    for l2, model in zip(penalties, fit.models):
        best = peer(x, y, l2, weights)
        want = objective(x, y, weights, l2, best.coef_, best.intercept_)
        got = objective(x, y, weights, l2, model.coefficients, model.intercept)
        assert model.status == "converged", model.reason
        assert got <= want * (1 + 1e-6)
        assert model.objective == pytest.approx(want, rel=1e-6)
        assert abs(model.coefficients.sum(axis=0)).max() < 1e-3 and abs(model.intercept.sum()) < 1e-9


def test_probabilities_and_held_out_scores_are_those_of_models_without_the_fold():
    x, y = sample(800, 4, 4, 2)
    names = np.array(["d", "a", "c", "b"])[y]
    ids = np.random.default_rng(0).integers(0, 3, len(y)).astype(np.int32)
    for scoring in ("accuracy", "log_loss"):
        fit = bakeoff.fit(x, names, "logistic", [{"l2": 1.0}, {"l2": 30.0}], folds=ids, scoring=scoring,
                          out_of_fold=True)
        assert fit.classes.tolist() == ["a", "b", "c", "d"] and fit.out_of_fold.shape == (2, 800, 4)
        for m, l2 in enumerate((1.0, 30.0)):
            whole = peer(x, names, l2)
            assert np.abs(fit.models[m].predict(x) - whole.predict_proba(x)).max() < 2e-4
            for f in range(3):
                test = ids == f
                best = peer(x[~test], names[~test], l2).predict_proba(x[test])
                assert np.abs(fit.out_of_fold[m, test] - best).max() < 2e-4
                if scoring == "log_loss":
                    want = log_loss(names[test], fit.out_of_fold[m, test])
                else:
                    want = accuracy_score(names[test], fit.classes[fit.out_of_fold[m, test].argmax(axis=1)])
                assert fit.scores[m, f] == pytest.approx(want, abs=1e-12)
    assert bakeoff.fit(x, names, "logistic", folds=3).scoring == "accuracy"


def test_digits_with_constant_columns():
    x, y = load_digits(return_X_y=True)
    x, y = x[:600] / 16, y[:600]
    fit = bakeoff.fit(x.astype(np.float32), y, "logistic", [{"l2": 1.0}, {"l2": 30.0}], folds=3)
    for l2, model in zip((1.0, 30.0), fit.models):
        best = LogisticRegression(C=1 / l2, tol=1e-7, max_iter=2000).fit(x, y)
        want = objective(x, y, np.ones(len(y)), l2, best.coef_, best.intercept_)
        assert objective(x, y, np.ones(len(y)), l2, model.coefficients, model.intercept) <= want * (1 + 1e-5)
        assert model.status == "converged"
    assert fit.scores.min() > 0.85 and fit.best_index in (0, 1)


def test_threads_and_company_change_no_bit():
    x, y = sample(1500, 6, 5, 4)
    many = [{"l2": float(p)} for p in np.logspace(-1, 3, 7)]
    fits = [bakeoff.fit(x, y, "logistic", many, folds=3, seed=1, threads=t) for t in (1, 2, 5)]
    alone = bakeoff.fit(x, y, "logistic", [many[3]], folds=3, seed=1)
    for other in fits[1:]:
        assert np.array_equal(fits[0].models[3].coefficients, other.models[3].coefficients)
        assert np.array_equal(fits[0].scores, other.scores)
    assert np.array_equal(fits[0].models[3].coefficients, alone.models[0].coefficients)


def test_many_coordinates_go_from_penalty_to_penalty():
    x, y = sample(900, 260, 5, 6)  # 1,300: more than the 1,000 that are at work all at once
    penalties = np.logspace(3, -1, 9)
    many = [{"l2": float(p)} for p in penalties]
    told = []
    fits = [bakeoff.fit(x, y, "logistic", many, folds=3, seed=1, threads=t, callback=lambda done, of: told.append(done))
            for t in (1, 2)]
    assert np.array_equal(fits[0].scores, fits[1].scores)
    assert told == sorted(told[: len(told) // 2]) * 2 and told[-1] == 36
    for i, l2 in enumerate(penalties):
        model = fits[0].models[i]
        assert model.status == "converged"
        alone = bakeoff.fit(x, y, "logistic", [many[i]], folds=0).models[0]
        assert model.objective == pytest.approx(alone.objective, rel=1e-6)
        best = LogisticRegression(C=1 / l2, tol=1e-7, max_iter=5000).fit(x, y)
        want = objective(x, y, np.ones(len(y)), l2, best.coef_, best.intercept_)
        assert objective(x, y, np.ones(len(y)), l2, model.coefficients, model.intercept) <= want * (1 + 1e-6)
    steps = [model.iterations for model in fits[0].models]
    assert sum(steps) < sum(bakeoff.fit(x, y, "logistic", [c], folds=0).models[0].iterations for c in many)


def test_what_it_refuses_or_marks():
    x, y = sample(300, 3, 3, 5)
    ids = (np.arange(300) % 3).astype(np.int32)
    y[(ids != 1) & (y == 2)] = 0  # class 2 in fold 1 alone
    y[ids == 1] = np.arange(100) % 3
    fit = bakeoff.fit(x, y, "logistic", folds=ids)
    assert np.isnan(fit.scores[0, 1]) and np.isfinite(fit.scores[0, [0, 2]]).all()
    with pytest.raises(bakeoff.SpecError, match="'roc_auc' is not a metric of task multiclass; did you mean"):
        bakeoff.fit(x, y, "logistic", scoring="roc_auc")
    with pytest.raises(bakeoff.SpecError, match="there are 3 classes"):
        bakeoff.fit(x, y, "logistic", positive=1)
    with pytest.raises(bakeoff.DataError, match="expected two classes, got 3"):
        bakeoff.fit(x, y, "linear_svm")
    x[7, 1] = np.inf
    with pytest.raises(bakeoff.DataError, match="X, row 7, column 1: expected a finite number"):
        bakeoff.fit(x, y, "logistic", folds=0)
