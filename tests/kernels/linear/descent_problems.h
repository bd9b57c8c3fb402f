// Random quadratic problems with an elastic-net penalty, for tests of coordinate descent.
#pragma once
#include <cmath>
#include <random>
#include <vector>

#include "kernels/linear/descent.h"

namespace bakeoff::kernels::test {

struct DescentCase {
  int order, sweeps = 0;
  Index stride;
  std::vector<double> gram, product, x, residual;
  DescentProblem problem;

  // `rows` random rows: fewer than `order` make the Gram singular. Column 1 is all zeros if `dead`.
  DescentCase(int order, int rows, double l1, double l2, unsigned seed, int free = 0, bool dead = false)
      : order(order), stride((order + 7) / 8 * 8 + 8) {
    std::mt19937_64 random(seed);
    std::normal_distribution<double> normal;
    std::vector<double> data(static_cast<std::size_t>(rows) * order);
    for (double& v : data) v = normal(random);
    gram.assign(static_cast<std::size_t>(order) * static_cast<std::size_t>(stride), 0.0);
    for (int i = 0; i < order; ++i) product.push_back(10 * normal(random));
    for (int r = 0; r < rows; ++r)
      for (int i = 0; i < order; ++i)
        for (int j = 0; j < order; ++j) gram[i * stride + j] += data[r * order + i] * data[r * order + j];
    if (dead && order > 1) {
      product[1] = 0;
      for (int j = 0; j < order; ++j) gram[1 * stride + j] = gram[j * stride + 1] = 0;
    }
    x.assign(product.size(), 0.0);
    residual = product;
    problem.stride = stride;
    problem.order = order;
    problem.free = free;
    problem.l1 = l1;
    problem.l2 = l2;
    problem.tolerance = 1e-22;
    problem.most_sweeps = 2000;
  }
  // Pointers into this object: after the last copy.
  const DescentProblem& view() {
    problem.gram = gram.data();
    problem.x = x.data();
    problem.residual = residual.data();
    problem.sweeps = &sweeps;
    return problem;
  }
  double gradient(int i) const {  // of the smooth part
    double g = i < problem.free ? -product[i] : problem.l2 * x[i] - product[i];
    for (int j = 0; j < order; ++j) g += gram[i * stride + j] * x[j];
    return g;
  }
};

}  // namespace bakeoff::kernels::test
