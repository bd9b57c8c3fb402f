#include "core/memory.h"

#include <gtest/gtest.h>
#include <sys/mman.h>

#include <cstring>

namespace bakeoff {
namespace {

constexpr std::int64_t kMiB = 1 << 20;

// Pages of its own, given back at once.
void take(std::int64_t bytes, PeakMemory* watched = nullptr) {
  void* const pages =
      mmap(nullptr, static_cast<std::size_t>(bytes), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(pages, MAP_FAILED);
  std::memset(pages, 1, static_cast<std::size_t>(bytes));
  if (watched) watched->look();
  munmap(pages, static_cast<std::size_t>(bytes));
}

TEST(PeakMemories, AreOfTheTimeThatIsWatched) {
#if defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "ThreadSanitizer keeps a shadow of what was given back";
#endif
  const std::int64_t before = resident_bytes();
  ASSERT_GT(before, 0);
  PeakMemory high;
  take(200 * kMiB);  // nobody looks: the kernel's own peak tells
  EXPECT_GT(high.bytes(), before + 190 * kMiB);
  EXPECT_LE(high.bytes(), peak_resident_bytes());
  PeakMemory low;
  take(50 * kMiB, &low);
  EXPECT_GT(low.bytes(), before + 40 * kMiB);
  EXPECT_LT(low.bytes(), before + 120 * kMiB) << "not the peak of what came before";
}

}  // namespace
}  // namespace bakeoff
