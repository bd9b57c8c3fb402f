"""Do 95 % intervals of the AUC cover 93 to 97 %?

    python bench/simulations/auc_coverage.py [simulations resamples]

Rows without units: from 30 of each class on. Units: 30 and more of them, a third of the noise's variance belonging to
the unit; below 50 units the jackknife t. A line is one of 99 % binomial bounds: BROKEN where they exclude 93-97 %.
"""

import sys
import zlib

import bakeoff
import numpy as np
from simulated import bounds, scores_with, verdict

ROWS = [(30, 30), (30, 300), (100, 100), (500, 1500)]
UNITS = [(12, 20), (30, 20), (60, 20)]  # units, rows of each


def covered(auc, simulations, draw, **options):
    seed = zlib.crc32(repr((auc, sorted(options.items()))).encode())
    hits = valid = 0
    for i in range(simulations):
        labels, scores, units = draw(np.random.default_rng((seed, i)))
        report = bakeoff.evaluate(labels, scores, ["roc_auc"], units=units, seed=i, threads=1, **options)
        low, high = report.low[0, 0, 0], report.high[0, 0, 0]
        valid += not np.isnan(low)
        hits += low <= auc <= high
    return hits, valid


def by_row(positives, negatives, auc):
    def draw(rng):
        labels = np.r_[np.ones(positives), np.zeros(negatives)]
        return labels, scores_with(auc, labels, rng), None

    return draw


def by_unit(count, rows, auc):
    def draw(rng):
        unit = np.repeat(np.arange(count), rows)
        labels = (rng.random(len(unit)) < 0.4).astype(float)
        return labels, scores_with(auc, labels, rng, unit, 1 / 3), unit

    return draw


def main():
    simulations, resamples = (int(a) for a in sys.argv[1:3]) if len(sys.argv) > 2 else (2000, 500)
    print(f"{simulations} simulations, B = {resamples}; coverage of 95 % intervals [99 % bounds]")
    resampled = [dict(interval=i, resamples=resamples) for i in ("percentile", "bca")]
    for auc in (0.6, 0.8, 0.95):
        for positives, negatives in ROWS:
            for options in (*resampled, dict(interval="delong")):
                hits, valid = covered(auc, simulations, by_row(positives, negatives, auc), **options)
                print(f"AUC {auc} rows {positives} + {negatives} {options['interval']}: "
                      f"{verdict(hits / valid, *bounds(hits, valid), 0.93, 0.97)}", flush=True)
        for count, rows in UNITS:
            for options in (*resampled, dict(interval="delong"), dict(interval="jackknife")):
                hits, valid = covered(auc, simulations, by_unit(count, rows, auc), **options)
                print(f"AUC {auc} units {count} x {rows} rows {options['interval']}: "
                      f"{verdict(hits / valid, *bounds(hits, valid), 0.93, 0.97)}", flush=True)


if __name__ == "__main__":
    main()
