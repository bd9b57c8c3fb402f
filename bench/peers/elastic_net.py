"""Elastic-net, 100 penalties x 5 folds x 3 ratios, against scikit-learn's ElasticNetCV (n_jobs=2), celer and
skglm.

    python bench/peers/elastic_net.py [rows columns [ratios [repeats]]]

The peers run whole paths of the first `ratios` of the three (default 3), celer and skglm one fold of each; their
time is scaled.
Each has the loosest tolerance, of powers of ten, at which it reaches the objective gap of 1e-6; the gap shown is the
largest of each solver's objective above the best of all, over every 10th penalty, the first fold and each ratio.
"""

import sys

from side_by_side import THREADS, machine, measure, show

import numpy as np  # noqa: E402
from celer import celer_path  # noqa: E402
from skglm import ElasticNet  # noqa: E402
from sklearn.linear_model import ElasticNetCV, enet_path  # noqa: E402
from sklearn.model_selection import KFold  # noqa: E402

import bakeoff  # noqa: E402

RATIOS, FOLDS, PENALTIES = (0.5, 0.9, 0.1), 5, 100


def data(rows, columns):
    """Correlated columns (neighbours .5), a tenth of them in the signal."""
    rng = np.random.default_rng(5)
    x = rng.normal(size=(rows, columns))
    x[:, 1:] = np.sqrt(0.75) * x[:, 1:] + 0.5 * x[:, :-1]
    w = np.where(rng.random(columns) < 0.1, rng.normal(size=columns), 0)
    return x, x @ w + 3 * rng.normal(size=rows)


def grid(x, y, ratio, count):
    """alphas from where every coefficient is 0 down to a thousandth."""
    top = np.abs((x - x.mean(axis=0)).T @ (y - y.mean())).max() / len(y) / ratio
    return top * np.logspace(0, -3, count)


def objective(x, y, alpha, ratio, w):
    r = y - x @ w
    return 0.5 * r @ r + alpha * len(y) * (0.5 * (1 - ratio) * w @ w + ratio * np.abs(w).sum())


def sklearn_path(x, y, ratio, alphas):
    return enet_path(x, y, l1_ratio=ratio, alphas=alphas, precompute=True, tol=1e-5, max_iter=10_000)[1]


def celer_enet_path(x, y, ratio, alphas):
    return celer_path(x, y, "lasso", l1_ratio=ratio, alphas=alphas, tol=1e-6)[1]


def skglm_path(x, y, ratio, alphas):
    return ElasticNet(l1_ratio=ratio, tol=1e-6, fit_intercept=False).path(x, y, alphas)[1]


def main():
    rows, columns = (int(a) for a in sys.argv[1:3]) if len(sys.argv) > 2 else (20_000, 500)
    ran = int(sys.argv[3]) if len(sys.argv) > 3 else len(RATIOS)
    repeats = int(sys.argv[4]) if len(sys.argv) > 4 else 5
    x, y = data(rows, columns)
    n = rows - rows // FOLDS  # of each training set: alpha is the same penalty in every fold
    print(f"{machine()}; {rows:,} x {columns} float64; {THREADS} threads of ours, n_jobs={THREADS}; "
          f"peers: {ran} of {len(RATIOS)} ratios, scaled", flush=True)
    alphas = {r: grid(x, y, r, PENALTIES) for r in RATIOS}
    candidates = [{"l2": float(a * n), "l1_ratio": r} for r in RATIOS for a in alphas[r]]
    folds = KFold(FOLDS)
    ours = measure(lambda: bakeoff.fit(x, y, "elastic_net", candidates, folds, scoring="mse", threads=THREADS), repeats)

    def cv():
        return [ElasticNetCV(l1_ratio=r, alphas=alphas[r], cv=folds, tol=1e-5, max_iter=10_000, n_jobs=THREADS)
                .fit(x, y).mse_path_ for r in RATIOS[:ran]]

    peer = measure(cv, 1, warm_up=0)
    theirs = np.concatenate(peer[2])
    show(f"elastic_net {PENALTIES} x {FOLDS} x {len(RATIOS)}, bakeoff.fit / ElasticNetCV", ours, peer,
         float((np.abs(ours[2].scores[: len(theirs)] - theirs) / theirs).max()), len(RATIOS) / ran)

    train = next(iter(folds.split(x)))[0]
    a, b = np.asfortranarray(x[train] - x[train].mean(axis=0)), y[train] - y[train].mean()
    for name, path in (("celer_path", celer_enet_path), ("skglm's path", skglm_path)):
        path(a[:200], b[:200], 0.5, alphas[0.5][:3])  # compiles
        peer = measure(lambda path=path: [path(a, b, r, alphas[r]) for r in RATIOS[:ran]], 1, warm_up=0)
        show(f"  the same / {name} in one thread, its time divided by {THREADS}", ours, peer, 0.0,
             len(RATIOS) / ran * FOLDS / THREADS)

    one = bakeoff.fit(x[train], y[train], "elastic_net", candidates, folds=0).models
    places, gaps = range(0, PENALTIES, 10), {}
    for i, ratio in enumerate(RATIOS):
        some = alphas[ratio][list(places)]
        found = {"ours": [one[i * PENALTIES + p].coefficients for p in places],
                 "scikit-learn": list(sklearn_path(a, b, ratio, some).T),
                 "celer": list(celer_enet_path(a, b, ratio, some).T),
                 "skglm": list(skglm_path(a, b, ratio, some).T)}
        for at, alpha in enumerate(some):
            values = {k: objective(a, b, alpha, ratio, v[at]) for k, v in found.items()}
            for k, v in values.items():
                gaps[k] = max(gaps.get(k, 0.0), v / min(values.values()) - 1)
    print("  objective above the best of all: " + ", ".join(f"{k} {v:.1e}" for k, v in gaps.items()))


if __name__ == "__main__":
    main()
