#include "spec/vocabulary.h"

namespace bakeoff {

const std::vector<FamilyWords>& known_families() {
  const FamilyParameter l1_ratio{
      "l1_ratio", 0, 0, "the penalty becomes l2 ((1 - l1_ratio)/2 ||w||^2 + l1_ratio ||w||_1)", 1, true};
  static const std::vector<FamilyWords> families = {
      {"logistic",
       {Task::binary, Task::multiclass},
       {{"l2", 0, 1, "sum of log-losses + l2/2 ||w||^2; scikit-learn's C is 1/l2"},
        l1_ratio},
       "logistic regression; with task multiclass softmax, whose penalty is that of all classes"},
      {"linear_svm",
       {Task::binary},
       {{"l2", 0, 1, "sum of squared hinges + l2/2 ||w||^2; scikit-learn's C is 1/l2"}, l1_ratio},
       "linear support vector machine; the score is a sigmoid of the margin, not a calibrated probability"},
      {"huber",
       {Task::regression},
       {{"l2", 0, 1, "scikit-learn's alpha: the penalty is l2 ||w||^2"},
        {"l1_ratio", 0, 0, "the penalty becomes 2 l2 ((1 - l1_ratio)/2 ||w||^2 + l1_ratio ||w||_1)", 1, true},
        {"epsilon", 1, 1.35, "residuals beyond epsilon scales count linearly; the scale is fitted, too"}},
       "Huber regression, robust to outliers"},
      {"quantile",
       {Task::regression},
       {{"l2", 0, 1, "sum of pinball losses + l2/2 ||w||^2"},
        l1_ratio,
        {"quantile", 1e-6, 0.5, "which one of the label: 0.5 is its median", 1 - 1e-6}},
       "quantile regression; judge it by pinball at the same quantile"},
      {"linear_svr",
       {Task::regression},
       {{"l2", 0, 1, "sum of max(0, |residual| - epsilon) + l2/2 ||w||^2; scikit-learn's C is 1/l2"},
        l1_ratio,
        {"epsilon", 0, 0, "residuals up to it cost nothing"}},
       "linear support vector regression"},
      {"linear_svr_squared",
       {Task::regression},
       {{"l2", 0, 1, "sum of max(0, |residual| - epsilon)^2 + l2/2 ||w||^2; scikit-learn's C is 1/l2"},
        l1_ratio,
        {"epsilon", 0, 0, "residuals up to it cost nothing"}},
       "linear support vector regression, its loss squared"},
      {"poisson",
       {Task::regression},
       {{"l2", 0, 1, "sum of half deviances + l2/2 ||w||^2; scikit-learn's alpha is l2 / sum of weights"},
        l1_ratio},
       "Poisson regression with a log link, for counts"},
      {"gamma",
       {Task::regression},
       {{"l2", 0, 1, "sum of half deviances + l2/2 ||w||^2; scikit-learn's alpha is l2 / sum of weights"},
        l1_ratio},
       "gamma regression with a log link, for amounts above 0"},
      {"ridge",
       {Task::regression},
       {{"l2", 0, 1, "||y - Xw - b||^2 + l2 ||w||^2; scikit-learn's alpha"}},
       "ridge regression"},
      {"elastic_net",
       {Task::regression},
       {{"l2", 0, 1, "1/2 ||y - Xw - b||^2 + l2 (...); scikit-learn's alpha times the number of rows"},
        {"l1_ratio", 0, 0.5, "(...) is (1 - l1_ratio)/2 ||w||^2 + l1_ratio ||w||_1", 1}},
       "linear regression with elastic-net"},
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
