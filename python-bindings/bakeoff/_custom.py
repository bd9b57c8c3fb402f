"""bakeoff.custom_metric: metrics of a user, in Python, in the same resamples as the engine's."""

import functools

from bakeoff import _core


def custom_metric(function=None, *, name=None, greater_is_better=True):
    """Makes a function a metric for bakeoff.evaluate, task binary or regression; also as a decorator.

    function(labels, scores, weights) -> float gets arrays (N,) of a slice's rows and one candidate: labels float64,
    scores of the type that they were given in, weights float64. It is called once for the value, with the sample
    weights (or 1), and once for each resample with these times how often the row's unit was drawn: the draws of all
    other metrics, so differences are paired. Rows that weren't drawn have weight 0. NaN says that it is undefined.
    Intervals (percentile, basic; bca without acceleration), slices and report.compare work as for other metrics.
    Slow: candidates x slices x (resamples + 1) calls, one after another, where the engine's own take one pass.
    An exception ends the evaluation with a bakeoff.Error that names the metric. A plain callable among the metrics is
    taken as custom_metric(callable), under its __name__.
    """
    if function is None:
        return functools.partial(custom_metric, name=name, greater_is_better=greater_is_better)
    if not callable(function):
        raise _core.SpecError(f"custom_metric: expected a function of labels, scores and weights, got {function!r}")
    return CustomMetric(function, str(name or getattr(function, "__name__", type(function).__name__)),
                        bool(greater_is_better))


class CustomMetric:
    """What custom_metric makes: still the function, with a name and a direction."""

    def __init__(self, function, name, greater_is_better):
        self.function, self.name, self.greater_is_better = function, name, greater_is_better

    def __eq__(self, other):
        return isinstance(other, CustomMetric) and vars(self) == vars(other)

    def __hash__(self):
        return hash((self.function, self.name, self.greater_is_better))

    def __call__(self, labels, scores, weights):
        return self.function(labels, scores, weights)


def of_engine(metric):
    """(name, whether more is better, function) as the engine takes it."""
    metric = metric if isinstance(metric, CustomMetric) else custom_metric(metric)

    def call(labels, scores, weights):
        try:
            return float(metric.function(labels, scores, weights))
        except Exception as error:
            raise _core.Error(f"metric {metric.name}: {type(error).__name__}: {error}") from error

    return metric.name, metric.greater_is_better, call
