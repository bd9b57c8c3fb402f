"""bakeoff.run with many classes: scikit-learn's digits and wines, as rows over made-up days."""

import json
import subprocess

import bakeoff
import numpy as np
import onnxruntime
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from cli_program import BINARY as PROGRAM
from sklearn import datasets, metrics
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

SPEC = """
apiVersion: bakeoff/v1
kind: Bakeoff
metadata: {{name: many}}
data: {{source: {folder}/data.parquet, target: y, task: multiclass, time: at, features: {{numeric: [{numeric}]}}}}
split: {{at: 2024-02-20, select: 10d, holdout: 20d}}
candidates: {{count: 4, strategy: grid, families: {{logistic: {{l2: [0.1, 1, 10, 1000]}}}}}}
objective: {{metric: log_loss}}
gate: {{resamples: 200}}
registry: {{store: {folder}/bakeoff.db, name: many}}
compute: {{threads: 2}}
"""
DAYS = 80


def write(folder, columns, y):
    n = len(y)
    day = np.arange(n) * DAYS // n
    at = pa.array(1_704_067_200_000_000 + day * 86_400_000_000, pa.timestamp("us", tz="UTC"))
    table = pa.table({"at": at, "day": day, **columns, "y": y})
    pq.write_table(table, folder / "data.parquet")
    (folder / "spec.yaml").write_text(SPEC.format(folder=folder, numeric=", ".join(
        name for name, values in columns.items() if not isinstance(values, pa.Array))))
    return table


@pytest.fixture
def digits(tmp_path):
    x, y = datasets.load_digits(return_X_y=True)
    keep = x.std(axis=0) > 1
    order = np.random.default_rng(0).permutation(len(y))
    return write(tmp_path, {f"p{j}": x[order, j] for j in np.flatnonzero(keep)}, y[order])


@pytest.fixture
def wines(tmp_path):
    """178 rows; the colour is made up, from one of the measurements."""
    x, y = datasets.load_wine(return_X_y=True)
    order = np.random.default_rng(0).permutation(len(y))
    x, y = x[order], y[order]
    x[::29, 0] = np.nan
    colour = pa.array(["pale", "ruby", None]).take(pa.array((x[:, 9] > 4).astype(int) + (x[:, 9] > 9)))
    return write(tmp_path, {**{f"m{j}": pa.array(x[:, j], from_pandas=True).to_numpy(zero_copy_only=False)
                               for j in (0, 6, 9)}, "colour": colour},
                 pa.array(["barolo", "grignolino", "barbera"]).take(pa.array(y)))


def run(folder, run_id, **overrides):
    return bakeoff.run(folder / "spec.yaml", folder / "runs", run_id,
                       {key.replace("__", "."): value for key, value in overrides.items()})


def matrix(table):
    return np.column_stack([table[name] for name in table.column_names if name.startswith("p")])


def test_the_challenger_is_scikit_learns_softmax_and_its_exports_are_proved(digits, tmp_path):
    done = run(tmp_path, "one")
    decision = done.decision
    assert decision["verdict"] == "promote" and decision["registered"] == 1, decision
    assert decision["method"] == "paired unit bootstrap" and decision["champion"] == "constant"
    proof = json.loads((done.path / "model" / "parity.json").read_text())
    assert proof["proved"] and proof["max_difference"] <= 1e-6

    day = digits["day"].to_numpy()
    train, holdout = day < 50, (day >= 60) & (day < 80)
    x, y = matrix(digits), digits["y"].to_numpy()
    theirs = make_pipeline(StandardScaler(), LogisticRegression(
        C=1 / decision["candidate"]["parameters"]["l2"], tol=1e-8, max_iter=5000)).fit(x[train], y[train])
    model = bakeoff.load(done.path / "model")
    probabilities = model.predict(digits)
    assert model.classes == [str(k) for k in range(10)] and probabilities.shape == (len(y), 10)
    assert np.abs(probabilities - theirs.predict_proba(x)).max() < 2e-4
    assert proof["rows"] == holdout.sum() == decision["rows"]
    assert decision["challenger_value"]["value"] == pytest.approx(
        metrics.log_loss(y[holdout], probabilities[holdout]), abs=1e-6)
    shares = np.bincount(y[train], minlength=10) / train.sum()
    assert decision["champion_value"]["value"] == pytest.approx(
        metrics.log_loss(y[holdout], np.tile(shares, (holdout.sum(), 1)), labels=range(10)), abs=1e-6)
    select = (day >= 50) & (day < 60)
    board = {row["parameters"]: row for row in done.leaderboard.to_pylist()}
    assert min(row["select_log_loss"] for row in board.values()) == pytest.approx(
        metrics.log_loss(y[select], probabilities[select], labels=range(10)), abs=1e-5)

    read = pq.read_table(done.path / "holdout.parquet")
    assert set(read["label"].to_pylist()) == set(model.classes)
    assert np.array_equal(np.column_stack([read[f"challenger.{k}"] for k in range(10)]), probabilities[holdout])
    session = onnxruntime.InferenceSession(done.path / "model" / "model.onnx")
    assert json.loads(session.get_modelmeta().custom_metadata_map["classes"]) == model.classes
    assert session.get_outputs()[0].shape == ["batch", 10]


