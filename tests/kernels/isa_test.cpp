#include "kernels/isa.h"

#include <gtest/gtest.h>

#include "kernels/resample/weights_simd.h"

namespace bakeoff::kernels {
namespace {

TEST(Isa, TheBestIsSupported) {
  EXPECT_TRUE(supports(Isa::v2));
  EXPECT_TRUE(supports(best_isa()));
}

#if defined(__x86_64__)
// An option of the build that comes after -march=x86-64-v3 and takes it back costs half the speed and nothing else.
TEST(Isa, EachBuildUsesItsVectors) {
  EXPECT_EQ(v2::vector_bytes(), 16);
  EXPECT_EQ(v3::vector_bytes(), 32);
  EXPECT_EQ(v4::vector_bytes(), 64);
}
#endif

}  // namespace
}  // namespace bakeoff::kernels
