#include "train/families/catalog.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/error.h"
#include "core/text.h"
#include "train/families/elastic_net.h"
#include "train/families/glm.h"
#include "train/families/logistic.h"
#include "train/families/ridge.h"

namespace bakeoff {

const std::vector<Family>& families() {
  using Link = LinearModel::Link;
  constexpr double kMost = std::numeric_limits<double>::max();
  const Family::Parameter l2{"l2", 1.0, 0.0, kMost}, l1_ratio{"l1_ratio", 0.0, 0.0, 1.0},
      half{"l1_ratio", 0.5, 0.0, 1.0}, epsilon{"epsilon", 1.35, 1.0, kMost}, tube{"epsilon", 0.0, 0.0, kMost},
      q{"quantile", 0.5, 1e-6, 1 - 1e-6};
  constexpr auto regression = Task::regression, binary = Task::binary;
  static const std::vector<Family> all = {
      {"ridge", regression, Link::identity, Labels::numbers, {l2}, train_ridge, train_ridge_held_out},
      {"elastic_net",
       regression,
       Link::identity,
       Labels::numbers,
       {l2, half},
       train_elastic_net,
       train_elastic_net_held_out},
      {"huber", regression, Link::identity, Labels::numbers, {l2, l1_ratio, epsilon}, train_huber},
      {"quantile", regression, Link::identity, Labels::numbers, {l2, l1_ratio, q}, train_quantile},
      {"linear_svr", regression, Link::identity, Labels::numbers, {l2, l1_ratio, tube}, train_linear_svr},
      {"linear_svr_squared",
       regression,
       Link::identity,
       Labels::numbers,
       {l2, l1_ratio, tube},
       train_linear_svr_squared},
      {"poisson", regression, Link::log, Labels::not_negative, {l2, l1_ratio}, train_poisson},
      {"gamma", regression, Link::log, Labels::positive, {l2, l1_ratio}, train_gamma},
      {"logistic", binary, Link::logistic, Labels::classes, {l2, l1_ratio}, train_logistic, nullptr, train_softmax},
      {"linear_svm", binary, Link::logistic, Labels::classes, {l2, l1_ratio}, train_linear_svm},
  };
  return all;
}

const Family& find_family(const std::string& name) {
  std::vector<std::string> names;
  for (const Family& family : families()) {
    if (family.name == name) return family;
    names.push_back(family.name);
  }
  throw SpecError("family: '" + printable(name) + "' is not known" + hint(name, names));
}

bool label_suits(Labels labels, double y) {
  if (labels == Labels::classes) return y == 0 || y == 1;
  return std::isfinite(y) && (labels != Labels::not_negative || y >= 0) && (labels != Labels::positive || y > 0);
}

std::string Family::expected_label() const {
  if (labels == Labels::classes) return "0 or 1";
  if (labels == Labels::not_negative) return "a finite number of at least 0 for " + name;
  return labels == Labels::positive ? "a finite number above 0 for " + name : "a finite number";
}

double Family::parameter(const std::map<std::string, double>& given, const std::string& wanted) const {
  std::vector<std::string> names;
  for (const Family::Parameter& p : parameters) names.push_back(p.name);
  for (const auto& [key, value] : given) {
    const Family::Parameter* found = nullptr;
    for (const Family::Parameter& p : parameters)
      if (p.name == key) found = &p;
    if (!found)
      throw SpecError("family " + name + ": '" + printable(key) + "' is none of its parameters" + hint(key, names));
    const bool bounded = found->most < std::numeric_limits<double>::max();
    const std::string bound = bounded ? " and at most " + shortest(found->most) : "";
    if (!(value >= found->least && value <= found->most))
      throw SpecError("family " + name + ": " + key + " must be a finite number of at least " + shortest(found->least) +
                      bound + ", got " + shortest(value));
  }
  for (const Family::Parameter& p : parameters)
    if (p.name == wanted) {
      const auto at = given.find(wanted);
      return at == given.end() ? p.fallback : at->second;
    }
  throw SpecError("family " + name + " has no parameter " + wanted);
}

LinearFit Family::fit(int set, const std::map<std::string, double>& given) const {
  LinearFit fit;
  fit.set = set;
  for (const Parameter& p : parameters) {
    const double value = parameter(given, p.name);
    if (p.name == "l2") fit.l2 = value;
    if (p.name == "l1_ratio") fit.l1_ratio = value;
    if (p.name == "epsilon" || p.name == "quantile") fit.shape = value;
  }
  return fit;
}

}  // namespace bakeoff
