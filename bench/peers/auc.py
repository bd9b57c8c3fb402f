"""ROC AUC against scikit-learn: exact, and with a bootstrap interval.

    python bench/peers/auc.py [rows]

scikit-learn's bootstrap is its user's loop: draw rows with replacement, score them. Five resamples are timed, and
scaled.
"""

import sys

from side_by_side import THREADS, machine, measure, show

import numpy as np  # noqa: E402
from sklearn.metrics import roc_auc_score  # noqa: E402

import bakeoff  # noqa: E402

RESAMPLES, TIMED = 1000, 5


def data(rows, dtype):
    rng = np.random.default_rng(7)
    labels = (rng.random(rows) < 0.3).astype(np.float64)
    return labels, (rng.normal(size=rows) + 0.8 * labels).astype(dtype)


def loop(labels, scores, resamples, seed=1):
    rng = np.random.default_rng(seed)
    out = []
    for _ in range(resamples):
        rows = rng.integers(0, len(labels), len(labels))
        out.append(roc_auc_score(labels[rows], scores[rows]))
    return np.array(out)


def main():
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    print(f"{machine()}; {rows:,} rows; {THREADS} threads of ours")
    for dtype in (np.float32, np.float64):
        labels, scores = data(rows, dtype)
        ours = measure(lambda: bakeoff.evaluate(labels, scores, ["roc_auc"], threads=THREADS).value[0, 0, 0], 9)
        peer = measure(lambda: roc_auc_score(labels, scores), 5)
        show(f"exact AUC {dtype.__name__}, bakeoff.evaluate / roc_auc_score", ours, peer, abs(ours[2] - peer[2]))
        ours = measure(lambda: bakeoff.evaluate(labels, scores, ["roc_auc"], resamples=RESAMPLES, threads=THREADS), 5)
        peer = measure(lambda: loop(labels, scores, TIMED), 1, warm_up=0)
        width = float(ours[2].high[0, 0, 0] - ours[2].low[0, 0, 0])
        spread = 2 * 1.96 * peer[2].std(ddof=1)
        show(f"AUC + 95 % interval {dtype.__name__}, B = {RESAMPLES}, / scikit-learn loop", ours, peer,
             abs(ours[2].value[0, 0, 0] - roc_auc_score(labels, scores)), RESAMPLES / TIMED)
        print(f"    interval width {width:.5f}; 2 x 1.96 sd of the {TIMED} peer resamples {spread:.5f}")


if __name__ == "__main__":
    main()
