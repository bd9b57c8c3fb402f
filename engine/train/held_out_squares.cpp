#include "train/held_out_squares.h"

#include <algorithm>
#include <cmath>

#include "kernels/linear/gemm.h"

namespace bakeoff {

namespace {

// Models at once: those of a penalty path use ever more columns.
constexpr std::size_t kModelsAtOnce = 20;

// The places of t that are not 0 in any of the models, and those of columns that would spoil even a 0.
std::vector<Index> used_places(const Gram& gram, const std::vector<double>& t) {
  const std::size_t n = static_cast<std::size_t>(gram.order);
  std::vector<Index> used;
  for (std::size_t i = 0; i < n; ++i) {
    bool any = !std::isfinite(gram.values[i * n + i]);
    for (std::size_t at = i; at < t.size() && !any; at += n) any = t[at] != 0;
    if (any) used.push_back(static_cast<Index>(i));
  }
  return used;
}

// t' gram t of each model.
std::vector<double> quadratic_forms(const Gram& gram, const std::vector<double>& t) {
  const std::size_t n = static_cast<std::size_t>(gram.order), m = t.size() / n;
  const std::vector<Index> used = used_places(gram, t);
  const std::size_t k = used.size();
  std::vector<double> some, narrow, product(m * k), out(m, 0.0);
  const double *from = gram.values.data(), *models = t.data();
  if (k < n) {
    some.resize(k * k);
    narrow.resize(m * k);
    for (std::size_t i = 0; i < k; ++i)
      for (std::size_t j = 0; j < k; ++j) some[i * k + j] = gram.values[used[i] * n + used[j]];
    for (std::size_t f = 0; f < m; ++f)
      for (std::size_t j = 0; j < k; ++j) narrow[f * k + j] = t[f * n + used[j]];
    from = some.data();
    models = narrow.data();
  }
  const Index width = static_cast<Index>(k);
  kernels::gemm(kernels::Transpose::no, kernels::Transpose::no, static_cast<Index>(m), width, width, models, width,
                from, width, 0.0, product.data(), width);
  for (std::size_t f = 0; f < m; ++f)
    for (std::size_t i = 0; i < k; ++i) out[f] += models[f * k + i] * product[f * k + i];
  return out;
}

}  // namespace

// Sum of squared residuals over the rows of a Gram: t' gram t with t = (theta, -1), labels counted from label_shift.
void square_residuals(const Gram& gram, double label_shift, const std::vector<int>& fits,
                      const std::vector<LinearSolution>& solutions, std::vector<HeldOutSquares>& out) {
  const std::size_t n = static_cast<std::size_t>(gram.order);
  const double weight = gram.weight(), sum = gram(gram.label(), gram.intercept());
  const double variation = gram(gram.label(), gram.label()) - (weight > 0 ? sum * sum / weight : 0.0);
  for (std::size_t first = 0; first < fits.size(); first += kModelsAtOnce) {
    const std::size_t m = std::min(kModelsAtOnce, fits.size() - first);
    std::vector<double> t(m * n, 0.0);
    for (std::size_t f = 0; f < m; ++f) {
      const std::vector<double>& theta = solutions[fits[first + f]].theta;
      std::copy(theta.begin(), theta.end(), t.begin() + static_cast<std::ptrdiff_t>(f * n));
      t[f * n + gram.intercept()] -= label_shift;
      t[f * n + gram.label()] = -1.0;
    }
    const std::vector<double> squares = quadratic_forms(gram, t);
    for (std::size_t f = 0; f < m; ++f) {
      HeldOutSquares& held = out[fits[first + f]];
      held.weight = weight;
      held.variation = variation;
      held.sum = squares[f];
    }
  }
}

}  // namespace bakeoff
