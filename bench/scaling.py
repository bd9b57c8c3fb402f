"""How each workload of evaluation grows with rows N, candidates M and resamples B, beside what the machine can do.

    python bench/scaling.py [NAME...] [--programs DIR] [--repeats 5]       # names: see WORKLOADS below

Each row of the table is one call as users make it; one of N, M and B varies at a time. Limits, measured in the same run
with as many threads:
    memory   GB/s of a triad a = b + s c over arrays of 256 MiB in all (McCalpin's STREAM), in NumPy, threads side by
             side: what reading the input once would take at least;
    sort     rows a second of the radix sort of one candidate's scores: `sort` of ranking.roc_auc_bench;
    draws    Poisson weights a second: `fill` of resample.weights_bench with the best instruction set, times threads.
The last two are C++ programs (target bakeoff_bench, cmake -DBAKEOFF_BENCH=ON; --programs names their folder); without
them their columns stay empty. The bound is the sum of the three: all bytes are read, all scores sorted, N B weights
drawn once for all candidates. A share of 1 would be a call that does nothing else.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import threading

sys.path.insert(0, str(pathlib.Path(__file__).parent / "peers"))
from side_by_side import THREADS, machine, measure  # noqa: E402

import numpy as np  # noqa: E402

import bakeoff  # noqa: E402

TRIAD_BYTES = 256 << 20


def bandwidth(repeats):
    """Bytes a second of the triad over all threads."""
    n = TRIAD_BYTES // 8 // 3 // THREADS
    arrays = [[np.full(n, float(k)) for k in range(3)] for _ in range(THREADS)]

    def triad(a, b, c):
        for begin in range(0, n, 1 << 15):  # a piece of c stays in L2 between the two passes
            part = slice(begin, begin + (1 << 15))
            np.multiply(c[part], 3.0, out=a[part])
            np.add(a[part], b[part], out=a[part])

    def all_at_once():
        threads = [threading.Thread(target=triad, args=each) for each in arrays]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    return 3 * 8 * n * THREADS / measure(all_at_once, repeats)[0]


def items_per_second(folder, program, prefix):
    """{name: rate} of a Google Benchmark program's cases whose name begins with `prefix`; {} without the program."""
    path = pathlib.Path(folder or "-") / program
    if not path.exists():
        return {}
    done = subprocess.run([path, f"--benchmark_filter=^{prefix}/", "--benchmark_format=json"], capture_output=True,
                          text=True, check=True)
    return {each["name"]: each["items_per_second"] for each in json.loads(done.stdout)["benchmarks"]}


def limits(arguments):
    sort = {name: rate for name, rate in items_per_second(arguments.programs, "ranking.roc_auc_bench", "sort").items()
            if f"threads:{THREADS}" in name}
    draws = items_per_second(arguments.programs, "resample.weights_bench", "fill")
    return {"memory": bandwidth(arguments.repeats), "sort": max(sort.values(), default=None),
            "draws": max(draws.values()) * THREADS if draws else None}


def labels_and_scores(rows, candidates):
    rng = np.random.default_rng(7)
    labels = (rng.random(rows) < 0.3).astype(np.float64)
    scores = rng.standard_normal((candidates, rows), dtype=np.float32)
    scores += np.float32(0.8) * labels.astype(np.float32)
    return labels, scores


def auc_intervals(n, m, b):
    labels, scores = labels_and_scores(n, m)
    return (lambda: bakeoff.evaluate(labels, scores, ["roc_auc"], resamples=b, threads=THREADS),
            {"memory": n * m * 4 + n * 8, "sort": n * m, "draws": n * b})


def point_metrics(n, m, b):
    labels, scores = labels_and_scores(n, m)
    probabilities = 1 / (1 + np.exp(-scores))
    names = ["log_loss", "brier", "accuracy", "f1", "mcc"]
    return (lambda: bakeoff.evaluate(labels, probabilities, names, resamples=b, threads=THREADS),
            {"memory": n * m * 4 + n * 8, "sort": 0, "draws": n * b})


def exact_auc(n, m, b):
    labels, scores = labels_and_scores(n, m)
    return (lambda: bakeoff.evaluate(labels, scores, ["roc_auc"], threads=THREADS),
            {"memory": n * m * 4 + n * 8, "sort": n * m, "draws": 0})


def average_precision(n, m, b):
    labels, scores = labels_and_scores(n, m)
    return (lambda: bakeoff.evaluate(labels, scores, ["average_precision"], resamples=b, threads=THREADS),
            {"memory": n * m * 4 + n * 8, "sort": n * m, "draws": n * b})


def paired_delong(n, m, b):
    labels, scores = labels_and_scores(n, m)
    return (lambda: bakeoff.evaluate(labels, scores, ["roc_auc"], threads=THREADS).compare("0", "delong"),
            {"memory": n * m * 4 + n * 8, "sort": n * m, "draws": 0})


