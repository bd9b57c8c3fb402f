"""bakeoff evaluate as a shell sees it."""

import json
import subprocess

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from cli_program import BINARY, ENVIRONMENT, bakeoff
from sklearn.metrics import log_loss, roc_auc_score


@pytest.fixture(scope="module")
def scored(tmp_path_factory):
    """A file with two scores, of which `good` is better, in two regions and forty days."""
    random = np.random.default_rng(1)
    n = 4000
    y = random.integers(0, 2, n)
    table = pa.table({
        "y": y, "good": 1 / (1 + np.exp(-(2 * y - 1 + random.normal(0, 1, n)))), "bad": random.random(n),
        "region": np.where(random.random(n) < 0.3, "north", "south"), "day": random.integers(0, 40, n),
        "weight": random.random(n), "word": np.where(y == 1, "yes", "no")})
    path = tmp_path_factory.mktemp("scored") / "scored.parquet"
    pq.write_table(table, path)
    return path


def evaluated(*arguments):
    return json.loads(bakeoff("evaluate", *arguments, "--format", "json"))


def cell(report, scores, metric, where="all"):
    return next(c for c in report["cells"] if (c["scores"], c["metric"], c["slice"]) == (scores, metric, where))


def test_evaluate_agrees_with_scikit_learn(scored):
    report = evaluated(scored, "--label", "y", "--scores", "good,bad", "--metrics", "roc_auc,log_loss", "--slices",
                       "region", "--resamples", "0", "--weights", "weight")
    t = pq.read_table(scored).to_pandas()
    for name in ("good", "bad"):
        for where, rows in (("all", t), ("region=north", t[t.region == "north"])):
            expected = roc_auc_score(rows.y, rows[name], sample_weight=rows.weight)
            assert cell(report, name, "roc_auc", where)["value"] == pytest.approx(expected, abs=1e-12)
            expected = log_loss(rows.y, rows[name], sample_weight=rows.weight)
            assert cell(report, name, "log_loss", where)["value"] == pytest.approx(expected, rel=1e-9)


def test_evaluate_gives_intervals_and_paired_differences(scored):
    report = evaluated(scored, "--label", "y", "--scores", "good,bad", "--metrics", "roc_auc", "--units", "day",
                       "--resamples", "300", "--baseline", "bad")
    good, bad = cell(report, "good", "roc_auc"), cell(report, "bad", "roc_auc")
    assert good["low"] < good["value"] < good["high"] and good["units"] == 40
    assert good["difference"] == pytest.approx(good["value"] - bad["value"], abs=1e-12)
    assert good["difference_low"] > 0 and good["p_adjusted"] <= 0.05
    assert bad["difference"] == 0


def test_evaluate_crosses_slices_and_names_the_small_ones(scored):
    report = evaluated(scored, "--label", "y", "--scores", "good,bad", "--metrics", "roc_auc", "--slices",
                       "region,region*word", "--resamples", "0", "--baseline", "bad", "--method", "delong", "--adjust",
                       "holm", "--interval", "delong", "--min-slice-rows", "700")
    t = pq.read_table(scored).to_pandas()
    assert report["comparison"] == {"method": "delong", "adjust": "holm"}
    crossed = {c["slice"]: c["rows"] for c in report["cells"] if " & " in c["slice"]}
    assert crossed == {f"region={r} & word={w}": len(rows) for (r, w), rows in t.groupby(["region", "word"])}
    assert cell(report, "good", "roc_auc", "all")["p"] < 0.05
    for c in report["cells"]:
        small = c["rows"] < 700
        assert (c["reason"] == "too_few_rows") == small


def test_evaluate_reads_two_texts_as_classes(scored):
    options = ["--scores", "good", "--metrics", "roc_auc", "--resamples", "0"]
    label = lambda *name: evaluated(scored, "--label", *name, *options)["cells"]
    assert label("word", "--positive", "yes") == label("y")


def test_evaluate_prints_a_table_and_writes_parquet(scored, tmp_path):
    arguments = ["evaluate", scored, "--label", "y", "--scores", "good", "--metrics", "roc_auc", "--resamples", "50"]
    table = bakeoff(*arguments)
    assert "roc_auc" in table and "[" in table
    out = tmp_path / "report.parquet"
    bakeoff(*arguments, "--format", "parquet", "--out", out)
    assert pq.read_table(out)["metric"].to_pylist() == ["roc_auc"]
    assert "--out" in bakeoff(*arguments, "--format", "parquet", code=2)


def test_evaluate_does_not_depend_on_threads(scored):
    arguments = ["evaluate", scored, "--label", "y", "--scores", "good,bad", "--units", "day", "--resamples", "100",
                 "--format", "json"]
    assert bakeoff(*arguments, "--threads", "1") == bakeoff(*arguments, "--threads", "3")


@pytest.mark.parametrize("arguments, code, says", [
    (["--label", "why", "--scores", "good"], 3, "why"),
    (["--label", "y", "--scores", "god"], 3, "good"),
    (["--label", "y", "--scores", "region"], 3, "region"),
    (["--label", "good", "--scores", "bad"], 3, "0 or 1"),
    (["--label", "y", "--scores", "good", "--metrics", "roc_acu"], 2, "roc_auc"),
    (["--label", "y", "--scores", "good", "--baseline", "goood"], 2, "did you mean 'good'?"),
    (["--label", "y", "--scores", "good", "--every", "1d"], 2, "--units"),
    (["--label", "y", "--scores", "good", "--resamples", "-1"], 2, "--resamples"),
])
def test_evaluate_refuses_what_it_cannot_use(scored, arguments, code, says):
    assert says in bakeoff("evaluate", scored, *arguments, code=code)