def test_the_next_bake_off_meets_the_champion_by_its_classes(digits, tmp_path):
    run(tmp_path, "one")
    again = run(tmp_path, "two").decision
    assert again["champion"] == "many v1" and again["difference"]["value"] == 0 and again["verdict"] == "keep"
    entered = run(tmp_path, "three", candidates__families="{logistic: {l2: [100000]}}").decision
    assert entered["candidate"] == again["candidate"]  # the champion's own configuration competes, and wins
    few = run(tmp_path, "days", data__unit="{column: day}").decision
    assert few["method"] == "delete-one-unit jackknife t" and few["units"] == 20


def test_the_program_predicts_the_class_and_the_scores_of_all(digits, tmp_path):
    done = run(tmp_path, "one")
    subprocess.run([PROGRAM, "predict", done.path / "model", tmp_path / "data.parquet", "--keep", "y", "--out",
                    tmp_path / "scores.parquet"], check=True, capture_output=True)
    table = pq.read_table(tmp_path / "scores.parquet")
    assert table.column_names == ["y", "class", *(f"score.{k}" for k in range(10))]
    assert np.mean(table["class"].to_numpy().astype(int) == table["y"].to_numpy()) > 0.95
    refused = subprocess.run([PROGRAM, "predict", done.path / "model", tmp_path / "data.parquet", "--keep", "class",
                              "--out", tmp_path / "more.parquet"], capture_output=True, text=True)
    assert refused.returncode == 2 and "'class' is a column of the predictions" in refused.stderr


@pytest.mark.parametrize("metric", ["accuracy", "f1_macro", "log_loss"])
def test_texts_categories_and_days_as_units(wines, tmp_path, metric):
    spec = tmp_path / "spec.yaml"
    spec.write_text(spec.read_text().replace("features: {", "unit: {column: day}, features: {categorical: [colour], "))
    done = run(tmp_path, "one", objective__metric=metric, gate__slices="[colour]")
    assert done.decision["method"] == "delete-one-unit jackknife t" and done.decision["verdict"] == "promote"
    assert json.loads((done.path / "model" / "parity.json").read_text())["proved"]
    model = bakeoff.load(done.path / "model")
    assert model.classes == ["barbera", "barolo", "grignolino"] and "colour" in model.columns
    said = np.array(model.classes)[model.predict(wines).argmax(1)]
    assert np.mean(said == wines["y"].to_numpy(zero_copy_only=False)) > 0.85
    assert {s["name"] for s in done.decision["slices"]} == {"colour=pale", "colour=ruby"}


def test_folds_and_halving_choose_among_many_classes(wines, tmp_path):
    spec = tmp_path / "spec.yaml"
    text = spec.read_text()
    spec.write_text(text.replace("split: {at: 2024-02-20, select: 10d, holdout: 20d}", "split: {folds: 4}"))
    done = run(tmp_path, "folds")
    assert done.decision["verdict"] == "none" and done.decision["select"]["value"] < 0.7
    spec.write_text(text.replace("strategy: grid", "strategy: halving").replace(
        "[0.1, 1, 10, 1000]", "{log: [0.1, 1000]}").replace("count: 4", "count: 9"))
    done = run(tmp_path, "halved")
    assert done.decision["verdict"] == "promote"


