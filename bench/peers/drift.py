"""Drift of 50 columns, 1e5 rows against 1e5: KS, Wasserstein-1, PSI and Jensen-Shannon.

    python bench/peers/drift.py [rows] [columns] [evidently=PYTHON] [nannyml=PYTHON] [alibi=PYTHON]

Peers run in the interpreters that are named, each in a process of its own on the same arrays (float64, half of the
columns shifted); only their call is timed, not their import. scipy's loop runs here. NannyML has no PSI, and
Alibi-Detect's KSDrift has KS only.
"""

import json
import os
import subprocess
import sys
import tempfile

import numpy as np


def evidently(a, b):
    import pandas as pd
    from evidently import DataDefinition, Dataset, Report
    from evidently.metrics import ValueDrift

    names = [f"c{i}" for i in range(len(a))]
    frames = [Dataset.from_pandas(pd.DataFrame(dict(zip(names, x))), data_definition=DataDefinition(
        numerical_columns=names)) for x in (a, b)]
    methods = ["ks", "wasserstein", "psi", "jensenshannon"]
    return lambda: Report([ValueDrift(column=name, method=method) for name in names for method in methods]).run(
        frames[1], frames[0])


def nannyml(a, b):
    import pandas as pd
    from nannyml import UnivariateDriftCalculator

    names = [f"c{i}" for i in range(len(a))]
    frames = [pd.DataFrame(dict(zip(names, x))) for x in (a, b)]
    return lambda: UnivariateDriftCalculator(
        column_names=names, continuous_methods=["kolmogorov_smirnov", "wasserstein", "jensen_shannon"],
        chunk_size=len(a[0])).fit(frames[0]).calculate(frames[1])


def alibi(a, b):
    from alibi_detect.cd import KSDrift

    x, y = np.ascontiguousarray(a.T), np.ascontiguousarray(b.T)
    return lambda: KSDrift(x, p_val=0.05).predict(y)


def scipy_loop(a, b):
    from scipy.spatial.distance import jensenshannon
    from scipy.stats import ks_2samp, wasserstein_distance

    def one(x, y):
        edges = np.quantile(x, np.arange(1, 10) / 10, method="inverted_cdf")
        p, q = (np.bincount(np.searchsorted(edges, v), minlength=10) / len(v) for v in (x, y))
        f, g = np.maximum(p, 1e-4), np.maximum(q, 1e-4)
        return ks_2samp(x, y), wasserstein_distance(x, y), np.sum((g - f) * np.log(g / f)), jensenshannon(p, q, 2)

    return lambda: [one(x, y) for x, y in zip(a, b)]


PEERS = {"evidently": evidently, "nannyml": nannyml, "alibi": alibi}


def as_peer(name, folder):
    """In the peer's interpreter: one timed call after one to warm up (they take seconds), as JSON on the last line."""
    from side_by_side import measure

    wall, cpu, _ = measure(PEERS[name](*(np.load(f"{folder}/{x}.npy") for x in "ab")), 1)
    print(json.dumps([wall, cpu]))


def main():
    from side_by_side import THREADS, machine, measure, show

    import bakeoff

    given = dict(word.split("=", 1) for word in sys.argv[1:] if "=" in word)
    sizes = [int(word) for word in sys.argv[1:] if word.isdigit()]
    rows, columns = (sizes + [100_000, 50][len(sizes):])[:2]
    rng = np.random.default_rng(7)
    a = rng.normal(size=(columns, rows))
    b = rng.normal(size=(columns, rows)) + np.where(np.arange(columns) % 2, 0.02, 0)[:, None]
    names = [f"c{i}" for i in range(columns)]
    tables = [dict(zip(names, x)) for x in (a, b)]
    tests = ["ks", "wasserstein", "psi", "jensen_shannon"]
    print(f"{machine()}; {columns} columns, {rows:,} rows against {rows:,}; {THREADS} threads of ours")
    reference = bakeoff.DriftReference(tables[0], threads=THREADS)
    cached = measure(lambda: bakeoff.drift(reference, tables[1], tests, threads=THREADS), 9)
    whole = measure(lambda: bakeoff.drift(tables[0], tables[1], tests, threads=THREADS), 9)
    ks_only = measure(lambda: bakeoff.drift(tables[0], tables[1], "ks", threads=THREADS), 9)
    loop = measure(scipy_loop(a, b), 1, warm_up=0)
    table = cached[2].table()
    gap = max(abs(got - want[0].statistic) for got, want in zip(table["ks"].to_pylist(), loop[2]))
    show("against a cached reference / scipy loop", cached, loop, gap)
    show("fit + drift / scipy loop", whole, loop, gap)
    with tempfile.TemporaryDirectory() as folder:
        np.save(f"{folder}/a.npy", a)
        np.save(f"{folder}/b.npy", b)
        for name, python in given.items():
            done = subprocess.run([python, os.path.abspath(__file__), "--peer", name, folder], capture_output=True,
                                  text=True)
            if done.returncode:
                print(f"{name}: did not run: {done.stderr.strip().splitlines()[-1]}")
                continue
            peer = json.loads(done.stdout.splitlines()[-1])
            ours = ks_only if name == "alibi" else whole
            show(f"fit + drift{' (KS alone)' if name == 'alibi' else ''} / {name}", ours, [*peer, None], 0)
            show(f"against a cached reference / {name}", cached, [*peer, None], 0)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--peer"]:
        as_peer(*sys.argv[2:])
    else:
        main()
