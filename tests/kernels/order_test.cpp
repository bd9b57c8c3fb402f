#include "kernels/order.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace bakeoff::kernels {
namespace {

// Which elements meet, and in which order, as text.
std::string order_of(Index n) {
  std::vector<std::string> states;
  for (Index i = 0; i < n; ++i) states.push_back(std::to_string(i));
  halve(states.data(), n, [](const std::string& a, const std::string& b) { return "(" + a + "+" + b + ")"; });
  return states[0];
}

TEST(Order, HalvesATreePaddedToAPowerOfTwo) {
  EXPECT_EQ(order_of(1), "0");
  EXPECT_EQ(order_of(2), "(0+1)");
  EXPECT_EQ(order_of(4), "((0+2)+(1+3))");
  EXPECT_EQ(order_of(5), "(((0+4)+2)+(1+3))");
  EXPECT_EQ(order_of(6), "(((0+4)+2)+((1+5)+3))");
}

TEST(Order, CountsChunks) {
  EXPECT_EQ(chunk_count(0), 0);
  EXPECT_EQ(chunk_count(1), 1);
  EXPECT_EQ(chunk_count(4096), 1);
  EXPECT_EQ(chunk_count(4097), 2);
  EXPECT_EQ(chunk_count(Index{1} << 40), Index{1} << 28);
}

TEST(Order, FindsThePowerOfTwo) {
  EXPECT_EQ(power_of_two_at_least(1), 1);
  EXPECT_EQ(power_of_two_at_least(2), 2);
  EXPECT_EQ(power_of_two_at_least(3), 4);
  EXPECT_EQ(power_of_two_at_least(4096), 4096);
  EXPECT_EQ(power_of_two_at_least(4097), 8192);
}

}  // namespace
}  // namespace bakeoff::kernels
