"""Drift of rows that belong together, merged references, and what services send when something is broken."""

import json
import os
import subprocess

import bakeoff
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from cli_program import BINARY
from cli_program import bakeoff as command


def alike(rng, units=14, rows=30, shift=0.0):
    unit = np.repeat(np.arange(units), rows)
    return {"x": rng.normal(size=units)[unit] + 0.2 * rng.normal(size=unit.size) + shift,
            "c": rng.choice(["a", "b"], unit.size), "day": unit}


def permuted(before, after, statistic, draws, rng):
    """The definition: days are dealt to the sides, the statistic is taken anew."""
    days = [before["x"][before["day"] == d] for d in np.unique(before["day"])]
    first = len(days)
    days += [after["x"][after["day"] == d] for d in np.unique(after["day"])]
    seen = statistic(np.concatenate(days[:first]), np.concatenate(days[first:]))
    above = 0
    for _ in range(draws):
        order = rng.permutation(len(days))
        above += statistic(np.concatenate([days[i] for i in order[:first]]),
                           np.concatenate([days[i] for i in order[first:]])) >= seen * (1 - 1e-12)
    return (1 + above) / (1 + draws)


def test_p_is_that_of_permuted_days():
    from scipy.stats import ks_2samp, wasserstein_distance

    rng = np.random.default_rng(1)
    before, after = alike(rng), alike(rng, units=12, shift=0.6)
    report = bakeoff.drift(before, after, units="day", permutations=1999)
    assert "day" not in report.table()["column"].to_pylist()
    got = {(row["column"], row["test"]): row for row in report.tests().to_pylist()}
    for test, statistic in {"ks": lambda a, b: ks_2samp(a, b, method="asymp").statistic,
                            "wasserstein": wasserstein_distance}.items():
        want = permuted(before, after, statistic, 1000, rng)
        assert got["x", test]["p"] == pytest.approx(want, abs=5 * np.sqrt(want * (1 - want) / 700) + 1e-3)
        assert got["x", test]["method"] == "units"
    rows = {(r["column"], r["test"]): r for r in bakeoff.drift(before, after, columns=["x", "c"]).tests().to_pylist()}
    assert rows["x", "ks"]["p"] < 1e-6 < got["x", "ks"]["p"]
    assert all(rows[key]["statistic"] == got[key]["statistic"] for key in got)


def test_units_are_names_or_arrays_of_any_kind():
    rng = np.random.default_rng(2)
    before, after = alike(rng), alike(rng)
    day = lambda t: np.datetime64("2024-01-01") + t["day"]
    rest = lambda t: {"x": t["x"], "c": t["c"]}
    want = bakeoff.drift(before, after, units="day").tests()
    assert bakeoff.drift(rest(before), rest(after), units=(day(before), day(after))).tests() == want
    assert bakeoff.drift(pa.table(before), pa.table(after), units="day").tests() == want
    names = [[f"d{d:02}" for d in t["day"]] for t in (before, after)]
    assert bakeoff.drift(rest(before), rest(after), units=names).tests() == want


def test_units_that_do_not_fit_are_named():
    rng = np.random.default_rng(3)
    before = alike(rng)
    with pytest.raises(bakeoff.DataError, match="no column 'dya'; did you mean 'day'"):
        bakeoff.drift(before, before, units="dya")
    with pytest.raises(bakeoff.DataError, match="an id for each of 420 rows, got 3"):
        bakeoff.drift(before, before, units=([1, 2, 3], before["day"]))
    with pytest.raises(bakeoff.SpecError, match="pair of arrays"):
        bakeoff.drift(before, before, units=([1], [2], [3]))
    with pytest.raises(bakeoff.SpecError, match="units: expected a table as reference"):
        bakeoff.drift(bakeoff.DriftReference(before), before, units="day")
    with pytest.raises(bakeoff.SpecError, match="mmd: expected a table as reference"):
        bakeoff.drift(bakeoff.DriftReference(before), before, mmd=True)


