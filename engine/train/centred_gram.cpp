#include "train/centred_gram.h"

#include <algorithm>
#include <cmath>

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
  const Centred centred = centre(gram, c.mean, label_mean, map.raw);
  c.gram = pull_back(centred.gram, map);
  c.product.assign(map.model, 0.0);
  for (const LinearMap::Entry& e : map.entries) c.product[e.model] += e.value * centred.product[e.raw];
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
