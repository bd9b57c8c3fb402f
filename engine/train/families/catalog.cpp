#include "train/families/catalog.h"

#include <limits>

#include "core/error.h"
#include "core/text.h"
#include "train/families/logistic.h"
#include "train/families/ridge.h"

namespace bakeoff {

const std::vector<Family>& families() {
  constexpr double kMost = std::numeric_limits<double>::max();
  static const std::vector<Family> all = {
      {"ridge", Task::regression, LinearModel::Link::identity, {{"l2", 1.0, 0.0, kMost}}, train_ridge},
      {"logistic", Task::binary, LinearModel::Link::logistic, {{"l2", 1.0, 0.0, kMost}}, train_logistic},
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
    if (!(value >= found->least && value <= found->most))
      throw SpecError("family " + name + ": " + key + " must be a finite number of at least " +
                      std::to_string(found->least) + ", got " + std::to_string(value));
  }
  for (const FamilyParameter& p : parameters)
    if (p.name == wanted) {
      const auto at = given.find(wanted);
      return at == given.end() ? p.fallback : at->second;
    }
  throw SpecError("family " + name + " has no parameter " + wanted);
}

}  // namespace bakeoff
