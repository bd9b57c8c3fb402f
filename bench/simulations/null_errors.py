"""Under the hypothesis of no difference: is max-T's family-wise error at most 5 %, and are p-values uniform?

    python bench/simulations/null_errors.py [simulations resamples rows]

Candidates that are equally good, three slices, two metrics: all are compared with the first. A p is called uniform at
a level unless the level lies outside the 99 % binomial bounds of its share at or below it.
"""

import sys

import bakeoff
import numpy as np
from simulated import bounds, scores_with

CANDIDATES, SLICES, LEVELS = 5, 3, (0.01, 0.05, 0.1, 0.5)
METHODS = [("bootstrap", {}), ("delong", {}), ("permutation", {"permutations": 199}), ("mcnemar_mid_p", {})]


def simulate(i, rows, resamples):
    rng = np.random.default_rng((17, i))
    labels = (rng.random(rows) < 0.4).astype(float)
    common = scores_with(0.75, labels, rng)
    scores = 1 / (1 + np.exp(-np.stack([common + 0.7 * rng.normal(size=rows) for _ in range(CANDIDATES)])))
    report = bakeoff.evaluate(labels, scores, ["roc_auc", "accuracy"], slices={"s": rng.integers(0, SLICES, rows)},
                              resamples=resamples, seed=i, threads=1)
    return {name: report.compare("0", name, **options) for name, options in METHODS}


def main():
    simulations, resamples, rows = (int(a) for a in sys.argv[1:4]) if len(sys.argv) > 3 else (2000, 499, 400)
    print(f"{simulations} simulations of {CANDIDATES} equal candidates x {SLICES + 1} slices x 2 metrics, {rows} rows, "
          f"B = {resamples}")
    first = {name: [] for name, _ in METHODS}
    rejected = {name: 0 for name, _ in METHODS}
    for i in range(simulations):
        for name, found in simulate(i, rows, resamples).items():
            cell = (1, 0, 1 if name.startswith("mcnemar") else 0)
            first[name].append(found["p"][cell])
            rejected[name] += np.nanmin(found["p_adjusted"][1:]) <= 0.05
    for name, _ in METHODS:
        p = np.array(first[name])
        for level in LEVELS:
            low, high = bounds((p <= level).sum(), len(p))
            fits = "uniform" if low <= level <= high else "conservative" if high < level else "ANTICONSERVATIVE"
            print(f"{name}: P(p <= {level}) = {(p <= level).mean():.4f} [{low:.4f}, {high:.4f}] {fits}")
        low, high = bounds(rejected[name], simulations)
        print(f"{name}: family-wise error at .05 = {rejected[name] / simulations:.4f} [{low:.4f}, {high:.4f}] "
              f"{'ok' if low <= 0.05 else 'BROKEN'}")


if __name__ == "__main__":
    main()
