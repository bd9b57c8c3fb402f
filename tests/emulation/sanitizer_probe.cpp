// Runs one kernel that a sanitizer must stop at, or must let pass: sanitizer_probe NAME. Driven by CTest.
#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include "emulation/faulty_kernels.cuh"

namespace bakeoff::emulation {
namespace {

using kernels::launch;
using kernels::Stream;

template <Removed kRemoved>
void run_two_sums() {
  const std::vector<double> in(2 * 256, 1.0);
  std::vector<double> out(2 * 2);
  launch(two_sums<kRemoved>, 2, 256, 0, Stream{}, in.data(), out.data());
}

template <Removed kRemoved>
void run_histogram() {
  const std::vector<unsigned> in(1000, 3);
  std::vector<unsigned> counts(50);
  launch(histogram<kRemoved>, 1, 256, 50 * sizeof(unsigned), Stream{}, in.data(), 1000u, 50u, counts.data());
}

void run_exchange(bool sync) {
  std::vector<int> out(32);
  launch(exchange, 1, 32, 0, Stream{}, out.data(), sync);
}

void run_block_total(bool atomic) {
  const std::vector<int> in(2, 1);
  int total = 0;
  launch(block_total, 2, 32, 0, Stream{}, in.data(), &total, atomic);
}

void run_last_block(bool fence) {
  const std::vector<double> in(8 * 64, 1.0);
  std::vector<double> partial(8);
  unsigned ticket = 0;
  double total = 0;
  launch(last_block_total, 8, 64, 0, Stream{}, in.data(), partial.data(), &ticket, &total, fence);
}

void run_local_arrays() {
  std::vector<int> out(4 * 128);
  launch(local_arrays, 4, 128, 0, Stream{}, out.data());
}

void run_right() {
  for (int repeat = 0; repeat < 3; ++repeat) {
    run_two_sums<Removed::kNothing>();
    run_histogram<Removed::kNothing>();
    run_exchange(true);
    run_block_total(true);
    run_last_block(true);
    run_local_arrays();
  }
}

void run_overflow(void (*kernel)(int*, int), std::size_t shared_bytes, int by) {
  std::vector<int> out(64);
  launch(kernel, 1, 64, shared_bytes, Stream{}, out.data(), by);
}

void run_global_overflow() {
  std::vector<int> out(60);
  launch(global_overflow, 1, 64, 0, Stream{}, out.data());
}

const std::map<std::string, void (*)()> kCases = {
    {"right", run_right},
    {"middle", run_two_sums<Removed::kMiddle>},
    {"trailing", run_two_sums<Removed::kTrailing>},
    {"histogram", run_histogram<Removed::kMiddle>},
    {"shuffle", [] { run_exchange(false); }},
    {"blocks", [] { run_block_total(false); }},
    {"fence", [] { run_last_block(false); }},
    {"static", [] { run_overflow(static_overflow, 0, 3); }},
    {"dynamic", [] { run_overflow(dynamic_overflow, 250, -1); }},
    {"global", run_global_overflow},
};

}  // namespace
}  // namespace bakeoff::emulation

int main(int argc, char** argv) {
  const auto& cases = bakeoff::emulation::kCases;
  const auto chosen = cases.find(argc == 2 ? argv[1] : "");
  if (chosen == cases.end()) {
    std::fprintf(stderr, "usage: sanitizer_probe NAME, where NAME is one of:");
    for (const auto& [name, run] : cases) std::fprintf(stderr, " %s", name.c_str());
    std::fprintf(stderr, "\n");
    return 2;
  }
  // In order: the schedule under which most removed barriers give the right result, and must be reported all the same.
  bakeoff::emulation::Options options;
  options.schedule = bakeoff::emulation::Schedule::kInOrder;
  const bakeoff::emulation::ScopedOptions scoped(options);
  chosen->second();
  return 0;
}
