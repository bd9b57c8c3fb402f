#!/usr/bin/env bash
# bench/gpu_carry.sh: for a GPU machine that has nvcc, g++, CMake and Ninja but no packages of ours and no network. Run
# here, on a Debian 12 of the same architecture, it downloads what the engine and its tests need into .gpu/debs (21 MB).
# Take the checkout and .gpu there and run bench/gpu_carried.sh.
set -euo pipefail
cd "$(dirname "$0")/.."
packages=(libtbb-dev libtbb12 libtbbmalloc2 libtbbbind-2-5 libopenblas-pthread-dev libopenblas0-pthread
  libgfortran5 libquadmath0 libgtest-dev libgmock-dev libbenchmark-dev libbenchmark1debian
  libyaml-cpp-dev libyaml-cpp0.7 libcli11-dev libspdlog-dev libspdlog1.10 libfmt-dev libfmt9 nlohmann-json3-dev
  libsqlite3-dev libsqlite3-0 libssl-dev libssl3 libxxhash-dev libxxhash0 libprotozero-dev
  libhowardhinnant-date-dev libdate-tz3)
mkdir -p .gpu/debs
# apt's own user may not write here, which is a warning and no more.
(cd .gpu/debs && rm -f ./*.deb && apt-get -o APT::Sandbox::User=root download -qq "${packages[@]}")
du -sh .gpu/debs
