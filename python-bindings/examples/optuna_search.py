"""An Optuna study drives Bakeoff: it asks for many trials, one batch fits them all, and it is told the scores.

    python optuna_search.py [rounds [trials]]

Optuna proposes, with whatever sampler one likes; Bakeoff answers 32 proposals x 5 folds for about the price of one pass
of each. Needs `pip install optuna`.
"""

import sys

import numpy as np
import optuna

import bakeoff


def optimise(x, y, rounds=8, trials=32, seed=0, sampler=None):
    """The study after rounds x trials candidates; the best is study.best_params."""
    study = optuna.create_study(direction="maximize",
                                sampler=sampler or optuna.samplers.TPESampler(seed=seed, constant_liar=True))
    for _ in range(rounds):
        asked = [study.ask() for _ in range(trials)]
        candidates = [{"l2": trial.suggest_float("l2", 1e-6, 1e4, log=True)} for trial in asked]
        fit = bakeoff.fit(x, y, "logistic", candidates, folds=5, scoring="roc_auc", seed=seed)
        for trial, score in zip(asked, fit.scores.mean(axis=1)):
            if np.isnan(score):  # diverged, or a fold without one of the classes
                study.tell(trial, state=optuna.trial.TrialState.FAIL)
            else:
                study.tell(trial, float(score))
    return study


def main():
    rounds, trials = (int(a) for a in (sys.argv[1:3] + ["8", "32"][len(sys.argv) - 1:])[:2])
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    rng = np.random.default_rng(0)
    x = rng.normal(size=(5000, 40))
    y = x @ rng.normal(size=40) * 0.2 + 3 * rng.normal(size=5000) > 0
    study = optimise(x, y, rounds, trials)
    print(f"{len(study.trials)} trials, best ROC AUC {study.best_value:.4f} at l2 = {study.best_params['l2']:.4g}")


if __name__ == "__main__":
    main()
