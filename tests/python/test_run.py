"""bakeoff.run from end to end on a small table: decisions, resumption, conflicts, monitoring."""

import json
import os
import signal
import subprocess
import sys
import time

import bakeoff
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

SPEC = """
apiVersion: bakeoff/v1
kind: Bakeoff
metadata: {{name: small}}
data: {{source: {folder}/data.parquet, target: y, task: binary, time: at, unit: {{time: at, every: 1d}},
       label_delay: 1d, features: {{numeric: [a, b], categorical: [shop]}}}}
monitor: {{predictions: {folder}/log.parquet, metric: roc_auc, window: 14d,
          trigger: {{drop: 0.02, confidence: 0.9, cooldown: 28d}}}}
split: {{at: 2024-03-01, select: 14d, holdout: 14d}}
candidates: {{count: 12, windows: [30d, all], families: {{logistic: {{l2: {{log: [0.01, 100]}}}}}}}}
objective: {{metric: roc_auc}}
gate: {{resamples: 300, slices: [shop]}}
registry: {{store: {folder}/bakeoff.db, name: small}}
compute: {{threads: 2}}
"""
DAYS, ROWS = 100, 60


@pytest.fixture
def folder(tmp_path):
    """A hundred days from 1 January 2024; the meaning of `a` turns around in the middle of February."""
    rng = np.random.default_rng(0)
    n = DAYS * ROWS
    day = np.repeat(np.arange(DAYS), ROWS)
    a, b = rng.normal(size=n), rng.normal(size=n)
    shop = rng.integers(0, 3, n)
    margin = np.where(day < 45, a, -a) * 1.2 + 0.4 * b + 0.3 * shop
    y = (rng.random(n) < 1 / (1 + np.exp(-margin))).astype(np.int8)
    at = pa.array(1_704_067_200_000_000 + day * 86_400_000_000 + rng.integers(0, 86_400_000_000, n),
                  pa.timestamp("us", tz="UTC"))
    a[::97] = np.nan
    shops = pa.array(["x", "y", "z"]).take(pa.array(shop))
    table = pa.table({"at": at, "a": pa.array(a, from_pandas=True), "b": b, "shop": shops, "y": y}).sort_by("at")
    pq.write_table(table, tmp_path / "data.parquet")
    pq.write_table(table.select(["at", "y"]).append_column("score", pa.array(1 / (1 + np.exp(-np.nan_to_num(
        table["a"].to_numpy()))))), tmp_path / "log.parquet")
    (tmp_path / "spec.yaml").write_text(SPEC.format(folder=tmp_path))
    return tmp_path


def run(folder, run_id, **overrides):
    return bakeoff.run(folder / "spec.yaml", folder / "runs", run_id, overrides)


def test_the_first_winner_is_promoted_over_the_constant(folder):
    done = run(folder, "one")
    assert done.decision["verdict"] == "promote"
    assert done.decision["difference"]["low"] > 0
    assert done.leaderboard.num_rows == 12
    champion = bakeoff.Registry(str(folder / "bakeoff.db")).champion("small")
    assert champion.version == 1 and json.loads(champion.metadata)["run_id"] == "one"
    assert json.loads((done.path / "model" / "parity.json").read_text())["proved"]
    table = pq.read_table(folder / "data.parquet")
    assert bakeoff.load(done.path / "model").predict(table).shape == (DAYS * ROWS,)


def test_an_l1_part_is_a_dimension_of_the_space_and_is_exported_with_proof(folder):
    done = run(folder, "one", **{"candidates.families": "{logistic: {l2: [200], l1_ratio: [0, 1]}}"})
    labels = done.leaderboard.column("candidate").to_pylist()
    assert sum("l1_ratio=1 " in label for label in labels) == 2 and len(labels) == 4
    assert done.decision["verdict"] in ("promote", "inconclusive", "keep")
    assert json.loads((done.path / "model" / "parity.json").read_text())["proved"]


def test_a_finished_id_returns_at_once_and_another_spec_is_refused(folder):
    first = run(folder, "one").decision
    registry = bakeoff.Registry(str(folder / "bakeoff.db"))
    entries = len(registry.history("small"))
    assert run(folder, "one").decision == first
    assert len(registry.history("small")) == entries
    with pytest.raises(bakeoff.SpecError, match="another spec"):
        run(folder, "one", **{"candidates.count": 5})


