"""The promises of bench/simulations with few simulations: what only a gross error breaks, in seconds.

Bounds are of 99.99 %: a dozen shares are looked at, and none should fall outside by chance.
"""

import importlib
import pathlib
import sys

import numpy as np
import pytest

SIMULATIONS = pathlib.Path(__file__).resolve().parents[2] / "bench/simulations"


@pytest.fixture(scope="module", autouse=True)
def simulations_on_the_path():
    sys.path.insert(0, str(SIMULATIONS))
    yield
    sys.path.remove(str(SIMULATIONS))


@pytest.mark.parametrize("options", [dict(interval="percentile", resamples=200), dict(interval="bca", resamples=200),
                                     dict(interval="delong")])
def test_intervals_cover_the_auc_by_row(options):
    coverage = importlib.import_module("auc_coverage")
    hits, valid = coverage.covered(0.8, 300, coverage.by_row(100, 100, 0.8), **options)
    low, high = importlib.import_module("simulated").bounds(hits, valid, 0.9999)
    assert valid == 300 and high >= 0.93 and low <= 0.97


@pytest.mark.parametrize("options", [dict(interval="percentile", resamples=200), dict(interval="delong")])
def test_intervals_cover_the_auc_by_unit(options):
    coverage = importlib.import_module("auc_coverage")
    hits, valid = coverage.covered(0.8, 300, coverage.by_unit(60, 20, 0.8), **options)
    low, high = importlib.import_module("simulated").bounds(hits, valid, 0.9999)
    assert valid == 300 and high >= 0.93 and low <= 0.97


def test_intervals_cover_an_auc_near_one_of_many_rows():
    coverage = importlib.import_module("auc_coverage")
    hits, valid = coverage.covered(0.95, 200, coverage.by_row(2000, 18000, 0.95), interval="delong_logit")
    low, high = importlib.import_module("simulated").bounds(hits, valid, 0.9999)
    assert valid == 200 and high >= 0.93 and low <= 0.97


@pytest.mark.parametrize("count", [12, 30])
def test_the_jackknife_covers_with_few_units(count):
    coverage = importlib.import_module("auc_coverage")
    hits, valid = coverage.covered(0.8, 300, coverage.by_unit(count, 20, 0.8), interval="jackknife")
    low, high = importlib.import_module("simulated").bounds(hits, valid, 0.9999)
    assert valid == 300 and high >= 0.93 and low <= 0.975


def test_equal_candidates_are_rarely_told_apart():
    errors, common = importlib.import_module("null_errors"), importlib.import_module("simulated")
    found = [errors.simulate(i, 200, 199) for i in range(120)]
    for name, _ in errors.METHODS:
        rejected = sum(np.nanmin(f[name]["p_adjusted"][1:]) <= 0.05 for f in found)
        assert common.bounds(rejected, len(found), 0.9999)[0] <= 0.05, name
        p = np.array([f[name]["p"][1, 0, 1 if name.startswith("mcnemar") else 0] for f in found])
        low, high = common.bounds((p <= 0.5).sum(), len(p), 0.9999)
        assert low <= 0.5, name
        assert p.min() > 0 and 0.2 < p.mean() < 0.9
