#include "train/spectrum.h"

#include <algorithm>
#include <cmath>

#include "core/buffer.h"
#include "kernels/linear/gemm.h"
#include "kernels/linear/symmetric.h"

namespace bakeoff {
namespace {

// Centred: sums of weight (x - mean)(x - mean)', raw x raw, and of weight (x - mean)(label - mean).
struct Centred {
  std::vector<double> gram, product;
};

Centred centre(const Gram& gram, const std::vector<double>& mean, double label_mean, int raw) {
  Centred c{std::vector<double>(static_cast<std::size_t>(raw) * raw), std::vector<double>(raw)};
  const double weight = gram.weight();
  for (int i = 0; i < raw; ++i) {
    for (int j = 0; j < raw; ++j)
      c.gram[static_cast<std::size_t>(i) * raw + j] = gram(i, j) - weight * mean[i] * mean[j];
    c.product[i] = gram(i, gram.label()) - weight * mean[i] * label_mean;
  }
  return c;
}

// entries' * gram * entries
std::vector<double> pull_back(const std::vector<double>& gram, const LinearMap& map) {
  const std::size_t raw = map.raw, model = map.model;
  std::vector<double> half(model * raw, 0.0), whole(model * model, 0.0);
  for (const LinearMap::Entry& e : map.entries)
    for (std::size_t j = 0; j < raw; ++j) half[e.model * raw + j] += e.value * gram[e.raw * raw + j];
  for (const LinearMap::Entry& e : map.entries)
    for (std::size_t i = 0; i < model; ++i) whole[i * model + e.model] += half[i * raw + e.raw] * e.value;
  return whole;
}

}  // namespace

Spectrum make_spectrum(const Gram& gram, double label_shift, const LinearMap& map) {
  Spectrum s;
  s.raw = map.raw;
  s.model = map.model;
  s.weight = gram.weight();
  if (!(s.weight > 0)) return s;
  const int raw = map.raw, model = map.model;
  s.mean.resize(raw);
  for (int i = 0; i < raw; ++i) s.mean[i] = gram(i, gram.intercept()) / s.weight;
  const double label_mean = gram(gram.label(), gram.intercept()) / s.weight;
  s.label_mean = label_mean + label_shift;
  s.label_variation = std::max(0.0, gram(gram.label(), gram.label()) - s.weight * label_mean * label_mean);

  const Centred centred = centre(gram, s.mean, label_mean, raw);
  s.q = pull_back(centred.gram, map);
  s.values.resize(model);
  const Buffer<char> scratch(static_cast<Index>(kernels::symmetric_eigen_scratch_bytes(model)));
  s.finite = kernels::symmetric_eigen(model, s.q.data(), s.values.data(), scratch.data());
  if (!s.finite) return s;
  for (double& value : s.values) value = std::max(value, 0.0);

  s.expand.assign(static_cast<std::size_t>(raw) * model, 0.0);
  s.spread.assign(model, 0.0);
  std::vector<double> product(model, 0.0);
  s.product.assign(model, 0.0);
  for (const LinearMap::Entry& e : map.entries) product[e.model] += e.value * centred.product[e.raw];
  for (int u = 0; u < model; ++u) {
    const double* row = s.q.data() + static_cast<std::size_t>(u) * model;
    for (const LinearMap::Entry& e : map.entries)
      s.expand[static_cast<std::size_t>(e.raw) * model + u] += e.value * row[e.model];
    for (int i = 0; i < raw; ++i)
      s.spread[u] += gram(i, i) * std::pow(s.expand[static_cast<std::size_t>(i) * model + u], 2);
    for (int k = 0; k < model; ++k) s.product[u] += row[k] * product[k];
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
