"""What documents claim: exit codes and files of a run folder, and the figures of the README."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs/operations.md").read_text()


def test_every_exit_code_is_explained():
    source = (ROOT / "engine/cli/exit_code.h").read_text()
    codes = {int(code) for code in re.findall(r"= (\d+)", source)} | {130}  # after SIGINT
    rows = re.findall(r"^\| ([\d, ]+) \|", TEXT, re.M)
    assert codes == {int(code) for row in rows for code in row.split(",")}


def test_every_file_of_a_run_folder_is_named():
    written = set()
    for source in ROOT.glob("engine/**/*.cpp"):
        written |= set(re.findall(r'"/?([a-z_]+\.(?:json|jsonl|parquet|csv|prom|yaml|onnx|safetensors))"',
                                  source.read_text()))
    written -= {"identity.json"}  # the run folder's own
    missing = {name for name in written if name not in TEXT and "." + name.split(".")[1] not in TEXT}
    assert written and not missing, missing


def test_every_figure_of_the_readme_was_printed_into_its_file():
    rows = re.findall(r"^\| .* \| (\d+x) \| (\S+\.txt) \|$", (ROOT / "README.md").read_text(), re.M)
    assert len(rows) > 5
    results = ROOT / "bench/results/amd-epyc-2-cores"
    missing = [(figure, file) for figure, file in rows if f": {figure}  ours" not in (results / file).read_text()]
    assert not missing, missing


def test_every_coverage_of_the_intervals_page_was_simulated():
    lines = (ROOT / "bench/results/amd-epyc-2-cores/auc_coverage.txt").read_text().splitlines()
    found = {(line[:line.index(": 0.")], f"{100 * float(line.split(': ')[1][:6]):.1f} %") for line in lines
             if line.startswith("AUC")}
    page = (ROOT / "docs/intervals.md").read_text()
    header = re.search(r"^\| AUC \.95 of \|(.*)\|$", page, re.M)[1]
    intervals = re.findall(r"`(\w+)`", header)
    rows = re.findall(r"^\| ([\d,]+) (\+|units of) ([\d,]+) rows[^|]*\|(.*)\|$", page, re.M)
    assert len(rows) == 8
    for first, kind, second, cells in rows:
        size = f"{'rows' if kind == '+' else 'units x rows'} ({first.replace(',', '')}, {second.replace(',', '')})"
        for interval, cell in zip(intervals, cells.split("|"), strict=True):
            assert not cell.strip() or (f"AUC 0.95, {size}, {interval}", cell.strip()) in found, (size, interval)
