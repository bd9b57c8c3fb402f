"""Softmax regression, 10 classes, 30 penalties x 5 folds, against scikit-learn's GridSearchCV (lbfgs), two processes.

    python bench/peers/softmax.py [rows [penalties [penalties timed of the peer]]]

Fashion-MNIST (MIT licence), 20,000 of its 60,000 training images, x / 255: the IDX files of Debian's package
dataset-fashion-mnist, from BAKEOFF_FASHION_MNIST or /usr/share/datasets/fashion-mnist. Without root:

    apt-get download dataset-fashion-mnist && dpkg -x dataset-fashion-mnist_*.deb fashion
    export BAKEOFF_FASHION_MNIST=fashion/usr/share/datasets/fashion-mnist

The peer fits each penalty by itself, in float64 at the tolerance at which it reaches the objective gap of 1e-5; it is
timed on some of the penalties, spread over the range, and scaled: the line says so. The gap is the largest, over these,
of (our objective / the best known - 1) on all rows, both evaluated here in float64; the best known is ours or
scikit-learn's at tol 1e-7, whichever is lower.
"""

import gzip
import os
import pathlib
import sys

from side_by_side import THREADS, machine, measure, show

import numpy as np  # noqa: E402
from scipy.special import logsumexp  # noqa: E402
from sklearn.linear_model import LogisticRegression  # noqa: E402
from sklearn.model_selection import GridSearchCV, StratifiedKFold  # noqa: E402

import bakeoff  # noqa: E402

FOLDS = 5
TOLERANCE = 1e-6  # 1,000 rows, l2 = 0.1: the gap is 1.2e-2 at 1e-4, 1.6e-4 at 1e-5 and 1.6e-6 here
FOLDER = pathlib.Path(os.environ.get("BAKEOFF_FASHION_MNIST", "/usr/share/datasets/fashion-mnist"))


def data(rows):
    """(rows, 784) float32 in [0, 1] and classes 0 to 9, in the order of the files."""
    if not FOLDER.is_dir():
        sys.exit(f"{FOLDER} is not there: {__doc__.split('Without root:')[1].split('The peer')[0].strip()}")
    images, labels = (gzip.decompress(next(FOLDER.glob(f"train-{kind}*")).read_bytes())
                      for kind in ("images", "labels"))
    x = np.frombuffer(images, np.uint8, offset=16).reshape(-1, 784)
    return x[:rows].astype(np.float32) / 255, np.frombuffer(labels, np.uint8, offset=8)[:rows].astype(np.int64)


def objective(x, y, l2, coefficients, intercept):
    z = x.astype(np.float64) @ coefficients.T + intercept
    return (logsumexp(z, axis=1) - z[np.arange(len(y)), y]).sum() + l2 / 2 * (coefficients**2).sum()


def main():
    rows, count, timed = (int(a) for a in (sys.argv[1:] + ["20000", "30", "3"][len(sys.argv) - 1:]))
    x, y = data(rows)
    penalties = np.logspace(-1, 4, count)
    places = np.linspace(0, count - 1, timed).round().astype(int)
    print(f"{machine()}; Fashion-MNIST {len(x):,} x {x.shape[1]} float32, {len(np.unique(y))} classes; {count} penalties "
          f"x {FOLDS} folds; {THREADS} threads of ours, n_jobs={THREADS}; GridSearchCV timed on {timed} penalties and "
          "scaled")
    folds = StratifiedKFold(FOLDS)
    candidates = [{"l2": float(p)} for p in penalties]
    ours = measure(lambda: bakeoff.fit(x, y, "logistic", candidates, folds, scoring="accuracy", threads=THREADS), 3, 0)
    steps = [model.iterations for model in ours[2].models]
    print(f"    steps a fit {min(steps)} to {max(steps)}", flush=True)
    wide = x.astype(np.float64)
    search = GridSearchCV(LogisticRegression(tol=TOLERANCE, max_iter=20_000), {"C": 1 / penalties[places]}, cv=folds,
                          scoring="accuracy", n_jobs=THREADS, refit=False)
    search.fit(wide[:500], y[:500])  # the start of the processes must not be scaled with the rest
    peer = measure(lambda: search.fit(wide, y), 1, warm_up=0)
    gaps = {"ours": 0.0, "scikit-learn": 0.0}
    for place in places:
        l2, model = float(penalties[place]), ours[2].models[place]
        values = {"ours": objective(x, y, l2, model.coefficients, model.intercept)}
        for name, tol in (("scikit-learn", TOLERANCE), ("best", 1e-7)):
            one = LogisticRegression(C=1 / l2, tol=tol, max_iter=20_000).fit(wide, y)
            values[name] = objective(x, y, l2, one.coef_, one.intercept_)
        for name in gaps:
            gaps[name] = max(gaps[name], values[name] / min(values.values()) - 1)
    show("softmax, bakeoff.fit / GridSearchCV lbfgs float64", ours, peer, gaps["ours"], count / timed)
    print("  objective above the best of all: " + ", ".join(f"{name} {gap:.1e}" for name, gap in gaps.items()))
    found = np.array([peer[2].cv_results_[f"split{f}_test_score"] for f in range(FOLDS)]).T
    print(f"  accuracy of a fold differs by at most {np.abs(ours[2].scores[places] - found).max():.4f}")


if __name__ == "__main__":
    main()
