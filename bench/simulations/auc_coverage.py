"""Do 95 % intervals of the AUC cover 93 to 97 %?

    python bench/simulations/auc_coverage.py [simulations resamples [intervals that are looked at | all [least rows]]]

Rows without units: from 30 of each class on. Units: 30 and more of them, a third of the noise's variance belonging to
the unit (12 units are shown, not promised). Up to 20,000 rows. `auto` is what evaluate gives who does not choose: it
is to hold everywhere but where positives spread three times as far as negatives (shown, not promised). BROKEN: the
99 % binomial bounds of the coverage exclude 93-97 %.
"""

import sys
import zlib

import bakeoff
import numpy as np
from scipy.stats import norm
from simulated import bounds, scores_with, verdict

# (positives, negatives) or (units, rows of each), and the intervals that are looked at there
DELONG = ("delong", "delong_logit")
ROWS = [((30, 30), ("auto", "percentile", "bca", *DELONG)), ((30, 300), ("auto", "percentile", "bca", *DELONG)),
        ((100, 100), ("auto", "percentile", "bca", *DELONG)), ((2000, 18000), ("auto", "percentile", *DELONG))]
SPREAD = [((30, 300), ("auto", "percentile", "bca")), ((300, 300), ("auto", "percentile", "bca"))]
UNITS = [((12, 20), ("auto", "percentile", "jackknife")),
         ((30, 20), ("auto", "percentile", "bca", "jackknife", *DELONG)),
         ((60, 20), ("auto", "percentile", "bca", *DELONG)), ((200, 100), ("auto", "percentile", *DELONG))]


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


def spread(positives, negatives, auc):
    """Positives whose scores spread three times as far: few of them decide the AUC."""
    def draw(rng):
        labels = np.r_[np.ones(positives), np.zeros(negatives)]
        return labels, labels * norm.ppf(auc) * 10**0.5 + (1 + 2 * labels) * rng.normal(size=len(labels)), None

    return draw


def by_unit(count, rows, auc):
    def draw(rng):
        unit = np.repeat(np.arange(count), rows)
        labels = (rng.random(len(unit)) < 0.4).astype(float)
        return labels, scores_with(auc, labels, rng, unit, 1 / 3), unit

    return draw


def main():
    simulations, resamples = (int(a) for a in sys.argv[1:3]) if len(sys.argv) > 2 else (2000, 500)
    wanted = sys.argv[3].split(",") if len(sys.argv) > 3 and sys.argv[3] != "all" else None
    least = int(sys.argv[4]) if len(sys.argv) > 4 else 0
    print(f"{simulations} simulations, B = {resamples}; coverage of 95 % intervals [99 % bounds]")
    for auc in (0.6, 0.8, 0.95):
        for what, cases, draw in (("rows", ROWS, by_row), ("spread rows", SPREAD, spread),
                                  ("units x rows", UNITS, by_unit)):
            for size, intervals in cases:
                if (sum(size) if draw is not by_unit else size[0] * size[1]) < least:
                    continue
                for interval in intervals if wanted is None else [i for i in intervals if i in wanted]:
                    options = dict(resamples=resamples) if interval in ("auto", "percentile", "bca") else {}
                    hits, valid = covered(auc, simulations, draw(*size, auc), interval=interval, **options)
                    print(f"AUC {auc}, {what} {size}, {interval}: "
                          f"{verdict(hits / valid, *bounds(hits, valid), 0.93, 0.97)}", flush=True)


if __name__ == "__main__":
    main()
