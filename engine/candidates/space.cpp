#include "candidates/space.h"

#include <algorithm>
#include <charconv>

#include "kernels/math.h"
#include "spec/vocabulary.h"

namespace bakeoff {
namespace {

double six_digits(double value) {
  char text[32];
  const auto end = std::to_chars(text, text + sizeof text, value, std::chars_format::scientific, 5).ptr;
  double rounded = 0;
  std::from_chars(text, end, rounded);
  return rounded;
}

double value_at(const Range& range, double u) {
  double value = range.low + u * (range.high - range.low);
  // Our own log and exp: the C library's differ between machines in the last digit.
  if (range.scale == Range::Scale::log) {
    const double low = kernels::math::log(range.low), high = kernels::math::log(range.high);
    value = kernels::math::exp(low + u * (high - low));
  }
  return std::clamp(six_digits(value), range.low, range.high);
}

std::size_t choice(const std::vector<double>& point, int dimension, std::size_t choices) {
  if (dimension < 0) return 0;
  return std::min(static_cast<std::size_t>(point[dimension] * static_cast<double>(choices)), choices - 1);
}

}  // namespace

std::uint64_t Space::Family::combinations() const {
  std::uint64_t product = 1;
  for (const Parameter& parameter : parameters) product *= std::get<std::vector<double>>(parameter.values).size();
  return product;
}

void Space::Family::settle(Candidate& candidate) const {
  const FamilyWords* words = family_words(name);
  for (const auto& [parameter, condition] : conditions) {
    const double decides = candidate.parameters.at(condition.parameter);
    if (std::find(condition.values.begin(), condition.values.end(), decides) != condition.values.end()) continue;
    candidate.parameters.erase(parameter);
    for (const FamilyParameter& known : words ? words->parameters : std::vector<FamilyParameter>{})
      if (known.name == parameter) candidate.parameters[parameter] = known.default_value;
  }
}

Space::Space(const CandidatesSpec& spec) : windows_(spec.windows) {
  if (windows_.empty()) windows_.push_back(CandidatesSpec::kAllHistory);
  for (const auto& [name, columns] : spec.feature_sets) feature_sets_.push_back(name);
  if (feature_sets_.empty()) feature_sets_.push_back("");
  window_dimension_ = dimension_for(windows_.size());
  feature_set_dimension_ = dimension_for(feature_sets_.size());
  family_dimension_ = dimension_for(spec.families.size());
  for (const FamilySpec& from : spec.families) {
    Family family{from.name, {}, from.conditions};
    const FamilyWords* words = family_words(from.name);
    for (const FamilyParameter& known : words ? words->parameters : std::vector<FamilyParameter>{})
      if (!from.parameters.count(known.name) && !known.optional)
        family.parameters.push_back({known.name, std::vector<double>{known.default_value}, -1});
    for (const auto& [name, values] : from.parameters) {
      const auto* list = std::get_if<std::vector<double>>(&values);
      family.parameters.push_back({name, values, dimension_for(list ? list->size() : 2)});
    }
    families_.push_back(std::move(family));
  }
}

Candidate Space::at(const std::vector<double>& point) const {
  Candidate candidate;
  candidate.window = windows_[choice(point, window_dimension_, windows_.size())];
  candidate.feature_set = feature_sets_[choice(point, feature_set_dimension_, feature_sets_.size())];
  const Family& family = families_[choice(point, family_dimension_, families_.size())];
  candidate.family = family.name;
  for (const Parameter& parameter : family.parameters) {
    if (const auto* range = std::get_if<Range>(&parameter.values)) {
      candidate.parameters[parameter.name] = value_at(*range, point[parameter.dimension]);
    } else {
      const auto& list = std::get<std::vector<double>>(parameter.values);
      candidate.parameters[parameter.name] = list[choice(point, parameter.dimension, list.size())];
    }
  }
  family.settle(candidate);
  return candidate;
}

std::optional<std::uint64_t> Space::size() const {
  std::uint64_t total = 0;
  for (const Family& family : families_) {
    for (const Parameter& parameter : family.parameters)
      if (std::holds_alternative<Range>(parameter.values)) return std::nullopt;
    total += family.combinations() * feature_sets_.size() * windows_.size();
  }
  return total;
}

Candidate Space::combination(std::uint64_t index) const {
  const auto next = [&index](std::uint64_t choices) {
    const std::uint64_t chosen = index % choices;
    index /= choices;
    return chosen;
  };
  Candidate candidate;
  candidate.window = windows_[next(windows_.size())];
  candidate.feature_set = feature_sets_[next(feature_sets_.size())];
  for (const Family& family : families_) {
    if (index >= family.combinations()) {
      index -= family.combinations();
      continue;
    }
    candidate.family = family.name;
    for (const Parameter& parameter : family.parameters) {
      const auto& list = std::get<std::vector<double>>(parameter.values);
      candidate.parameters[parameter.name] = list[next(list.size())];
    }
    family.settle(candidate);
    break;
  }
  return candidate;
}

}  // namespace bakeoff
