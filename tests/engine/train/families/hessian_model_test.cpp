#include "train/families/hessian_model.h"

#include <gmock/gmock.h>

#include <cmath>
#include <random>

namespace bakeoff {
namespace {

// A Gram of columns that are alike, for alike > 0, and a free coordinate of its own in front.
Curvature make_curvature(int columns, double alike, unsigned seed) {
  std::mt19937_64 random(seed);
  std::normal_distribution<double> normal;
  Curvature c{columns + 1, 1, std::vector<double>(static_cast<std::size_t>(columns + 1) * (columns + 1), 0.0)};
  c.values[0] = 50;
  for (int row = 0; row < 50; ++row) {
    const double shared = alike * normal(random);
    std::vector<double> x;
    for (int j = 0; j < columns; ++j) x.push_back(shared + normal(random));
    for (int i = 0; i < columns; ++i)
      for (int j = 0; j < columns; ++j) c.values[(i + 1) * (columns + 1) + j + 1] += x[i] * x[j];
  }
  return c;
}

std::vector<double> draw(std::size_t count, unsigned seed, double scale = 1) {
  std::mt19937_64 random(seed);
  std::normal_distribution<double> normal;
  std::vector<double> values;
  for (std::size_t i = 0; i < count; ++i) values.push_back(scale * normal(random));
  return values;
}

// kappa * (diag(own) - common common') (x) curvature times x.
std::vector<double> multiply(const Curvature& c, const std::vector<double>& shares, double kappa,
                             const std::vector<double>& x) {
  const std::size_t n = static_cast<std::size_t>(c.order), classes = shares.empty() ? 1 : shares.size();
  std::vector<double> out(x.size(), 0.0);
  for (std::size_t k = 0; k < classes; ++k)
    for (std::size_t l = 0; l < classes; ++l) {
      const double between = shares.empty() ? 1 : (k == l ? shares[k] : 0) - shares[k] * shares[l];
      for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j < n; ++j) out[k * n + i] += kappa * between * c.values[i * n + j] * x[l * n + j];
    }
  return out;
}

TEST(HessianModel, ItsLeastHasNoSlopeLeft) {
  const std::vector<std::vector<double>> kinds = {{}, {0.5, 0.3, 0.2}, {0.7, 0.1, 0.1, 0.1}};
  for (const std::vector<double>& shares : kinds)
    for (const double alike : {0.0, 100.0})
      for (const double l2 : {0.0, 0.5}) {
        const Curvature c = make_curvature(9, alike, 1);
        const HessianModel model(c, shares, 0.2, {8, 1e-8, 10});
        const std::vector<double> x(model.size(), 0.0);
        std::vector<double> gradient = draw(model.size(), 3, 20);
        if (!shares.empty()) gradient = multiply(c, shares, 1, draw(model.size(), 3, 5));  // classes cancel in it
        const double l1 = 8;
        const ModelLeast least = model.least(x, gradient, l1, l2, 1e-13, 0);
        const std::vector<double> slope = multiply(c, shares, 0.2, least.x);
        int zeros = 0;
        for (std::size_t k = 0; k < x.size(); ++k) {
          const double at = least.x[k], pull = -(gradient[k] + slope[k]);
          const bool free = k % 10 == 0;
          const double tolerance = 1e-4 * (1 + std::abs(gradient[k]));
          zeros += at == 0;
          if (at == 0)
            EXPECT_LE(std::abs(pull), (free ? 0 : l1) + tolerance) << shares.size() << " " << alike << " " << k;
          else
            EXPECT_NEAR(pull, free ? 0 : std::copysign(l1, at) + l2 * at, tolerance) << shares.size() << " " << alike;
        }
        EXPECT_GT(zeros, 0);
        double linear = 0, curved = 0;
        for (std::size_t k = 0; k < x.size(); ++k) {
          linear += gradient[k] * least.x[k];
          curved += slope[k] * least.x[k];
        }
        EXPECT_NEAR(least.linear, linear, 1e-9 * std::abs(linear));
        EXPECT_NEAR(least.curved, curved, 1e-6 * curved);
      }
}

// The Hessian that a step has shown: B step = change, and so the least along -change is step.
TEST(HessianModel, KnowsTheLastStepExactly) {
  for (const std::vector<double>& shares : {std::vector<double>{}, std::vector<double>{0.5, 0.3, 0.2}}) {
    const Curvature c = make_curvature(6, 0, 2), truth = make_curvature(6, 0, 5);
    HessianModel model(c, shares, 1, {4, 1e-8, 10});
    std::vector<double> step, change;
    for (unsigned i = 0; i < 7; ++i) {
      step = draw(model.size(), 10 + i);
      change = multiply(truth, shares, 0.6, step);
      model.learn(step, change);
    }
    for (double& value : change) value = -value;
    const ModelLeast least = model.least(std::vector<double>(model.size(), 0.0), change, 0, 0, 1e-16, 0);
    const std::size_t n = static_cast<std::size_t>(c.order);
    for (std::size_t k = 0; k < model.size(); ++k)  // classes by their difference from the first
      EXPECT_NEAR(least.x[k] - (shares.empty() ? 0 : least.x[k % n]), step[k] - (shares.empty() ? 0 : step[k % n]),
                  1e-5);
  }
}

TEST(HessianModel, TakesALongerStepWhereTheLossIsStraight) {
  const Curvature c = make_curvature(3, 0, 4);
  HessianModel model(c, {}, 1, {4, 1e-3, 10});
  for (double wanted : {0.1, 0.01, 1e-3, 1e-3}) {
    model.learn(draw(4, 1), {0, 0, 0, 0});
    EXPECT_DOUBLE_EQ(model.kappa(), wanted);
  }
}

}  // namespace
}  // namespace bakeoff
