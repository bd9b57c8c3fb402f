"""What a search has found so far, and scikit-learn's table of it."""

import numpy as np


class Results:
    """Candidates in the order in which they were fitted; scores (K, F) of each."""

    def __init__(self, scorers):
        self._scorers = scorers
        self.directions = {}  # of the engine's metrics: higher is better
        self.params, self._scores, self._fractions, self._seconds = [], [], [], []

    def add(self, candidates, scores, fraction, seconds, iterations):
        """scores: (K, M, F). The seconds of the batch are shared out by the passes of each fit, (M, F)."""
        shares = (iterations + 1) / (iterations + 1).sum()
        for m, parameters in enumerate(candidates):
            self.params.append(parameters)
            self._scores.append(scores[:, m])
            self._fractions.append(fraction)
            self._seconds.append(seconds * shares[m])

    def _merit(self, k):
        """(M,): higher is better."""
        sign = 1 if self._scorers[k].maximize(self.directions) else -1
        return sign * np.array([scores[k].mean() for scores in self._scores])

    def merits(self, last, k):
        """Of the last that were added, by metric k."""
        return self._merit(k)[-last:].tolist()

    def shown(self, merit, k):
        """A merit in the metric's own sign."""
        return merit if self._scorers[k].maximize(self.directions) else -merit

    def _places(self, k):
        """Ranks from 1, ties alike; all rows come before a part of them, and what failed last."""
        merit, fraction = self._merit(k), np.array(self._fractions)
        order = np.lexsort((-np.where(np.isnan(merit), -np.inf, merit), -fraction, np.isnan(merit)))
        ranks = np.empty(len(order), dtype=np.int32)
        for place, i in enumerate(order):
            before = order[place - 1]
            tied = place and (merit[i], fraction[i]) == (merit[before], fraction[before])
            both_failed = place and np.isnan(merit[i]) and np.isnan(merit[before])
            ranks[i] = ranks[before] if tied or both_failed else place + 1
        return ranks

    def best(self, k):
        """The index of the best by metric k. ValueError if nothing could be scored."""
        if np.isnan(self._merit(k)).all():
            raise ValueError("no candidate could be scored on every split: each needs rows of its own, and for "
                             "classes both of them, in what it trains on and in what it tests")
        return int(self._places(k).argmin())

    def table(self):
        """cv_results_."""
        seconds = np.array(self._seconds)
        out = {"mean_fit_time": seconds.mean(axis=1), "std_fit_time": seconds.std(axis=1), "params": self.params}
        for name in sorted({name for parameters in self.params for name in parameters}):
            absent = [name not in parameters for parameters in self.params]
            out[f"param_{name}"] = np.ma.MaskedArray([parameters.get(name, 0.0) for parameters in self.params], absent)
        if min(self._fractions) < 1:
            out["fraction"] = np.array(self._fractions)
        for k, scorer in enumerate(self._scorers):
            scores = np.array([each[k] for each in self._scores])
            for f in range(scores.shape[1]):
                out[f"split{f}_test_{scorer.name}"] = scores[:, f]
            out[f"mean_test_{scorer.name}"], out[f"std_test_{scorer.name}"] = scores.mean(axis=1), scores.std(axis=1)
            out[f"rank_test_{scorer.name}"] = self._places(k)
        return out
