"""Logistic regression, penalties x 5 folds, against scikit-learn: GridSearchCV with lbfgs (float64, tol 1e-6) and with
newton-cholesky (the same dtype), two processes; LogisticRegressionCV (lbfgs, its warm-started path).

    python bench/peers/logistic.py [rows columns penalties float32|float64 [penalties timed of the peers]]

Peers that fit each penalty by itself are timed on some of the penalties, spread over the range, and scaled: the line
says so. The gap is the largest, over all penalties, of (our objective / the best known - 1) on all rows, both evaluated
here in float64; the best known is newton-cholesky's at tol 1e-10 and ours, whichever is lower.
"""

import sys

from side_by_side import THREADS, machine, measure, show

import numpy as np  # noqa: E402
from sklearn.linear_model import LogisticRegression, LogisticRegressionCV  # noqa: E402
from sklearn.model_selection import GridSearchCV, StratifiedKFold  # noqa: E402

import bakeoff  # noqa: E402

FOLDS = 5


def data(rows, columns, dtype, seed=3):
    """Correlated columns (a factor of 0.5 between neighbours), half of them without effect; logits of scale 1.5."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(rows, columns))
    for k in range(1, columns):
        x[:, k] = 0.5 * x[:, k - 1] + np.sqrt(0.75) * x[:, k]
    z = x @ (rng.normal(size=columns) * (rng.random(columns) < 0.5))
    z *= 1.5 / z.std()
    return x.astype(dtype), (rng.random(rows) < 1 / (1 + np.exp(-z))).astype(np.float64)


def objective(x, y, l2, coefficients, intercept):
    margin = np.where(y > 0, 1, -1) * (x.astype(np.float64) @ coefficients + intercept)
    return np.logaddexp(0, -margin).sum() + l2 / 2 * coefficients @ coefficients


def gap(x, y, penalties, models):
    worst = 0.0
    for l2, model in zip(penalties, models):
        ours = objective(x, y, l2, model.coefficients, model.intercept)
        peer = LogisticRegression(C=1 / l2, solver="newton-cholesky", tol=1e-10).fit(x.astype(np.float64), y)
        worst = max(worst, ours / objective(x, y, l2, peer.coef_[0], peer.intercept_[0]) - 1)
    return worst


def main():
    rows, columns, count = (int(a) for a in sys.argv[1:4]) if len(sys.argv) > 3 else (50_000, 200, 30)
    dtype = np.dtype(sys.argv[4] if len(sys.argv) > 4 else "float32")
    timed = int(sys.argv[5]) if len(sys.argv) > 5 else 3
    x, y = data(rows, columns, dtype)
    penalties = np.logspace(-3, 4, count)
    some = penalties[np.linspace(0, count - 1, timed).round().astype(int)]
    print(f"{machine()}; {rows:,} x {columns} {dtype}; {count} penalties x {FOLDS} folds; {THREADS} threads of ours, "
          f"n_jobs={THREADS}; GridSearchCV timed on {timed} penalties and scaled")
    folds = StratifiedKFold(FOLDS)
    candidates = [{"l2": float(p)} for p in penalties]
    ours = measure(lambda: bakeoff.fit(x, y, "logistic", candidates, folds, threads=THREADS), 5)
    passes = [model.iterations for model in ours[2].models]
    print(f"    steps a fit {min(passes)} to {max(passes)}")
    worst = gap(x, y, some, [ours[2].models[list(penalties).index(p)] for p in some])
    for solver, peer_x, tol in (("lbfgs", x.astype(np.float64), 1e-6), ("newton-cholesky", x, 1e-4)):
        search = GridSearchCV(LogisticRegression(solver=solver, tol=tol, max_iter=1000), {"C": 1 / some}, cv=folds,
                              scoring="roc_auc", n_jobs=THREADS, refit=False)
        search.fit(peer_x[:500], y[:500])  # the start of the processes must not be scaled with the rest
        peer = measure(lambda: search.fit(peer_x, y), 1, warm_up=0)
        show(f"logistic, bakeoff.fit / GridSearchCV {solver} {peer_x.dtype}", ours, peer, worst, count / timed)
    path = LogisticRegressionCV(Cs=1 / penalties, cv=folds, solver="lbfgs", tol=1e-6, max_iter=1000, n_jobs=THREADS,
                                scoring="roc_auc")
    peer = measure(lambda: path.fit(x.astype(np.float64), y), 1, warm_up=0)
    show("logistic, bakeoff.fit / LogisticRegressionCV lbfgs float64", ours, peer, worst)


if __name__ == "__main__":
    main()