def test_text_labels_want_to_know_which_is_positive(tmp_path):
    rng = np.random.default_rng(5)
    fraud = rng.random(400) < 0.3
    pq.write_table(pa.table({"kind": np.where(fraud, "fraud", "legit"), "s": fraud + rng.normal(size=400)}),
                   tmp_path / "rows.parquet")
    arguments = ["evaluate", tmp_path / "rows.parquet", "--label", "kind", "--scores", "s", "--metrics", "roc_auc",
                 "--resamples", "0"]
    said = bakeoff(*arguments, code=2)
    assert "--positive" in said and "'fraud'" in said and "'legit'" in said
    value = {positive: json.loads(bakeoff(*arguments, "--positive", positive, "--format", "json"))
             for positive in ("fraud", "legit")}
    areas = {name: report["cells"][0]["value"] for name, report in value.items()}
    assert areas["fraud"] > 0.6 and areas["fraud"] + areas["legit"] == pytest.approx(1)


def test_crossed_columns_of_many_values_do_not_overflow(tmp_path):
    rows = np.arange(300)
    columns = {f"c{k}": [f"v{v}" for v in rows * (k + 1) % 300] for k in range(8)}  # 300^8 > 2^63
    pq.write_table(pa.table({"y": rows % 2, "s": rows * 1.0, **columns}), tmp_path / "rows.parquet")
    report = json.loads(bakeoff("evaluate", tmp_path / "rows.parquet", "--label", "y", "--scores", "s", "--metrics",
                                "accuracy", "--resamples", "0", "--slices", "*".join(columns), "--format", "json"))
    names = {cell["slice"] for cell in report["cells"]} - {"all"}
    assert names == {" & ".join(f"{c}={columns[c][i]}" for c in columns) for i in range(300)}


@pytest.fixture(scope="module")
def ranked(tmp_path_factory):
    rng = np.random.default_rng(4)
    rows = rng.permutation(np.repeat(np.arange(40), 25))
    grades = np.where(rng.random(1000) < 0.3, rng.integers(1, 4, 1000), 0)
    grades[rows == 7] = 0
    a = np.round(rng.normal(size=1000) + 0.5 * grades, 1)
    documents = [f"d{rank}" for rank in np.argsort(np.argsort(rows, kind="stable"))]
    path = tmp_path_factory.mktemp("ranked") / "ranked.parquet"
    pq.write_table(pa.table({"q": [f"q{r}" for r in rows], "y": grades, "a": a, "b": a + 0.3 * grades, "d": documents,
                             "user": rows % 9}), path)
    return path


@pytest.mark.parametrize("ties", ["expected", "trec"])
def test_evaluate_ranks_documents_of_queries(ranked, ties):
    import bakeoff as module

    metrics = ["ndcg@10", "map", "grouped_auc"]
    cells = evaluated(ranked, "--label", "y", "--scores", "a,b", "--queries", "q", "--documents", "d", "--ties", ties,
                      "--metrics", ",".join(metrics), "--units", "user", "--resamples", "100", "--slices",
                      "user")["cells"]
    columns = pq.read_table(ranked).to_pydict()
    report = module.rank_evaluate(np.array(columns["q"]), columns["y"], {"a": columns["a"], "b": columns["b"]}, metrics,
                                  documents=np.array(columns["d"]), ties=ties, units=np.array(columns["user"]),
                                  resamples=100)
    for cell in cells:
        if cell["slice"] == "all":
            m, k = "ab".index(cell["scores"]), metrics.index(cell["metric"])
            assert [cell[end] for end in ("value", "low", "high")] == pytest.approx(
                [getattr(report, end)[m, 0, k] for end in ("value", "low", "high")], rel=1e-12)
            assert cell["rows"] == 39
    assert len(cells) == 2 * 10 * 3


def test_evaluate_says_which_queries_it_left_out(ranked):
    arguments = ["evaluate", ranked, "--label", "y", "--scores", "a", "--queries", "q", "--resamples", "0"]
    done = subprocess.run([BINARY, *map(str, arguments)], capture_output=True, text=True, env=ENVIRONMENT)
    assert "ndcg@10" in done.stdout and "left out: 1 queries without a relevant document" in done.stderr
    assert "same query" in bakeoff(*arguments, "--units", "d", code=3)
    assert "ids of the documents" in bakeoff(*arguments, "--ties", "trec", code=2)
    assert "--queries" in bakeoff(*arguments[:6], "--level", "2", code=2)


def test_evaluate_names_a_file_that_is_not_there():
    assert "nothing.parquet" in bakeoff("evaluate", "nothing.parquet", "--label", "y", "--scores", "s", code=3)


def test_evaluate_counts_the_rows_that_it_drops(scored, tmp_path):
    table = pq.read_table(scored).to_pandas()
    table.loc[[3, 5], "good"] = np.nan
    table.loc[[5, 7], "bad"] = np.inf
    pq.write_table(pa.Table.from_pandas(table), tmp_path / "holes.parquet")
    arguments = (tmp_path / "holes.parquet", "--label", "y", "--scores", "good,bad", "--metrics", "accuracy")
    done = subprocess.run([BINARY, "evaluate", *map(str, arguments)], env=ENVIRONMENT, capture_output=True, text=True)
    assert done.returncode == 3 and "nan=" in done.stderr
    report = evaluated(*arguments, "--nan", "drop", "--resamples", "10")
    assert report["rows_dropped"] == 3 and cell(report, "good", "accuracy")["rows"] == len(table) - 3
    shown = bakeoff("evaluate", *arguments, "--nan", "drop", "--resamples", "0")
    assert shown.splitlines()[-1] == "3 rows that are not finite were dropped"
    assert evaluated(scored, *arguments[1:], "--resamples", "0")["rows_dropped"] == 0
