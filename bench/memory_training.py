"""The memory that training takes above its data: 512 candidates x 5 folds on 1e6 x 100 float32.

    python bench/memory_training.py [rows columns candidates]

Prints the peak of the resident set while bakeoff.fit runs, above what it was before, beside the data's bytes. Fails
where data and peak together are more than three times the data. Out-of-fold scores are not asked for.
"""

import sys
import time

import numpy as np

import bakeoff


def status(key):
    line = next(line for line in open("/proc/self/status") if line.startswith(key))
    return int(line.split()[1]) * 1024


def main():
    rows, columns, count = (int(a) for a in sys.argv[1:4]) if len(sys.argv) > 3 else (1_000_000, 100, 512)
    rng = np.random.default_rng(3)
    x = rng.standard_normal((rows, columns), dtype=np.float32)
    y = (x[:, :10].sum(axis=1) + 3 * rng.standard_normal(rows, dtype=np.float32) > 0).astype(np.float64)
    data, failed = x.nbytes + y.nbytes, False
    candidates = [{"l2": float(l2)} for l2 in np.logspace(-2, 5, count)]
    for family in ("ridge", "logistic"):
        bakeoff.fit(x[:1000], y[:1000], family, candidates[:2], 5)  # what the first call loads and keeps
        before = status("VmRSS")
        open("/proc/self/clear_refs", "w").write("5")
        start = time.perf_counter()
        bakeoff.fit(x, y, family, candidates, 5)
        took, seconds = status("VmHWM") - before, time.perf_counter() - start
        print(f"{family}, {count} candidates x 5 folds, {rows:,} x {columns}: {took >> 20} MiB above the data's "
              f"{data >> 20}, together {1 + took / data:.2f} times; {seconds:.1f} s", flush=True)
        failed |= data + took > 3 * data
    sys.exit(failed)


if __name__ == "__main__":
    main()
