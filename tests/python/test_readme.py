"""The README's snippets, as they are printed, on a small table that looks like flights; and what an import costs."""

import pathlib
import re
import shlex
import shutil
import subprocess
import sys

import bakeoff
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from test_cli import BINARY, ENVIRONMENT

ROOT = pathlib.Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()
DAYS, ROWS = 230, 40  # to the middle of August


def snippet(heading, language=""):
    section = README[README.index(f"## {heading}\n"):]
    return re.search(rf"```{language}\n(.*?)```", section, re.DOTALL)[1]


@pytest.fixture
def place(tmp_path, monkeypatch):
    """The checkout's spec with small flights: what makes them late turns around in June; a champion's scores are in."""
    rng = np.random.default_rng(2)
    n = DAYS * ROWS
    day = np.repeat(np.arange(DAYS), ROWS)
    numbers = ["minute", "distance", "departures", "seats", "plane_year", "temp", "dewp", "humid", "wind_speed",
               "precip", "pressure", "visib"]
    words = ["carrier", "origin", "dest", "weekday", "hour_of_day", "plane_type"]
    columns = {name: rng.normal(size=n) for name in numbers} | {name: rng.choice(["a", "b"], n) for name in words}
    sign = np.where(day < 150, 1, -1)
    late = rng.random(n) < 1 / (1 + np.exp(-1.5 * sign * columns["minute"]))
    time = pa.array(np.datetime64("2013-01-01T12:00", "us") + day.astype("m8[D]"), pa.timestamp("us", "UTC"))
    table = pa.table({"time_hour": time, "late": late.astype(np.int8), **columns,
                      "served": 1 / (1 + np.exp(-columns["minute"]))})
    for folder in ("build/data", "build/demo", "configs"):
        (tmp_path / folder).mkdir(parents=True)
    pq.write_table(table, tmp_path / "build/data/flights.parquet")
    pq.write_table(table.select(["time_hour", "late", "served"]).rename_columns(["time_hour", "late", "score"]),
                   tmp_path / "build/demo/log.parquet")
    shutil.copy(ROOT / "configs" / "flights.yaml", tmp_path / "configs")
    for name, first in (("january", 0), ("july", 181)):
        pq.write_table(table.slice(first * ROWS, 31 * ROWS), tmp_path / f"{name}.parquet")
    pq.write_table(pa.table({"query": day, "grade": late.astype(np.int8), "old": rng.random(n), "new": rng.random(n)}),
                   tmp_path / "clicks.parquet")
    monkeypatch.chdir(tmp_path)
    registry = bakeoff.Registry("build/demo/bakeoff.db")
    registry.promote("flights-late", registry.add("flights-late", "scores", "served",
                                                  '{"reference": {"roc_auc": 0.8}}').version, None)
    return table


def test_the_python_snippet_runs(place, capsys):
    rng = np.random.default_rng(1)
    labels, days = rng.integers(0, 2, 900), np.repeat(np.arange(30), 30)
    names = {"labels": labels, "days": days, "old": rng.random(900), "new": (labels + rng.random(900)) / 2,
             "table": place, "queries": days, "relevance": labels, "january": place.slice(0, 31 * ROWS),
             "july": place.slice(181 * ROWS, 31 * ROWS), "X": rng.normal(size=(900, 3)), "y": labels}
    exec(snippet("From Python", "python"), names)
    assert names["trigger"]["triggered"] and names["run"].decision["verdict"] == "promote"
    assert names["scores"].shape == (len(place),)
    assert "new all roc_auc: " in capsys.readouterr().out


def test_the_shell_snippet_runs(place):
    commands = [shlex.split(line) for line in snippet("From the shell").splitlines()]
    assert len(commands) >= 6
    run_id = None
    for words in commands:
        assert words[0] == "bakeoff"
        words = [word.replace("ID", run_id or "ID") for word in words[1:]]
        done = subprocess.run([BINARY, *words], capture_output=True, text=True, env=ENVIRONMENT, timeout=200)
        assert done.returncode == 0, f"{words}\n{done.stderr}"
        if words[0] == "run":
            run_id = pathlib.Path(re.search("run folder: (.*)", done.stdout)[1]).name


def test_an_import_is_cheap_and_loads_no_torch():
    code = ("import sys, time; start = time.process_time(); import bakeoff; bakeoff.evaluate; "
            "print(time.process_time() - start, 'torch' in sys.modules)")
    costs = [subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
             for _ in range(5)]
    assert min(float(seconds) for seconds, _ in costs) < 0.3
    assert {torch for _, torch in costs} == {"False"}