def test_nothing_is_promoted_over_an_equal_champion(folder):
    run(folder, "one")
    again = run(folder, "two").decision
    assert again["verdict"] in ("inconclusive", "keep")
    assert again["champion"] == "small v1"
    assert bakeoff.Registry(str(folder / "bakeoff.db")).champion("small").version == 1


def comparable(decision):
    return {key: decision[key] for key in ("verdict", "difference", "challenger", "slices", "champion_value")}


def test_a_killed_run_comes_to_the_same_decision(folder):
    code = f"import bakeoff; bakeoff.run({str(folder / 'spec.yaml')!r}, {str(folder / 'runs')!r}, 'killed')"
    delays, killed = [0.3, 0.5, 0.7, 0.9, 1.1], 0
    for delay in delays:
        process = subprocess.Popen([sys.executable, "-c", code], env=dict(os.environ))
        time.sleep(delay)
        killed += process.poll() is None
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert killed
    resumed = run(folder, "killed").decision
    fresh_store = {"registry.store": str(folder / "other.db")}
    fresh = run(folder, "whole", **fresh_store).decision
    assert comparable(resumed) == comparable(fresh)
    registry = bakeoff.Registry(str(folder / "bakeoff.db"))
    assert [entry.action for entry in registry.history("small")] == ["register", "promote"]
    assert registry.verify() == []


def test_a_champion_that_changed_meanwhile_is_not_overwritten(folder):
    """The gate judged against nobody; before its promotion somebody else puts a champion in place."""
    registry = bakeoff.Registry(str(folder / "bakeoff.db"))

    def interfere(event):
        if event["event"] == "decided":
            other = registry.add("small", "scores", "score")
            registry.promote("small", other.version, None)

    with pytest.raises(bakeoff.PromotionConflict):
        bakeoff.run(folder / "spec.yaml", folder / "runs", "late", listener=interfere)
    decision = json.loads((folder / "runs" / "late" / "decision.json").read_text())
    assert decision["verdict"] == "none"
    assert 'bakeoff_promoted{name="small"} 0' in (folder / "runs" / "late" / "metrics.prom").read_text()
    assert registry.champion("small").version == 1


def test_logged_scores_can_be_the_champion(folder):
    table = pq.read_table(folder / "data.parquet")
    logged = pq.read_table(folder / "log.parquet")["score"]
    pq.write_table(table.append_column("score", logged), folder / "data.parquet")
    registry = bakeoff.Registry(str(folder / "bakeoff.db"))
    added = registry.add("small", "scores", "score", json.dumps({"reference": {"roc_auc": 0.75}}))
    registry.promote("small", added.version, None)
    before = bakeoff.monitor(folder / "spec.yaml", "2024-02-10")
    after = bakeoff.monitor(folder / "spec.yaml", "2024-03-10")
    assert not before["triggered"] and after["triggered"], (before, after)
    decision = run(folder, "replace").decision
    assert decision["verdict"] == "promote" and decision["champion"] == "small v1"
    assert run(folder, "replace").decision == decision  # the champion's column is no longer read


def test_a_finished_id_does_not_ask_who_is_champion_now(folder):
    first = run(folder, "one").decision
    (folder / "runs" / "one" / "model").rename(folder / "gone")
    assert run(folder, "one").decision == first
    with pytest.raises(bakeoff.SpecError, match="the champion small v1: .*rollback"):
        run(folder, "two")


@pytest.mark.parametrize("promoted", [False, True], ids=["before the promotion", "after it"])
def test_a_run_that_died_at_its_promotion_is_promoted_once(folder, promoted):
    decided = run(folder, "one").decision
    path = folder / "runs" / "one" / "decision.json"
    path.write_text(json.dumps({key: value for key, value in decided.items() if key != "registered"}))
    if not promoted:
        for file in folder.glob("bakeoff.db*"):
            file.unlink()
    assert run(folder, "one").decision == decided
    registry = bakeoff.Registry(str(folder / "bakeoff.db"))
    assert [entry.action for entry in registry.history("small")] == ["register", "promote"]
    assert registry.champion("small").version == 1


