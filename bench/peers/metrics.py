"""Point metrics and average precision against scikit-learn.

    python bench/peers/metrics.py [rows]

log-loss, Brier, accuracy, F1 and MCC in one call of ours against five of scikit-learn's; average precision, exact and
with a bootstrap interval (scikit-learn: its user's loop, five resamples timed and scaled) beside roc_auc's, which
shares the sort and the draws.
"""

import sys

from side_by_side import THREADS, machine, measure, show

import numpy as np  # noqa: E402
from sklearn import metrics as sk  # noqa: E402

import bakeoff  # noqa: E402

RESAMPLES, TIMED = 1000, 5
POINT = {
    "log_loss": lambda y, s: sk.log_loss(y, s),
    "brier": lambda y, s: sk.brier_score_loss(y, s),
    "accuracy": lambda y, s: sk.accuracy_score(y, s >= 0.5),
    "f1": lambda y, s: sk.f1_score(y, s >= 0.5),
    "mcc": lambda y, s: sk.matthews_corrcoef(y, s >= 0.5),
}


def data(rows, dtype):
    rng = np.random.default_rng(7)
    labels = (rng.random(rows) < 0.3).astype(np.float64)
    return labels, (1 / (1 + np.exp(-rng.normal(size=rows) - 1.5 * labels + 1))).astype(dtype)


def loop(labels, scores, resamples, seed=1):
    rng = np.random.default_rng(seed)
    out = []
    for _ in range(resamples):
        rows = rng.integers(0, len(labels), len(labels))
        out.append(sk.average_precision_score(labels[rows], scores[rows]))
    return np.array(out)


def point_metrics(labels, scores):
    ours = measure(lambda: bakeoff.evaluate(labels, scores, list(POINT), threads=THREADS).value[0, 0], 21, warm_up=3)
    peer = measure(lambda: np.array([metric(labels, scores) for metric in POINT.values()]), 5)
    eps = np.finfo(scores.dtype).eps
    cast = np.clip(scores.astype(np.float64), eps, 1 - eps)  # scikit-learn's own float32 path is off by 1e-8
    gap = np.abs(ours[2] - np.array([metric(labels, cast) for metric in POINT.values()])).max()
    show(f"{', '.join(POINT)} {scores.dtype}, bakeoff.evaluate / scikit-learn", ours, peer, gap)


def average_precision(labels, scores):
    def ours(metric, resamples):
        return bakeoff.evaluate(labels, scores, [metric], resamples=resamples, threads=THREADS)

    exact = measure(lambda: ours("average_precision", 0).value[0, 0, 0], 9)
    peer = measure(lambda: sk.average_precision_score(labels, scores), 5)
    show(f"average precision {scores.dtype}, bakeoff.evaluate / average_precision_score", exact, peer,
         abs(exact[2] - peer[2]))
    whole = measure(lambda: ours("average_precision", RESAMPLES), 5)
    auc = measure(lambda: ours("roc_auc", RESAMPLES), 5)
    peer = measure(lambda: loop(labels, scores, TIMED), 1, warm_up=0)
    show(f"average precision + 95 % interval {scores.dtype}, B = {RESAMPLES}, / scikit-learn loop", whole, peer,
         abs(whole[2].value[0, 0, 0] - sk.average_precision_score(labels, scores)), RESAMPLES / TIMED)
    width = float(whole[2].high[0, 0, 0] - whole[2].low[0, 0, 0])
    print(f"    {whole[0] / auc[0]:.2f} times roc_auc's bootstrap (CPU {whole[1] / auc[1]:.2f}); "
          f"interval width {width:.5f}; 2 x 1.96 sd of the {TIMED} peer resamples {2 * 1.96 * peer[2].std(ddof=1):.5f}")


def main():
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    print(f"{machine()}; {rows:,} rows; {THREADS} threads of ours")
    for dtype in (np.float32, np.float64):
        labels, scores = data(rows, dtype)
        point_metrics(labels, scores)
        average_precision(labels, scores)


if __name__ == "__main__":
    main()
