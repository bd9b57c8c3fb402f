// A training set in the coordinates where its Gram is diagonal: every penalty is then a division.
#pragma once
#include <vector>

#include "train/centred_gram.h"

namespace bakeoff {

// The model's Gram, centred, is q' diag(values) q. Coordinates u = q beta; the intercept moves to the rows' mean, where
// it is orthogonal to the rest: centre = intercept of theta + mean . theta.
struct Spectrum {
  bool finite = false;          // false: a column or the labels are not finite or overflow
  double weight = 0;            // sum of the rows' weights
  double label_mean = 0;        // label_shift added back
  double label_variation = 0;   // sum of weight * (label - label_mean)^2
  int raw = 0, model = 0;       // without intercepts
  std::vector<double> mean;     // raw: weighted means
  std::vector<double> values;   // model, ascending where there is a q
  std::vector<double> spread;   // model: `values` if no columns cancelled, sum of expand^2 sum of weight * column^2
  std::vector<double> q;        // model x model: beta = q' u; empty: u is beta
  std::vector<double> expand;   // raw x model: theta = expand u; empty: u is theta
  std::vector<double> product;  // model: q * (centred columns . centred label)
};

Spectrum make_spectrum(const Gram& gram, double label_shift, const LinearMap& map);
Spectrum make_spectrum(CentredGram centred, const LinearMap& map);
// Of sparse rows too wide for a Gram: as if no two columns had to do with each other. Its coordinates are the columns'.
Spectrum make_diagonal(const LinearProblem& problem, const TrainingSet& set, double label_shift);

// Its weight and labels alone.
Spectrum label_summary(const LinearProblem& problem, const TrainingSet& set);

// theta = expand u for `count` models, one after the other in rows of these strides.
void expand(const Spectrum& spectrum, Index count, const double* u, Index u_stride, double* theta, Index theta_stride);
// u = expand' theta, likewise: gradients go this way.
void contract(const Spectrum& spectrum, Index count, const double* theta, Index theta_stride, double* u,
              Index u_stride);

// Parameters (intercept last) of `count` models: u is count x model, centres one a model.
void to_parameters(const Spectrum& spectrum, const LinearMap& map, Index count, const double* u, const double* centres,
                   LinearSolution* const* out);

}  // namespace bakeoff
