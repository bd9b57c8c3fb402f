"""50 slices x 4 metrics with bootstrap intervals against fairlearn's MetricFrame.

    python bench/peers/slices.py [rows slices]

Both resample all rows B = 20 times and evaluate every slice in each resample; fairlearn draws them with replacement,
ours by the Poisson law. fairlearn is timed once: it takes seconds.
"""

import sys

from side_by_side import THREADS, machine, measure, show

import numpy as np  # noqa: E402
from fairlearn.metrics import MetricFrame  # noqa: E402
from sklearn.metrics import accuracy_score, f1_score, precision_score, recall_score  # noqa: E402

import bakeoff  # noqa: E402

RESAMPLES = 20
METRICS = {"accuracy": accuracy_score, "precision": precision_score, "recall": recall_score, "f1": f1_score}


def main():
    rows, slices = (int(a) for a in sys.argv[1:3]) if len(sys.argv) > 2 else (100_000, 50)
    rng = np.random.default_rng(5)
    labels = (rng.random(rows) < 0.3).astype(np.float64)
    scores = (0.3 + 0.25 * labels + 0.2 * rng.normal(size=rows)).clip(0, 1).astype(np.float32)
    group = rng.integers(0, slices, rows)
    predicted = (scores >= 0.5).astype(np.float64)
    print(f"{machine()}; {rows:,} rows, {slices} slices, {len(METRICS)} metrics, B = {RESAMPLES}; {THREADS} threads")

    peer = measure(lambda: MetricFrame(metrics=METRICS, y_true=labels, y_pred=predicted, sensitive_features=group,
                                       n_boot=RESAMPLES, ci_quantiles=[0.025, 0.975], random_state=1), 1, warm_up=0)
    theirs = peer[2].by_group.to_numpy()
    for name, column in (("integers", group), ("strings", group.astype(str))):
        ours = measure(lambda: bakeoff.evaluate(labels, scores, list(METRICS), slices={"group": column},
                                                resamples=RESAMPLES, threads=THREADS), 9)
        found = {s: ours[2].value[0, i] for i, s in enumerate(ours[2].slice_names)}
        gap = max(abs(found[f"group={g}"] - theirs[g]).max() for g in range(slices))
        show(f"{slices} slices of {name} x {len(METRICS)} metrics, bakeoff.evaluate / MetricFrame", ours, peer, gap)


if __name__ == "__main__":
    main()
