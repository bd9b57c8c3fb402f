#include "spec/vocabulary.h"

namespace bakeoff {

const std::vector<FamilyWords>& known_families() {
  static const std::vector<FamilyWords> families = {
      {"logistic",
       {Task::binary},
       {{"l2", 0, 1, "sum of log-losses + l2/2 ||w||^2; scikit-learn's C is 1/l2"}},
       "logistic regression"},
      {"ridge",
       {Task::regression},
       {{"l2", 0, 1, "||y - Xw - b||^2 + l2 ||w||^2; scikit-learn's alpha"}},
       "ridge regression"},
  };
  return families;
}

const FamilyWords* family_words(const std::string& name) {
  for (const FamilyWords& family : known_families())
    if (family.name == name) return &family;
  return nullptr;
}

const std::vector<std::string>& known_strategies() {
  static const std::vector<std::string> words = {"grid", "random", "sobol", "halving", "hyperband"};
  return words;
}

const std::vector<std::string>& known_exports() {
  static const std::vector<std::string> words = {"onnx", "safetensors"};
  return words;
}

const std::vector<std::string>& known_time_parts() {
  static const std::vector<std::string> words = {"hour", "weekday", "month"};
  return words;
}

}  // namespace bakeoff
