"""The paired DeLong test against MLstatkit.

    python bench/peers/delong.py [rows]
"""

import sys

from side_by_side import THREADS, machine, measure, show

import numpy as np  # noqa: E402
from MLstatkit import Delong_test  # noqa: E402

import bakeoff  # noqa: E402


def ours(labels, a, b):
    report = bakeoff.evaluate(labels, {"a": a, "b": b}, ["roc_auc"], threads=THREADS)
    return float(report.compare("a", "delong")["p"][1, 0, 0])


def main():
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    rng = np.random.default_rng(6)
    labels = (rng.random(rows) < 0.3).astype(np.int64)
    common = rng.normal(size=rows) + 0.8 * labels
    a, b = (common + 0.5 * rng.normal(size=rows) for _ in range(2))
    print(f"{machine()}; {rows:,} rows; {THREADS} threads of ours")
    mine = measure(lambda: ours(labels, a, b), 7)
    peer = measure(lambda: Delong_test(labels, a, b), 3)
    theirs = float(peer[2][1])
    show("paired DeLong test, evaluate + compare / MLstatkit", mine, peer, abs(mine[2] - theirs))
    print(f"    p: ours {mine[2]:.6g}, theirs {theirs:.6g}")


if __name__ == "__main__":
    main()
