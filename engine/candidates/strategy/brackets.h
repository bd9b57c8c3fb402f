// Successive halving, one bracket after another: what halving and Hyperband are made of.
#pragma once
#include <memory>
#include <vector>

#include "candidates/strategy/strategy.h"

namespace bakeoff {

// Each rung fits its candidates on eta times the share of the rung before and keeps the best 1/eta (rounded up) for the
// next; the last rung is on all units. Only what is told there competes for the end.
class Brackets final : public SearchStrategy {
 public:
  struct Shape {
    int candidates = 1;
    int halvings = 0;  // rungs after the first
  };
  // Draws the candidates of each bracket from `sampler`, in their order.
  Brackets(std::unique_ptr<SearchStrategy> sampler, std::vector<Shape> shapes, double eta);

  CandidateSet ask(int count) override;
  double fraction() const override;
  void tell(const std::vector<double>& merits) override;
  bool finished() override;

  // The most halvings that leave a candidate and, on the first rung, `least` of the units.
  static int most_halvings(int candidates, double eta, double least);

 private:
  void begin_bracket();
  void halve();

  std::unique_ptr<SearchStrategy> sampler_;
  std::vector<Shape> shapes_;
  double eta_;
  std::size_t bracket_ = 0;
  bool begun_ = false;
  int rung_ = 0;
  std::size_t first_ = 0, asked_ = 0;  // candidates that the bracket began with; of the rung, asked for
  CandidateSet members_;               // of the rung
  std::vector<double> merits_;         // told of them
};

}  // namespace bakeoff
