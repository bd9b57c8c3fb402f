"""What `scoring` may be, for those who come from scikit-learn."""

from bakeoff import _core

# scikit-learn's name: ours. A neg_ is turned round; the others mean the same.
ALIASES = {
    "neg_log_loss": "log_loss", "neg_brier_score": "brier", "matthews_corrcoef": "mcc",
    "neg_mean_squared_error": "mse", "neg_root_mean_squared_error": "rmse", "neg_mean_absolute_error": "mae",
    "average_precision": "average_precision",
}


class Scorer:
    """One metric: `metric` is the engine's name, or None for a scikit-learn scorer, which is called fold by fold."""

    def __init__(self, name, metric=None, sign=1, call=None):
        self.name, self.metric, self.sign, self.call = name, metric, sign, call

    def maximize(self, directions):
        """Higher is better in the values as they are shown."""
        return True if self.metric is None or self.sign < 0 else directions[self.metric]


def make_scorers(scoring, task):
    """[Scorer, ...] and whether they were named, as more than one are."""
    if isinstance(scoring, dict):
        return [_scorer(value, task, str(name)) for name, value in scoring.items()], True
    if isinstance(scoring, (list, tuple, set, frozenset)):
        names = list(scoring)
        if not names or len(set(names)) < len(names):
            raise ValueError(f"scoring: expected different names of metrics, got {scoring!r}")
        return [_scorer(name, task, str(name)) for name in names], True
    return [_scorer(scoring, task, "score")], False


def _scorer(scoring, task, name):
    if callable(scoring):
        return Scorer(name, call=scoring)
    known = _core.known_class_metrics(False) if task == "multiclass" else _core.known_metrics(task)
    if scoring is None:
        return Scorer(name, {"binary": "roc_auc", "multiclass": "accuracy"}.get(task, "r2"))
    if scoring in known:
        return Scorer(name, scoring)
    if ALIASES.get(scoring) in known:
        return Scorer(name, ALIASES[scoring], -1 if scoring.startswith("neg_") else 1)
    from sklearn.metrics import get_scorer, get_scorer_names

    if scoring not in get_scorer_names():
        raise ValueError(f"scoring: {scoring!r} is neither a metric of Bakeoff for a {task} task ({', '.join(known)}) "
                         f"nor a scorer of scikit-learn (sklearn.metrics.get_scorer_names())")
    return Scorer(name, call=get_scorer(scoring))
