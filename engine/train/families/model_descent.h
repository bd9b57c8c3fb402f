// The least of a quadratic model of a loss with an elastic-net penalty: coordinate descent, and Newton steps with the
// signs that it finds where columns are so alike that it crawls.
#pragma once
#include <cstddef>
#include <vector>

namespace bakeoff {

// How a loss bends along the coordinates of one class, up to a factor.
struct Curvature {
  int order = 0;
  int free = 0;                // the first so many coordinates are not penalised
  std::vector<double> values;  // order x order
};

// What else it bends: sum of sign v v'.
struct ModelCorrections {
  std::size_t count = 0;      // of v, filled up with zeros to a multiple of 4
  std::vector<double> signs;  // count
  std::vector<double> rows;   // size x count: a coordinate's of every v
};

// The Hessian: kappa * (diag(own) - common common') (x) curvature, and corrections. Coordinates stand class by class.
struct ModelView {
  const Curvature& curvature;
  const std::vector<double>&own, &common;
  double kappa;
  const ModelCorrections& corrections;
};

struct ModelLeast {
  std::vector<double> x;
  double linear = 0, curved = 0;  // gradient . d and d . Hessian d of the way there, d
};

// Of gradient . d + 1/2 d . Hessian d + sum over penalised y = x + d of (l1 |y| + l2/2 y^2): until a sweep gains
// at most `tolerance` or that share of what one has gained before, or after some hundred sweeps.
ModelLeast model_least(const ModelView& model, const std::vector<double>& x, const std::vector<double>& gradient,
                       double l1, double l2, double tolerance, double share);

}  // namespace bakeoff
