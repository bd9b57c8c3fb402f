"""What rots in such projects, stopped cheaply (CONTRIBUTING.md lists the rules)."""

import pathlib
import re
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
# A layer may include itself and what stands before it in its list; the build enforces the same through its targets.
BELOW = {
    "kernels": [],
    "core": ["kernels"],
    "spec": ["core", "kernels"],
    "ingest": ["spec", "core", "kernels"],
    "design": ["ingest", "spec", "core", "kernels"],
    "candidates": ["spec", "core", "kernels"],
    "train": ["design", "candidates", "ingest", "spec", "core", "kernels"],
    "evaluate": ["ingest", "spec", "core", "kernels"],
    "drift": ["ingest", "spec", "core", "kernels"],
    "monitor": ["evaluate", "drift", "ingest", "spec", "core", "kernels"],
    "decide": ["evaluate", "ingest", "spec", "core", "kernels"],
    "export": ["train", "design", "candidates", "ingest", "spec", "core", "kernels"],
    "registry": ["core", "kernels"],
}
BELOW["pipeline"] = [name for name in BELOW]
BELOW["cli"] = [*BELOW["pipeline"], "pipeline"]
BELOW["python"] = BELOW["cli"]
CODE = (".h", ".cpp", ".cuh", ".cu")


def tracked(*folders, suffixes=CODE):
    listed = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard", *folders], cwd=ROOT,
                            check=True, capture_output=True, text=True)
    return [ROOT / line for line in listed.stdout.splitlines() if line.endswith(suffixes) and (ROOT / line).exists()]


def layer_of(path):
    parts = path.relative_to(ROOT).parts
    if parts[0] == "kernels":
        return "kernels"
    if parts[0] == "python-bindings":
        return "python"
    return parts[1] if len(parts) > 2 else "pipeline"


def sources():
    return tracked("kernels", "engine", "python-bindings")


def test_there_are_sources():
    assert len(sources()) > 40


@pytest.mark.parametrize("path", sources(), ids=lambda p: str(p.relative_to(ROOT)))
def test_includes_only_layers_below(path):
    layer = layer_of(path)
    for name in re.findall(r'#include "([^"]+)"', path.read_text()):
        assert not name.startswith(".."), f"{path}: {name}: include by layer, not by a relative path"
        first = name.split("/")[0] if "/" in name else ("pipeline" if name == "pipeline.h" else layer)
        if first == "emulation" and path.name == "launch.h":
            continue
        assert first == layer or first in BELOW[layer], f"{path}: layer {layer} may not include {name}"


ALLOWED = {  # what may be written in these files only
    r"\btbb::": ["kernels/execute_tbb.h"],
    r"<<<": ["kernels/launch.h"],
    r"\bcudaMalloc": ["kernels/device_memory.cu"],
    r"\bsqlite3_(open|exec|step)": ["engine/registry/"],
    r"#include <pybind11": ["python-bindings/"],
    r"#include <arrow|#include <parquet": ["engine/ingest/", "engine/export/", "engine/cli/", "python-bindings/",
                                           "engine/result_"],
    r"\bcblas_|\bopenblas_|\bdsyevd_|\bcublas": ["kernels/linear/"],
    r"#include <yaml-cpp": ["engine/spec/", "engine/cli/"],
    r"\bstd::thread\b": ["kernels/execute_tbb.h", "engine/cli/"],
    r"\bsystem\(|\bpopen\(": [],
    r"-ffast-math|atomicAdd\(\s*&?\w*(float|double)": [],
}


@pytest.mark.parametrize("pattern", ALLOWED)
def test_stays_in_its_files(pattern):
    for path in sources():
        name = str(path.relative_to(ROOT))
        if any(name.startswith(allowed) for allowed in ALLOWED[pattern]):
            continue
        code = re.sub(r"//.*", "", path.read_text())
        assert not re.search(pattern, code), f"{name}: {pattern} belongs in {ALLOWED[pattern]}"


@pytest.mark.parametrize("path", tracked("kernels", "engine", "python-bindings", "tests", "bench",
                                         suffixes=(*CODE, ".py")), ids=lambda p: str(p.relative_to(ROOT)))
