"""bakeoff.curve and bakeoff.reliability: what plots are made of, as data."""

from bakeoff import _arrays, _core


def _one(labels, scores, weights, positive):
    matrix = _arrays.as_scores(scores)
    if matrix.shape[0] != 1:
        raise _core.DataError(f"scores: expected shape (N,), got {matrix.shape}; ask for one candidate at a time")
    return {"labels": _arrays.as_labels(labels, "binary", positive), "scores": matrix,
            "weights": None if weights is None else _arrays.as_weights(weights)}


def curve(labels, scores, kind="roc", *, weights=None, positive=None, drop_intermediate=None):
    """The vertices of the ROC or the precision-recall curve of one candidate, as scikit-learn has them.

    kind "roc": {"fpr", "tpr", "thresholds"}, from (0, 0) at threshold inf; vertices on a straight line are left out
    unless drop_intermediate=False. kind "pr": {"precision", "recall", "thresholds"}, thresholds ascending, and a last
    vertex (recall 0, precision 1) without one. "reason" is "ok", or why a rate is undefined.
    """
    thin = kind == "roc" if drop_intermediate is None else bool(drop_intermediate)
    if thin and kind == "pr":
        raise _core.SpecError("drop_intermediate: is of the ROC curve alone")
    return _core.curve(kind=_arrays.as_name(kind, "kind"), drop_intermediate=thin,
                       **_one(labels, scores, weights, positive))


def reliability(labels, scores, bins=15, binning="equal_width", *, weights=None, positive=None):
    """Predicted against observed frequencies of one candidate, in bins of the scores.

    binning: "equal_width", or "equal_mass" (the quantiles of the scores). Arrays of one number a bin: low, high (its
    ends, (low, high]), count (rows), weight, predicted (mean score), observed (share of positives); empty bins have NaN
    means. Numbers: ece, mce, and noise_floor, the ece to expect of perfectly calibrated scores.
    """
    return _core.reliability(bins=_arrays.as_integer(bins, "bins"), binning=_arrays.as_name(binning, "binning"),
                             **_one(labels, scores, weights, positive))
