"""bakeoff.run with the families beyond ridge and logistic: chosen, exported to ONNX and proved, loaded again."""

import json

import bakeoff
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

SPEC = """
apiVersion: bakeoff/v1
kind: Bakeoff
metadata: {{name: {family}}}
data: {{source: {folder}/data.parquet, target: y, task: {task}, time: at, unit: {{time: at, every: 1d}},
       features: {{numeric: [a, b], categorical: [shop]}}}}
split: {{at: 2024-02-20, select: 10d, holdout: 14d}}
candidates: {{count: 6, windows: [30d, all], families: {{{family}: {{l2: {{log: [0.1, 100]}}{more}}}}}}}
objective: {{metric: {metric}}}
gate: {{resamples: 100}}
registry: {{store: {folder}/bakeoff.db, name: {family}}}
compute: {{threads: 2}}
"""
DAYS, ROWS = 80, 40
MORE = {"huber": ", epsilon: [1.2, 2.0]", "quantile": ", quantile: [0.45, 0.5]", "linear_svr": ", epsilon: [0, 0.3]"}


def write_table(folder, family):
    rng = np.random.default_rng(1)
    n = DAYS * ROWS
    a, b, shop = rng.normal(size=n), rng.normal(size=n), rng.integers(0, 3, n)
    z = 0.8 * a - 0.4 * b + 0.3 * shop
    y = {"poisson": lambda: rng.poisson(np.exp(z)), "gamma": lambda: rng.gamma(3, np.exp(z) / 3) + 1e-9,
         "huber": lambda: 50 + z + 0.5 * rng.standard_t(3, size=n),
         "quantile": lambda: 50 + z + 0.5 * rng.standard_t(3, size=n),
         "linear_svr": lambda: 50 + z + 0.5 * rng.standard_t(3, size=n),
         "linear_svm": lambda: (rng.random(n) < 1 / (1 + np.exp(-z))).astype(int)}[family]()
    a[::97] = np.nan
    at = pa.array(1_704_067_200_000_000 + np.repeat(np.arange(DAYS), ROWS) * 86_400_000_000,
                  pa.timestamp("us", tz="UTC"))
    table = pa.table({"at": at, "a": pa.array(a, from_pandas=True), "b": b,
                      "shop": pa.array(["x", "y", "z"]).take(pa.array(shop)), "y": y})
    pq.write_table(table, folder / "data.parquet")
    return table


@pytest.mark.parametrize("family", ["poisson", "gamma", "huber", "quantile", "linear_svr", "linear_svm"])
def test_a_family_wins_over_the_constant_and_its_exports_are_proved(tmp_path, family):
    table = write_table(tmp_path, family)
    binary = family == "linear_svm"
    (tmp_path / "spec.yaml").write_text(SPEC.format(
        folder=tmp_path, family=family, task="binary" if binary else "regression",
        metric="roc_auc" if binary else "rmse", more=MORE.get(family, "")))
    done = bakeoff.run(tmp_path / "spec.yaml", tmp_path / "runs", "one")
    assert done.decision["verdict"] == "promote", done.decision
    assert json.loads((done.path / "model" / "parity.json").read_text())["proved"]
    scores = bakeoff.load(done.path / "model").predict(table)
    y = table["y"].to_numpy()
    if binary:
        assert scores.min() > 0 and scores.max() < 1 and ((scores > 0.5) == y).mean() > 0.65
    else:
        assert np.isfinite(scores).all() and np.mean((scores - y) ** 2) < np.var(y)
        assert family not in ("poisson", "gamma") or scores.min() > 0


def test_a_label_that_the_family_can_t_have_stops_the_run(tmp_path):
    table = write_table(tmp_path, "poisson")
    pq.write_table(table.set_column(4, "y", pa.array(table["y"].to_numpy() - 1)), tmp_path / "data.parquet")
    (tmp_path / "spec.yaml").write_text(SPEC.format(folder=tmp_path, family="poisson", task="regression", metric="rmse",
                                                    more=""))
    with pytest.raises(bakeoff.DataError, match="expected a finite number of at least 0 for poisson, got -1"):
        bakeoff.run(tmp_path / "spec.yaml", tmp_path / "runs", "one")
