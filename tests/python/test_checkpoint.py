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
export: [safetensors]
registry: {{store: {folder}/{name}.db}}
checkpoint: {{every: 0s}}
compute: {{threads: 2}}
"""
FAMILIES = "families: {logistic: {l2: {log: [0.01, 100]}, l1_ratio: [0, 0.5]}, linear_svm: {l2: {log: [0.1, 10]}}}"
BATCH = f"{{count: 48, windows: [30d, all], {FAMILIES}}}"
RUNGS = f"{{count: 54, strategy: halving, {FAMILIES}}}"
DAYS, ROWS, COLUMNS = 90, 300, 12
MEASURED = ("seconds", "peak_bytes")  # columns of the leaderboard that are of this machine and day


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
    """{name: result} of runs that nobody disturbs, without checkpoints."""
    return {name: finish(place, name, f"{name}-whole", "--set", "checkpoint.every=1d") for name in ("batch", "rungs")}


def kill_at_checkpoint(place, name, run_id, number, later=0.0, how=signal.SIGKILL, *more):
    """The exit status of a run that gets a signal `later` seconds after it has written so many checkpoints."""
    process = start(place, name, run_id, *more)
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
    began = time.monotonic()
    assert finish(place, name, f"{name}-often") == whole[name]
    seconds, written = time.monotonic() - began, names(place, f"{name}-often").count("checkpoint")
    moments, resumed = random.Random(name), 0
    for kill in range(KILLS // 2):
        run_id = f"{name}-{kill}"
        if kill % 2:  # by the clock: while it reads, selects, judges, exports, publishes
            process = start(place, name, run_id, "--quiet")
            time.sleep(moments.uniform(0.1, 1.1 * seconds))
            process.kill()
            process.wait()
        else:  # while it trains and writes
            kill_at_checkpoint(place, name, run_id, moments.randint(1, written), moments.uniform(0, 0.01))
        assert finish(place, name, run_id) == whole[name]
        resumed += "resumed" in names(place, run_id)
    assert resumed


@pytest.mark.parametrize("name", ["batch", "rungs"])
def test_what_a_killed_run_has_found_out_is_kept_and_killed_again_too(place, whole, name):
    run_id, moments = f"{name}-thrice", random.Random(3)
    for number in (3, 5, 4):
        assert kill_at_checkpoint(place, name, run_id, number, moments.uniform(0, 0.01)) == -signal.SIGKILL
    assert finish(place, name, run_id) == whole[name]
    kept = [event for event in events(place, run_id) if event["event"] == "resumed"]
    assert len(kept) == 3
    assert all(event["answers"] > 0 for event in kept)
    # What a process wrote before it was killed is not written by the next one, and nothing is left out: but for the
    # last file of each that was killed, which may be written twice, or be there without having been told.
    written, once = (names(place, run).count("checkpoint") for run in (run_id, f"{name}-often"))
    assert abs(written - once) <= 3


def test_cross_validated_regressions_and_hyperband_come_back_too(place, whole):
    for name, more in {"folds": ["split={folds: 3, by: group}", "data.task=regression", "objective.metric=r2",
                                 "candidates={count: 20, families: {huber: {l2: [1, 10]}, ridge: {l2: [1]}, "
                                 "elastic_net: {l2: {log: [1, 100]}, l1_ratio: [0.2, 0.9]}}}"],
                       "brackets": ["split={folds: 2, by: group}",
                                    f"candidates={{count: 27, strategy: hyperband, {FAMILIES}}}"]}.items():
        sets = [argument for one in more for argument in ("--set", one)]
        expected = finish(place, "batch", f"{name}-whole", *sets)
        for number in (2, 6):
            assert kill_at_checkpoint(place, "batch", name, number, 0, signal.SIGKILL, *sets) == -signal.SIGKILL
        assert finish(place, "batch", name, *sets) == expected
        assert names(place, name).count("resumed") == 2


@pytest.mark.parametrize("how, code", [(signal.SIGTERM, 143), (signal.SIGINT, 130)], ids=["SIGTERM", "SIGINT"])
def test_a_stopped_run_writes_a_checkpoint_first(place, whole, how, code):
    run_id, rarely = f"stopped-{code}", ("--set", "checkpoint.every=1d")
    process = start(place, "batch", run_id, *rarely)
    for line in process.stderr:
        if "stage=train" in line:  # after the first pass
            break
    process.send_signal(how)
    process.stderr.read()
    assert process.wait() == code
    assert list((place / "runs" / f".{run_id}.partial" / "checkpoints").iterdir())
    assert finish(place, "batch", run_id, *rarely) == whole["batch"]
    said = events(place, run_id)
    order = [event["event"] for event in said]
    assert order.index("checkpoint") < order.index("started", 1) < order.index("resumed")
    kept = said[order.index("resumed")]
    assert kept["answers"] >= 2 and kept["seconds_kept"] > 0


def test_damaged_foreign_and_unfinished_files_are_ignored_with_a_warning(place, whole):
    kill_at_checkpoint(place, "rungs", "other", 5)
    kill_at_checkpoint(place, "batch", "damaged", 8)
    folder, other = (place / "runs" / f".{run_id}.partial" / "checkpoints" for run_id in ("damaged", "other"))
    files = sorted(folder.glob("*.checkpoint"))
    assert len(files) >= 5
    flipped, cut, emptied, *_ = files
    whole_file = bytearray(flipped.read_bytes())
    whole_file[-100] ^= 1
    flipped.write_bytes(whole_file)
    cut.write_bytes(cut.read_bytes()[:-1])
    emptied.write_bytes(b"")
    foreign = sorted(other.glob("*.checkpoint"))[0]
    (folder / "000999.checkpoint").write_bytes(foreign.read_bytes())
    (folder / "001000.checkpoint.77.0.part").write_bytes(foreign.read_bytes())
    assert finish(place, "batch", "damaged") == whole["batch"]
    reasons = [event["reason"] for event in events(place, "damaged") if event["event"] == "checkpoint_ignored"]
    assert len(reasons) == 4 and sum("another run" in reason for reason in reasons) == 1


def test_where_no_checkpoint_can_be_written_the_run_goes_on(place, whole):
    partial = place / "runs" / ".unwritable.partial"
    partial.mkdir(parents=True)
    (partial / "checkpoints").write_text("a file, where the folder should be")
    assert finish(place, "batch", "unwritable") == whole["batch"]
    assert names(place, "unwritable").count("checkpoint_failed") == 1


def test_another_spec_of_the_same_id_is_still_refused_but_not_another_rhythm(place, whole):
    kill_at_checkpoint(place, "batch", "respecified", 3)
    refused = subprocess.run(command(place, "batch", "respecified", "--set", "candidates.count=7"),
                             capture_output=True, text=True, env=ENVIRONMENT)
    assert refused.returncode == 2 and "another spec" in refused.stderr
    assert finish(place, "batch", "respecified", "--set", "checkpoint.every=5m") == whole["batch"]
    assert "resumed" in names(place, "respecified")


def test_of_two_at_once_one_works_and_the_other_says_so(place, whole):
    both = [start(place, "batch", "at-once", "--quiet") for _ in range(2)]
    errors = [process.communicate()[1] for process in both]
    codes = sorted(process.returncode for process in both)
    assert codes in ([0, 0], [0, 138]), errors  # a finished id returns at once
    assert codes == [0, 0] or any("another process is working on this run id" in error for error in errors)
    assert result(place, "at-once") == whole["batch"]


def test_python_resumes_and_ctrl_c_keeps_what_is_found(place, whole):
    sets = {"registry.store": str(place / "python.db"), "checkpoint.every": "1d"}

    def interrupt(event):
        if event.get("stage") == "train":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        bakeoff.run(place / "batch.yaml", place / "runs", "python", sets, interrupt)
    bakeoff.run(place / "batch.yaml", place / "runs", "python", sets)
    assert result(place, "python") == whole["batch"]
    assert "resumed" in names(place, "python")
