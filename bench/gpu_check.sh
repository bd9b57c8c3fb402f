#!/usr/bin/env bash
# bench/gpu_check.sh BUILD: the tests labelled gpu of a build folder, plain and then under compute-sanitizer's memcheck
# and racecheck. Without a GPU it says so and succeeds: nothing was checked. `make gpu-check` builds and calls this.
set -euo pipefail
cd "$(dirname "$0")/.."
build=${1:?usage: bench/gpu_check.sh BUILD}
ctest --test-dir "$build" -L gpu --output-on-failure
if ! nvidia-smi -L > /dev/null 2>&1; then
  echo "skipped: no GPU (nvidia-smi shows none)"
  exit 0
fi
nvidia-smi -L
if ! command -v compute-sanitizer > /dev/null; then
  echo "compute-sanitizer is not on PATH: put the CUDA toolkit's bin folder there" >&2
  exit 1
fi
shopt -s nullglob
programs=("$build"/tests/*_gpu)
if [ ${#programs[@]} -eq 0 ]; then
  echo "no test named *_gpu in $build/tests: build bakeoff_gpu_tests with the CUDA backend first" >&2
  exit 1
fi
failed=0
for program in "${programs[@]}"; do
  for tool in memcheck racecheck; do
    echo "== $tool $(basename "$program")"
    # Errors that CUDA's own API returns are what some tests provoke.
    options=(--tool "$tool" --error-exitcode 3)
    if [ "$tool" = memcheck ]; then options+=(--report-api-errors no --leak-check full); fi
    compute-sanitizer "${options[@]}" "$program" --gtest_brief=1 || failed=$((failed + 1))
  done
done
echo "compute-sanitizer: $((2 * ${#programs[@]} - failed)) passed, $failed failed"
[ "$failed" -eq 0 ]
