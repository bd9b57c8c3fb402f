#!/usr/bin/env bash
# bench/gpu_carried.sh [check|bench|both]: on a GPU machine without packages and network, beside a .gpu folder made by
# bench/gpu_carry.sh: builds the kernels alone with nvcc, runs their GPU tests (plain, memcheck, racecheck), their
# benchmarks, or both. Results of benchmarks lie in bench/results/<gpu>/.
set -euo pipefail
cd "$(dirname "$0")/.."
what=${1:-check}
if ! ls .gpu/debs/*.deb > /dev/null 2>&1; then
  echo "no .gpu/debs here: run bench/gpu_carry.sh where there is a network, and bring .gpu along" >&2
  exit 1
fi
root=$PWD/.gpu/root
for deb in .gpu/debs/*.deb; do dpkg -x "$deb" "$root"; done
libraries=$root/usr/lib/$(uname -m)-linux-gnu
export LD_LIBRARY_PATH=$libraries:$libraries/openblas-pthread${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
build=build/gpu
cmake -S . -B $build -G Ninja -DCMAKE_BUILD_TYPE=Release -DBAKEOFF_ENGINE=OFF -DBAKEOFF_CUDA=on -DBAKEOFF_EMULATION=OFF \
  -DBAKEOFF_BENCH=ON -DCMAKE_PREFIX_PATH="$root/usr"
targets=()
[ "$what" = bench ] || targets+=(bakeoff_gpu_tests)
[ "$what" = check ] || targets+=(bakeoff_gpu_bench)
cmake --build $build -j "$(nproc)" --target "${targets[@]}"
[ "$what" = bench ] || bench/gpu_check.sh $build
[ "$what" = check ] || bench/gpu_bench.sh $build