def test_the_report_has_mmd_on_demand():
    rng = np.random.default_rng(4)
    before, after = alike(rng), alike(rng, shift=3)
    assert bakeoff.drift(before, after).mmd is None
    got = bakeoff.drift(before, after, ["psi"], mmd=True, columns=["x", "c"]).mmd
    assert got == bakeoff.mmd({"x": before["x"]}, {"x": after["x"]}) and got["p"] < 0.05


def test_merged_references_are_those_of_all_rows(tmp_path):
    rng = np.random.default_rng(5)
    a, b, current = alike(rng), alike(rng, units=3), alike(rng, shift=1)
    both = {name: np.concatenate([a[name], b[name]]) for name in a}
    options = {"categorical": ["day"]}
    merged = bakeoff.DriftReference(a, **options).merge(bakeoff.DriftReference(b, **options))
    whole = bakeoff.DriftReference(both, **options)
    merged.save(tmp_path / "merged.safetensors"), whole.save(tmp_path / "whole.safetensors")
    assert (tmp_path / "merged.safetensors").read_bytes() == (tmp_path / "whole.safetensors").read_bytes()
    loaded = bakeoff.DriftReference.load(tmp_path / "merged.safetensors").merge(bakeoff.DriftReference(a, **options))
    assert loaded.rows == len(both["x"]) + len(a["x"])
    assert bakeoff.drift(merged, current).tests() == bakeoff.drift(whole, current).tests()
    with pytest.raises(bakeoff.SpecError, match="has kept its quantiles only"):
        merged.merge(bakeoff.DriftReference(a, keep_values=False, **options))
    with pytest.raises(bakeoff.SpecError, match="expected a DriftReference, got dict"):
        merged.merge(a)


def test_the_binary_permutes_units_of_files(tmp_path):
    rng = np.random.default_rng(6)
    before, after = alike(rng), alike(rng, shift=4)
    for name, table in {"before": before, "after": after}.items():
        pq.write_table(pa.table(table), tmp_path / f"{name}.parquet")
    files = ["drift", str(tmp_path / "before.parquet"), str(tmp_path / "after.parquet"), "--format", "json"]
    got = json.loads(command(*files, "--units", "day"))
    want = bakeoff.drift(before, after, units="day").tests().to_pylist()
    said = {(c["column"], test): row["p"] for c in got["columns"] for test, row in c["tests"].items()}
    assert said == {(row["column"], row["test"]): row["p"] for row in want}
    assert "no column 'dya'" in command(*files, "--units", "dya", code=3)
    assert "--units" in command(*files, "--units", "day", "--save", str(tmp_path / "r.safetensors"), code=2)


def peak_of(*arguments):
    """MB of the binary, as the kernel counted them until shortly before it ended.

    Arrow's own allocators keep up to 28 MB of the blocks that were freed; the system's shows what is in use.
    """
    running = subprocess.Popen([BINARY, *arguments], stdout=subprocess.DEVNULL,
                               env={**os.environ, "ARROW_DEFAULT_MEMORY_POOL": "system"})
    most = 0
    while running.poll() is None:
        try:
            with open(f"/proc/{running.pid}/status") as status:
                most = max([most, *(int(line.split()[1]) for line in status if line.startswith("VmHWM"))])
        except (FileNotFoundError, ProcessLookupError):
            break
    assert running.wait() == 0
    return most / 1024


def test_memory_does_not_grow_with_the_files_of_a_folder(tmp_path):
    rng = np.random.default_rng(10)
    block = pa.table({**{f"x{k}": rng.normal(size=150_000) for k in range(4)}, "c": rng.choice(["a", "b"], 150_000)})
    for folder, files in (("few", 2), ("many", 20)):
        (tmp_path / folder).mkdir()
        for k in range(files):
            pq.write_table(block, tmp_path / folder / f"{k:02}.parquet", row_group_size=50_000, compression="none")
    reference = tmp_path / "r.safetensors"
    command("drift", tmp_path / "few", tmp_path / "few", "--tests", "psi", "--save", reference)
    few, many = (peak_of("drift", reference, tmp_path / folder, "--tests", "psi,jensen_shannon,chi2,missing",
                         "--threads", "2") for folder in ("few", "many"))
    assert many < few + 25, (few, many)  # the 18 files more hold 90 MB; 10 were seen


