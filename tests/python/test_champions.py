"""Champions that Bakeoff did not train, champions that are gone, and runs in which nobody can be trained."""

import json
import shutil

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from test_cli import bakeoff, changed, place  # noqa: F401  (a fixture)


def decision(place, run_id):  # noqa: F811
    return json.loads((place / "runs" / run_id / "decision.json").read_text())


def test_a_foreign_onnx_file_is_judged_as_the_model_that_it_is(place):  # noqa: F811
    bakeoff("run", "spec.yaml", "--run-id", "first", cwd=place)
    shutil.copy(place / "runs/first/model/model.onnx", place / "foreign.onnx")
    for file in place.glob("bakeoff.db*"):
        file.unlink()
    bakeoff("registry", "add", "late", "--onnx", "foreign.onnx", "--promote", cwd=place)
    bakeoff("run", "spec.yaml", "--run-id", "second", cwd=place)
    judged = decision(place, "second")
    assert judged["champion"] == "late v1" and judged["verdict"] == "keep"
    assert abs(judged["difference"]["value"]) <= 1e-5  # ONNX Runtime and the engine agree
    (place / "foreign.onnx").write_text("broken")
    said = bakeoff("run", "spec.yaml", "--run-id", "third", code=3, cwd=place)
    assert "the champion late v1" in said and "foreign.onnx" in said
    assert "late version 1" in bakeoff("registry", "verify", code=3, cwd=place)


def test_logged_scores_that_the_data_lack_are_named(place):  # noqa: F811
    bakeoff("registry", "add", "late", "--scores", "servd", "--promote", cwd=place)
    assert "no column 'servd'; did you mean 'served'?" in bakeoff("run", "spec.yaml", code=3, cwd=place)


def test_where_nobody_can_be_trained_nothing_is_decided(place):  # noqa: F811
    table = pq.read_table(place / "rows.parquet")
    before = table["time"].to_numpy() < np.datetime64("2020-03-21")
    changed(place, "y", pa.array(np.where(before, 1, table["y"].to_numpy())))
    assert "one class only" in bakeoff("run", "spec.yaml", "--run-id", "r", code=3, cwd=place)
    assert not (place / "runs/r").exists() and not (place / "bakeoff.db").exists()
