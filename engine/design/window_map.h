// theta = map(beta): what a window's imputation, scale and vocabulary do to the parameters.
// Model parameters beta: one for each numeric column (standardised, mean imputed) that varies in the window; for each
// categorical column one a known category, and one "other" if the window has rows of categories that are not known; the
// intercept last. That is scikit-learn's SimpleImputer, StandardScaler and
// OneHotEncoder(min_frequency=.., handle_unknown="infrequent_if_exist"). Raw parameters theta: those of RawDesign.
#pragma once
#include <string>
#include <vector>

#include "design/design.h"
#include "design/window_statistics.h"

namespace bakeoff {

// A category with fewer rows in the window shares a coefficient with the others of its kind. Flights, 14 days of
// training, scikit-learn's LogisticRegression, two penalties: the AUC of 15-28 July is .748 to .751 for any minimum
// from 1 to 50, so 10 costs nothing and saves 41 of 236 columns.
inline constexpr Index kMinCategoryRows = 10;

// A model without the machinery: what is exported. Every value as float32. score = intercept + sum over numeric columns
// of coefficient * (x - mean), 0 where x is missing, + sum over categorical ones of the category's coefficient.
struct FoldedParameters {
  struct Numeric {
    std::string column;
    float mean = 0, coefficient = 0;  // coefficient 0: the column did not vary in the window
  };
  struct Categorical {
    std::string column;
    std::vector<std::string> categories;  // known in the window
    std::vector<float> coefficients;      // as many
    float other = 0;                      // any other text
    float missing = 0;
  };
  float intercept = 0;
  std::vector<Numeric> numeric;
  std::vector<Categorical> categorical;
};

class WindowMap {
 public:
  struct Entry {
    int raw = 0, model = 0;
    double value = 0;
  };

  // Both count their intercepts, which come last and are one another's image.
  int raw_parameters() const { return raw_parameters_; }
  int model_parameters() const { return static_cast<int>(shift_.size()) + 1; }
  // theta[raw] += value * beta[model], by model, then raw; intercepts are not in it.
  const std::vector<Entry>& entries() const { return entries_; }
  // The raw intercept is beta's plus shift . beta; model_parameters() - 1 values.
  const std::vector<double>& shift() const { return shift_; }

  // theta = P beta; theta has raw_parameters() values, `stride` apart.
  void to_raw(const double* beta, double* theta, Index stride = 1) const;
  void to_raw(const double* beta, float* theta, Index stride = 1) const;
  // gradient_beta = P' gradient_theta.
  void pull_back(const double* gradient_theta, double* gradient_beta) const;
  // model = P' raw P, both symmetric and row-major, with their intercepts.
  void pull_back_gram(const double* raw, double* model) const;

  // The exported form of beta. Its scores are those of to_raw(beta) on the raw matrix, up to float32.
  FoldedParameters fold(const RawDesign& design, const double* beta) const;

 private:
  friend WindowMap make_window_map(const RawDesign&, const WindowStatistics&, const std::vector<std::string>&, Index);
  struct NumericTerm {
    int column = 0;  // in RawDesign::numeric
    int model = -1;  // -1: no parameter
    float mean = 0;  // in the units of the data
    double scale = 1;
  };
  struct CategoricalTerm {
    int column = 0;                  // in RawDesign::categorical
    std::vector<int> model_of_code;  // known: its parameter; else -1
    int other = -1;                  // -1: the window has no rows of other categories
  };
  void add_numeric(const RawDesign& design, int column, const WindowStatistics::Numeric& statistics);
  void add_categorical(const RawDesign& design, int column, const std::vector<Index>& rows, Index min_rows);

  int raw_parameters_ = 1;
  std::vector<Entry> entries_;
  std::vector<double> shift_;
  std::vector<NumericTerm> numeric_;
  std::vector<CategoricalTerm> categorical_;
};

// `features`: names of the columns and time parts to use; empty: all. SpecError for one that the design has not (names
// the nearest). A numeric column that is constant or missing throughout the window has no parameter: its optimum is 0.
WindowMap make_window_map(const RawDesign& design, const WindowStatistics& statistics,
                          const std::vector<std::string>& features = {}, Index min_category_rows = kMinCategoryRows);

}  // namespace bakeoff
