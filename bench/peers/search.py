"""A whole SearchCV.fit on the flights, Sobol 256 x 5 folds, against scikit-learn's searches and Ray Tune.

    python bench/peers/search.py [randomized] [halving] [ray]      # all three without a name
    BAKEOFF_BENCH_ROWS=300000 BAKEOFF_BENCH_SHARE=1                # rows; the share of the candidates that peers fit

RandomizedSearchCV fits a share of the candidates and its time is scaled up by it; its pool of processes is started and
warmed before. On a machine that others share, BAKEOFF_BENCH_THREADS=1 keeps the peer in this process, and then CPU time
is the figure to read (that of a pool's living processes is not counted). BAKEOFF_BENCH_DATA names the folder with
flights.parquet (build/data).
"""

import contextlib
import os
import pathlib
import sys
import tempfile
import time
import warnings

from side_by_side import THREADS, machine, measure, show

import numpy as np  # noqa: E402
import pyarrow.parquet as pq  # noqa: E402
from scipy.stats import loguniform  # noqa: E402
from sklearn.experimental import enable_halving_search_cv  # noqa: E402, F401
from sklearn.linear_model import LogisticRegression  # noqa: E402
from sklearn.model_selection import (HalvingRandomSearchCV, RandomizedSearchCV, StratifiedKFold,  # noqa: E402
                                     cross_val_score)
from sklearn.preprocessing import OneHotEncoder, StandardScaler  # noqa: E402

import bakeoff  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
DATA = pathlib.Path(os.environ.get("BAKEOFF_BENCH_DATA", ROOT / "build/data"))
ROWS = int(os.environ.get("BAKEOFF_BENCH_ROWS", 300_000))
SHARE = float(os.environ.get("BAKEOFF_BENCH_SHARE", 1 / 16))
CANDIDATES, RAY_CANDIDATES, LOW, HIGH = 256, 200, 1e-2, 1e4
NUMERIC = ["minute", "distance", "departures", "seats", "plane_year", "temp", "dewp", "humid", "wind_speed", "precip",
           "pressure", "visib"]
CATEGORICAL = ["carrier", "origin", "weekday", "hour_of_day"]
CV = StratifiedKFold(5, shuffle=True, random_state=0)


def flights():
    """Standardised numbers (missing ones at the mean) and one-hot categories; late or not."""
    table = pq.read_table(DATA / "flights.parquet").to_pandas()
    table = table.iloc[np.linspace(0, len(table) - 1, min(ROWS, len(table))).astype(int)]
    numbers = StandardScaler().fit_transform(table[NUMERIC].astype(float))
    one_hot = OneHotEncoder(sparse_output=False).fit_transform(table[CATEGORICAL].astype(str))
    return np.hstack([np.nan_to_num(numbers), one_hot]).astype(np.float64), table["late"].to_numpy().astype(int)


def peer_model():
    """Equal objectives to 1e-6 need this tolerance; newton-cholesky is the fastest of scikit-learn's here."""
    return LogisticRegression(solver="newton-cholesky", tol=1e-6)


def ours(x, y, candidates, strategy="sobol"):
    return bakeoff.SearchCV("logistic", {"l2": {"log": [LOW, HIGH]}}, candidates, strategy, cv=CV,
                            threads=THREADS).fit(x, y)


def against(name, search, x, y, share, mine, strategy="Sobol"):
    with warnings.catch_warnings():  # of its first rungs: too few rows for an AUC
        warnings.simplefilter("ignore")
        peer = measure(lambda: search.fit(x, y), 1, warm_up=0)
    # Of what was chosen, on all rows: a halving search's best_score_ is of the rows of its last rung.
    chosen = cross_val_score(peer_model().set_params(**peer[2].best_params_), x, y, cv=CV, scoring="roc_auc").mean()
    show(f"{strategy} {CANDIDATES} x 5, SearchCV.fit / {name} (on {share:.3g} of the candidates, scaled)", mine, peer,
         mine[2].best_score_ - chosen, 1 / share)
    print(f"  CV ROC AUC of the chosen, all rows: ours {mine[2].best_score_:.6f}, {name} {chosen:.6f}", flush=True)


