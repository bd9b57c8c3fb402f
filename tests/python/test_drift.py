"""The other doors of drift detection: all columns together, streams, the binary."""

import json
import os
import pathlib
import subprocess
import sys

import bakeoff
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

# ---- all columns together

def test_mmd_is_its_definition():
    rng = np.random.default_rng(16)
    a, b = rng.normal(size=(70, 2)) * [1, 50], rng.normal(size=(90, 2)) * [1, 50] + [0, 20]
    as_table = lambda x: {"u": x[:, 0], "v": x[:, 1]}
    got = bakeoff.mmd(as_table(a), as_table(b), permutations=99)
    x, y = (a - a.mean(0)) / a.std(0), (b - a.mean(0)) / a.std(0)
    square = lambda p, q: ((p[:, None] - q[None]) ** 2).sum(-1)
    pooled = np.concatenate([x, y])
    distances = np.sort(np.sqrt(square(pooled, pooled)[np.tril_indices(160, -1)]))
    assert got["bandwidth"] == pytest.approx(distances[len(distances) // 2], rel=1e-12)
    k = lambda p, q: np.exp(-square(p, q) / (2 * got["bandwidth"] ** 2))
    off = lambda m: (m.sum() - np.trace(m)) / (len(m) * (len(m) - 1))
    want = off(k(x, x)) + off(k(y, y)) - 2 * k(x, y).mean()
    assert got["statistic"] == pytest.approx(want, abs=1e-12)
    base = bakeoff.mmd(as_table(a), as_table(b), threads=1)
    assert all(bakeoff.mmd(as_table(a), as_table(b), threads=t) == base for t in (2, 8, 16))


def test_mmd_sees_what_no_column_shows():
    rng = np.random.default_rng(17)
    x, y, noise = rng.normal(size=(3, 800))
    a, b = {"u": x, "v": y}, {"u": x, "v": 0.9 * x + 0.44 * noise}
    assert bakeoff.mmd(a, b)["p"] == 1 / 200
    levels = [bakeoff.mmd(*({"u": s[0], "v": s[1]} for s in rng.normal(size=(2, 2, 40))), permutations=99)["p"]
              for _ in range(200)]
    assert 1 <= sum(p <= 0.05 for p in levels) <= 23  # 99.9 % bounds of 200 draws
    with pytest.raises(bakeoff.DataError, match="'s'.*got text"):
        bakeoff.mmd({"s": np.array(["a", "b"])}, {"s": np.array(["a", "b"])})
    with pytest.raises(bakeoff.DataError, match="two rows"):
        bakeoff.mmd({"u": [1.0, np.nan]}, {"u": [1.0, 2.0]})


# ---- detectors, against the definitions in plain Python

def test_detectors_take_arrays_and_values_alike():
    rng = np.random.default_rng(13)
    stream = np.append(rng.normal(size=2000), rng.normal(size=2000) + 1)
    for make in (bakeoff.ADWIN, lambda: bakeoff.PageHinkley(delta=0.3, threshold=40),
                 lambda: bakeoff.CUSUM(threshold=15, warm_up=500)):
        at_once, one_by_one = make(), make()
        changes = at_once.update_many(stream)
        assert [i for i, x in enumerate(stream) if one_by_one.update(x)] == changes.tolist()
        assert at_once.statistic == one_by_one.statistic
        assert 1 <= len(changes) <= 4 and 2000 < changes[0] < 2100  # ADWIN shrinks its window step by step
        assert at_once.update_many(stream[:0]).size == 0 and at_once.drifted == one_by_one.drifted
        with pytest.raises(bakeoff.DataError, match="finite"):
            at_once.update(float("nan"))


def test_cusum_is_its_definition():
    rng = np.random.default_rng(14)
    stream = rng.normal(size=3000) * 2 + 5
    detector = bakeoff.CUSUM(mean=5, deviation=2, slack=0.25, threshold=6)
    high = low = 0
    for x in stream:
        z = (x - 5) / 2
        high, low = max(0, high + z - 0.25), max(0, low - z - 0.25)
        assert detector.update(x) == (max(high, low) > 6)
        assert detector.statistic == pytest.approx(max(high, low), abs=1e-9)
        if max(high, low) > 6:
            high = low = 0


# ---- the binary

def test_the_binary_says_the_same_of_files(tmp_path):
    built = pathlib.Path(os.environ.get("BAKEOFF_BUILD", "")) / "bakeoff"
    binary = built if built.is_file() else pathlib.Path(sys.executable).parent / "bakeoff"
    if not binary.is_file():
        pytest.skip("no binary beside this Python")
    rng = np.random.default_rng(15)
    tables = [pa.table({"x": rng.normal(size=n) + shift, "s": rng.choice([*names], n), "k": rng.integers(0, 3, n)})
              for n, shift, names in ((3000, 0, "abc"), (2500, 0.2, "abcd"))]
    for name, table in zip("ab", tables):
        pq.write_table(table, tmp_path / f"{name}.parquet", row_group_size=700)
    call = lambda *arguments, code=0: subprocess.run(
        [binary, "drift", *arguments], capture_output=True, text=True, cwd=tmp_path)
    done = call("a.parquet", "b.parquet", "--format", "json", "--categorical", "k", "--save", "a.safetensors")
    assert done.returncode == 0, done.stderr
    want = bakeoff.drift(*tables, categorical=["k"])
    rows = json.loads(done.stdout)["columns"]
    got = [(row["column"], test, value["statistic"], value["p_adjusted"]) for row in rows
           for test, value in row["tests"].items()]
    assert got == [(r["column"], r["test"], r["statistic"], r["p_adjusted"]) for r in want.tests().to_pylist()]
    assert [row["column"] for row in rows if row["drifted"]] == want.drifted == ["x", "s"]
    counting = ["--tests", "psi,chi2,missing", "--columns", "x,s"]
    fresh, saved = call("a.parquet", "b.parquet", *counting), call("a.safetensors", "b.parquet", *counting)
    assert fresh.returncode == 0 and fresh.stdout == saved.stdout and "psi" in fresh.stdout
    assert call("a.parquet", "b.parquet", "--format", "parquet", "--out", "r.parquet").returncode == 0
    assert pq.read_table(tmp_path / "r.parquet").num_rows == 15
    wrong = call("a.parquet", "b.parquet", "--categorical", "kk")
    assert wrong.returncode == 3 and "did you mean 'k'" in wrong.stderr
    wrong = call("a.parquet", "b.parquet", "--columns", "xx")
    assert wrong.returncode == 3 and "did you mean 'x'" in wrong.stderr
    assert call("a.parquet", "b.parquet", "--tests", "psii").returncode == 2
