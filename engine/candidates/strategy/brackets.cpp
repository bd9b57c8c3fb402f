#include "candidates/strategy/brackets.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/error.h"

namespace bakeoff {

Brackets::Brackets(std::unique_ptr<SearchStrategy> sampler, std::vector<Shape> shapes, double eta)
    : sampler_(std::move(sampler)), shapes_(std::move(shapes)), eta_(eta) {}

int Brackets::most_halvings(int candidates, double eta, double least) {
  int halvings = 0;
  double left = candidates / eta, share = 1 / eta;
  // A product of roundings: 1/3 * 3 may fall short of 1.
  for (; left >= 1 - 1e-9 && share >= least * (1 - 1e-9); ++halvings, left /= eta, share /= eta) {
  }
  return halvings;
}

void Brackets::begin_bracket() {
  begun_ = true;
  rung_ = 0;
  asked_ = 0;
  merits_.clear();
  members_ = sampler_->ask(shapes_[bracket_].candidates);
  first_ = members_.size();
}

bool Brackets::finished() {
  while (bracket_ < shapes_.size()) {
    if (!begun_) begin_bracket();
    if (!members_.empty()) return false;
    begun_ = false;  // a small space has no more
    ++bracket_;
  }
  return true;
}

double Brackets::fraction() const {
  if (bracket_ >= shapes_.size()) return 1;
  return std::pow(eta_, rung_ - shapes_[bracket_].halvings);
}

CandidateSet Brackets::ask(int count) {
  if (finished()) return {};
  const std::size_t end = std::min(members_.size(), asked_ + static_cast<std::size_t>(std::max(count, 0)));
  const auto at = members_.begin();
  CandidateSet out(at + static_cast<std::ptrdiff_t>(asked_), at + static_cast<std::ptrdiff_t>(end));
  asked_ = end;
  return out;
}

void Brackets::tell(const std::vector<double>& merits) {
  const std::size_t waiting = begun_ ? asked_ - merits_.size() : 0;
  if (merits.size() > waiting)
    throw SpecError("tell: expected at most " + std::to_string(waiting) +
                    " values, one a candidate that was asked for and not told of yet, got " +
                    std::to_string(merits.size()));
  merits_.insert(merits_.end(), merits.begin(), merits.end());
  if (!begun_ || merits_.size() < members_.size()) return;
  if (rung_ < shapes_[bracket_].halvings) return halve();
  begun_ = false;
  ++bracket_;
}

// Equal merits stay in their order; what failed goes.
void Brackets::halve() {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < members_.size(); ++i)
    if (!std::isnan(merits_[i])) order.push_back(i);
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return merits_[a] > merits_[b]; });
  ++rung_;
  const auto keep = static_cast<std::size_t>(std::ceil(static_cast<double>(first_) / std::pow(eta_, rung_) - 1e-9));
  order.resize(std::min(order.size(), std::max<std::size_t>(keep, 1)));
  std::sort(order.begin(), order.end());
  CandidateSet survivors;
  for (std::size_t i : order) survivors.push_back(members_[i]);
  members_ = std::move(survivors);
  merits_.clear();
  asked_ = 0;
}

}  // namespace bakeoff
