#include "train/centred_gram.h"

#include <algorithm>
#include <cmath>

namespace bakeoff {
namespace {

// entries' * C * entries, C the sums of weight (x - mean)(x - mean)': row by row of the answer, without a matrix in
// between.
std::vector<double> centre(const Gram& gram, const std::vector<double>& mean, const LinearMap& map) {
  const std::size_t raw = map.raw, model = map.model;
  const double weight = gram.weight();
  std::vector<double> out(model * model, 0.0), row(raw);
  std::vector<LinearMap::Entry> entries = map.entries;
  std::stable_sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) { return a.model < b.model; });
  for (auto first = entries.begin(), last = first; first != entries.end(); first = last) {
    std::fill(row.begin(), row.end(), 0.0);
    for (; last != entries.end() && last->model == first->model; ++last) {
      const double* from = gram.values.data() + static_cast<std::size_t>(last->raw) * gram.order;
      const double shift = weight * mean[last->raw];
      for (std::size_t j = 0; j < raw; ++j) row[j] += last->value * (from[j] - shift * mean[j]);
    }
    double* const to = out.data() + static_cast<std::size_t>(first->model) * model;
    for (const LinearMap::Entry& e : map.entries) to[e.model] += row[e.raw] * e.value;
  }
  return out;
}

bool all_finite(const std::vector<double>& values) {
  return std::all_of(values.begin(), values.end(), [](double v) { return std::isfinite(v); });
}

}  // namespace

CentredGram make_centred_gram(const Gram& gram, double label_shift, const LinearMap& map) {
  CentredGram c;
  c.raw = map.raw;
  c.model = map.model;
  c.weight = gram.weight();
  if (!(c.weight > 0)) return c;
  c.mean.resize(map.raw);
  c.squares.resize(map.raw);
  for (int i = 0; i < map.raw; ++i) c.squares[i] = gram(i, i);
  for (int i = 0; i < map.raw; ++i) c.mean[i] = gram(i, gram.intercept()) / c.weight;
  const double label_mean = gram(gram.label(), gram.intercept()) / c.weight;
  c.label_mean = label_mean + label_shift;
  const double variation = gram(gram.label(), gram.label()) - c.weight * label_mean * label_mean;
  c.label_variation = std::max(0.0, variation);
  c.gram = centre(gram, c.mean, map);
  c.product.assign(map.model, 0.0);
  for (const LinearMap::Entry& e : map.entries)
    c.product[e.model] += e.value * (gram(e.raw, gram.label()) - c.weight * c.mean[e.raw] * label_mean);
  c.finite = std::isfinite(variation) && all_finite(c.gram) && all_finite(c.product);
  return c;
}

void to_parameters(const CentredGram& gram, const LinearMap& map, const double* beta, double centre,
                   LinearSolution& out) {
  out.theta.assign(gram.raw, 0.0);
  for (const LinearMap::Entry& e : map.entries) out.theta[e.raw] += e.value * beta[e.model];
  out.beta.assign(beta, beta + gram.model);
  double intercept = centre;
  for (int i = 0; i < gram.raw; ++i) intercept -= gram.mean[i] * out.theta[i];
  out.theta.push_back(intercept);
  for (int j = 0; j < gram.model && !map.shift.empty(); ++j) intercept -= map.shift[j] * beta[j];
  out.beta.push_back(intercept);
}

std::string why_hopeless(double weight, bool finite) {
  if (!(weight > 0)) return "no training rows with a weight above 0";
  if (!finite) return "squares of the training rows' columns or labels are not finite: divide them by a constant";
  return {};
}

}  // namespace bakeoff
