#!/usr/bin/env bash
# bench/run.sh BUILD [FILTER]: runs the CPU benchmarks of a build folder, five repetitions each, and writes one JSON file a
# program into bench/results/<machine>/. Compare two of them, of one machine, with Google Benchmark's compare.py.
# `make bench` builds them and calls this.
set -euo pipefail
cd "$(dirname "$0")/.."
build=${1:?usage: bench/run.sh BUILD [FILTER]}
filter=${2:-.}
kind=${BAKEOFF_BENCH_KIND:-cpu}  # gpu_bench.sh sets it
machine=$(bench/machine.sh "$kind")
out=bench/results/$machine
mkdir -p "$out"
shopt -s nullglob
programs=("$build/bench/$kind"/*_bench)
if [ ${#programs[@]} -eq 0 ]; then
  echo "no benchmark in $build/bench/$kind: configure with -DBAKEOFF_BENCH=ON and build bakeoff_bench (make bench does)" >&2
  exit 1
fi
for program in "${programs[@]}"; do
  echo "== $(basename "$program")"
  "$program" --benchmark_filter="$filter" --benchmark_repetitions="${REPETITIONS:-5}" \
    --benchmark_report_aggregates_only=true --benchmark_out_format=json --benchmark_out="$out/$(basename "$program").json" \
    --benchmark_context=commit="$(git rev-parse --short HEAD 2> /dev/null || echo unknown)"
done
echo "written to $out"
