#include "train/spectrum.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/buffer.h"
#include "kernels/linear/gemm.h"
#include "kernels/linear/symmetric.h"

namespace bakeoff {

Spectrum make_spectrum(const Gram& gram, double label_shift, const LinearMap& map) {
  return make_spectrum(make_centred_gram(gram, label_shift, map), map);
}

Spectrum make_spectrum(CentredGram centred, const LinearMap& map) {
  Spectrum s;
  const int raw = s.raw = centred.raw, model = s.model = centred.model;
  s.weight = centred.weight;
  s.label_mean = centred.label_mean;
  s.label_variation = centred.label_variation;
  s.mean = std::move(centred.mean);
  if (!(s.weight > 0) || !centred.finite) return s;
  s.q = std::move(centred.gram);
  s.values.resize(model);
  const Buffer<char> scratch(static_cast<Index>(kernels::symmetric_eigen_scratch_bytes(model)));
  s.finite = kernels::symmetric_eigen(model, s.q.data(), s.values.data(), scratch.data());
  if (!s.finite) return s;
  for (double& value : s.values) value = std::max(value, 0.0);

  s.expand.assign(static_cast<std::size_t>(raw) * model, 0.0);
  s.spread.assign(model, 0.0);
  s.product.assign(model, 0.0);
  for (int u = 0; u < model; ++u) {
    const double* row = s.q.data() + static_cast<std::size_t>(u) * model;
    for (const LinearMap::Entry& e : map.entries)
      s.expand[static_cast<std::size_t>(e.raw) * model + u] += e.value * row[e.model];
    for (int i = 0; i < raw; ++i)
      s.spread[u] += centred.squares[i] * std::pow(s.expand[static_cast<std::size_t>(i) * model + u], 2);
    for (int k = 0; k < model; ++k) s.product[u] += row[k] * centred.product[k];
  }
  return s;
}

void to_parameters(const Spectrum& s, const LinearMap& map, Index count, const double* u, const double* centres,
                   LinearSolution* const* out) {
  using kernels::Transpose;
  const Index raw = s.raw, model = s.model;
  std::vector<double> theta(static_cast<std::size_t>(count * raw)), beta(static_cast<std::size_t>(count * model));
  kernels::gemm(Transpose::no, Transpose::yes, count, raw, model, u, model, s.expand.data(), model, 0.0, theta.data(),
                raw);
  kernels::gemm(Transpose::no, Transpose::no, count, model, model, u, model, s.q.data(), model, 0.0, beta.data(),
                model);
  for (Index m = 0; m < count; ++m) {
    LinearSolution& solution = *out[m];
    solution.theta.assign(theta.begin() + m * raw, theta.begin() + (m + 1) * raw);
    solution.beta.assign(beta.begin() + m * model, beta.begin() + (m + 1) * model);
    double intercept = centres[m];
    for (Index i = 0; i < raw; ++i) intercept -= s.mean[i] * solution.theta[i];
    solution.theta.push_back(intercept);
    for (Index j = 0; j < model && !map.shift.empty(); ++j) intercept -= map.shift[j] * solution.beta[j];
    solution.beta.push_back(intercept);
  }
}

}  // namespace bakeoff