def test_two_classes_are_many_as_well(wines, tmp_path):
    table = wines.filter(pa.compute.not_equal(wines["y"], "barbera"))
    pq.write_table(table, tmp_path / "data.parquet")
    done = run(tmp_path, "two", objective__metric="accuracy")
    assert bakeoff.load(done.path / "model").predict(table).shape == (len(table), 2)
    assert json.loads((done.path / "model" / "parity.json").read_text())["proved"]


@pytest.mark.parametrize("overrides, said", [
    ({"candidates.families": "{ridge: }"}, "families.ridge: is for regression, but data.task is multiclass"),
    ({"monitor": "{predictions: log.parquet}"}, "monitor: watches one score a row"),
    ({"objective.metric": "roc_auc"}, "'roc_auc' is not a metric of task multiclass"),
    ({"objective.metric": "f1_makro"}, "did you mean 'f1_macro'"),
    ({"data.task": "multilabel"}, "is not available in this version"),
])
def test_what_is_for_one_score_a_row_is_a_spec_error(wines, tmp_path, overrides, said):
    with pytest.raises(bakeoff.SpecError, match=said):
        bakeoff.run(tmp_path / "spec.yaml", tmp_path / "runs", "one", overrides)


def test_labels_that_are_no_classes(digits, tmp_path):
    def with_labels(y):
        pq.write_table(digits.set_column(digits.column_names.index("y"), "y", pa.array(y, from_pandas=True)),
                       tmp_path / "data.parquet")
        return pytest.raises(bakeoff.DataError, match=said)

    y = digits["y"].to_numpy()
    said = "row 3 .*expected a class, a text or an integer, got 0.5"
    with with_labels(np.where(np.arange(len(y)) == 3, 0.5, y)):
        run(tmp_path, "half")
    said = "row 3 .*expected the target to be a class, got nothing"
    with with_labels(np.where(np.arange(len(y)) == 3, np.nan, y)):
        run(tmp_path, "missing")
    said = "target 'y' is '7' in all of"
    with with_labels(np.full(len(y), 7)):
        run(tmp_path, "one")
    said = "no training row has the class '11'"
    with with_labels(np.where(np.arange(len(y)) == len(y) - 5, 11, y)):
        run(tmp_path, "late")


def test_champions_that_know_other_classes(digits, tmp_path):
    run(tmp_path, "one")
    y = digits["y"].to_numpy()
    at = digits.column_names.index("y")

    def relabel(y):
        pq.write_table(digits.set_column(at, "y", pa.array(y)), tmp_path / "data.parquet")

    relabel(np.where(y == 9, 4, y))
    with pytest.raises(bakeoff.DataError, match="champion many v1 knows the class '9', which no row has"):
        run(tmp_path, "fewer")
    relabel(np.where((y == 4) & (matrix(digits)[:, 3] > 6), 10, y))  # a new class, of which the champion knows nothing
    more = run(tmp_path, "more", gate__min_gain=0).decision
    assert more["verdict"] == "promote" and more["champion"] == "many v1"
    relabel(y % 2)
    with pytest.raises(bakeoff.SpecError, match="many v2 is for multiclass tasks, but data.task is not"):
        run(tmp_path, "binary", data__task="binary", objective__metric="roc_auc")


def test_champions_of_one_score_are_refused(digits, tmp_path):
    registry = bakeoff.Registry(str(tmp_path / "bakeoff.db"))
    registry.add("many", "scores", "p2", "{}")
    registry.promote("many", 1, None)
    with pytest.raises(bakeoff.SpecError, match="many v1 is of kind scores, whose scores have no names of classes"):
        run(tmp_path, "one")
    assert run(tmp_path, "two", registry__name="others").decision["champion"] == "constant"
