#!/usr/bin/env bash
# bench/gpu_carry.sh: for a GPU machine that has nvcc, g++, CMake and Ninja but no packages of ours and no network. Run
# here, on a Debian 12 of the same architecture, it downloads what the kernels and their tests need into .gpu/debs (13 MB).
# Take the checkout and .gpu there and run bench/gpu_carried.sh.
set -euo pipefail
cd "$(dirname "$0")/.."
packages=(libtbb-dev libtbb12 libtbbmalloc2 libtbbbind-2-5 libopenblas-pthread-dev libopenblas0-pthread
  libgfortran5 libquadmath0 libgtest-dev libgmock-dev libbenchmark-dev libbenchmark1debian)
mkdir -p .gpu/debs
# apt's own user may not write here, which is a warning and no more.
(cd .gpu/debs && rm -f ./*.deb && apt-get -o APT::Sandbox::User=root download -qq "${packages[@]}")
du -sh .gpu/debs
