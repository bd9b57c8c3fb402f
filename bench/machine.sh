#!/usr/bin/env bash
# bench/machine.sh cpu|gpu: a name for this machine that can be a folder: its processor and cores, or its GPU.
set -euo pipefail
if [ "${1:-cpu}" = gpu ]; then
  name=$(nvidia-smi --query-gpu=name --format=csv,noheader | head -n 1)
else
  name="$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)"
  name="${name:-$(uname -m)}-$(nproc)-cores"
fi
sed -e 's/([^)]*)//g' -e 's/.*/\L&/' -e 's/[^a-z0-9]\+/-/g' -e 's/^-//' -e 's/-$//' <<< "$name"
