"""How the AUC bootstrap grows with rows N, candidates M and resamples B, beside what the machine can do at most.

    python bench/scaling.py [--rows 1e5,1e6] [--candidates 1,8,64] [--resamples 100,1000] [--programs DIR] [--repeats 5]

Each row of the table is one evaluate(roc_auc) with intervals; one of the three numbers varies at a time, the others
stand at their `--at` values. Limits, measured in the same run with as many threads:
    memory   GB/s of a triad a = b + s c over arrays of 256 MiB in all (McCalpin's STREAM), in NumPy, threads side by
             side: what reading scores and labels once would take at least;
    sort     rows a second of the radix sort of one candidate's scores: `sort` of ranking.roc_auc_bench;
    draws    Poisson weights a second: `fill` of resample.weights_bench with the best instruction set, times threads.
The last two are C++ programs (target bakeoff_bench, cmake -DBAKEOFF_BENCH=ON; --programs names their folder); without
them their columns stay empty. The bound is the sum of the three: N M scores are read and sorted, N B weights drawn,
once for all candidates. A share of 1 would be an evaluation that does nothing else; the fold over M x N x B weights,
which has no limit of its own here, is what remains, and is given in ns.
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


def cases(arguments):
    """(N, M, B), one of them varying at a time; each once."""
    at = [int(float(value)) for value in arguments.at.split(",")]
    for place, values in enumerate((arguments.rows, arguments.candidates, arguments.resamples)):
        for value in values.split(","):
            yield tuple(int(float(value)) if i == place else at[i] for i in range(3))


def data(rows, candidates):
    rng = np.random.default_rng(7)
    labels = (rng.random(rows) < 0.3).astype(np.float64)
    scores = rng.standard_normal((candidates, rows), dtype=np.float32)
    scores += np.float32(0.8) * labels.astype(np.float32)
    return labels, scores


def parts(limit, n, m, b):
    """Seconds at the limits, None where one wasn't measured."""
    work = {"memory": n * m * 4 + n * 8, "sort": n * m, "draws": n * b}
    return {name: amount / limit[name] if limit[name] else None for name, amount in work.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rows", default="1e4,1e5,1e6")
    parser.add_argument("--candidates", default="1,4,16,64")
    parser.add_argument("--resamples", default="100,1000,10000")
    parser.add_argument("--at", default="1e5,8,1000", help="N,M,B where another one varies")
    parser.add_argument("--programs", help="folder of ranking.roc_auc_bench and resample.weights_bench")
    parser.add_argument("--repeats", type=int, default=5)
    arguments = parser.parse_args()
    limit = limits(arguments)
    print(machine(), f"; {THREADS} threads")
    print("limits: memory %.1f GB/s; sort %s rows/s; draws %s /s" % (
        limit["memory"] / 1e9, *("%.3g" % limit[name] if limit[name] else "not measured" for name in ("sort", "draws"))))
    print(f"{'N':>9} {'M':>4} {'B':>6} {'seconds':>9} {'CPU':>9} {'memory':>7} {'sort':>7} {'draws':>7} {'bound':>7} "
          f"{'ns/(N M B)':>11}")
    for n, m, b in dict.fromkeys(cases(arguments)):
        labels, scores = data(n, m)
        wall, cpu, _ = measure(lambda: bakeoff.evaluate(labels, scores, ["roc_auc"], resamples=b, threads=THREADS,
                                                        device="cpu"), arguments.repeats)
        at_limit = parts(limit, n, m, b)
        shares = ["-" if seconds is None else f"{seconds / wall:.3f}" for seconds in at_limit.values()]
        whole = "-" if None in at_limit.values() else f"{sum(at_limit.values()) / wall:.3f}"
        print(f"{n:>9} {m:>4} {b:>6} {wall:>9.4f} {cpu:>9.4f} {shares[0]:>7} {shares[1]:>7} {shares[2]:>7} {whole:>7} "
              f"{1e9 * wall / (n * m * b):>11.4f}", flush=True)


if __name__ == "__main__":
    main()
