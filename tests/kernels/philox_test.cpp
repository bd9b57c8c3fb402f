#include "kernels/philox.h"

#include <gtest/gtest.h>

namespace bakeoff::kernels {
namespace {

void expect_words(RngKey key, Counter counter, const std::uint32_t (&want)[4]) {
  const Counter got = philox(key, counter);
  for (int w = 0; w < 4; ++w) EXPECT_EQ(got.word[w], want[w]) << "word " << w;
}

// Known-answer vectors of Random123 1.14 (tests/kat_vectors, philox4x32 with 10 rounds).
TEST(Philox, GivesThePublishedVectors) {
  expect_words({0, 0}, {{0, 0, 0, 0}}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
  expect_words({0xffffffff, 0xffffffff}, {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}},
               {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
  expect_words({0xa4093822, 0x299f31d0}, {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}},
               {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
}

TEST(Philox, TakesTheLowWordOfTheSeedFirst) {
  const RngKey key = RngKey::from_seed(0x299f31d0a4093822u);
  EXPECT_EQ(key.low, 0xa4093822u);
  EXPECT_EQ(key.high, 0x299f31d0u);
}

static_assert(philox({0, 0}, {{0, 0, 0, 0}}).word[0] == 0x6627e8d5, "usable at compile time");

}  // namespace
}  // namespace bakeoff::kernels
