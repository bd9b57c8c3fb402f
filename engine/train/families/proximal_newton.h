// A proximal quasi-Newton method for one smooth convex loss with an elastic-net penalty, turned inside out like Lbfgs:
// it says where to evaluate next and is told the answer, so that hundreds of them share each pass over the rows.
#pragma once
#include <string>
#include <vector>

#include "train/families/hessian_model.h"
#include "train/trained_batch.h"

namespace bakeoff {

// F(x) = loss(x) + sum over penalised coordinates of (l1 |x| + l2/2 x^2). Each step is the minimum of the loss's model
// with the penalty, shortened until F falls.
class ProximalNewton {
 public:
  struct Options {
    int most_steps = 300;
    double tolerance = 1e-9;  // stops when the model's predicted decrease is below tolerance * |F|
  };
  ProximalNewton(HessianModel model, double l1, double l2, Options options);

  // Value and gradient are the loss's, without the penalty.
  void start(std::vector<double> x, double loss, std::vector<double> gradient);
  const std::vector<double>& trial() const { return trial_; }
  void tell(double loss, const std::vector<double>& gradient);

  // Goes on from where it has ended, for so many steps at most, with a model that has learnt nothing yet and bends by
  // `kappa`, and keeps what that gains if it is more than noise; how it had ended stays. For a loss with corners:
  // between them it is nearly straight, and a model that bends there as at the corners predicts too small a decrease.
  void polish(double kappa, int steps);

  bool done() const { return done_; }
  const std::vector<double>& best() const { return x_; }
  double value() const { return value_; }
  int steps() const { return steps_; }
  double kappa() const { return model_.kappa(); }
  double predicted() const { return predicted_; }  // decrease of the value from the best point
  FitStatus status() const { return status_; }
  const std::string& reason() const { return reason_; }

 private:
  bool penalised(std::size_t k) const { return static_cast<int>(k % model_.order()) >= model_.free(); }
  double penalty(const std::vector<double>& x) const;
  double slope_at(const std::vector<double>& x, const std::vector<double>& gradient) const;
  double aim(double tolerance, double share);
  void next_direction();
  void place_trial();
  void accept(double value, const std::vector<double>& gradient);
  void finish(FitStatus status, std::string reason = {});
  void settle();

  HessianModel model_;
  double l1_, l2_;
  Options options_;
  std::vector<double> x_, gradient_, direction_, trial_;
  std::vector<double> unpolished_;
  double unpolished_value_ = kNaN;
  double value_ = kNaN, slope_ = 0, length_ = 1, predicted_ = kNaN;
  int steps_ = 0, shortened_ = 0;
  bool done_ = false, polishing_ = false, settling_ = false;
  FitStatus status_ = FitStatus::converged;
  std::string reason_;
};

}  // namespace bakeoff