def test_rows_after_the_holdout_need_no_label(folder):
    table = pq.read_table(folder / "data.parquet")
    unknown = np.arange(table.num_rows) >= table.num_rows - 50
    labels = pa.array(np.where(unknown, None, table["y"].to_numpy().astype(object)), pa.int8())
    pq.write_table(table.set_column(table.schema.get_field_index("y"), "y", labels), folder / "data.parquet")
    assert run(folder, "one").decision["verdict"] == "promote"


def test_the_monitor_waits_for_whole_windows_and_cools_down(folder):
    run(folder, "one")
    decision = bakeoff.monitor(folder / "spec.yaml", "2024-04-01")
    assert not decision["triggered"] and "no whole window" in decision["reason"]


def test_cross_validation_gives_no_verdict(folder):
    done = run(folder, "cv", split="{folds: 4, by: group}", **{"candidates.windows": "[all]"})
    assert done.decision["verdict"] == "none" and "holdout" in done.decision["reasons"][0]
    assert done.decision["reference"] > 0.4


def rungs_of(done):
    lines = (done.path / "events.jsonl").read_text().splitlines()
    return [event for event in map(json.loads, lines) if event["event"] == "rung"]


def test_halving_tells_rungs_and_only_the_last_competes(folder):
    wide = {"candidates.count": 27, "candidates.strategy": "halving"}
    done = run(folder, "halved", **wide)
    assert [(e["candidates"], round(1 / e["fraction"])) for e in rungs_of(done)] == [(27, 3)]
    # Sixty rows a day, and whole days.
    assert rungs_of(done)[0]["rows"] % ROWS == 0
    assert done.leaderboard.num_rows == 9
    assert done.decision["verdict"] == "promote"
    again = run(folder, "again", **wide, **{"registry.name": "other", "compute.threads": 1})
    assert again.leaderboard["candidate"].to_pylist() == done.leaderboard["candidate"].to_pylist()
    champion = done.decision["candidate"]["label"]
    late = run(folder, "late", **wide, **{"split.at": "2024-03-08", "compute.seed": 9})
    assert champion in late.leaderboard["candidate"].to_pylist(), "the champion's configuration skips the rungs"


def test_hyperband_works_with_folds(folder):
    done = run(folder, "hyper", split="{folds: 3, by: group}", candidates=(
        "{count: 30, strategy: hyperband, eta: 2, families: {logistic: {l2: {log: [0.01, 100]}}}}"))
    assert len(rungs_of(done)) >= 3 and done.decision["verdict"] == "none"


@pytest.mark.parametrize(("overrides", "error", "says"), [
    ({"split.at": "2030-01-01"}, bakeoff.DataError, "select"),
    ({"split.at": "2024-01-01"}, bakeoff.DataError, "training rows"),
    ({"data.target": "z"}, bakeoff.DataError, "z"),
    ({"data.source": "nowhere.parquet"}, bakeoff.DataError, "nowhere.parquet"),
    ({"candidates.conut": 3}, bakeoff.SpecError, "count"),
    ({"monitor.trigger.cooldown": "7d"}, bakeoff.SpecError, "cooldown"),
    ({"objective.metric": "roc_acu"}, bakeoff.SpecError, "roc_auc"),
])
def test_errors_say_what_to_do(folder, overrides, error, says):
    with pytest.raises(error, match=says):
        run(folder, "wrong", **overrides)
    assert not (folder / "runs" / "wrong").exists()


def test_two_at_once_with_one_id_do_not_mix(folder):
    code = f"import bakeoff; bakeoff.run({str(folder / 'spec.yaml')!r}, {str(folder / 'runs')!r}, 'twice')"
    both = [subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE, text=True) for _ in range(2)]
    errors = [process.communicate()[1] for process in both]
    assert any(process.returncode == 0 for process in both)
    for process, error in zip(both, errors):
        assert process.returncode == 0 or "another process is working on this run id" in error
    assert bakeoff.Registry(str(folder / "bakeoff.db")).verify() == []
