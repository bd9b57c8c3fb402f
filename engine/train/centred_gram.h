// A training set's Gram in the model's own coordinates, columns and label centred: the intercept has left the problem.
#pragma once
#include <vector>

#include "train/gram_set.h"

namespace bakeoff {

// The intercept moves to the rows' mean, where it is orthogonal to the rest: centre = intercept of theta + mean .
// theta.
struct CentredGram {
  bool finite = false;          // false: a column or the labels are not finite or overflow
  double weight = 0;            // sum of the rows' weights
  double label_mean = 0;        // label_shift added back
  double label_variation = 0;   // sum of weight * (label - label_mean)^2
  int raw = 0, model = 0;       // without intercepts
  std::vector<double> mean;     // raw: weighted means
  std::vector<double> squares;  // raw: sums of weight * column^2
  std::vector<double> gram;     // model x model
  std::vector<double> product;  // model: centred columns . centred label
};

CentredGram make_centred_gram(const Gram& gram, double label_shift, const LinearMap& map);

// Parameters of one model, beta of model's columns and its centre: with exact zeros where beta has them.
void to_parameters(const CentredGram& gram, const LinearMap& map, const double* beta, double centre,
                   LinearSolution& out);

// Why nothing can be learnt from rows of this weight; empty if something can.
std::string why_hopeless(double weight, bool finite);
inline std::string why_hopeless(const CentredGram& gram) { return why_hopeless(gram.weight, gram.finite); }

}  // namespace bakeoff
