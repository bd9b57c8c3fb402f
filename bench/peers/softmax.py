"""SearchCV of softmax on Fashion-MNIST, 30 penalties x 5 folds, against GridSearchCV with two processes.

    python bench/peers/softmax.py [rows [penalties of the peer]]

FASHION_MNIST names the folder with the files of Debian's package dataset-fashion-mnist (default: where it installs
them; apt-get download and dpkg -x put them anywhere). The peer runs every 30/k-th penalty with all folds (default
k = 3), and its time is scaled. Both fit the best on all rows once more.
The gap shown is the largest of each solver's objective above the best of both,
on all rows, over the peer's penalties; ours solves all 30 for it.
"""

import gzip
import os
import sys
import warnings

from side_by_side import THREADS, machine, measure, show

import numpy as np  # noqa: E402
from sklearn.linear_model import LogisticRegression  # noqa: E402
from sklearn.model_selection import GridSearchCV, KFold  # noqa: E402

import bakeoff  # noqa: E402

PENALTIES, FOLDS = np.logspace(0, 4, 30), 5
FOLDER = os.environ.get("FASHION_MNIST", "/usr/share/datasets/fashion-mnist")


def data(folder, rows):
    """Pixels in [0, 1], float32, and classes; the first rows of the 60,000 of training."""
    with gzip.open(f"{folder}/train-images-idx3-ubyte.gz") as file:
        x = np.frombuffer(file.read(16 + 784 * rows), np.uint8, offset=16).reshape(rows, 784)
    with gzip.open(f"{folder}/train-labels-idx1-ubyte.gz") as file:
        y = np.frombuffer(file.read(8 + rows), np.uint8, offset=8)
    return (x / np.float32(255)).astype(np.float32), y.astype(int)


def objective(x, y, l2, w, b):
    z = x.astype(np.float64) @ w.T + b
    top = z.max(axis=1)
    return (np.log(np.exp(z - top[:, None]).sum(axis=1)) + top - z[np.arange(len(y)), y]).sum() + l2 / 2 * (w * w).sum()


def main():
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    ran = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    x, y = data(FOLDER, rows)
    some = PENALTIES[len(PENALTIES) // ran // 2 :: len(PENALTIES) // ran][:ran]
    print(f"{machine()}; {rows:,} x 784 float32, 10 classes; {THREADS} threads of ours, n_jobs={THREADS}; "
          f"the peer: {ran} of {len(PENALTIES)} penalties, scaled", flush=True)
    folds = KFold(FOLDS, shuffle=True, random_state=0)
    mine = bakeoff.SearchCV("logistic", {"l2": PENALTIES.tolist()}, cv=folds, scoring="log_loss", threads=THREADS)
    ours = measure(lambda: mine.fit(x, y), 3, warm_up=0)
    models = bakeoff.fit(x, y, "logistic", [{"l2": float(p)} for p in PENALTIES], folds=0, threads=THREADS).models
    # tol: what brings lbfgs within 1e-5 of the optimum here; it is of the largest slope, of the mean loss.
    search = GridSearchCV(LogisticRegression(tol=1e-5, max_iter=5000), {"C": 1 / some}, cv=folds,
                          scoring="neg_log_loss", n_jobs=THREADS)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        peer = measure(lambda: search.fit(x, y), 1, warm_up=0)
        plain = [LogisticRegression(C=1 / p, tol=1e-5, max_iter=5000).fit(x, y) for p in some]
    gaps = {}
    for p, model in zip(some, plain):
        one = models[int(np.flatnonzero(PENALTIES == p)[0])]
        values = {"ours": objective(x, y, p, one.coefficients, one.intercept),
                  "scikit-learn": objective(x, y, p, model.coef_, model.intercept_)}
        for k, v in values.items():
            gaps[k] = max(gaps.get(k, 0.0), v / min(values.values()) - 1)
    theirs = -np.array([search.cv_results_[f"split{f}_test_score"] for f in range(FOLDS)]).T
    places = [int(np.flatnonzero(PENALTIES == p)[0]) for p in some]
    scores = np.array([mine.cv_results_[f"split{f}_test_score"] for f in range(FOLDS)]).T
    show(f"softmax {len(PENALTIES)} penalties x {FOLDS} folds, SearchCV / GridSearchCV (lbfgs)", ours, peer,
         float(np.abs(scores[places] / theirs - 1).max()), len(PENALTIES) / ran)
    print("  objective above the best of both: " + ", ".join(f"{k} {v:.1e}" for k, v in gaps.items()))


if __name__ == "__main__":
    main()