def randomized(x, y, mine):
    RandomizedSearchCV(peer_model(), {"C": [1.0, 2.0]}, n_iter=2, n_jobs=THREADS).fit(x[:500], y[:500])
    count = max(2, round(CANDIDATES * SHARE))
    against("RandomizedSearchCV", RandomizedSearchCV(
        peer_model(), {"C": loguniform(1 / HIGH, 1 / LOW)}, n_iter=count, scoring="roc_auc", cv=CV, n_jobs=THREADS,
        random_state=0), x, y, count / CANDIDATES, mine)


def halving(x, y, _):
    """Halving against halving, whole: its cost does not grow with the candidates alone. The peer's default ends on some
    thousand rows; "exhaust", like ours, on all of them."""
    mine = measure(lambda: ours(x, y, CANDIDATES, "halving"), 3)
    for resources in ("exhaust", "smallest"):
        against(f"HalvingRandomSearchCV, min_resources='{resources}',", HalvingRandomSearchCV(
            peer_model(), {"C": loguniform(1 / HIGH, 1 / LOW)}, n_candidates=CANDIDATES, factor=3, scoring="roc_auc",
            cv=CV, n_jobs=THREADS, random_state=0, min_resources=resources), x, y, 1.0, mine, "halving")


def ray(x, y, _):
    """The same 200 candidates, a process a trial, as many at once as there are threads."""
    import ray as cluster
    from ray import tune

    penalties = [c["l2"] for c in bakeoff.Search({"l2": {"log": [LOW, HIGH]}}, "logistic", RAY_CANDIDATES).ask()]
    mine = measure(lambda: ours(x, y, RAY_CANDIDATES), 3)
    count = max(THREADS, round(RAY_CANDIDATES * SHARE))
    some = penalties[:: max(1, len(penalties) // count)][:count]
    cluster.init(num_cpus=THREADS, include_dashboard=False, log_to_driver=False, logging_level="ERROR")
    shared = cluster.put((x, y))

    def trial(config):
        rows, labels = cluster.get(shared)
        scores = cross_val_score(peer_model().set_params(C=1 / config["l2"]), rows, labels, cv=CV, scoring="roc_auc")
        return {"score": float(scores.mean())}

    tuner = tune.Tuner(trial, param_space={"l2": tune.grid_search(some)},
                       tune_config=tune.TuneConfig(max_concurrent_trials=THREADS),
                       run_config=tune.RunConfig(verbose=0, storage_path=tempfile.mkdtemp()))
    start = time.perf_counter()
    with contextlib.redirect_stdout(sys.stderr):  # what it says of its own folders
        results = tuner.fit()
    wall = time.perf_counter() - start
    cluster.shutdown()
    theirs = {r.config["l2"]: r.metrics["score"] for r in results}
    scores = dict(zip((p["l2"] for p in mine[2].cv_results_["params"]), mine[2].cv_results_["mean_test_score"]))
    gap = max(abs(scores[l2] - score) for l2, score in theirs.items())
    hourly = RAY_CANDIDATES / mine[0] * 3600, len(theirs) / wall * 3600
    print(f"{RAY_CANDIDATES} candidates x 5, candidates an hour: {hourly[0] / hourly[1]:.0f}x  ours {hourly[0]:,.0f}  "
          f"Ray Tune {hourly[1]:,.0f} (measured on {len(theirs)} trials)  largest difference of a score {gap:.1e}",
          flush=True)


def main():
    chosen = sys.argv[1:] or ["randomized", "halving", "ray"]
    x, y = flights()
    print(f"{machine()}; flights {x.shape[0]:,} x {x.shape[1]} float64; {THREADS} threads of ours, n_jobs={THREADS}; "
          f"load {os.getloadavg()[0]:.1f}", flush=True)
    mine = measure(lambda: ours(x, y, CANDIDATES), 3) if set(chosen) - {"ray"} else None
    for name in chosen:
        {"randomized": randomized, "halving": halving, "ray": ray}[name](x, y, mine)


if __name__ == "__main__":
    main()
