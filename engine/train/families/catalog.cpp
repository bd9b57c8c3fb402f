#include "train/families/catalog.h"

#include <limits>

#include "core/error.h"
#include "core/text.h"
#include "train/families/elastic_net.h"
#include "train/families/logistic.h"
#include "train/families/ridge.h"

namespace bakeoff {

const std::vector<Family>& families() {
  constexpr double kMost = std::numeric_limits<double>::max();
  const FamilyParameter l2{"l2", 1.0, 0.0, kMost}, l1_ratio{"l1_ratio", 0.0, 0.0, 1.0}, half{"l1_ratio", 0.5, 0.0, 1.0};
  constexpr auto identity = LinearModel::Link::identity;
  static const std::vector<Family> all = {
      {"ridge", Task::regression, identity, {l2}, train_ridge, train_ridge_held_out},
      {"elastic_net", Task::regression, identity, {l2, half}, train_elastic_net, train_elastic_net_held_out},
      {"logistic", Task::binary, LinearModel::Link::logistic, {l2, l1_ratio}, train_logistic},
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

double Family::parameter(const std::map<std::string, double>& given, const std::string& wanted) const {
  std::vector<std::string> names;
  for (const FamilyParameter& p : parameters) names.push_back(p.name);
  for (const auto& [key, value] : given) {
    const FamilyParameter* found = nullptr;
    for (const FamilyParameter& p : parameters)
      if (p.name == key) found = &p;
    if (!found)
      throw SpecError("family " + name + ": '" + printable(key) + "' is none of its parameters" + hint(key, names));
    const bool bounded = found->most < std::numeric_limits<double>::max();
    const std::string bound = bounded ? " and at most " + shortest(found->most) : "";
    if (!(value >= found->least && value <= found->most))
      throw SpecError("family " + name + ": " + key + " must be a finite number of at least " + shortest(found->least) +
                      bound + ", got " + shortest(value));
  }
  for (const FamilyParameter& p : parameters)
    if (p.name == wanted) {
      const auto at = given.find(wanted);
      return at == given.end() ? p.fallback : at->second;
    }
  throw SpecError("family " + name + " has no parameter " + wanted);
}

LinearFit Family::fit(int set, const std::map<std::string, double>& given) const {
  LinearFit fit;
  fit.set = set;
  for (const FamilyParameter& p : parameters) {
    const double value = parameter(given, p.name);
    if (p.name == "l2") fit.l2 = value;
    if (p.name == "l1_ratio") fit.l1_ratio = value;
  }
  return fit;
}

}  // namespace bakeoff
