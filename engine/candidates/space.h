// The space of candidates: window x feature set x family x the parameters of that family.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "candidates/candidate.h"

namespace bakeoff {

class Space {
 public:
  explicit Space(const CandidatesSpec& spec);

  // Coordinates of a point: one for each of window, feature set and family that has a choice, and one for each
  // parameter of each family that has (two families don't share theirs).
  int dimensions() const { return dimensions_; }
  // The candidate at a point of [0, 1)^dimensions. Ranges are even in the value or in its logarithm; choices share [0,
  // 1) evenly. Values of ranges have six digits, so that a label tells the whole truth; the same bits on every machine.
  Candidate at(const std::vector<double>& point) const;

  // How many candidates there are, those that differ only where a parameter doesn't count as often as they are written;
  // nothing if a parameter has a range.
  std::optional<std::uint64_t> size() const;
  // Candidate number `index` of size(), windows fastest, families slowest.
  Candidate combination(std::uint64_t index) const;

 private:
  struct Parameter {
    std::string name;
    ParameterSpec values;
    int dimension = -1;  // -1: one value, no choice
  };
  struct Family {
    std::string name;
    std::vector<Parameter> parameters;
    std::map<std::string, Condition> conditions;
    std::uint64_t combinations() const;
    // Parameters whose condition does not hold take their default, or go if they have none.
    void settle(Candidate& candidate) const;
  };
  int dimension_for(std::size_t choices) { return choices > 1 ? dimensions_++ : -1; }

  std::vector<Micros> windows_;
  std::vector<std::string> feature_sets_;
  std::vector<Family> families_;
  int window_dimension_ = -1, feature_set_dimension_ = -1, family_dimension_ = -1;
  int dimensions_ = 0;
};

}  // namespace bakeoff
