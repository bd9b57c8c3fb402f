"""What bakeoff.plot draws is what bakeoff.curve and bakeoff.reliability say, in well-formed SVG."""

import xml.etree.ElementTree as xml

import bakeoff
import numpy as np
import pytest

rng = np.random.default_rng(5)
N = 700
Y = (rng.random(N) < 0.4).astype(int)
S = {"old": np.round(rng.random(N), 2), "new": np.clip((Y + 2 * rng.random(N)) / 3, 0, 1)}
W = rng.random(N)
SVG = "{http://www.w3.org/2000/svg}"


def drawn(text):
    """[(P, 2)] points of each line."""
    return [np.array([pair.split(",") for pair in line.get("points").split()], float).reshape(-1, 2)
            for line in xml.fromstring(text).iter(f"{SVG}polyline")]


def legend(text):
    return [each.text for each in xml.fromstring(text).iter(f"{SVG}text")]


@pytest.mark.parametrize("weights", [None, W], ids=["unweighted", "weighted"])
@pytest.mark.parametrize("kind", ["roc", "pr", "reliability"])
def test_the_points_are_the_data(kind, weights):
    lines = drawn(bakeoff.plot(Y, S, kind, weights=weights))
    assert len(lines) == 2
    for points, scores in zip(lines, S.values()):
        if kind == "reliability":
            found = bakeoff.reliability(Y, scores, weights=weights)
            expected = np.stack([found["predicted"], found["observed"]], axis=1)
            expected = expected[found["count"] > 0]
        else:
            found = bakeoff.curve(Y, scores, kind, weights=weights)
            x, y = ("fpr", "tpr") if kind == "roc" else ("recall", "precision")
            expected = np.stack([found[x], found[y]], axis=1)
        assert points.tobytes() == np.ascontiguousarray(expected).tobytes()


def test_long_curves_are_drawn_through_some_of_their_vertices():
    whole, some = drawn(bakeoff.plot(Y, S["new"]))[0], drawn(bakeoff.plot(Y, S["new"], most=20))[0]
    assert len(some) == 20 < len(whole)
    assert set(map(tuple, some)) <= set(map(tuple, whole))
    assert (some[0] == whole[0]).all() and (some[-1] == whole[-1]).all()


def test_a_file_is_what_is_returned(tmp_path):
    text = bakeoff.plot(Y, S, "roc", tmp_path / "roc.svg")
    assert (tmp_path / "roc.svg").read_text(encoding="utf-8") == text
    with pytest.raises(bakeoff.SpecError, match="NAME.svg"):
        bakeoff.plot(Y, S, "roc", tmp_path / "roc.png")


def test_names_are_written_as_text():
    text = bakeoff.plot(Y, np.stack(list(S.values())), names=["<a> & 'b'", "c\x00\ud800"])
    assert {"<a> & 'b'", "c??"} <= set(legend(text))


@pytest.mark.parametrize("kind", ["roc", "pr"])
def test_what_is_undefined_has_no_line_and_says_why(kind):
    for labels, scores in ((Y[:0], S["new"][:0]), (np.zeros(9), S["new"][:9])):
        text = bakeoff.plot(labels, scores, kind)
        assert len(drawn(text)[0]) == 0
        assert any(word and word.startswith("0 (") for word in legend(text))


def test_one_row_is_a_point():
    assert drawn(bakeoff.plot([1], [0.7], "reliability"))[0].tolist() == [[0.7, 1.0]]


def test_what_does_not_fit_is_refused():
    for wrong in (dict(kind="lift"), dict(names=["a"]), dict(most=1)):
        with pytest.raises(bakeoff.SpecError):
            bakeoff.plot(Y, S, **wrong)
    with pytest.raises(bakeoff.DataError):
        bakeoff.plot(Y, S["new"] * np.nan)
