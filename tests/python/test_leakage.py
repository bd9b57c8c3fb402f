"""What a bake-off may have seen: training before at - gap, the decision nothing after its day; and what is exported."""

import json

import bakeoff
import numpy as np
import onnxruntime
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from test_run import folder, run  # noqa: F401  (a fixture)

AT = np.datetime64("2024-03-01", "us").astype(np.int64)
DAY = 86_400_000_000


def change(folder, first, last):
    """Turns labels around and shifts `a` in the days [first, last) after `at`."""
    table = pq.read_table(folder / "data.parquet")
    day = (table["at"].cast(pa.int64()).to_numpy() - AT) / DAY
    hit = (day >= first) & (day < last)
    assert hit.any()
    y, a = table["y"].to_numpy().copy(), table["a"].to_numpy().copy()
    y[hit], a[hit] = 1 - y[hit], a[hit] + 100
    table = table.set_column(table.schema.get_field_index("y"), "y", pa.array(y))
    pq.write_table(table.set_column(table.schema.get_field_index("a"), "a", pa.array(a, from_pandas=True)),
                   folder / "data.parquet")


def outcome(done):
    decision = done.decision
    return {key: decision[key] for key in ("verdict", "reasons", "difference", "challenger", "slices", "reference",
                                           "select", "champion_value", "challenger_value")}


def weights(done):
    return (done.path / "model" / "model.safetensors").read_bytes()


def own_store(folder, name):
    return {"registry.store": str(folder / f"{name}.db")}


def test_the_decision_reads_nothing_after_the_holdout(folder):  # noqa: F811
    before = run(folder, "before", **own_store(folder, "before"))
    assert before.decision["decided_at"] == "2024-03-30T00:00:00Z"  # 14 + 14 days, and a day until labels are known
    change(folder, 28, 1000)
    after = run(folder, "after", **own_store(folder, "after"))
    assert outcome(after) == outcome(before) and weights(after) == weights(before)
    assert after.leaderboard.drop(["seconds", "peak_bytes"]) == before.leaderboard.drop(["seconds", "peak_bytes"])


def test_training_sees_neither_the_gap_nor_select_nor_holdout(folder):  # noqa: F811
    one = {"candidates.count": 1, "candidates.families": "{logistic: {l2: [1.0]}}", "candidates.windows": "[all]",
           "split.gap": "5d"}
    before = run(folder, "before", **own_store(folder, "before"), **one)
    assert before.decision["trained_until"] == "2024-02-25T00:00:00Z"
    change(folder, -5, 1000)
    assert weights(run(folder, "after", **own_store(folder, "after"), **one)) == weights(before)
    change(folder, -6, -5)
    assert weights(run(folder, "last", **own_store(folder, "last"), **one)) != weights(before)


def test_the_holdout_does_not_choose(folder):  # noqa: F811
    before = run(folder, "before", **own_store(folder, "before"))
    change(folder, 14, 28)
    after = run(folder, "after", **own_store(folder, "after"))
    assert after.decision["select"] == before.decision["select"] and weights(after) == weights(before)
    assert after.decision["difference"] != before.decision["difference"]


@pytest.fixture
def replaced(folder):  # noqa: F811
    """A run whose champion is a model of an earlier run."""
    run(folder, "one", **{"split.at": "2024-01-16"})
    return folder, run(folder, "two")


def test_what_is_exported_is_what_was_judged(replaced):
    folder, done = replaced  # noqa: F811
    table = pq.read_table(folder / "data.parquet")
    day = (table["at"].cast(pa.int64()).to_numpy() - AT) // DAY
    held_out = table.filter(pa.array((day >= 14) & (day < 28)))
    stored = pq.read_table(done.path / "holdout.parquet")
    for name, model in (("challenger", done.path / "model"), ("champion", folder / "runs" / "one" / "model")):
        assert np.array_equal(bakeoff.load(model).predict(held_out), stored[name].to_numpy()), name
    proof = json.loads((done.path / "model" / "parity.json").read_text())
    assert proof["proved"]
    session = onnxruntime.InferenceSession(done.path / "model" / "model.onnx")
    assert {i.name for i in session.get_inputs()} >= {"a", "b", "shop"}


def test_the_decision_replays_from_what_was_stored(replaced):
    _, done = replaced
    decision, stored = done.decision, pq.read_table(done.path / "holdout.parquet")
    report = bakeoff.evaluate(stored["label"], {name: stored[name] for name in ("champion", "challenger")},
                              [decision["metric"]], units=stored["unit"], slices={"shop": stored["shop"]},
                              resamples=300, seed=decision["seed"], interval="percentile")
    assert report.value[0, 0, 0] == decision["champion_value"]["value"]
    assert report.value[1, 0, 0] == decision["challenger_value"]["value"]
    assert report.low[1, 0, 0] == decision["challenger_value"]["low"]
    assert report.units[0] == decision["units"] == 14
    difference = report.value[1] - report.value[0]
    assert difference[0, 0] == decision["difference"]["value"]
    assert [s["name"] for s in decision["slices"]] == report.slice_names[1:]
    assert [s["difference"]["value"] for s in decision["slices"]] == difference[1:, 0].tolist()
    left = [(lambda r: r.value[1, 0, 0] - r.value[0, 0, 0])(bakeoff.evaluate(
        kept["label"], {n: kept[n] for n in ("champion", "challenger")}, [decision["metric"]]))
        for unit in np.unique(stored["unit"]) for kept in [stored.filter(pc.not_equal(stored["unit"], unit))]]
    error = np.std(left) * np.sqrt(13)
    t13 = 2.1603686564610127  # 97.5 %
    assert decision["difference"]["high"] == pytest.approx(difference[0, 0] + t13 * error, abs=1e-12)


def test_flights_reads_no_column_that_is_known_after_departure_only():
    import pathlib

    text = (pathlib.Path(__file__).resolve().parents[2] / "configs" / "flights.yaml").read_text()
    for leak in ("dep_delay", "dep_time", "arr_delay", "arr_time", "air_time", "tailnum"):
        assert leak not in text