def test_files_fit_in_one_head(path):
    lines = path.read_text().splitlines()
    assert len(lines) <= 400, f"{path}: {len(lines)} lines, at most 400"
    long = [number for number, line in enumerate(lines, 1) if len(line) > 120]
    assert not long, f"{path}: lines {long} are longer than 120"


@pytest.mark.parametrize("path", tracked("README.md", "CONTRIBUTING.md", "docs", suffixes=(".md",)),
                         ids=lambda p: str(p.relative_to(ROOT)))
def test_named_paths_exist(path):
    prefixes = "kernels|engine|python-bindings|configs|tests|bench|cmake|docs"
    for name in re.findall(rf"`((?:{prefixes})/[\w./-]*)`", path.read_text()):
        assert (ROOT / name).exists(), f"{path.name} names {name}, which does not exist"


CATALOGS = {  # what a file of the folder defines, the catalog, and how an entry stands in it
    "kernels/metrics": (r"inline constexpr Metric (k\w+)\{", "catalog.h", "&{}"),
    "kernels/queries/metrics": (r"struct (\w+) final : QueryMetric \{", "catalog.h", "    {}"),
    "kernels/multiclass": (r"inline constexpr ClassMetric (k\w+)\{", "catalog.h", "&{}"),
    "engine/candidates/strategy": (r"std::unique_ptr<SearchStrategy> (make_\w+)\([^;]*\{", "catalog.cpp", ", {}}}"),
    "engine/train/families": (r"> (train_{stem})\(const Execution", "catalog.cpp", " {}"),
    "engine/export": (r"void (write_\w+)\(const Model& ?\w*, const std::string& ?\w*\);", "catalog.cpp", ", {}}}"),
}


@pytest.mark.parametrize("folder", CATALOGS)
def test_everything_is_in_its_catalog(folder):
    pattern, catalog, entry = CATALOGS[folder]
    listed = (ROOT / folder / catalog).read_text()
    found = set()
    for path in tracked(folder):
        found |= set(re.findall(pattern.replace("{stem}", path.stem), path.read_text()))
    assert found, f"{folder}: nothing looks like {pattern}; has its form changed?"
    missing = [name for name in sorted(found) if not re.search(re.escape(entry.format(name)) + r"(?!\w)", listed)]
    assert not missing, f"{folder}/{catalog} does not list {', '.join(missing)}"


def test_every_kernel_has_an_emulation_test():
    tests = "".join(path.read_text() for path in tracked("tests") if path.name.endswith("_emulation_test.cpp"))
    for path in tracked("kernels", suffixes=(".cuh",)):
        name = str(path.relative_to(ROOT))
        assert f'#include "{name}"' in tests, f"{name}: no tests/**/*_emulation_test.cpp includes it"


def test_every_folder_of_kernels_has_a_bench():
    launchers = [path for path in tracked("kernels") if path.name.endswith(("_tbb.cpp", "_simd.cpp"))]
    assert launchers
    for folder in {path.parent.name for path in launchers}:
        assert any((ROOT / "bench" / folder).glob("*_bench.cpp")), f"kernels/{folder} has no bench/{folder}/*_bench.cpp"


APPROXIMATE = r"\b(__expf|__logf|__log2f|__powf|__sinf|__cosf|__fdividef|__frcp_\w+|rsqrtf?|use_fast_math)\b"


def test_no_approximate_functions():
    for path in tracked("kernels"):
        found = re.search(APPROXIMATE, re.sub(r"//.*", "", path.read_text()))
        assert not found, f"{path}: {found.group(0)} has other bits on other devices; kernels/math.h has ours"


def test_no_machine_paths():
    pattern = re.compile(r"/(root|work|home|tmp|farm)/\w")
    for path in tracked("kernels", "engine", "python-bindings", "bench", "configs", "cmake",
                        suffixes=(*CODE, ".py", ".md", ".yaml", ".cmake", ".sh")):
        found = pattern.search(path.read_text())
        assert not found, f"{path}: names a path of one machine: {found.group(0)}"
