// The words that a spec may use for what can be chosen. A new family, strategy or format adds its line here.
#pragma once
#include <limits>
#include <string>
#include <vector>

#include "core/types.h"

namespace bakeoff {

struct FamilyParameter {
  std::string name;
  double low;            // the smallest value allowed
  double default_value;  // where the spec doesn't say
  std::string meaning;
  double high = std::numeric_limits<double>::infinity();  // the largest
  // Stays out of a candidate that doesn't name it: so that one from before there was such a parameter is the same.
  bool optional = false;
};
struct FamilyWords {
  std::string name;
  std::vector<Task> tasks;
  std::vector<FamilyParameter> parameters;
  std::string meaning;
};
const std::vector<FamilyWords>& known_families();
const FamilyWords* family_words(const std::string& name);

const std::vector<std::string>& known_strategies();
const std::vector<std::string>& known_exports();
// "hour" | "weekday" | "month" of a time column, as categoricals.
const std::vector<std::string>& known_time_parts();

}  // namespace bakeoff
