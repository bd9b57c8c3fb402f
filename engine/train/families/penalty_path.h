// One training set's elastic-net under one penalty after another, each starting where the last one ended.
#pragma once
#include <vector>

#include "core/buffer.h"
#include "kernels/linear/descent.h"
#include "train/centred_gram.h"

namespace bakeoff {

// Minimises P(b) = 1/2 (yy - 2 c'b + b'Gb) + l1 ||b||_1 + l2/2 ||b||^2 with G, c and yy of a CentredGram.
//
// Coordinate descent runs over a working set: coordinates that were active or pass the sequential strong rule
// (Tibshirani et al. 2012), and whatever broke its optimality condition. Their block of G is copied side by side, so
// that a step costs the working set's size. Slow progress (collinear columns) is finished by Newton steps on the active
// coordinates, cut where one would change its sign. It ends when a duality gap proves P to be within tolerance: where
// it started from doesn't matter then.
class PenaltyPath {
 public:
  struct Options {
    double tolerance = 1e-7;  // gap / P: a tenth of what users are promised, and gaps are bounds
    int most_rounds = 60;     // of sweeps, newton steps and gaps
  };
  PenaltyPath(const CentredGram& gram, Options options);

  // Larger penalties first go fastest. False if the gap is still above the tolerance in the end.
  bool solve(double l1, double l2);

  // The same turned inside out, for a device that descends on many problems at once: begin(), then, while it is open(),
  // descend on problem() (unless its order is 0) and advance().
  void begin(double l1, double l2);
  bool open() const { return !proved() && round_ < options_.most_rounds; }
  kernels::DescentProblem problem();
  void advance();
  bool proved() const;

  const std::vector<double>& beta() const { return beta_; }  // model columns; exact zeros
  double objective() const { return objective_; }
  double gap() const { return gap_; }  // what is proved: objective() - gap() is a lower bound
  int sweeps() const { return sweeps_; }

 private:
  void grow(std::size_t least);
  void add(int column);
  void screen();
  void extrapolate(double l1, double l2);
  bool add_violators();
  void refresh();
  void measure();
  bool newton();
  double inner_tolerance() const;
  const double* row_of(int column) const { return c_.gram.data() + static_cast<std::size_t>(column) * c_.model; }

  const CentredGram& c_;
  Options options_;
  double l1_ = 0, l2_ = 0, last_l1_;
  std::vector<int> columns_;  // of the working set, in the order in which they came
  std::vector<bool> working_;
  Buffer<double> block_;  // their Gram: rows of stride_
  Index stride_ = 0;
  Buffer<double> x_, pull_;                       // of the working set: coefficients; c - Gb
  std::vector<double> before_, residual_before_;  // beta_ and residual_ at the last penalty but one
  double last_penalty_ = 0, before_penalty_ = 0;
  Buffer<double> factor_;                // scratch of newton()
  std::vector<double> beta_, residual_;  // of all columns; residual_ = c - Gb, b the last that refresh() saw
  int updates_ = 0;                      // of residual_ since all of it was summed up
  double objective_ = 0, gap_ = 0, tightness_ = 1;
  int sweeps_ = 0, round_ = 0, last_sweeps_ = 0;
};

}  // namespace bakeoff
