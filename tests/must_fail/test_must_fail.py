"""What must not compile doesn't, for the right reason; and with the one wrong line left out it does.

Each .cpp beside this file begins with
    // layer: kernels          the include folders that it sees; `emulation` for a kernel file under the emulation
    // must say: some text     what the compiler's message contains, a regular expression
and has its wrong lines under `#ifdef MUST_FAIL_1`, `#ifdef MUST_FAIL_2` ...: each must fail on its own.
"""

import os
import pathlib
import re
import subprocess

import pytest

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
BUILD = pathlib.Path(os.environ["BAKEOFF_BUILD"])


def includes(layer):
    text = (BUILD / "tests/must_fail" / f"{layer}.includes").read_text()
    return [f"-I{folder}" for folder in text.splitlines() if folder]


def compiled(layer, *arguments, text=None):
    compiler = (BUILD / "tests/must_fail/compiler").read_text().strip()
    return subprocess.run([compiler, "-std=c++20", "-x", "c++", *includes(layer), *arguments], input=text, text=True,
                          capture_output=True, env={**os.environ, "LC_ALL": "C"}, check=False)


def head(path, field):
    return re.search(rf"^// {field}: (.*)$", path.read_text(), re.MULTILINE).group(1)


def cases():
    found = []
    for path in sorted(HERE.glob("*.cpp")):
        for name in sorted(set(re.findall(r"#ifdef (MUST_FAIL_\d+)", path.read_text()))):
            found.append((path, name))
    return found


def extra(path):
    return ["-DBAKEOFF_EMULATION"] if head(path, "layer") == "emulation" else []


def test_there_are_cases():
    assert len(cases()) >= 10


@pytest.mark.parametrize("path", sorted(HERE.glob("*.cpp")), ids=lambda p: p.stem)
def test_compiles_without_the_wrong_line(path):
    result = compiled(head(path, "layer"), "-fsyntax-only", *extra(path), str(path))
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("path,wrong", cases(), ids=lambda v: v.stem if isinstance(v, pathlib.Path) else v)
def test_does_not_compile(path, wrong):
    result = compiled(head(path, "layer"), "-fsyntax-only", *extra(path), f"-D{wrong}", str(path))
    assert result.returncode != 0, f"{path.name} compiles with {wrong}"
    assert re.search(head(path, "must say"), result.stderr), result.stderr


LAYERS = sorted(path.stem for path in (BUILD / "tests/must_fail").glob("*.includes") if path.stem != "emulation")
# The lowest layers first; a layer sees itself and those named here, and no other. Written down again on purpose: the
# targets of the root CMakeLists.txt are what is tested.
SEES = {
    "kernels": set(),
    "core": {"kernels"},
    "spec": {"core", "kernels"},
    "ingest": {"spec", "core", "kernels"},
    "design": {"ingest", "spec", "core", "kernels"},
    "candidates": {"spec", "core", "kernels"},
    "train": {"design", "candidates", "ingest", "spec", "core", "kernels"},
    "evaluate": {"ingest", "spec", "core", "kernels"},
    "monitor": {"evaluate", "ingest", "spec", "core", "kernels"},
    "decide": {"evaluate", "ingest", "spec", "core", "kernels"},
    "export": {"train", "design", "candidates", "ingest", "spec", "core", "kernels"},
    "registry": {"core", "kernels"},
}


def one_header(layer):
    folder = ROOT / ("kernels" if layer == "kernels" else f"engine/{layer}")
    return f"{layer}/{sorted(path.name for path in folder.glob('*.h'))[0]}"


@pytest.mark.parametrize("layer", LAYERS)
def test_sees_the_layers_below_and_no_other(layer):
    text = "".join(f'#if __has_include("{one_header(other)}")\n{other}\n#endif\n' for other in LAYERS)
    result = compiled(layer, "-E", "-P", "-", text=text)
    assert result.returncode == 0, result.stderr
    assert set(result.stdout.split()) == ({layer} | SEES[layer]) & set(LAYERS)


def test_an_include_of_a_higher_layer_does_not_compile():
    result = compiled("core", "-fsyntax-only", "-", text=f'#include "{one_header("spec")}"\n')
    assert result.returncode != 0
    assert f"{one_header('spec')}: No such file" in result.stderr
