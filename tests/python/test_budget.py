"""Budgets of bakeoff.run: what is finished competes, what was not run is named; and what each candidate has cost."""

import json

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
       features: {{numeric: [a, b], categorical: [shop]}}}}
split: {{at: 2024-03-01, select: 14d, holdout: 14d}}
candidates: {{count: 150, families: {{logistic: {{l2: {{log: [0.01, 100]}}}}, linear_svm: {{l2: {{log: [0.1, 10]}}}}}}}}
gate: {{resamples: 200}}
export: [safetensors]
registry: {{store: {folder}/bakeoff.db}}
compute: {{threads: 2}}
"""
NOTHING = {"budget": "{cost: 1e-9, price_per_hour: 3.5}"}  # about a microsecond


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("budget")
    rng = np.random.default_rng(0)
    day = np.repeat(np.arange(90), 60)
    a, b, shop = rng.normal(size=len(day)), rng.normal(size=len(day)), rng.integers(0, 3, len(day))
    y = rng.random(len(day)) < 1 / (1 + np.exp(-a - 0.4 * b - 0.3 * shop))
    at = pa.array(1_704_067_200_000_000 + day * 86_400_000_000, pa.timestamp("us", tz="UTC"))
    pq.write_table(pa.table({"at": at, "a": a, "b": b, "shop": pa.array(["x", "y", "z"]).take(pa.array(shop)),
                             "y": y.astype(np.int8)}), folder / "data.parquet")
    (folder / "spec.yaml").write_text(SPEC.format(folder=folder))
    return folder


def run(folder, run_id, store="none.db", **overrides):
    return bakeoff.run(folder / "spec.yaml", folder / "runs", run_id,
                       {"registry.store": str(folder / store), "gate.baseline": "constant", **overrides})


@pytest.fixture(scope="module")
def whole(folder):
    return run(folder, "whole")


def statuses(done):
    return done.leaderboard["status"].to_pylist()


def test_the_shares_of_time_and_memory_add_up_to_what_was_measured(whole):
    cost, board = whole.decision["cost"], whole.leaderboard.to_pydict()
    assert sum(board["seconds"]) == pytest.approx(cost["training_seconds"]) and min(board["seconds"]) > 0
    assert cost["training_seconds"] < cost["seconds"]
    assert sum(board["peak_bytes"]) == pytest.approx(cost["peak_bytes"]) and min(board["peak_bytes"]) > 0
    assert 20e6 < cost["peak_bytes"] < 20e9
    assert "budget" not in whole.decision


def test_a_number_of_candidates_gives_the_same_answer_every_time(folder, whole):
    done = run(folder, "number", **{"budget.candidates": 40})
    assert statuses(done).count("not_run") == 110 and set(statuses(done)[:40]) <= {"converged", "iteration_limit"}
    reason = "budget: candidates 40 ended the training after 40 of 150 candidates"
    assert set(done.leaderboard["reason"].to_pylist()[40:]) == {reason} and done.decision["reasons"][-1] == reason
    assert done.decision["select"] == {"value": done.decision["select"]["value"], "candidates": 150, "not_run": 110}
    again = run(folder, "number-again", **{"budget.candidates": 40, "compute.threads": 1})
    first, second = (repr(one.leaderboard.drop_columns(["seconds", "peak_bytes"]).to_pydict()) for one in (done, again))
    assert first == second
    # What is not run are the last of the set, and those that run do as they do among all.
    values = {whole.leaderboard["candidate"][i].as_py(): whole.leaderboard["select_roc_auc"][i].as_py()
              for i in range(150)}
    for name, value in list(zip(done.leaderboard["candidate"].to_pylist(),
                                done.leaderboard["select_roc_auc"].to_pylist()))[:40]:
        assert value == pytest.approx(values[name], abs=1e-6)


def test_a_number_beyond_the_candidates_changes_nothing(folder, whole):
    done = run(folder, "many", **{"budget.candidates": 1000})
    assert "not_run" not in statuses(done) and "budget" not in done.decision
    assert done.decision["candidate"] == whole.decision["candidate"]


def test_money_that_is_spent_at_once_buys_the_first_batch_with_the_champions_configuration(folder, whole):
    run(folder, "first", "champion.db", **{"candidates.count": 1, "compute.seed": 77})
    bakeoff.Registry(str(folder / "champion.db")).promote("small", 1, None)
    events = []
    done = bakeoff.run(folder / "spec.yaml", folder / "runs", "poor",
                       {"registry.store": str(folder / "champion.db"), **NOTHING}, events.append)
    assert statuses(done).count("not_run") == 151 - 64
    champion = done.leaderboard["champion_configuration"].to_pylist()
    assert sum(champion) == 1 and statuses(done)[champion.index(True)] != "not_run"
    budget = done.decision["budget"]
    assert budget["limit"] == "cost 1e-09 at 3.5 an hour" and budget["not_run"] == 87
    assert "64 of 151" in budget["reasons"][0] and budget["reasons"][0] in done.decision["reasons"]
    assert [e["reason"] for e in events if e["event"] == "budget"] == budget["reasons"]
    assert [e["done"] for e in events if e.get("stage") == "train"][-1] == 64
    board = done.leaderboard.to_pydict()
    assert sum(board["seconds"]) == pytest.approx(done.decision["cost"]["training_seconds"])
    assert all(s == 0 for s, status in zip(board["seconds"], board["status"]) if status == "not_run")


def test_enough_time_trains_all_in_batches(folder, whole):
    done = run(folder, "rich", **{"budget.time": "1h"})
    assert "not_run" not in statuses(done)
    assert done.decision["budget"] == {"limit": "time 1h", "seconds": 3600, "not_run": 0, "reasons": []}
    board = done.leaderboard.to_pydict()
    assert sum(board["seconds"]) == pytest.approx(done.decision["cost"]["training_seconds"])
    assert dict(zip(board["candidate"], board["select_roc_auc"])) == pytest.approx(
        dict(zip(*(whole.leaderboard[c].to_pylist() for c in ("candidate", "select_roc_auc")))), abs=1e-6)


@pytest.mark.parametrize("strategy", ["halving", "hyperband"])
def test_a_search_in_rungs_is_cut_short_and_its_best_compete(folder, strategy):
    done = run(folder, strategy, **{"candidates.strategy": strategy, "candidates.eta": 2, **NOTHING})
    events = [json.loads(line) for line in (done.path / "events.jsonl").read_text().splitlines()]
    rungs = [e for e in events if e["event"] == "rung"]
    assert len(rungs) == 1 and done.decision["budget"]["reasons"][0].endswith(
        "after 1 rungs; the best of the last one competed")
    assert done.leaderboard.num_rows == -(-rungs[0]["candidates"] // 2)
    assert done.decision["verdict"] in ("promote", "keep", "inconclusive")


def test_with_folds_those_not_run_have_no_scores(folder):
    done = run(folder, "folds", split="{folds: 3, by: group}", **{"budget.candidates": 5})
    assert statuses(done).count("not_run") == 145 and done.decision["verdict"] == "none"


@pytest.mark.parametrize("wrong", [{"budget.candidates": -1}, {"budget.candidates": 1.5}, {"budget.time": "-1s"},
                                   {"budget.cost": 5}, {"budget.candidate": 5}])
def test_wrong_budgets_are_refused(folder, wrong):
    with pytest.raises(bakeoff.SpecError, match="budget"):
        run(folder, "wrong", **wrong)
