#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "ingest/feature.h"
#include "train/link.h"
#include "train/model.h"

namespace bakeoff {
namespace {

constexpr Index kRowsAtOnce = 4096;

// One coefficient a code of the dataset's column, then that of a missing value.
struct Lookup {
  CategoricalColumn column;
  std::vector<double> by_code;
  double missing = 0;
  double at(Index row) const { return column.codes[row] < 0 ? missing : by_code[column.codes[row]]; }
};

Lookup make_lookup(const LinearModel::Categorical& term, const Dataset& data, const std::string& zone) {
  std::unordered_map<std::string, double> known;
  for (std::size_t c = 0; c < term.categories.size(); ++c) known.emplace(term.categories[c], term.coefficients[c]);
  Lookup lookup{categorical_feature(data, term.column, zone), {}, term.missing};
  for (const std::string& category : lookup.column.categories) {
    const auto found = known.find(category);
    lookup.by_code.push_back(found == known.end() ? term.other : found->second);
  }
  return lookup;
}

}  // namespace

std::vector<double> LinearModel::logits(const Execution& execution, const Dataset& data) const {
  std::vector<const std::vector<double>*> numbers;
  for (const Numeric& term : parts_.numeric) numbers.push_back(&data.numeric(term.column).values);
  std::vector<Lookup> lookups;
  for (const Categorical& term : parts_.categorical) lookups.push_back(make_lookup(term, data, parts_.zone));
  std::vector<double> out(static_cast<std::size_t>(data.rows()));
  execution.workers().for_each((data.rows() + kRowsAtOnce - 1) / kRowsAtOnce, [&](Index chunk) {
    const Index end = std::min(data.rows(), (chunk + 1) * kRowsAtOnce);
    for (Index i = chunk * kRowsAtOnce; i < end; ++i) {
      double sum = parts_.intercept;
      for (std::size_t j = 0; j < numbers.size(); ++j) {
        const double x = (*numbers[j])[i];
        const Numeric& term = parts_.numeric[j];
        if (!std::isnan(x)) sum += static_cast<double>(term.coefficient) * (x - static_cast<double>(term.mean));
      }
      for (const Lookup& lookup : lookups) sum += lookup.at(i);
      out[i] = sum;
    }
  });
  return out;
}

std::vector<float> LinearModel::predict(const Execution& execution, const Dataset& data) const {
  const std::vector<double> sums = logits(execution, data);
  std::vector<float> scores(sums.size());
  execution.workers().for_each((data.rows() + kRowsAtOnce - 1) / kRowsAtOnce, [&](Index chunk) {
    for (Index i = chunk * kRowsAtOnce; i < std::min(data.rows(), (chunk + 1) * kRowsAtOnce); ++i)
      scores[i] = static_cast<float>(linked(sums[i], parts_.link));
  });
  return scores;
}

std::vector<float> SoftmaxModel::predict(const Execution& execution, const Dataset& data) const {
  const auto classes = static_cast<Index>(logits_.size());
  std::vector<float> scores(static_cast<std::size_t>(data.rows() * classes));
  std::vector<std::vector<double>> sums;
  for (const LinearModel& one : logits_) sums.push_back(one.logits(execution, data));
  execution.workers().for_each((data.rows() + kRowsAtOnce - 1) / kRowsAtOnce, [&](Index chunk) {
    std::vector<double> z(logits_.size());
    for (Index i = chunk * kRowsAtOnce; i < std::min(data.rows(), (chunk + 1) * kRowsAtOnce); ++i) {
      for (Index k = 0; k < classes; ++k) z[k] = sums[k][i];
      bakeoff::softmax(z.data(), static_cast<int>(classes));
      for (Index k = 0; k < classes; ++k) scores[i * classes + k] = static_cast<float>(z[k]);
    }
  });
  return scores;
}

std::vector<std::string> LinearModel::columns() const {
  std::vector<std::string> names;
  const auto add = [&](const std::string& name) {
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  };
  for (const Numeric& term : parts_.numeric) add(term.column);
  for (const Categorical& term : parts_.categorical) {
    const auto part = parse_time_part(term.column);
    add(part ? part->column : term.column);
  }
  return names;
}

}  // namespace bakeoff