def slices(n, m, b):
    labels, scores = labels_and_scores(n, m)
    codes = np.random.default_rng(5).integers(0, 50, n)
    names = ["accuracy", "precision", "recall", "f1"]
    return (lambda: bakeoff.evaluate(labels, scores, names, slices={"group": codes}, resamples=b, threads=THREADS),
            {"memory": n * m * 4 + n * 16, "sort": 0, "draws": n * b})


def ranking(n, m, b):
    rng = np.random.default_rng(5)
    queries = np.repeat(np.arange(n // 100), 100)
    grades = np.where(rng.random(len(queries)) < 0.1, rng.integers(1, 4, len(queries)), 0).astype(float)
    grades[::100] = 1
    scores = (rng.normal(size=(m, len(queries))) + 0.7 * grades).astype(np.float32)
    names = ["ndcg@10", "map", "mrr", "precision@10", "recall@10"]
    return (lambda: bakeoff.rank_evaluate(queries, grades, scores, names, resamples=b, threads=THREADS),
            {"memory": n * m * 4 + n * 16, "sort": 0, "draws": n // 100 * b})


def drift(n, m, b):
    """m columns; the reference is cached."""
    rng = np.random.default_rng(7)
    tables = [{f"c{i}": rng.normal(size=n) for i in range(m)} for _ in range(2)]
    reference = bakeoff.DriftReference(tables[0], threads=THREADS)
    tests = ["ks", "wasserstein", "psi", "jensen_shannon"]
    return (lambda: bakeoff.drift(reference, tables[1], tests, threads=THREADS),
            {"memory": n * m * 8, "sort": n * m, "draws": 0})


# What is made, and the (N, M, B) of its rows.
WORKLOADS = {
    "auc_intervals": (auc_intervals, [(10**4, 8, 1000), (10**5, 8, 1000), (10**6, 8, 1000), (10**5, 1, 1000),
                                      (10**5, 64, 1000), (10**5, 8, 100), (10**5, 8, 10**4), (10**6, 1, 1000)]),
    "point_metrics": (point_metrics, [(10**4, 1, 0), (10**5, 1, 0), (10**6, 1, 0), (10**7, 1, 0), (10**6, 8, 0),
                                      (10**6, 1, 100), (10**6, 1, 1000)]),
    "exact_auc": (exact_auc, [(10**4, 1, 0), (10**5, 1, 0), (10**6, 1, 0), (10**7, 1, 0), (10**6, 8, 0)]),
    "average_precision": (average_precision, [(10**5, 1, 0), (10**6, 1, 0), (10**6, 8, 0), (10**6, 1, 100)]),
    "paired_delong": (paired_delong, [(10**4, 2, 0), (10**5, 2, 0), (10**6, 2, 0), (10**5, 16, 0)]),
    "slices": (slices, [(10**4, 1, 20), (10**5, 1, 20), (10**6, 1, 20), (10**5, 8, 20), (10**5, 1, 1000)]),
    "ranking": (ranking, [(10**5, 1, 0), (10**6, 1, 0), (10**7, 1, 0), (10**6, 8, 0), (10**6, 1, 1000)]),
    "drift": (drift, [(10**4, 50, 0), (10**5, 50, 0), (10**6, 50, 0), (10**5, 5, 0)]),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("names", nargs="*", help=", ".join(WORKLOADS))
    parser.add_argument("--programs", help="folder of ranking.roc_auc_bench and resample.weights_bench")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--most-rows", type=float, default=1e9, help="rows of the table above that are left out")
    arguments = parser.parse_args()
    limit = limits(arguments)
    print(f"{machine()}; {THREADS} threads")
    sort, draws = (f"{limit[name]:.3g}" if limit[name] else "not measured" for name in ("sort", "draws"))
    print(f"limits: memory {limit['memory'] / 1e9:.1f} GB/s; sort {sort} rows/s; draws {draws} /s")
    print(f"{'workload':<18} {'N':>9} {'M':>3} {'B':>6} {'seconds':>9} {'CPU':>9}  share of {'memory':>7} {'sort':>6} "
          f"{'draws':>6} {'bound':>6}")
    for name in arguments.names or WORKLOADS:
        make, sizes = WORKLOADS[name]
        for n, m, b in sizes:
            if n > arguments.most_rows:
                continue
            call, work = make(n, m, b)
            wall, cpu, _ = measure(call, arguments.repeats)
            at = {what: amount / limit[what] if limit[what] else None for what, amount in work.items() if amount}
            shares = ["-" if at.get(what) is None else f"{at[what] / wall:.3f}" for what in work]
            whole = "-" if None in at.values() else f"{sum(at.values()) / wall:.3f}"
            print(f"{name:<18} {n:>9} {m:>3} {b:>6} {wall:>9.4f} {cpu:>9.4f} {shares[0]:>16} {shares[1]:>6} "
                  f"{shares[2]:>6} {whole:>6}", flush=True)


if __name__ == "__main__":
    main()
