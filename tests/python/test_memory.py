"""What calls take above their input, measured: the peak of the resident set while they run, in a process of its own.

The limits are those of the issues: with the input, evaluation takes 1.5 times it and 64 MiB for all resamples (weights
are never stored), nothing of the input's size where metrics need no sort, and training twice the data.
"""

import json
import os
import subprocess
import sys

import pytest

MIB = 1 << 20
PEAK = """
import json, sys
import numpy as np
import bakeoff

def status(key):
    line = next(line for line in open("/proc/self/status") if line.startswith(key))
    return int(line.split()[1]) * 1024

def peak(call):
    call(slice(0, 1000))  # what the first call loads and keeps
    before = status("VmRSS")
    open("/proc/self/clear_refs", "w").write("5")
    call(slice(None))
    return status("VmHWM") - before

rng = np.random.default_rng(3)
"""
EVALUATE = PEAK + """
import pyarrow as pa
M, N = 64, 500_000
scores = rng.random((M, N), dtype=np.float32)
labels = (rng.random(N) < 0.3).astype(np.float64)

class Foreign:  # an array that speaks DLPack alone
    def __init__(self, array): self.array = array
    def __dlpack__(self, **options): return self.array.__dlpack__(**options)
    def __dlpack_device__(self): return self.array.__dlpack_device__()

def call(wrap, metrics, resamples, candidates):
    return lambda rows: bakeoff.evaluate(labels[rows], wrap(scores[:candidates, rows]), task="binary", metrics=metrics,
                                         resamples=resamples, threads=2)

points = ["log_loss", "brier", "accuracy", "f1"]
arrow = pa.array(scores[0])
print(json.dumps({
    "input": M * N * 4 + N * 8,
    "numpy": peak(call(lambda s: s, points, 0, M)),
    "dlpack": peak(call(Foreign, points, 0, M)),
    "arrow": peak(lambda rows: bakeoff.evaluate(labels[rows], arrow[rows], task="binary", metrics=points, resamples=0)),
    "bootstrap": peak(call(lambda s: s, ["roc_auc", "log_loss"], 200, M)),
}))
"""
FIT = PEAK + """
N, D = 200_000, 100
X = rng.standard_normal((N, D), dtype=np.float32)
y = (X[:, 0] + rng.standard_normal(N) > 0).astype(np.float64)
many = [{"l2": float(l2)} for l2 in np.logspace(-3, 3, 64)]
print(json.dumps({
    "input": X.nbytes + y.nbytes,
    "logistic": peak(lambda rows: bakeoff.fit(X[rows], y[rows], "logistic", many, folds=5, threads=2)),
    "ridge": peak(lambda rows: bakeoff.fit(X[rows], y[rows], "ridge", many, folds=5, threads=2)),
}))
"""
needs_proc = pytest.mark.skipif(not os.access("/proc/self/clear_refs", os.W_OK), reason="the kernel resets no peak")


def run(code):
    out = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return json.loads(out.stdout)


@needs_proc
def test_evaluate_reads_its_input_where_it_lies():
    took = run(EVALUATE)
    for kind in ("numpy", "dlpack", "arrow"):
        assert took[kind] < 4 * MIB, (kind, took)  # 0.4 measured; one candidate's scores are 2
    assert took["input"] + took["bootstrap"] < 1.5 * took["input"] + 64 * MIB, took


@needs_proc
def test_fit_takes_less_than_its_data_beside_them():
    took = run(FIT)
    for family in ("logistic", "ridge"):
        assert took[family] < took["input"], (family, took)
