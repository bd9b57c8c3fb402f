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

Spectrum make_diagonal(const LinearProblem& problem, const TrainingSet& set, double label_shift) {
  const kernels::SparseRowsView& rows = *problem.sparse;
  Spectrum s;
  s.raw = s.model = rows.columns;
  s.mean.assign(rows.columns, 0.0);
  s.spread = s.product = s.mean;
  double label = 0, squares = 0;
  for (Index i = set.begin; i < set.end; ++i) {
    if (set.left_out >= 0 && rows.folds && rows.folds[i] == set.left_out) continue;
    const double weight = rows.weights ? rows.weights[i] : 1.0, y = rows.labels[i] - label_shift;
    s.weight += weight;
    label += weight * y;
    squares += weight * y * y;
    for (Index e = rows.starts[i]; e < rows.starts[i + 1]; ++e) {
      const double x = rows.value(e);
      s.mean[rows.indices[e]] += weight * x;
      s.spread[rows.indices[e]] += weight * x * x;
      s.product[rows.indices[e]] += weight * x * y;
    }
  }
  if (!(s.weight > 0)) return s;
  s.label_mean = label / s.weight + label_shift;
  s.label_variation = std::max(0.0, squares - label * label / s.weight);
  s.finite = std::isfinite(squares);
  s.values = s.spread;
  for (int k = 0; k < s.model; ++k) {
    s.product[k] -= s.mean[k] * label / s.weight;
    s.mean[k] /= s.weight;
    s.values[k] = std::max(0.0, s.spread[k] - s.weight * s.mean[k] * s.mean[k]);
    s.finite = s.finite && std::isfinite(s.spread[k]) && std::isfinite(s.product[k]);
  }
  return s;
}

Spectrum label_summary(const LinearProblem& problem, const TrainingSet& set) {
  const kernels::RowsView& rows = problem.rows;
  Spectrum s;
  double mean = 0;
  for (const bool centred : {false, true}) {
    if (centred && s.weight > 0) s.label_mean = mean / s.weight;
    for (Index i = set.begin; i < set.end; ++i) {
      if (set.left_out >= 0 && rows.folds && rows.folds[i] == set.left_out) continue;
      const double weight = rows.weights ? rows.weights[i] : 1.0, off = rows.labels[i] - s.label_mean;
      if (centred)
        s.label_variation += weight * off * off;
      else
        s.weight += weight, mean += weight * off;
    }
  }
  return s;
}

void expand(const Spectrum& s, Index count, const double* u, Index u_stride, double* theta, Index theta_stride) {
  using kernels::Transpose;
  if (s.expand.empty())
    for (Index m = 0; m < count; ++m) std::copy_n(u + m * u_stride, s.raw, theta + m * theta_stride);
  else
    kernels::gemm(Transpose::no, Transpose::yes, count, s.raw, s.model, u, u_stride, s.expand.data(), s.model, 0.0,
                  theta, theta_stride);
}

void contract(const Spectrum& s, Index count, const double* theta, Index theta_stride, double* u, Index u_stride) {
  using kernels::Transpose;
  if (s.expand.empty())
    for (Index m = 0; m < count; ++m) std::copy_n(theta + m * theta_stride, s.model, u + m * u_stride);
  else
    kernels::gemm(Transpose::no, Transpose::no, count, s.model, s.raw, theta, theta_stride, s.expand.data(), s.model,
                  0.0, u, u_stride);
}

void to_parameters(const Spectrum& s, const LinearMap& map, Index count, const double* u, const double* centres,
                   LinearSolution* const* out) {
  using kernels::Transpose;
  const Index raw = s.raw, model = s.model;
  std::vector<double> theta(static_cast<std::size_t>(count * raw)), beta(static_cast<std::size_t>(count * model));
  expand(s, count, u, model, theta.data(), raw);
  if (s.q.empty())
    beta.assign(u, u + count * model);
  else
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
