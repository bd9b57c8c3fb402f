#!/usr/bin/env bash
# bench/gpu_carried.sh [check|bench|peers|all]: on a GPU machine without packages and network, beside a .gpu folder made
# by bench/gpu_carry.sh: builds the engine and its module with nvcc and the Python there (which has pyarrow and
# pybind11), and runs the GPU tests (plain, memcheck, racecheck), the benchmarks of the kernels, the comparisons of
# bench/peers/gpu.py, or all of them. Results lie in bench/results/<gpu>/.
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
export CPATH=$root/usr/include${CPATH:+:$CPATH}  # headers that are found by no package
build=build/gpu
cmake -S . -B $build -G Ninja -DCMAKE_BUILD_TYPE=Release -DBAKEOFF_CUDA=on -DBAKEOFF_EMULATION=OFF -DBAKEOFF_BENCH=ON \
  -DCMAKE_PREFIX_PATH="$root/usr" -DPython_EXECUTABLE="$(command -v python3)"
targets=()
case $what in check | all) targets+=(bakeoff_gpu_tests) ;; esac
case $what in bench | all) targets+=(bakeoff_gpu_bench) ;; esac
case $what in peers | all) targets+=(_core) ;; esac
cmake --build $build -j "$(nproc)" --target "${targets[@]}"
case $what in check | all) bench/gpu_check.sh $build ;; esac
case $what in bench | all) bench/gpu_bench.sh $build ;; esac
case $what in
  peers | all)
    out=bench/results/$(bench/machine.sh gpu)
    mkdir -p "$out"
    { echo "# bench/gpu_carried.sh $what"
      echo "# commit $(git rev-parse --short HEAD 2> /dev/null || echo unknown); $(date -u '+%F %H:%M UTC')"
      PYTHONPATH=$build/python python3 bench/peers/gpu.py; } | tee "$out/peers.txt" ;;
esac
