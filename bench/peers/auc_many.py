"""AUC of many candidates with paired intervals and max-T against the scikit-learn loop, and the memory that it takes.

    python bench/peers/auc_many.py [rows candidates resamples]

scikit-learn's user loops over resamples and candidates; two resamples of four candidates are timed and scaled. Memory
is the peak of this process above what it held before the call, beside the input's bytes: at most 1.5 times them and
64 MiB, or the script fails.
"""

import resource
import sys
import threading
import time

from side_by_side import THREADS, machine, measure, show

import numpy as np  # noqa: E402
from sklearn.metrics import roc_auc_score  # noqa: E402

import bakeoff  # noqa: E402

TIMED_RESAMPLES, TIMED_CANDIDATES, ROOM = 2, 4, 64 << 20


def held():
    with open("/proc/self/statm") as text:
        return int(text.read().split()[1]) * resource.getpagesize()


def peak_of(call):
    """(most bytes held above those before, result)."""
    before, seen, done = held(), [0], threading.Event()

    def watch():
        while not done.is_set():
            seen[0] = max(seen[0], held() - before)
            time.sleep(0.002)

    watcher = threading.Thread(target=watch)
    watcher.start()
    result = call()
    done.set()
    watcher.join()
    return seen[0], result


def loop(labels, scores):
    rng = np.random.default_rng(1)
    for _ in range(TIMED_RESAMPLES):
        rows = rng.integers(0, len(labels), len(labels))
        found = [roc_auc_score(labels[rows], s[rows]) for s in scores[:TIMED_CANDIDATES]]
    return found


def main():
    rows, candidates, resamples = (int(a) for a in sys.argv[1:4]) if len(sys.argv) > 3 else (1_000_000, 64, 1000)
    rng = np.random.default_rng(7)
    labels = (rng.random(rows) < 0.3).astype(np.float64)
    scores = np.empty((candidates, rows), np.float32)
    for m in range(candidates):
        scores[m] = rng.normal(size=rows) + 0.8 * labels
    print(f"{machine()}; {candidates} candidates x {rows:,} rows float32, B = {resamples}; {THREADS} threads of ours")

    def ours():
        report = bakeoff.evaluate(labels, scores, ["roc_auc"], resamples=resamples, threads=THREADS)
        return report, report.compare("0")

    ours_small = bakeoff.evaluate(labels[:1000], scores[:, :1000], ["roc_auc"], resamples=8, threads=THREADS)
    ours_small.compare("0")  # what is loaded once is not the call's
    peak, (report, _) = peak_of(ours)
    mine = measure(ours, 1, warm_up=0)
    peer = measure(lambda: loop(labels, scores), 1, warm_up=0)
    scale = resamples / TIMED_RESAMPLES * candidates / TIMED_CANDIDATES
    gap = max(abs(report.value[m, 0, 0] - roc_auc_score(labels, scores[m])) for m in range(min(2, candidates)))
    show(f"AUC of {candidates}, B = {resamples}, paired, max-T / scikit-learn loop", mine, peer, gap, scale)
    size = scores.nbytes + labels.nbytes
    print(f"    peak memory {peak / 2**20:.0f} MiB above the input of {size / 2**20:.0f} MiB")
    # The input itself is one of the 1.5 times.
    if peak > 0.5 * size + ROOM:
        sys.exit("more than 1.5 times the input and 64 MiB")


if __name__ == "__main__":
    main()
