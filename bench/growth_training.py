"""How the cost of training grows with candidates, rows and columns, and what share of the machine's limits it reaches.

    python bench/growth_training.py OUT.svg [scale]      # scale 0.1: a tenth of the rows, to try it

Ridge and logistic, 5 folds and all rows, float32. Limits are measured in the same run: GEMM by NumPy's OpenBLAS, one
thread a core, and the bandwidth of copying 256 MiB a core. The share of a limit counts the arithmetic that the answer
needs: for ridge the products of one Gram, in double (its folds are parts of it); for logistic two products of rows by
columns a step, model and row that it learns from, in float, as if the models of folds took as many steps as the others.
"""

import os
import statistics
import sys
import time
from concurrent.futures import ThreadPoolExecutor

THREADS = int(os.environ.get("BAKEOFF_BENCH_THREADS", os.cpu_count() or 1))
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")

import matplotlib  # noqa: E402
import numpy as np  # noqa: E402

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402

import bakeoff  # noqa: E402

FOLDS, REPEATS = 5, 3
BASE = {"candidates": 32, "rows": 50_000, "columns": 100}
AXES = {"candidates": (1, 4, 16, 64, 256), "rows": (5_000, 20_000, 80_000, 320_000), "columns": (10, 40, 160, 640)}


def median_seconds(call):
    call()
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def on_all_cores(work):
    with ThreadPoolExecutor(THREADS) as pool:
        return median_seconds(lambda: list(pool.map(work, range(THREADS))))


def limits():
    found = {}
    for dtype in (np.float32, np.float64):
        n = 2048
        a = [np.ones((n, n), dtype) for _ in range(THREADS)]
        out = [np.empty((n, n), dtype) for _ in range(THREADS)]
        found[np.dtype(dtype).name] = THREADS * 2 * n**3 / on_all_cores(lambda t: np.matmul(a[t], a[t], out=out[t]))
    source, target = ([np.ones(1 << 25) for _ in range(THREADS)] for _ in range(2))
    found["bandwidth"] = THREADS * 2 * source[0].nbytes / on_all_cores(lambda t: np.copyto(target[t], source[t]))
    return found


def data(rows, columns):
    rng = np.random.default_rng(3)
    x = rng.standard_normal((rows, columns), dtype=np.float32)
    z = x[:, : min(columns, 20)].sum(axis=1) / np.sqrt(min(columns, 20))
    return x, z + rng.normal(size=rows), (rng.random(rows) < 1 / (1 + np.exp(-z))).astype(np.float64)


def measure(family, candidates, rows, columns):
    """(seconds, arithmetic, bytes of X)."""
    x, numbers, classes = data(rows, columns)
    y = numbers if family == "ridge" else classes
    grid = [{"l2": float(l2)} for l2 in np.logspace(-2, 4, candidates)]
    seconds = median_seconds(lambda: bakeoff.fit(x, y, family, grid, FOLDS, threads=THREADS))
    if family == "ridge":
        return seconds, rows * columns * (columns + 1), x.nbytes
    steps = sum(model.iterations for model in bakeoff.fit(x, y, family, grid, FOLDS, threads=THREADS).models)
    return seconds, 4 * rows * columns * steps * (1 + (FOLDS - 1)), x.nbytes


def slope(sizes, seconds):
    """Of the last two points, on logarithmic axes."""
    return np.log(seconds[-1] / seconds[-2]) / np.log(sizes[-1] / sizes[-2])


def main():
    out, scale = sys.argv[1], float(sys.argv[2]) if len(sys.argv) > 2 else 1.0
    most = limits()
    print(f"{THREADS} threads; limits: GEMM {most['float32'] / 1e9:.0f} GFLOP/s float32, {most['float64'] / 1e9:.0f} "
          f"float64; copying {most['bandwidth'] / 1e9:.1f} GB/s")
    figure, panels = plt.subplots(1, len(AXES), figsize=(12, 4), sharey=True)
    for panel, (axis, sizes) in zip(panels, AXES.items()):
        for family, kind in (("ridge", "float64"), ("logistic", "float32")):
            seconds = []
            for size in sizes:
                case = {**BASE, axis: size}
                case["rows"] = int(case["rows"] * scale)
                took, work, read = measure(family, **case)
                seconds.append(took)
                print(f"{family} {case['candidates']} candidates, {case['rows']:,} x {case['columns']}: {took:.4f} s, "
                      f"{work / took / most[kind]:.0%} of GEMM {kind}, X read once would be "
                      f"{read / took / most['bandwidth']:.0%} of the bandwidth", flush=True)
            print(f"  {family} grows with {axis} to the power {slope(sizes, seconds):.2f}")
            panel.loglog(sizes, seconds, "o-", label=family)
        panel.set_xlabel(axis)
        panel.grid(alpha=0.3, which="both")
    panels[0].set_ylabel(f"seconds, {FOLDS} folds and all rows")
    panels[0].legend()
    figure.suptitle("bakeoff.fit beside {candidates} candidates, {rows:,} rows, {columns} columns".format(**BASE))
    figure.tight_layout()
    figure.savefig(out)


if __name__ == "__main__":
    main()
