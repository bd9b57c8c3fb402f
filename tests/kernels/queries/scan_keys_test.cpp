// Every instruction set counts as a plain loop does.
#include "kernels/queries/scan_keys.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace bakeoff::kernels {
namespace {

template <class Key>
void expect_counts(Index count, Index of_count) {
  std::mt19937_64 random(static_cast<std::uint64_t>(count + of_count));
  std::vector<Key> keys, of;
  for (Index i = 0; i < count; ++i) keys.push_back(static_cast<Key>(random() % 7 ? random() : ~Key{0} - random() % 3));
  for (Index i = 0; i < of_count; ++i)
    of.push_back(random() % 2 ? keys[random() % keys.size()] : static_cast<Key>(random()));
  std::vector<std::uint32_t> above(of.size(), 5), equal(of.size(), 6);  // they are added to
  for (Index i = 0; i < of_count; ++i)
    for (const Key key : keys) above[i] += key > of[i], equal[i] += key == of[i];
  for (const Isa isa : {Isa::v2, Isa::v3, Isa::v4}) {
    if (!supports(isa)) continue;
    std::vector<std::uint32_t> a(of.size(), 5), e(of.size(), 6);
    scan_keys(keys.data(), count, of.data(), of_count, a.data(), e.data(), isa);
    EXPECT_EQ(a, above) << static_cast<int>(isa);
    EXPECT_EQ(e, equal) << static_cast<int>(isa);
  }
}

TEST(ScanKeys, CountsLargerAndEqualKeys) {
  for (const Index count : {kScanStep, 2 * kScanStep, kScanTile})
    for (const Index of_count : {Index{0}, Index{1}, Index{10}, Index{100}}) {
      expect_counts<std::uint32_t>(count, of_count);
      expect_counts<std::uint64_t>(count, of_count);
    }
}

}  // namespace
}  // namespace bakeoff::kernels
