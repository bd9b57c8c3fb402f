"""Sparse logistic regression, 20 penalties x 5 folds, 100k x 50k at 0.1 %, against GridSearchCV(liblinear), n_jobs=2.

    python bench/peers/sparse.py [rows columns [penalties [repeats]]]

Columns are drawn as words are, the k-th in proportion to 1 / (k + 50). The peer runs with `penalties` of the 20, spread
over the range, and its time is scaled. liblinear penalises the intercept: the peer gets intercept_scaling=100 and the
gap is that of the objective without that penalty, above the best of both solvers, over the penalties that the peer ran.
"""

import sys

from side_by_side import THREADS, machine, measure, show

import numpy as np  # noqa: E402
import scipy.sparse  # noqa: E402
from joblib.externals.loky import get_reusable_executor  # noqa: E402
from sklearn.linear_model import LogisticRegression  # noqa: E402
from sklearn.model_selection import GridSearchCV, KFold  # noqa: E402

import bakeoff  # noqa: E402

PENALTIES, FOLDS = np.logspace(2, -1, 20), 5


def data(rows, columns):
    rng = np.random.default_rng(7)
    share = 1 / (np.arange(columns) + 50)
    each = columns // 1000
    words = rng.choice(columns, size=rows * each, p=share / share.sum()).astype(np.int32)
    x = scipy.sparse.csr_matrix((np.ones(len(words)), words, np.arange(0, len(words) + 1, each)), (rows, columns))
    x.sum_duplicates()
    x.data = (1 + np.log(x.data)) / np.sqrt(each)
    w = rng.normal(size=columns) * (rng.random(columns) < 0.2) * 6
    return x, (rng.random(rows) < 1 / (1 + np.exp(-(x @ w) + 0.5))).astype(float)


def objective(x, y, l2, w, b):
    return np.logaddexp(0, -np.where(y > 0, 1, -1) * (x @ w + b)).sum() + l2 / 2 * w @ w


def main():
    rows, columns = (int(a) for a in sys.argv[1:3]) if len(sys.argv) > 2 else (100_000, 50_000)
    count = int(sys.argv[3]) if len(sys.argv) > 3 else len(PENALTIES)
    repeats = int(sys.argv[4]) if len(sys.argv) > 4 else 5
    x, y = data(rows, columns)
    print(f"{machine()}; {rows:,} x {columns:,}, {x.nnz:,} values, float64; {THREADS} threads of ours, "
          f"n_jobs={THREADS}; peer: {count} of {len(PENALTIES)} penalties, scaled")
    folds = KFold(FOLDS)
    candidates = [{"l2": float(p)} for p in PENALTIES]
    ours = measure(lambda: bakeoff.fit(x, y, "logistic", candidates, folds, threads=THREADS), repeats,
                   warm_up=min(repeats - 1, 1))
    places = np.linspace(0, len(PENALTIES) - 1, count).round().astype(int)
    solver = LogisticRegression(solver="liblinear", tol=1e-5, max_iter=1000, intercept_scaling=100)
    search = GridSearchCV(solver, {"C": 1 / PENALTIES[places]}, cv=folds, scoring="roc_auc", n_jobs=THREADS,
                          refit=False)

    def grid_search():
        search.fit(x, y)
        get_reusable_executor().shutdown(wait=True)  # CPU time of its processes counts once they have ended

    peer = measure(grid_search, 1, warm_up=0)
    theirs, mine = 0.0, 0.0
    for p in places:
        alone = solver.set_params(C=1 / PENALTIES[p]).fit(x, y)
        model = ours[2].models[p]
        a = objective(x, y, PENALTIES[p], model.coefficients, model.intercept)
        b = objective(x, y, PENALTIES[p], alone.coef_[0], alone.intercept_[0])
        mine, theirs = max(mine, a / min(a, b) - 1), max(theirs, b / min(a, b) - 1)
    show(f"sparse logistic {len(PENALTIES)} x {FOLDS}, bakeoff.fit / GridSearchCV(liblinear)", ours, peer, mine,
         len(PENALTIES) / count)
    print(f"  liblinear's objective above the best of both: {theirs:.1e}; steps of ours "
          f"{[m.iterations for m in ours[2].models]}")


if __name__ == "__main__":
    main()
