#!/usr/bin/env bash
# bench/peers/record.sh SCRIPT [ARGUMENTS]: runs bench/peers/SCRIPT.py, and writes what it prints, with command, commit,
# date and load at the start and the end, to bench/results/<machine>/peers_SCRIPT.txt. PYTHON names the interpreter that
# has the peers (bench/peers/requirements/SCRIPT.txt), the module is that of build/release; NAME=x replaces SCRIPT in the
# file's name.
set -euo pipefail
cd "$(dirname "$0")/../.."
script=${1:?usage: bench/peers/record.sh SCRIPT [ARGUMENTS]}
out=bench/results/$(bench/machine.sh cpu)/peers_${NAME:-$script}.txt
load() { cut -d ' ' -f 1 /proc/loadavg; }
dirty=$(git diff --quiet HEAD -- engine kernels python-bindings bench/peers || echo " with changes")
mkdir -p "$(dirname "$out")"
export PYTHONPATH=$PWD/build/release/python
{
  echo "# bench/peers/record.sh $*"
  echo "# commit $(git rev-parse --short HEAD)$dirty; $(date -u '+%F %H:%M UTC'); load before: $(load)"
  "${PYTHON:-.venv/bin/python}" "bench/peers/$script.py" "${@:2}"
  echo "# load after: $(load)"
} > "$out.part"
mv "$out.part" "$out"
cat "$out"
