"""Elastic-net, 100 penalties x 5 folds x 3 ratios, against scikit-learn's ElasticNetCV with two processes and celer.

    python bench/peers/elastic_net.py [rows columns [penalties [repeats]]]

The peers run with `penalties` of the 100 (default 100) from the same range and their time is scaled. Each is given the
tolerance at which it reaches the objective gap of 1e-6; the gap shown is the largest of each solver's objective above the
best of all, over every 10th penalty, the first fold and each ratio.
"""

import sys

from side_by_side import THREADS, machine, measure, show

import numpy as np  # noqa: E402
from sklearn.linear_model import ElasticNetCV, enet_path  # noqa: E402
from sklearn.model_selection import KFold  # noqa: E402

import bakeoff  # noqa: E402

RATIOS, FOLDS, ALL = (0.1, 0.5, 0.9), 5, 100


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


def objective(x, y, alpha, ratio, w, b):
    r = y - x @ w - b
    return 0.5 * r @ r + alpha * len(y) * (0.5 * (1 - ratio) * w @ w + ratio * np.abs(w).sum())


def paths(x, y, alphas, solver):
    """Every path of the folds, one after another in this thread."""
    out = {}
    for ratio in RATIOS:
        for fold, (train, _) in enumerate(KFold(FOLDS).split(x)):
            centre = x[train].mean(axis=0), y[train].mean()
            out[ratio, fold] = solver(np.asfortranarray(x[train] - centre[0]), y[train] - centre[1], ratio, alphas[ratio])
    return out


def main():
    rows, columns = (int(a) for a in sys.argv[1:3]) if len(sys.argv) > 2 else (20_000, 500)
    count = int(sys.argv[3]) if len(sys.argv) > 3 else ALL
    repeats = int(sys.argv[4]) if len(sys.argv) > 4 else 5
    x, y = data(rows, columns)
    n = rows - rows // FOLDS  # of each training set: alpha is the same penalty in every fold
    print(f"{machine()}; {rows:,} x {columns} float64; {THREADS} threads of ours, n_jobs={THREADS}; "
          f"peers: {count} of {ALL} penalties, scaled")
    alphas = {r: grid(x, y, r, ALL) for r in RATIOS}
    some = {r: a[:: ALL // count] for r, a in alphas.items()}
    candidates = [{"l2": float(a * n), "l1_ratio": r} for r in RATIOS for a in alphas[r]]
    folds = KFold(FOLDS)
    ours = measure(lambda: bakeoff.fit(x, y, "elastic_net", candidates, folds, scoring="mse", threads=THREADS), repeats)

    def cv():
        return [ElasticNetCV(l1_ratio=r, alphas=some[r], cv=folds, tol=1e-6, max_iter=10_000, n_jobs=THREADS).fit(x, y)
                for r in RATIOS]

    scale = ALL / count
    peer = measure(cv, 1, warm_up=0)
    scores = np.concatenate([m.mse_path_[::-1] if m.alphas_[0] < m.alphas_[-1] else m.mse_path_ for m in peer[2]])
    mine = ours[2].scores.reshape(len(RATIOS), ALL, FOLDS)[:, :: ALL // count].reshape(-1, FOLDS)
    show(f"elastic_net {ALL} x {FOLDS} x {len(RATIOS)}, bakeoff.fit / ElasticNetCV", ours, peer,
         float((np.abs(mine - scores) / scores).max()), scale)

    train = next(iter(folds.split(x)))[0]
    one = bakeoff.fit(x[train], y[train], "elastic_net", candidates, folds=0).models
    solvers = {"scikit-learn": lambda a, b, r, alpha: enet_path(a, b, l1_ratio=r, alphas=alpha, precompute=True, tol=1e-6,
                                                               max_iter=10_000)[1]}
    try:
        from celer import celer_path

        def celer(a, b, r, alpha):
            return celer_path(a, b, "lasso", l1_ratio=r, alphas=alpha, tol=1e-6)[1]

        few = {r: a[:: max(1, ALL // 10)] for r, a in alphas.items()}
        peer = measure(lambda: paths(x, y, few, celer), 1, warm_up=0)
        show("  the same, bakeoff.fit / celer_path, one thread each path, time halved for two", ours,
             (peer[0] / THREADS, peer[1], None), 0.0, ALL / len(few[RATIOS[0]]))
        solvers["celer"] = celer
    except (ImportError, TypeError, ValueError) as error:
        print(f"  celer: {error}")
    gaps = {}
    a, b = np.asfortranarray(x[train] - x[train].mean(axis=0)), y[train] - y[train].mean()
    for i, ratio in enumerate(RATIOS):
        places = range(0, ALL, 10)
        found = {"ours": [one[i * ALL + p].coefficients for p in places]}
        for name, solver in solvers.items():
            found[name] = list(solver(a, b, ratio, alphas[ratio][list(places)]).T)
        for at, p in enumerate(places):
            values = {k: objective(a, b, alphas[ratio][p], ratio, v[at], 0.0) for k, v in found.items()}
            best = min(values.values())
            for k, v in values.items():
                gaps[k] = max(gaps.get(k, 0.0), v / best - 1)
    print("  objective above the best of all: " + ", ".join(f"{k} {v:.1e}" for k, v in gaps.items()))


if __name__ == "__main__":
    main()
