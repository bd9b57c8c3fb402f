#include "train/held_out_squares.h"

#include "kernels/linear/gemm.h"

namespace bakeoff {

// Sum of squared residuals over the rows of a Gram: t' gram t with t = (theta, -1), labels counted from label_shift.
void square_residuals(const Gram& gram, double label_shift, const std::vector<int>& fits,
                      const std::vector<LinearSolution>& solutions, std::vector<HeldOutSquares>& out) {
  const Index n = gram.order, m = static_cast<Index>(fits.size());
  std::vector<double> t(static_cast<std::size_t>(n * m)), product(t.size());
  for (Index f = 0; f < m; ++f) {
    const std::vector<double>& theta = solutions[fits[f]].theta;
    for (std::size_t i = 0; i < theta.size(); ++i) t[f * n + i] = theta[i];
    t[f * n + gram.intercept()] -= label_shift;
    t[f * n + gram.label()] = -1.0;
  }
  kernels::gemm(kernels::Transpose::no, kernels::Transpose::no, m, n, n, t.data(), n, gram.values.data(), n, 0.0,
                product.data(), n);
  const double weight = gram.weight(), sum = gram(gram.label(), gram.intercept());
  for (Index f = 0; f < m; ++f) {
    HeldOutSquares& held = out[fits[f]];
    held.weight = weight;
    held.variation = gram(gram.label(), gram.label()) - (weight > 0 ? sum * sum / weight : 0.0);
    held.sum = 0;
    for (Index i = 0; i < n; ++i) held.sum += t[f * n + i] * product[f * n + i];
  }
}

}  // namespace bakeoff
