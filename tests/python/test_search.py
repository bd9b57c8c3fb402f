"""bakeoff.Search: the engine's strategies from Python."""

import math

import pytest

import bakeoff


def test_candidates_are_those_of_the_spec_on_every_machine():
    # The first numbers of seed 1: a change here changes what every stored search would try.
    a = bakeoff.Search({"l2": {"log": [1e-6, 10]}}, "logistic", 8, "sobol", seed=1)
    b = bakeoff.Search({"l2": {"log": [1e-6, 10]}}, "logistic", 8, "sobol", seed=1)
    first = a.ask()
    assert first == b.ask(3) + b.ask(5) and b.finished
    assert all(float(f"{c['l2']:.5e}") == c["l2"] for c in first)
    assert first != bakeoff.Search({"l2": {"log": [1e-6, 10]}}, "logistic", 8, "sobol", seed=2).ask()


def test_a_grid_gives_all_and_default_of_the_rest():
    search = bakeoff.Search({"l2": [3, 1, 2]}, "ridge", strategy="grid")
    assert search.ask() == [{"l2": 3.0}, {"l2": 1.0}, {"l2": 2.0}]
    assert search.finished and search.ask() == []
    assert bakeoff.Search({}, "ridge").ask() == [{"l2": 1.0}]


@pytest.mark.parametrize("strategy", ["halving", "hyperband"])
def test_rungs_end_with_the_best_on_all_rows(strategy):
    search = bakeoff.Search({"l2": {"log": [1e-4, 1e4]}}, "ridge", 60, strategy, seed=5)
    fractions, last, everything = [], [], []
    while not search.finished:
        fractions.append(search.fraction)
        asked = search.ask()
        everything += asked
        last += asked if fractions[-1] == 1 else []
        search.tell([-abs(math.log(c["l2"])) for c in asked])
    assert fractions[0] == pytest.approx(1 / 27)
    assert min(last, key=lambda c: abs(math.log(c["l2"]))) == min(everything, key=lambda c: abs(math.log(c["l2"])))


@pytest.mark.parametrize("arguments, text", [
    ({"space": {"l3": [1]}}, "did you mean 'l2'"), ({"space": {"l2": {"lg": [1, 2]}}}, "did you mean 'log'"),
    ({"space": {"l2": [-1]}}, "at least 0"), ({"space": {"l2": [1]}, "family": "logit"}, "unknown family"),
    ({"space": {"l2": {"log": [1, 2]}}, "strategy": "grid"}, "grid needs lists"),
    ({"space": {"l2": [1]}, "strategy": "hyperbnd"}, "did you mean 'hyperband'"),
    ({"space": {"l2": object()}}, "expected numbers"), ({"space": {"l2": [float("nan")]}}, "finite"),
    ({"space": {"l2": [1]}, "n_candidates": 0}, "at least 1"),
    ({"space": {"l2": {"values": [1], "when": {"l2": [1]}}}}, "no other parameter"),
])
def test_says_what_is_wrong_with_the_space(arguments, text):
    with pytest.raises(bakeoff.SpecError, match=text):
        bakeoff.Search(**arguments)
