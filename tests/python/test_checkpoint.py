"""A killed run, started again with its id: the same bits as one that nobody disturbed, and little of it done twice.

BAKEOFF_KILLS=50 kills at fifty random moments instead of a few.
"""

import hashlib
import json
import os
import random
import signal
import subprocess
import time

import bakeoff
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from cli_program import BINARY, ENVIRONMENT

KILLS = int(os.environ.get("BAKEOFF_KILLS", "4"))
SPEC = """
apiVersion: bakeoff/v1
kind: Bakeoff
metadata: {{name: {name}}}
data: {{source: {folder}/data.parquet, target: y, task: binary, time: at, unit: {{time: at, every: 1d}},
       features: {{numeric: [{columns}], categorical: [shop]}}}}
split: {{at: 2024-03-01, select: 14d, holdout: 14d}}
candidates: {candidates}
gate: {{resamples: 200}}
registry: {{store: {folder}/{name}.db}}
checkpoint: {{every: 0s}}
compute: {{threads: 2}}
"""
FAMILIES = "families: {logistic: {l2: {log: [0.01, 100]}, l1_ratio: [0, 0.5]}, linear_svm: {l2: {log: [0.1, 10]}}}"
BATCH = f"{{count: 48, windows: [30d, all], {FAMILIES}}}"
RUNGS = f"{{count: 54, strategy: halving, {FAMILIES}}}"
DAYS, ROWS, COLUMNS = 90, 300, 12
MEASURED = ("seconds",)  # columns of the leaderboard that are of this machine and day


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("killed")
    rng = np.random.default_rng(0)
    day = np.repeat(np.arange(DAYS), ROWS)
    x, shop = rng.normal(size=(len(day), COLUMNS)), rng.integers(0, 3, len(day))
    y = rng.random(len(day)) < 1 / (1 + np.exp(-x[:, :4].sum(axis=1) - 0.3 * shop))
    micros = 1_704_067_200_000_000 + day * 86_400_000_000 + rng.integers(0, 86_400_000_000, len(day))
    columns = {f"c{i}": x[:, i] for i in range(COLUMNS)}
    table = pa.table({"at": pa.array(micros, pa.timestamp("us", tz="UTC")), "y": y.astype(np.int8),
                      "shop": pa.array(["x", "y", "z"]).take(pa.array(shop)), **columns})
    pq.write_table(table, folder / "data.parquet")
    for name, candidates in {"batch": BATCH, "rungs": RUNGS}.items():
        (folder / f"{name}.yaml").write_text(SPEC.format(name=name, folder=folder, columns=", ".join(columns),
                                                         candidates=candidates))
    return folder


def command(place, name, run_id, *more):
    # A store for each: there is no champion but the constant.
    return [BINARY, "run", place / f"{name}.yaml", "--run-id", run_id, "--out", place / "runs", "--set",
            f"registry.store={place}/{run_id}.db", *more]


def start(place, name, run_id, *more):
    return subprocess.Popen(command(place, name, run_id, *more), stderr=subprocess.PIPE, stdout=subprocess.DEVNULL,
                            text=True, env=ENVIRONMENT)


def result(place, run_id):
    """What must be the same, whatever happened on the way."""
    folder = place / "runs" / run_id
    decision = json.loads((folder / "decision.json").read_text())
    board = pq.read_table(folder / "leaderboard.parquet").drop_columns(list(MEASURED))
    model = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in (folder / "model").iterdir()}
    return {"decision": {k: v for k, v in decision.items() if k not in ("cost", "registry", "spec_sha256")},
            # Bits, not values: NaN is not equal to itself.
            "board": hashlib.sha256(repr(board.to_pydict()).encode()).hexdigest(),
            "holdout": hashlib.sha256(repr(pq.read_table(folder / "holdout.parquet").to_pydict()).encode()).hexdigest(),
            "model": model}


def events(place, run_id):
    lines = (place / "runs" / run_id / "events.jsonl").read_text().splitlines()
    return [json.loads(line) for line in lines if line.endswith("}")]


def names(place, run_id):
    return [event["event"] for event in events(place, run_id)]


def finish(place, name, run_id, *more):
    process = start(place, name, run_id, *more)
    _, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors
    assert not (place / "runs" / run_id / "checkpoints").exists()
    assert not list((place / "runs" / run_id).rglob("*.part"))
    return result(place, run_id)


@pytest.fixture(scope="module")
def whole(place):
    """{name: (result, seconds)} of runs that nobody disturbs, without checkpoints."""
    done = {}
    for name in ("batch", "rungs"):
        began = time.monotonic()
        done[name] = finish(place, name, f"{name}-whole", "--set", "checkpoint.every=1d"), time.monotonic() - began
    return done


def kill_at_checkpoint(place, name, run_id, number, later=0.0, how=signal.SIGKILL):
    """The exit status of a run that gets a signal `later` seconds after it has written so many checkpoints."""
    process = start(place, name, run_id)
    for line in process.stderr:
        number -= " checkpoint " in line
        if number == 0:
            time.sleep(later)
            break
    process.send_signal(how)
    process.stderr.read()
    return process.wait()


@pytest.mark.parametrize("name", ["batch", "rungs"])
def test_killed_at_any_moment_it_ends_with_the_same_bits(place, whole, name):
    expected, seconds = whole[name]
    moments = random.Random(name)
    for kill in range(KILLS // 2):
        run_id = f"{name}-{kill}"
        process = start(place, name, run_id, "--quiet")
        time.sleep(moments.uniform(0.1, 1.1 * seconds))
        process.kill()
        process.wait()
        assert finish(place, name, run_id) == expected


@pytest.mark.parametrize("name", ["batch", "rungs"])
def test_what_a_killed_run_has_found_out_is_kept_and_killed_again_too(place, whole, name):
    run_id, moments = f"{name}-thrice", random.Random(3)
    for number in (3, 5, 4):
        assert kill_at_checkpoint(place, name, run_id, number, moments.uniform(0, 0.01)) == -signal.SIGKILL
    assert finish(place, name, run_id) == whole[name][0]
    kept = [event for event in events(place, run_id) if event["event"] == "resumed"]
    assert len(kept) == 3
    assert [event["answers"] for event in kept] == sorted({event["answers"] for event in kept})
    written = names(place, run_id).count("checkpoint")
    finish(place, name, f"{name}-often")
    # A file that a process wrote before it was killed is not written by the next one: at most the last is.
    assert written <= names(place, f"{name}-often").count("checkpoint") + 3
