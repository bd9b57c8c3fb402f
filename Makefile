# The commands of the checkout; CONTRIBUTING.md says more.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
PYTHON := .venv/bin/python
BUILD := build/release
JOBS ?= $(shell nproc)
# What else CMake shall know, such as CONFIGURE_FLAGS=-DBAKEOFF_CUDA=off
CONFIGURE_FLAGS ?=
export CMAKE_CXX_COMPILER_LAUNCHER ?= $(shell command -v ccache)

# configure PRESET FLAGS: quiet, unless it fails.
define configure
	@mkdir -p build
	@cmake --preset $(1) -DPython_EXECUTABLE=$(CURDIR)/$(PYTHON) $(CONFIGURE_FLAGS) $(2) > build/$(1).log 2>&1 \
	  || { cat build/$(1).log; exit 1; }
	@grep -E 'CUDA backend|Emulation:' build/$(1).log || true
endef

.PHONY: help setup build demo test bench sanitize format gpu-check gpu-bench clean
help:
	@echo "make demo | test | setup | build | bench | sanitize | format | gpu-check | gpu-bench | clean"

# Idempotent: installs what is missing (Debian packages as root or with sudo; a .venv from requirements.lock).
setup:
	@cmake/setup.sh

# The library, the module and the binary; both of the latter into .venv. The tests are built by `make test`.
build: setup
	$(call configure,release,)
	@cmake --build $(BUILD) -j $(JOBS) --target bakeoff_install
	@cmake --install $(BUILD) --prefix .venv --component python > build/install.log

# The flights bake-off, end to end: the year replayed, the champion declines and is replaced.
demo: build
	@$(PYTHON) python-bindings/examples/flights_demo.py --out build/demo

# Everything that CI runs. ctest's closing lines are the verdict.
test: build
	@cmake --build $(BUILD) -j $(JOBS)
	@ctest --output-on-failure --test-dir $(BUILD) -j $(JOBS)

bench: build
	$(call configure,release,-DBAKEOFF_BENCH=ON)
	@cmake --build $(BUILD) -j $(JOBS) --target bakeoff_bench
	@bench/run.sh $(BUILD)

# The C++ tests under AddressSanitizer and UBSan, then under ThreadSanitizer. GCC's TSan up to 13 does not start where
# addresses are randomised with more bits than it knows; setarch -R turns that off.
sanitize: setup
	$(call configure,asan,)
	@cmake --build build/asan -j $(JOBS)
	@ctest --output-on-failure --test-dir build/asan -j $(JOBS)
	$(call configure,tsan,)
	@cmake --build build/tsan -j $(JOBS)
	@$$(setarch -R true 2> /dev/null && echo setarch -R) ctest --output-on-failure --test-dir build/tsan -j $(JOBS)

format:
	@git ls-files '*.h' '*.cpp' '*.cuh' '*.cu' | xargs .venv/bin/clang-format -i

# On a machine with a GPU: the tests labelled gpu, then again under compute-sanitizer.
gpu-check: setup
	$(call configure,cuda,)
	@cmake --build build/cuda -j $(JOBS) --target bakeoff_gpu_tests
	@bench/gpu_check.sh build/cuda

# On a machine with a GPU: the benchmarks of the kernels, as JSON in bench/results/.
gpu-bench: setup
	$(call configure,cuda,-DBAKEOFF_BENCH=ON)
	@cmake --build build/cuda -j $(JOBS) --target bakeoff_gpu_bench
	@bench/gpu_bench.sh build/cuda

clean:
	@rm -rf build
