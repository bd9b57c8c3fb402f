// How fast the emulation is: emulation_bench
//
// Million threads/s on 2 shared, noisy cores (AMD EPYC), g++ 12 -O2, processor time of one worker, the best of 5:
//                      in order  priority
//   no barrier             79.6      63.0
//   one barrier            10.8       9.1
//   ten barriers            2.0       1.9
//   ten shuffles            2.2       2.0
//   block reduction         2.3       2.1
//   ten shared atomics      6.0       5.5
//   a launch of 4 blocks of 256 threads without a barrier: 15.9 us
#include <algorithm>
#include <cstdio>
#include <ctime>
#include <vector>

#include "emulation/faulty_kernels.cuh"

namespace bakeoff::emulation {
namespace {

constexpr unsigned kBlocks = 1000;
constexpr unsigned kThreads = 256;

static __global__ void no_barrier(double* out) {
  const unsigned i = blockIdx.x * blockDim.x + threadIdx.x;
  out[i] = out[i] * 0.5 + 1;
}

static __global__ void one_barrier(double* out) {
  BAKEOFF_STATIC_SHARED(buffer, double[kThreads]);
  const unsigned i = blockIdx.x * blockDim.x + threadIdx.x;
  buffer[threadIdx.x] = out[i];
  __syncthreads();
  out[i] = buffer[kThreads - 1 - threadIdx.x];
}

static __global__ void ten_barriers(double* out) {
  for (int i = 0; i < 10; ++i) __syncthreads();
  out[blockIdx.x * blockDim.x + threadIdx.x] = 1;
}

static __global__ void ten_shuffles(double* out) {
  double v = threadIdx.x;
  for (int i = 0; i < 10; ++i) v += __shfl_xor_sync(0xffffffffu, v, 1);
  out[blockIdx.x * blockDim.x + threadIdx.x] = v;
}

static __global__ void block_reduction(double* out) {
  const unsigned i = blockIdx.x * blockDim.x + threadIdx.x;
  const double sum = block_sum<double, Removed::kNothing>(out[i]);
  if (threadIdx.x == 0) out[i] = sum * 1e-3;
}

static __global__ void ten_shared_atomics(double* out) {
  BAKEOFF_STATIC_SHARED(counts, unsigned[64]);
  if (threadIdx.x < 64) counts[threadIdx.x] = 0;
  __syncthreads();
  for (unsigned i = 0; i < 10; ++i) atomicAdd(&counts[(threadIdx.x * 7 + i) % 64], 1u);
  __syncthreads();
  out[blockIdx.x * blockDim.x + threadIdx.x] = counts[threadIdx.x % 64];
}

double processor_seconds() {
  timespec t{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

double threads_per_second(void (*kernel)(double*), Schedule schedule, std::vector<double>& out) {
  Options options;
  options.workers = 1;
  options.schedule = schedule;
  const ScopedOptions scoped(options);
  double best = 1e9;
  for (int repeat = 0; repeat < 5; ++repeat) {
    const double begin = processor_seconds();
    kernels::launch(kernel, kBlocks, kThreads, 0, kernels::Stream{}, out.data());
    best = std::min(best, processor_seconds() - begin);
  }
  return kBlocks * kThreads / best;
}

double microseconds_of_a_small_launch(std::vector<double>& out) {
  constexpr int kLaunches = 1000;
  const double begin = processor_seconds();
  for (int i = 0; i < kLaunches; ++i) kernels::launch(no_barrier, 4, kThreads, 0, kernels::Stream{}, out.data());
  return (processor_seconds() - begin) / kLaunches * 1e6;
}

void print_figures() {
  struct Case {
    const char* name;
    void (*kernel)(double*);
  };
  const Case cases[] = {{"no barrier", no_barrier},           {"one barrier", one_barrier},
                        {"ten barriers", ten_barriers},       {"ten shuffles", ten_shuffles},
                        {"block reduction", block_reduction}, {"ten shared atomics", ten_shared_atomics}};
  std::vector<double> out(kBlocks * kThreads, 1.0);
  std::printf("million threads/s      in order  priority\n");
  for (const Case& c : cases) {
    std::printf("%-20s %10.1f %9.1f\n", c.name, threads_per_second(c.kernel, Schedule::kInOrder, out) * 1e-6,
                threads_per_second(c.kernel, Schedule::kPriority, out) * 1e-6);
  }
  std::printf("a launch of 4 blocks of 256 threads without a barrier: %.1f us\n", microseconds_of_a_small_launch(out));
}

}  // namespace
}  // namespace bakeoff::emulation

int main() { bakeoff::emulation::print_figures(); }
