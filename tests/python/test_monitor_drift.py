"""The monitor's drift trigger from end to end: features and scores that moved, with labels or without."""

import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from cli_program import bakeoff

SPEC = """
apiVersion: bakeoff/v1
kind: Bakeoff
metadata: {name: late}
data: {source: rows.parquet, target: y, time: time, unit: {time: time, every: 1d}, label_delay: 7d,
       features: {numeric: [a, code], categorical: [c, time.weekday]}}
monitor: {predictions: log.parquet, window: 20d,
          trigger: {drop: 0.3, cooldown: 14d, drift: {psi: 0.1, new_categories: 0.02, fdr: 0.05}}}
split: {at: 2020-03-21, select: 14d, holdout: 14d}
candidates: {count: 3, windows: [all], families: {logistic: {l2: [0.1, 1, 10]}}}
"""
DAYS, ROWS = 120, 50


def make(place, move="nothing", split_files=False):
    """The champion serves from the first day on; what `move` names changes with the 80th."""
    rng = np.random.default_rng(4)
    n = DAYS * ROWS
    day = np.repeat(np.arange(DAYS), ROWS)
    late = day >= 80
    a = rng.normal(size=n) + (1.5 * late if move == "a" else 0)
    if move == "days":  # rows of one day are alike; nothing else happens
        a = rng.normal(size=DAYS)[day] + 0.1 * rng.normal(size=n)
    c = np.where(late & (rng.random(n) < 0.2), "new", rng.choice(["p", "q"], n)) if move == "c" else \
        rng.choice(["p", "q"], n)
    y = (rng.random(n) < 1 / (1 + np.exp(-1.5 * np.nan_to_num(a)))).astype(int)
    time = np.datetime64("2020-01-01T12:00:00", "us") + day.astype("timedelta64[D]")
    score = rng.random(n) * (np.where(late, 0.5, 1) if move == "score" else 1)
    table = pa.table({"time": pa.array(time, pa.timestamp("us", "UTC")), "y": y, "a": a,
                      "code": rng.integers(0, 5, n), "c": c})
    log = table.select(["time", "y"]).append_column("score", pa.array(score))
    if not split_files:
        for name in ("a", "code", "c"):
            log = log.append_column(name, table[name])
    pq.write_table(table, place / "rows.parquet")
    pq.write_table(log, place / "log.parquet")
    (place / "spec.yaml").write_text(SPEC)
    bakeoff("registry", "add", "late", "--scores", "score", "--reference", "roc_auc=0.5", "--promote", cwd=place)


def monitor(place, at="2020-04-20", *more):
    return json.loads(bakeoff("monitor", "spec.yaml", "--at", at, "--format", "json", *more, cwd=place))


@pytest.mark.parametrize("moved", ["a", "c", "score"])
@pytest.mark.parametrize("split_files", [False, True], ids=["features logged", "features elsewhere"])
def test_what_moved_is_named_and_triggers(tmp_path, moved, split_files):
    make(tmp_path, moved, split_files)
    before, after = monitor(tmp_path, "2020-03-15"), monitor(tmp_path)
    assert not before["triggered"] and before["drift"]["drifted"] == []
    assert after["triggered"] and after["drift"]["drifted"] == [moved]
    assert f"drift of {moved} (" in after["reason"]
    names = {column["column"] for column in after["drift"]["columns"]}
    assert names == {"a", "code", "c", "score"}  # the weekday always moves on
    for column in after["drift"]["columns"]:
        for test in column["tests"].values():
            assert test["method"] == "units" and test["p_adjusted"] >= test["p"] > 0


def test_days_that_are_alike_are_no_drift(tmp_path):
    make(tmp_path, "days")
    psi = {column["column"]: column["tests"]["psi"] for column in monitor(tmp_path)["drift"]["columns"]}
    assert psi["a"]["effect"] > 0.1  # forty days are few: by rows this is enormous
    assert not monitor(tmp_path)["triggered"]


def test_drift_waits_for_no_labels_and_for_no_patience(tmp_path):
    make(tmp_path, "a")
    log = pq.read_table(tmp_path / "log.parquet")
    known = log["time"].to_numpy() < np.datetime64("2020-03-21")
    labels = pa.array(np.where(known, log["y"].to_numpy().astype(object), None), pa.int8())
    pq.write_table(log.set_column(1, "y", labels), tmp_path / "log.parquet")
    got = monitor(tmp_path, "2020-04-20", "--set", "monitor.trigger.patience=3")
    assert got["triggered"] and got["drift"]["current"]["end"].startswith("2020-04-20")


def test_the_table_and_the_exit_codes(tmp_path):
    make(tmp_path, "a")
    text = bakeoff("monitor", "spec.yaml", "--at", "2020-04-20", "--skip-code", "99", cwd=tmp_path)
    assert "hold a bake-off" in text and "drifted" in text
    bakeoff("monitor", "spec.yaml", "--at", "2020-03-15", "--skip-code", "99", code=99, cwd=tmp_path)
    early = bakeoff("monitor", "spec.yaml", "--at", "2020-01-25", cwd=tmp_path)
    assert "not judged before 2020-02-1" in early and "nothing to do" in early
    assert "did you mean 'psi'" in bakeoff("monitor", "spec.yaml", "--set", "monitor.trigger.drift={pis: 1}", code=2,
                                           cwd=tmp_path)
    assert bakeoff("validate", "spec.yaml", "--set", "monitor.trigger.drift={}", cwd=tmp_path)


def test_a_column_of_nothing_is_judged_by_what_is_missing(tmp_path):
    make(tmp_path)
    log = pq.read_table(tmp_path / "log.parquet")
    late = log["time"].to_numpy() >= np.datetime64("2020-03-21")
    a = pa.array(np.where(late, None, log["a"].to_numpy().astype(object)), pa.float64())
    pq.write_table(log.set_column(log.schema.get_field_index("a"), "a", a), tmp_path / "log.parquet")
    assert monitor(tmp_path)["drift"]["drifted"] == ["a"]
    missing = monitor(tmp_path, "2020-04-20", "--set", "monitor.trigger.drift={missing: 0.5}")
    assert missing["drift"]["drifted"] == ["a"] and missing["triggered"]
