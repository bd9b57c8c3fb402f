"""The binary as a shell sees it: output, errors, exit codes."""

import json
import os
import pty
import resource
import signal
import subprocess

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from cli_program import BINARY, ENVIRONMENT, ROOT, bakeoff
from sklearn.metrics import roc_auc_score

# ---- the front

def test_help_lists_the_commands_and_hides_schema():
    text = bakeoff("--help")
    for command in ("run", "validate", "monitor", "evaluate", "drift", "predict", "registry", "version"):
        assert f"  {command} " in text
    assert "schema" not in text


def test_version():
    assert bakeoff("--version").startswith("bakeoff 0.")
    assert "CUDA" in bakeoff("version")


@pytest.mark.parametrize("arguments, says", [
    (["rnu"], "did you mean 'run'?"),
    ([], "subcommand is required"),
    (["run"], "SPEC is required"),
    (["run", "spec.yaml", "--out-dir", "x"], "--out-dir"),
    (["run", "spec.yaml", "--threads", "many"], "--threads"),
    (["validate", "no-such.yaml"], "cannot read 'no-such.yaml'"),
])
def test_a_wrong_command_line_is_2(arguments, says):
    assert says in bakeoff(*arguments, code=2)


def test_an_output_that_is_full_is_worth_another_try():
    with open("/dev/full", "w") as full:
        done = subprocess.run([BINARY, "schema"], stdout=full, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 138 and "disk full" in done.stderr


def test_schema_is_the_one_in_configs():
    assert bakeoff("schema") == (ROOT / "configs" / "schema.json").read_text()


# ---- validate

@pytest.mark.parametrize("spec", sorted((ROOT / "configs").glob("*.yaml")), ids=lambda p: p.name)
def test_the_specs_in_configs_are_valid(spec):
    assert "is valid" in bakeoff("validate", spec)


def test_validate_says_what_would_be_done():
    text = bakeoff("validate", ROOT / "configs" / "flights.yaml", "--set", "candidates.count=8",
                   "--set", "split.at=2013-08-01", "--set", "candidates.windows=[30d, all]")
    assert "8 by sobol" in text
    assert "select      2013-08-01T04:00:00Z to 2013-08-15T04:00:00Z" in text  # midnight in New York
    assert "decided at  2013-08-30T04:00:00Z" in text


def test_an_error_in_a_spec_names_file_line_and_field(tmp_path):
    text = (ROOT / "configs" / "flights.yaml").read_text().replace("strategy: sobol", "strategy: sobl")
    spec = tmp_path / "spec.yaml"
    spec.write_text(text)
    line = 1 + text[:text.index("strategy: sobl")].count("\n")
    error = bakeoff("validate", spec, code=2)
    assert error.startswith(f"error: {spec}:{line}: candidates.strategy: ")
    assert "did you mean 'sobol'?" in error


def test_an_unknown_metric_names_the_nearest():
    error = bakeoff("validate", ROOT / "configs" / "flights.yaml", "--set", "objective.metric=roc_acu", code=2)
    assert "did you mean 'roc_auc'?" in error


# ---- registry

def test_registry_from_the_first_model_to_a_rollback(tmp_path):
    def registry(command, *arguments, **options):
        return bakeoff("registry", command, *arguments, cwd=tmp_path, **options)

    assert "no registry" in registry("list", code=2)
    assert not (tmp_path / "bakeoff.db").exists()  # looking makes nothing
    registry("add", "m", "--scores", "old_score", "--reference", "roc_auc=0.71", "--promote", "--reason", "first")
    registry("add", "m", "--scores", "new_score")
    assert "champion" in registry("list").splitlines()[2]
    assert "did you mean 'm1'" not in registry("show", "m")
    assert '"roc_auc": 0.71' in registry("show", "m")
    assert "version 1" in registry("promote", "m", "2", "--expected", "2", code=5)  # somebody else is champion
    assert "v1" in registry("show", "m").splitlines()[0]
    registry("promote", "m", "2", "--expected", "1", "--reason", "better")
    assert "v1 is champion again" in registry("rollback", "m")
    assert "better" in registry("show", "m")
    assert "is sound" in registry("verify")
    assert "version 7" in registry("promote", "m", "7", code=2)
    assert "named 'n'" in registry("show", "n", code=2)
    (tmp_path / "bakeoff.db").write_bytes(b"")
    assert "0 bytes" in registry("verify", code=3)


def test_registry_add_wants_one_source_that_is_there(tmp_path):
    bakeoff("registry", "add", "m", code=2, cwd=tmp_path)
    bakeoff("registry", "add", "m", "--scores", "a", "--onnx", "b", code=2, cwd=tmp_path)
    assert "b.onnx" in bakeoff("registry", "add", "m", "--onnx", "b.onnx", code=2, cwd=tmp_path)
    assert "METRIC=VALUE" in bakeoff("registry", "add", "m", "--scores", "a", "--reference", "x", code=2, cwd=tmp_path)


# ---- run, predict, monitor

SPEC = """
apiVersion: bakeoff/v1
kind: Bakeoff
metadata: {name: late}
data:
  source: rows.parquet
  target: y
  time: time
  unit: {time: time, every: 1d}
  features: {numeric: [a, b], categorical: [c]}
monitor: {predictions: log.parquet, window: 20d, trigger: {drop: 0.0, cooldown: 14d}}
split: {at: 2020-03-21, select: 14d, holdout: 14d}
candidates:
  count: 6
  windows: [30d, all]
  families: {logistic: {l2: [0.1, 1, 10]}}
gate: {resamples: 200, slices: [c], max_slice_loss: 0.5}
"""


@pytest.fixture
def place(tmp_path):
    """Rows of 120 days whose label a column explains; from the 80th day on it needs the other one, too."""
    random = np.random.default_rng(3)
    n = 6000
    day = np.sort(random.integers(0, 120, n))
    a, b = random.normal(0, 1, n), random.normal(0, 1, n)
    y = (1.5 * a + b + random.logistic(0, 1, n) > 0).astype(int)
    time = np.datetime64("2020-01-01T12:00:00", "us") + day.astype("timedelta64[D]")
    table = pa.table({"time": pa.array(time, pa.timestamp("us", "UTC")), "y": y, "a": a, "b": b,
                      "c": random.choice(["p", "q"], n), "served": np.where(day < 80, 1, -1) * a})
    pq.write_table(table, tmp_path / "rows.parquet")
    (tmp_path / "spec.yaml").write_text(SPEC)
    return tmp_path


def test_a_run_promotes_is_served_and_is_not_repeated(place):
    text = bakeoff("run", "spec.yaml", "--run-id", "r1", "--fail-on-reject", cwd=place)
    assert text.startswith("verdict: promote")
    decision = json.loads((place / "runs/r1/decision.json").read_text())
    assert decision["verdict"] == "promote" and decision["difference"]["low"] > 0
    assert "late v1, champion" in bakeoff("registry", "show", "late", cwd=place)
    # again: at once, and with the code that Airflow skips on
    assert "decided before" not in text
    done = subprocess.run([BINARY, "run", "spec.yaml", "--run-id", "r1", "--skip-code", "99"], cwd=place,
                          env=ENVIRONMENT, capture_output=True, text=True)
    assert done.returncode == 99 and "decided before" in done.stdout
    assert "r1" in bakeoff("run", "spec.yaml", "--run-id", "r1", "--set", "gate.resamples=300", code=2, cwd=place)
    # the same model, from the shell
    bakeoff("predict", "runs/r1/model", "rows.parquet", "--out", "out/scores.parquet", "--keep", "time,y,c", cwd=place)
    scores = pq.read_table(place / "out/scores.parquet")
    assert scores.column_names == ["time", "y", "c", "score"] and scores.num_rows == 6000
    assert roc_auc_score(scores["y"], scores["score"]) > 0.8
    bakeoff("predict", "runs/r1/model", "rows.parquet", "--out", "scores.csv", cwd=place)
    assert len((place / "scores.csv").read_text().splitlines()) == 6001
    bakeoff("predict", "runs/r1/model", "rows.parquet", "--out", "scores.json", code=2, cwd=place)


def test_a_run_that_is_not_better_is_4_if_asked(place):
    bakeoff("run", "spec.yaml", "--set", "gate.min_gain=0.9", "--fail-on-reject", code=4, cwd=place)
    bakeoff("run", "spec.yaml", "--set", "gate.min_gain=0.9", cwd=place)


def test_a_run_writes_one_line_an_event_where_there_is_no_terminal(place):
    done = subprocess.run([BINARY, "run", "spec.yaml"], cwd=place, env=ENVIRONMENT, capture_output=True, text=True)
    assert "\x1b" not in done.stderr and " decided verdict=promote" in done.stderr
    quiet = subprocess.run([BINARY, "run", "spec.yaml", "--quiet"], cwd=place, env=ENVIRONMENT, capture_output=True,
                           text=True)
    assert quiet.stderr == "" and "verdict:" in quiet.stdout


def test_a_terminal_sees_a_bar_that_goes_away(place):
    reader, terminal = pty.openpty()
    run = subprocess.Popen([BINARY, "run", "spec.yaml"], cwd=place, env=ENVIRONMENT, stdout=subprocess.DEVNULL,
                           stderr=terminal)
    os.close(terminal)
    seen = b""
    try:
        while part := os.read(reader, 4096):
            seen += part
    except OSError:  # Linux says EIO where the other end is closed
        pass
    assert run.wait(timeout=120) == 0
    assert b"train [##############################] 6/6" in seen
    assert seen.rindex(b"\r\x1b[K") > seen.rindex(b"6/6")


def test_bad_data_is_3_and_names_the_column(place):
    assert "'bb'" in bakeoff("run", "spec.yaml", "--set", "data.features.numeric=[a, bb]", code=3, cwd=place)


def changed(place, column, values):
    table = pq.read_table(place / "rows.parquet")
    pq.write_table(table.set_column(table.schema.get_field_index(column), column, values), place / "rows.parquet")


@pytest.mark.parametrize("column, change, says", [
    ("y", lambda y: pa.array(np.ones(len(y), int)), "rows.parquet: target 'y' is 1 in all of "),
    ("y", lambda y: pa.array([None, *y.to_pylist()[1:]]), "rows.parquet, column 'y', row 0 "),
    ("y", lambda y: pa.array([*y.to_pylist()[:9], 2, *y.to_pylist()[10:]]), "row 9 (counted from 0): expected the"),
    ("time", lambda t: pa.array([*t.to_pylist()[:7], None, *t.to_pylist()[8:]]), "column 'time', row 7 "),
    ("a", lambda a: a.cast(pa.string()), "every text reads as such: convert the column"),
])
def test_bad_values_are_named_with_file_column_and_row(place, column, change, says):
    changed(place, column, change(pq.read_table(place / "rows.parquet")[column]))
    assert says in bakeoff("run", "spec.yaml", code=3, cwd=place)


def test_a_bad_line_of_csv_is_named(place):
    (place / "bad.csv").write_text("time,y,a,b,c\n2020-01-01,1,2,3,p\n2020-01-02,1,2\n")
    assert "Row #3" in bakeoff("run", "spec.yaml", "--set", "data.source=bad.csv", code=3, cwd=place)
    (place / "bad.csv").write_text("time,y,a,b,c\n2020-01-01,1,2,3,p\nyesterday,1,2,3,p\n")
    assert "'yesterday' at bad.csv, column 'time', row 1 " in bakeoff("run", "spec.yaml", "--set",
                                                                     "data.source=bad.csv", code=3, cwd=place)


def test_a_file_that_grows_too_large_is_worth_another_try(place):
    limit = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (200, resource.RLIM_INFINITY))
    done = subprocess.run([BINARY, "run", "spec.yaml", "--run-id", "r"], cwd=place, env=ENVIRONMENT,
                          capture_output=True, text=True, preexec_fn=limit)
    assert done.returncode == 138 and "File too large" in done.stderr
    bakeoff("run", "spec.yaml", "--run-id", "r", cwd=place)