# ---- what services send

ODD = ["", " ", "a,b", 'say "x"', "ключ", "\u202e", "new\nline", "a" * 5000]


def test_odd_names_come_back_as_they_are(tmp_path):
    rng = np.random.default_rng(7)
    table = {name: rng.normal(size=50) for name in ODD}
    report = bakeoff.drift(table, table)
    assert report.table()["column"].to_pylist() == ODD and report.drifted == []
    reference = bakeoff.DriftReference(table)
    reference.save(tmp_path / "r.safetensors")
    assert bakeoff.DriftReference.load(tmp_path / "r.safetensors").columns == ODD


STRANGE = [[1.0], [np.nan], [np.inf], [-np.inf, np.inf], [2.0] * 40, [np.nan] * 40, [1e308, -1e308],
           [5e-324, 0.0, -0.0]]


@pytest.mark.parametrize("values", STRANGE, ids=str)
@pytest.mark.parametrize("units", [False, True])
def test_strange_columns_never_drift_from_themselves(values, units):
    table = {"x": np.array(values)}
    ids = np.arange(len(values))
    report = bakeoff.drift(table, table, units=(ids, ids) if units else None)
    assert report.drifted == []
    for row in report.tests().to_pylist():
        assert row["p"] is None or np.isnan(row["p"]) or 0.05 < row["p"] <= 1, row


def test_missing_new_and_lost_categories_are_seen():
    rng = np.random.default_rng(8)
    n = 2000
    before = {"x": rng.normal(size=n), "c": rng.choice(["a", "b", "lost"], n)}
    after = {"x": np.where(rng.random(n) < 0.3, np.nan, rng.normal(size=n)), "c": rng.choice(["a", "b", "born"], n)}
    report = bakeoff.drift(before, after, effects={"missing": 0.1, "new_categories": 0.1, "psi": 0.2, "ks": 0.1,
                                                   "wasserstein": 0.5})
    assert report.drifted == ["x", "c"]
    row = report.table().to_pylist()[1]
    assert row["new_names"] == ["born"] and row["new_share"] == pytest.approx(1 / 3, abs=0.05)


def test_a_million_categories_end_soon():
    ids = np.arange(200_000).astype(str)
    report = bakeoff.drift({"id": ids}, {"id": np.char.add("n", ids)}, permutations=99)
    assert report.drifted == ["id"]
    assert len(report.table()["new_names"][0]) == 20


@pytest.mark.parametrize("current, what", [
    ({"x": [1.0], "y": [1.0]}, "'y' is new"), ({}, "expected columns"), ({"x": []}, "expected rows, got none"),
    ({"x": ["a"]}, "here are text"), ({"z": [1.0]}, "'z'"), ([1, 2], "expected a table")])
def test_tables_that_do_not_fit_are_named(current, what):
    with pytest.raises(bakeoff.DataError, match=what):
        bakeoff.drift({"x": np.arange(5.0)}, current)


@pytest.mark.parametrize("make", [bakeoff.ADWIN, bakeoff.PageHinkley, bakeoff.CUSUM])
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_detectors_refuse_what_is_no_number_and_go_on(make, bad):
    detector, clean = make(), make()
    stream = np.random.default_rng(9).normal(size=200)
    for value in stream[:100]:
        assert detector.update(value) == clean.update(value)
    with pytest.raises(bakeoff.DataError):
        detector.update(bad)
    assert detector.update_many(stream[100:]).tolist() == clean.update_many(stream[100:]).tolist()
    assert detector.statistic == clean.statistic
    assert make().update_many([]).size == 0
