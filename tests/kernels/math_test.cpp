#include "kernels/math.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

namespace bakeoff::kernels {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kQuietNaN = std::numeric_limits<double>::quiet_NaN();

// Distance from the exact value in units of the last place of the exact value; subnormals have that of 2^-1074.
double ulps(double got, long double exact) {
  const auto nearest = static_cast<double>(exact);
  if (std::isnan(got) || std::isinf(got) || std::isinf(nearest)) return got == nearest ? 0 : kInfinity;
  int exponent = 0;
  std::frexp(nearest, &exponent);
  const long double unit = std::ldexp(1.0L, std::max(exponent - 53, -1074));
  return static_cast<double>(std::fabs(got - exact) / unit);
}

struct Worst {
  double log = 0, log1p = 0, exp = 0;

  void try_one(double x) {
    if (x > 0) log = std::max(log, ulps(math::log(x), std::log(static_cast<long double>(x))));
    if (x > -1) log1p = std::max(log1p, ulps(math::log1p(x), std::log1p(static_cast<long double>(x))));
    exp = std::max(exp, ulps(math::exp(x), std::exp(static_cast<long double>(x))));
  }
  void try_around(double x) {
    double below = x, above = x;
    for (int i = 0; i < 4; ++i) {
      try_one(below);
      try_one(above);
      below = std::nextafter(below, -kInfinity);
      above = std::nextafter(above, kInfinity);
    }
  }
  void expect_within_one() const {
    // long double's own error of at most 1 ulp of 64 bits is 2^-11 here
    EXPECT_LE(log, 1);
    EXPECT_LE(log1p, 1);
    EXPECT_LE(exp, 1);
  }
};

TEST(Math, IsWithinOneUlpOverAllMagnitudes) {
  std::mt19937_64 random(1);
  Worst worst;
  for (int i = 0; i < 400'000; ++i) {
    const double magnitude = std::bit_cast<double>(random() >> 1);
    if (!std::isfinite(magnitude)) continue;
    worst.try_one(magnitude);
    worst.try_one(-magnitude);
  }
  worst.expect_within_one();
}

TEST(Math, IsWithinOneUlpWhereMetricsNeedIt) {
  std::mt19937_64 random(2);
  Worst worst;
  for (int i = 0; i < 200'000; ++i) {
    const double u = static_cast<double>(random() >> 11) * 0x1p-53;
    for (const double x : {u, -u, 1 - u * 0x1p-20, 1 + u * 0x1p-10, 4 * u, 1500 * u - 750, std::exp(-40 * u),
                           -std::exp(-40 * u), -708 - 2 * u, -744 - 2 * u, 709 + u})
      worst.try_one(x);
  }
  worst.expect_within_one();
}

TEST(Math, IsWithinOneUlpAtTheSeamsOfItsReductions) {
  Worst worst;
  for (int k = -1074; k < 1024; ++k) {
    worst.try_around(std::ldexp(1.0, k));
    worst.try_around(std::ldexp(std::sqrt(.5), k));
    worst.try_around(-std::ldexp(1.0, k));
  }
  for (int k = -2200; k < 2200; ++k) worst.try_around(k * 0.34657359027997264);  // halves of ln 2
  for (const double x : {-.29, .41, -.2929, .41421, -.9999999, 0x1p53, 0x1p54, 709.78, -745.13}) worst.try_around(x);
  worst.expect_within_one();
}

TEST(Math, TreatsTheEdges) {
  EXPECT_EQ(math::log(0.0), -kInfinity);
  EXPECT_EQ(math::log(-0.0), -kInfinity);
  EXPECT_EQ(math::log(kInfinity), kInfinity);
  EXPECT_EQ(math::log(1.0), 0.0);
  EXPECT_TRUE(std::isnan(math::log(-1.0)));
  EXPECT_TRUE(std::isnan(math::log(-5e-324)));
  EXPECT_TRUE(std::isnan(math::log(kQuietNaN)));
  EXPECT_EQ(math::log1p(-1.0), -kInfinity);
  EXPECT_EQ(math::log1p(kInfinity), kInfinity);
  EXPECT_EQ(math::log1p(5e-324), 5e-324);
  EXPECT_TRUE(std::signbit(math::log1p(-0.0)));
  EXPECT_TRUE(std::isnan(math::log1p(-1.5)));
  EXPECT_TRUE(std::isnan(math::log1p(kQuietNaN)));
  EXPECT_EQ(math::exp(0.0), 1.0);
  EXPECT_EQ(math::exp(-kInfinity), 0.0);
  EXPECT_EQ(math::exp(kInfinity), kInfinity);
  EXPECT_EQ(math::exp(-746.0), 0.0);
  EXPECT_EQ(math::exp(710.0), kInfinity);
  EXPECT_TRUE(std::isnan(math::exp(kQuietNaN)));
}

TEST(Math, RoundsToTheNearestIntegerTiesToEven) {
  for (const double x : {0.0, .5, 1.5, 2.5, -.5, -1.5, 0.49999999999999994, -1234567.5, 0x1p51, -0x1p51, 0x1p36 + .25})
    EXPECT_EQ(math::round_to_integer(x), std::nearbyint(x)) << x;
}

}  // namespace
}  // namespace bakeoff::kernels
