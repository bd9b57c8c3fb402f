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


def test_a_champion_whose_files_are_damaged_is_named(place):  # noqa: F811
    bakeoff("run", "spec.yaml", "--run-id", "first", cwd=place)
    for file in (place / "runs/first/model").glob("*.safetensors"):
        file.write_bytes(file.read_bytes()[:100])
    said = bakeoff("run", "spec.yaml", "--run-id", "second", code=3, cwd=place)
    assert "the champion late v1" in said and "registry rollback late" in said


def test_what_is_no_run_folder_is_left_alone(place):  # noqa: F811
    mine = place / "runs/mine/checkpoints/epoch9.pt"
    mine.parent.mkdir(parents=True)
    mine.write_text("mine")
    said = bakeoff("run", "spec.yaml", "--run-id", "mine", code=2, cwd=place)
    assert "no run folder" in said and mine.read_text() == "mine"
    assert sorted(path.name for path in (place / "runs").iterdir()) == ["mine"]
    assert [path.name for path in (place / "runs/mine").iterdir()] == ["checkpoints"]


def test_predictions_do_not_replace_the_data(place):  # noqa: F811
    bakeoff("run", "spec.yaml", "--run-id", "r", cwd=place)
    before = (place / "rows.parquet").read_bytes()
    (place / "folder").mkdir()
    shutil.copy(place / "rows.parquet", place / "folder/part.parquet")
    for source, out in (("rows.parquet", "rows.parquet"), ("rows.parquet", "./folder/../rows.parquet"),
                        ("folder", "folder/scores.parquet"), ("*.parquet", "scores.parquet")):
        said = bakeoff("predict", "runs/r/model", source, "--out", out, code=2, cwd=place)
        assert "among the data that is read" in said
    assert (place / "rows.parquet").read_bytes() == before and not (place / "folder/scores.parquet").exists()


def test_a_store_without_a_folder_is_told_before_the_training(place):  # noqa: F811
    said = bakeoff("run", "spec.yaml", "--run-id", "r", "--set", "registry.store=nodir/reg.db", code=2, cwd=place)
    assert "registry.store" in said and "create the folder" in said
    assert not list((place / "runs").glob("r")) and not list((place / "runs").glob(".r.partial"))
