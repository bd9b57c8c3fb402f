#!/usr/bin/env bash
# bench/gpu_bench.sh BUILD [FILTER]: the benchmarks of the CUDA kernels, as JSON in bench/results/<gpu>/.
# `make gpu-bench` builds them and calls this. The GPU's clocks are left alone, so look at the spread of the repetitions.
set -euo pipefail
cd "$(dirname "$0")/.."
build=${1:?usage: bench/gpu_bench.sh BUILD [FILTER]}
if ! nvidia-smi -L > /dev/null 2>&1; then
  echo "skipped: no GPU (nvidia-smi shows none)"
  exit 0
fi
nvidia-smi --query-gpu=name,driver_version,clocks.sm,clocks.mem,temperature.gpu --format=csv
BAKEOFF_BENCH_KIND=gpu bench/run.sh "$build" "${2:-.}"
