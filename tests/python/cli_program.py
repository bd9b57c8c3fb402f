"""The binary as a shell sees it, for the tests of the CLI."""

import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILT = pathlib.Path(os.environ.get("BAKEOFF_BUILD", "")) / "bakeoff"
BINARY = BUILT if BUILT.is_file() else pathlib.Path(sys.executable).parent / "bakeoff"
ENVIRONMENT = {**os.environ, "BAKEOFF_PYTHON": sys.executable}


def bakeoff(*arguments, code=0, cwd=None):
    done = subprocess.run([BINARY, *map(str, arguments)], capture_output=True, text=True, cwd=cwd, env=ENVIRONMENT,
                          timeout=250)
    assert done.returncode == code, f"{arguments}: {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout if code == 0 else done.stderr
