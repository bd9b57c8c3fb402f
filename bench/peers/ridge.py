"""Ridge, 100 penalties x 5 folds, against scikit-learn's GridSearchCV with two processes, and RidgeCV.

    python bench/peers/ridge.py [rows columns]

RidgeCV leaves one row out instead of a fold, by its fast path; its gap is that of the coefficients at its penalty.
"""

import sys

from side_by_side import THREADS, machine, measure, show

import numpy as np  # noqa: E402
from sklearn.linear_model import Ridge, RidgeCV  # noqa: E402
from sklearn.model_selection import GridSearchCV, KFold  # noqa: E402

import bakeoff  # noqa: E402

PENALTIES, FOLDS = np.logspace(-4, 4, 100), 5


def main():
    rows, columns = (int(a) for a in sys.argv[1:3]) if len(sys.argv) > 2 else (50_000, 100)
    rng = np.random.default_rng(3)
    x = rng.normal(size=(rows, columns))
    y = x @ rng.normal(size=columns) + rng.normal(size=rows) * 3
    print(f"{machine()}; {rows:,} x {columns} float64; {THREADS} threads of ours, n_jobs={THREADS}")
    folds = KFold(FOLDS)
    candidates = [{"l2": float(p)} for p in PENALTIES]
    ours = measure(lambda: bakeoff.fit(x, y, "ridge", candidates, folds, threads=THREADS), 7)
    search = GridSearchCV(Ridge(), {"alpha": PENALTIES}, cv=folds, scoring="r2", n_jobs=THREADS)
    peer = measure(lambda: search.fit(x, y), 1, warm_up=0)
    theirs = np.array([peer[2].cv_results_[f"split{f}_test_score"] for f in range(FOLDS)]).T
    show(f"ridge {len(PENALTIES)} penalties x {FOLDS} folds, bakeoff.fit / GridSearchCV", ours, peer,
         float(np.abs(ours[2].scores - theirs).max()))
    peer = measure(lambda: RidgeCV(PENALTIES).fit(x, y), 1, warm_up=0)
    same = ours[2].models[int(np.flatnonzero(PENALTIES == peer[2].alpha_)[0])]
    show("  the same / RidgeCV, leave-one-out", ours, peer, float(np.abs(same.coefficients - peer[2].coef_).max()))


if __name__ == "__main__":
    main()
