"""bakeoff.Search: the engine's strategies, asked and told from Python."""

import json
import math
import numbers

from bakeoff import _core, _fit


class Search:
    """Candidates of a space, the same on every machine for a seed.

    space: {"l2": [0.1, 1, 10], "l1_ratio": {"linear": [0, 1]}, ...} as in a spec: values, {"log": [low, high]} or
    {"linear": [low, high]}; a parameter with "when": {other: [values]} counts only there. strategy: grid, random,
    sobol, halving or hyperband. n_candidates: what a search may ask for, or begin with in rungs (default: all of a
    grid, else the engine's). eta, least_fraction: of rungs.
    """

    def __init__(self, space, family="logistic", n_candidates=None, strategy="sobol", seed=0, eta=None,
                 least_fraction=0.0):
        if n_candidates is not None and not (isinstance(n_candidates, numbers.Integral) and n_candidates >= 1):
            raise _core.SpecError(f"n_candidates: expected a number of at least 1, got {n_candidates!r}")
        _fit.check_seed(seed)
        self._search = _core.Search(families=_text({family: space}), count=n_candidates, strategy=strategy, seed=seed,
                                    eta=eta, least_fraction=least_fraction)

    @property
    def fraction(self):
        """The share of the units that the next candidates are fitted on."""
        return self._search.fraction

    @property
    def finished(self):
        """Nothing is left to ask for."""
        return self._search.finished

    def ask(self, count=None):
        """[{"l2": 0.1}, ...]: the next candidates, of one rung; none until the rung before was told."""
        return [parameters for _, parameters in self._search.ask(count)]

    def tell(self, scores):
        """Scores of candidates asked for and not told yet, in their order: higher is better, NaN has failed."""
        self._search.tell([float(score) for score in scores])


def _plain(value):
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, numbers.Real):
        if not math.isfinite(value):
            raise _core.SpecError(f"space: expected finite numbers, got {value!r}")
        return int(value) if isinstance(value, numbers.Integral) else float(value)
    if isinstance(value, (str, type(None))):
        return value
    try:
        return [_plain(each) for each in value]
    except TypeError:
        raise _core.SpecError(f"space: expected numbers, lists, {{'log': [low, high]}} or {{'linear': [low, high]}}, "
                              f"got {value!r}") from None


def _text(families):
    return json.dumps(_plain(families))
