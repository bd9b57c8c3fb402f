"""The example in which a real Optuna study asks and tells."""

import pathlib
import sys

import numpy as np
import optuna
import pytest

import bakeoff

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "python-bindings/examples"))
from optuna_search import optimise  # noqa: E402


def test_a_study_finds_the_penalty_that_a_grid_finds():
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    rng = np.random.default_rng(3)
    x = rng.normal(size=(400, 30))
    y = x @ rng.normal(size=30) * 0.15 + rng.normal(size=400) > 0
    study = optimise(x, y, rounds=3, trials=12)
    assert len(study.trials) == 36
    assert all(t.state == optuna.trial.TrialState.COMPLETE for t in study.trials)
    grid = bakeoff.fit(x, y, "logistic", [{"l2": float(p)} for p in np.logspace(-6, 4, 60)], folds=5)
    best = grid.scores.mean(axis=1).max()
    assert study.best_value >= best - 2e-3
    again = bakeoff.fit(x, y, "logistic", [study.best_params], folds=5).scores.mean()
    assert again == pytest.approx(study.best_value, abs=1e-6)


def test_failed_trials_are_told_as_failed():
    x, y = np.random.default_rng(0).normal(size=(10, 2)), np.arange(10) == 0  # one positive: its fold has one class
    study = optimise(x, y, rounds=1, trials=3)
    assert [t.state for t in study.trials] == [optuna.trial.TrialState.FAIL] * 3
