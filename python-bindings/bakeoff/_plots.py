"""bakeoff.plot: the ROC curve, the precision-recall curve and the reliability diagram as SVG."""

import html
import os
import pathlib

import numpy as np

from bakeoff import _arrays, _core, _curves

# Colours that readers with any colour vision tell apart (Okabe, Ito: Color universal design; 2008).
_COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000"]
_AXES = {"roc": ("false positive rate", "true positive rate"), "pr": ("recall", "precision"),
         "reliability": ("predicted", "observed")}
_SIDE, _LEFT, _TOP = 400, 60, 20  # the unit square in pixels, and where it begins


def plot(labels, scores, kind="roc", path=None, *, names=None, weights=None, positive=None, bins=15,
         binning="equal_width", most=2000):
    """One picture of all candidates, from the data of bakeoff.curve or bakeoff.reliability: the text of an SVG.

    kind: "roc", "pr" or "reliability" (bins and binning as of bakeoff.reliability; empty bins are left out). scores as
    of bakeoff.evaluate. path: a file NAME.svg to write. A curve of more than `most` vertices is drawn through as many
    of them, evenly spaced, the first and the last among them. Coordinates in the SVG are the data's own. A candidate
    whose rates are undefined (one class) has no line, and its reason stands in the legend.
    """
    if not isinstance(kind, str) or kind not in _AXES:
        raise _core.SpecError(f"plot: kind: expected roc, pr or reliability, got {kind!r}")
    if _arrays.as_integer(most, "plot: most") < 2:
        raise _core.SpecError(f"plot: most: expected at least 2, got {most}")
    if path is not None:
        name = os.fspath(path) if isinstance(path, os.PathLike) else path
        if not isinstance(name, str) or pathlib.Path(name).suffix != ".svg":
            raise _core.SpecError(f"plot: path: expected NAME.svg, got {name!r}")
    scores = _arrays.named_columns(scores)
    if names is None and isinstance(scores, dict):
        names = list(scores)
    matrix = _arrays.as_scores(scores)
    names = [str(m) for m in range(len(matrix))] if names is None else _arrays.as_list(names, "plot: names")
    if len(names) != len(matrix):
        raise _core.SpecError(f"plot: names: expected {len(matrix)}, one a candidate, got {len(names)}")
    lines = []
    for name, row in zip(map(str, names), matrix):
        points, reason = _points(labels, row, kind, weights, positive, bins, binning)
        if len(points) > most:
            points = points[np.unique(np.linspace(0, len(points) - 1, most).round().astype(int))]
        lines.append((name if reason == "ok" else f"{name} ({reason})", points))
    svg = _svg(kind, lines)
    if path is not None:
        pathlib.Path(path).write_text(svg, encoding="utf-8")
    return svg


def _points(labels, scores, kind, weights, positive, bins, binning):
    """((P, 2) vertices without undefined ones, "ok" or why there are none)."""
    if kind == "reliability":
        found = _curves.reliability(labels, scores, bins, binning, weights=weights, positive=positive)
        x, y, reason = found["predicted"], found["observed"], "ok"
    else:
        found = _curves.curve(labels, scores, kind, weights=weights, positive=positive)
        x, y = (found["fpr"], found["tpr"]) if kind == "roc" else (found["recall"], found["precision"])
        reason = found["reason"]
    points = np.stack([x, y], axis=1)
    points = points[np.isfinite(points).all(axis=1)]
    return (points, reason) if reason == "ok" and len(points) else (points[:0], "empty" if reason == "ok" else reason)


def _svg(kind, lines):
    across, up = _AXES[kind]
    height, width = _TOP + _SIDE + 50, _LEFT + _SIDE + 220
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
           'font-family="sans-serif" font-size="12">', f"<title>{kind}</title>",
           f'<rect width="{width}" height="{height}" fill="white"/>']
    for i in range(6):
        at, bottom = _SIDE * i / 5, _TOP + _SIDE
        out.append(f'<text x="{_LEFT + at:g}" y="{bottom + 18}" text-anchor="middle">{i / 5:g}</text>')
        out.append(f'<text x="{_LEFT - 8}" y="{bottom - at + 4:g}" text-anchor="end">{i / 5:g}</text>')
    out.append(f'<text x="{_LEFT + _SIDE / 2:g}" y="{_TOP + _SIDE + 40}" text-anchor="middle">{across}</text>')
    out.append(f'<text transform="translate(16 {_TOP + _SIDE / 2:g}) rotate(-90)" text-anchor="middle">{up}</text>')
    # The unit square, y upwards: inside, coordinates are the data's.
    out.append(f'<g transform="translate({_LEFT} {_TOP + _SIDE}) scale({_SIDE} {-_SIDE})" fill="none">')
    thin = 'vector-effect="non-scaling-stroke"'
    out.append(f'<rect width="1" height="1" stroke="#888" {thin}/>')
    if kind != "pr":  # of a coin, or of perfect calibration
        out.append(f'<path d="M0 0L1 1" stroke="#888" stroke-dasharray="4 4" {thin}/>')
    for i, (_, points) in enumerate(lines):
        text = " ".join(f"{x!r},{y!r}" for x, y in points.tolist())
        colour = _COLOURS[i % len(_COLOURS)]
        out.append(f'<polyline points="{text}" stroke="{colour}" stroke-width="2" stroke-linejoin="round" {thin}/>')
        if kind == "reliability":
            out += [f'<circle cx="{x!r}" cy="{y!r}" r="0.01" fill="{colour}"/>' for x, y in points.tolist()]
    out.append("</g>")
    for i, (name, _) in enumerate(lines):
        y = _TOP + 12 + 18 * i
        out.append(f'<path d="M{_LEFT + _SIDE + 20} {y - 4}h20" stroke="{_COLOURS[i % len(_COLOURS)]}" '
                   'stroke-width="2"/>')
        out.append(f'<text x="{_LEFT + _SIDE + 46}" y="{y}">{html.escape(_shown(name))}</text>')
    return "\n".join([*out, "</svg>\n"])


def _shown(name):
    """Without characters that XML can't have."""
    return "".join(c if c.isprintable() and not 0xD800 <= ord(c) <= 0xDFFF else "?" for c in name)