def test_monitor_sees_a_decline_and_only_then_asks_for_a_bake_off(place):
    rows = pq.read_table(place / "rows.parquet")
    pq.write_table(rows.select(["time", "y", "served"]).rename_columns(["time", "y", "score"]), place / "log.parquet")
    bakeoff("registry", "add", "late", "--scores", "served", "--reference", "roc_auc=0.85", "--promote", cwd=place)
    sound = ["monitor", "spec.yaml", "--at", "2020-03-15", "--set", "monitor.trigger.drop=0.2"]
    declined = ["monitor", "spec.yaml", "--at", "2020-04-20", "--set", "monitor.trigger.drop=0.2"]
    assert "nothing to do" in bakeoff(*sound, cwd=place)
    bakeoff(*sound, "--skip-code", "99", code=99, cwd=place)
    assert "hold a bake-off" in bakeoff(*declined, cwd=place)
    assert json.loads(bakeoff(*declined, "--format", "json", cwd=place))["triggered"] is True


def test_monitor_without_a_champion_says_what_to_do(place):
    assert "registry" in bakeoff("monitor", "spec.yaml", code=2, cwd=place)


def test_sigterm_stops_a_run_with_143(place):
    run = subprocess.Popen([BINARY, "run", "spec.yaml", "--run-id", "slow", "--set", "candidates.count=20000", "--set",
                            "candidates.families.logistic.l2={log: [1e-9, 1e3]}"], cwd=place, env=ENVIRONMENT,
                           stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
    for line in run.stderr:
        if " started " in line:
            break
    run.send_signal(signal.SIGTERM)
    assert run.wait(timeout=120) == 143
    assert not (place / "runs/slow").exists()
