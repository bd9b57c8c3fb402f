// A device for the engine where there is none: memory, sorts and matrix products are the host's, and every other
// function with a Stream is the .cu file itself, compiled with the emulation (tests/emulation/CMakeLists.txt). A
// program that is linked with this finds a GPU, and its engine takes the way that it takes on one.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <new>

#include "emulation/device/host_sorter.h"
#include "emulation/device/host_syrk.h"
#include "kernels/cuda_runtime.h"
#include "kernels/device_memory.h"
#include "kernels/linear/loss_pass.cuh"

namespace {

std::atomic<int> allocations{0};

// Code that ignores Device::cuda would give the CPU's bits and pass: every test has to have touched the device.
class DeviceWasUsed : public testing::EmptyTestEventListener {
  void OnTestStart(const testing::TestInfo&) override { allocations = 0; }
  void OnTestEnd(const testing::TestInfo& test) override {
    if (allocations == 0 && !test.result()->Skipped()) ADD_FAILURE() << "nothing was allocated on the device";
  }
};
[[maybe_unused]] const bool listening = [] {
  testing::UnitTest::GetInstance()->listeners().Append(new DeviceWasUsed);
  return true;
}();

}  // namespace

namespace bakeoff::kernels {

std::string why_no_cuda() { return ""; }

// Filled with a pattern: memory of a GPU is not zero either.
void* device_allocate(std::size_t bytes) {
  ++allocations;
  void* const memory = std::aligned_alloc(256, (bytes + 255) / 256 * 256);
  if (!memory) throw std::bad_alloc();
  std::memset(memory, 0xab, bytes);
  return memory;
}
void device_release(void* memory) noexcept { std::free(memory); }
void device_upload(Stream, void* device, const void* host, std::size_t bytes) { std::memcpy(device, host, bytes); }
void device_download(Stream, void* host, const void* device, std::size_t bytes) { std::memcpy(host, device, bytes); }

bool loss_fits_device(const RowsView& rows, const PanelsView& panels) {
  constexpr std::size_t kSharedOfH100 = 227 * 1024;
  return detail::pass_shape(rows, panels).bytes() <= kSharedOfH100;
}

void gram(Stream stream, const RowsView& rows, const Index* order, const GramSegment* segments, int count,
          double label_shift, double* out, void* scratch) {
  detail::gram_by(stream, {rows, order, label_shift}, segments, count, out, static_cast<double*>(scratch),
                  emulation::HostSyrk{});
}

std::size_t sort_scores_scratch_bytes(Stream, Index rows) { return detail::SortArrays::bytes(rows); }
template <class T>
void sort_scores(Stream stream, TensorView<const T, 1> scores, const std::uint8_t* labels, RankingOut out,
                 void* scratch) {
  detail::rank_scores(stream, scores, labels, out, scratch, emulation::HostSorter{});
}
template void sort_scores(Stream, TensorView<const float, 1>, const std::uint8_t*, RankingOut, void*);
template void sort_scores(Stream, TensorView<const double, 1>, const std::uint8_t*, RankingOut, void*);

std::size_t sort_values_scratch_bytes(Stream, Index rows) { return detail::sort_numbers_bytes(rows); }
void sort_values(Stream stream, TensorView<const double, 1> values, double* out, Index* count, void* scratch) {
  detail::sort_numbers(stream, values, out, count, scratch, emulation::HostSorter{});
}

}  // namespace bakeoff::kernels
