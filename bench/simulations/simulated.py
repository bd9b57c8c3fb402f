"""What the simulations share: data with a known AUC, and what a count of successes says."""

import numpy as np
from scipy import stats


def scores_with(auc, labels, rng, unit=None, within=0.0):
    """Normal scores with that AUC; a share `within` of the noise's variance belongs to the row's unit."""
    noise = rng.normal(size=len(labels))
    if unit is not None:
        noise = np.sqrt(1 - within) * noise + np.sqrt(within) * rng.normal(size=unit.max() + 1)[unit]
    return noise + np.sqrt(2) * stats.norm.ppf(auc) * labels


def bounds(successes, trials, confidence=0.99):
    """Binomial bounds (Clopper, Pearson) of the share."""
    ends = stats.binomtest(int(successes), int(trials)).proportion_ci(confidence)
    return ends.low, ends.high


def verdict(share, low, high, at_least, at_most):
    """Kept unless the bounds of the share lie outside what is promised."""
    return f"{share:.4f} [{low:.4f}, {high:.4f}] " + ("ok" if high >= at_least and low <= at_most else "BROKEN")
