#include "design/window_map.h"

#include <algorithm>

#include "core/error.h"
#include "core/text.h"

namespace bakeoff {
namespace {

template <class T>
void apply(const std::vector<WindowMap::Entry>& entries, const std::vector<double>& shift, int raw_parameters,
           const double* beta, T* theta, Index stride) {
  // Summed in double: a float32 intercept would lose what many shifts add.
  double intercept = beta[shift.size()];
  for (std::size_t m = 0; m < shift.size(); ++m) intercept += shift[m] * beta[m];
  for (int r = 0; r < raw_parameters; ++r) theta[r * stride] = 0;
  for (const auto& entry : entries) theta[entry.raw * stride] += static_cast<T>(entry.value * beta[entry.model]);
  theta[(raw_parameters - 1) * stride] = static_cast<T>(intercept);
}

}  // namespace

void WindowMap::to_raw(const double* beta, double* theta, Index stride) const {
  apply(entries_, shift_, raw_parameters_, beta, theta, stride);
}
void WindowMap::to_raw(const double* beta, float* theta, Index stride) const {
  apply(entries_, shift_, raw_parameters_, beta, theta, stride);
}

void WindowMap::pull_back(const double* gradient_theta, double* gradient_beta) const {
  const double intercept = gradient_theta[raw_parameters_ - 1];
  for (std::size_t m = 0; m < shift_.size(); ++m) gradient_beta[m] = shift_[m] * intercept;
  for (const Entry& entry : entries_) gradient_beta[entry.model] += entry.value * gradient_theta[entry.raw];
  gradient_beta[shift_.size()] = intercept;
}

void WindowMap::pull_back_gram(const double* raw, double* model) const {
  const int rows = raw_parameters_, width = model_parameters();
  std::vector<double> half(static_cast<std::size_t>(rows) * width);  // raw P
  for (int r = 0; r < rows; ++r)
    pull_back(raw + static_cast<Index>(r) * rows, &half[static_cast<std::size_t>(r) * width]);
  std::vector<double> column(rows), pulled(width);
  for (int m = 0; m < width; ++m) {
    for (int r = 0; r < rows; ++r) column[r] = half[static_cast<std::size_t>(r) * width + m];
    pull_back(column.data(), pulled.data());
    for (int k = 0; k < width; ++k) model[static_cast<Index>(k) * width + m] = pulled[k];
  }
}

// z = (x - m) / s with x = mean + scale * d, d of the raw matrix: beta z = (beta scale / s) d + beta (mean - m) / s,
// and what that constant adds to the intercept is taken back where x is missing (z = 0, d = 0). The mean is the float32
// that the model will carry, so that folding loses nothing.
void WindowMap::add_numeric(const RawDesign& design, int column, const WindowStatistics::Numeric& statistics) {
  const RawDesign::Numeric& reference = design.numeric[column];
  NumericTerm term;
  term.column = column;
  term.mean = static_cast<float>(reference.mean + statistics.mean * reference.scale);
  term.scale = statistics.scale * reference.scale;
  if (!statistics.constant) {
    term.model = static_cast<int>(shift_.size());
    const double shift = (reference.mean - static_cast<double>(term.mean)) / term.scale;
    entries_.push_back({column, term.model, 1 / statistics.scale});
    if (reference.missing_column >= 0) entries_.push_back({reference.missing_column, term.model, -shift});
    shift_.push_back(shift);
  }
  numeric_.push_back(term);
}

void WindowMap::add_categorical(const RawDesign& design, int column, const std::vector<Index>& rows, Index min_rows) {
  const int offset = design.categorical[column].offset;
  CategoricalTerm term;
  term.column = column;
  bool rare = false;
  for (std::size_t code = 0; code < rows.size(); ++code) {
    const bool known = rows[code] > 0 && rows[code] >= min_rows;
    rare |= rows[code] > 0 && !known;
    term.model_of_code.push_back(known ? static_cast<int>(shift_.size()) : -1);
    if (!known) continue;
    entries_.push_back({offset + static_cast<int>(code), term.model_of_code.back(), 1});
    shift_.push_back(0);
  }
  if (rare) {
    term.other = static_cast<int>(shift_.size());
    for (std::size_t code = 0; code < rows.size(); ++code)
      if (term.model_of_code[code] < 0) entries_.push_back({offset + static_cast<int>(code), term.other, 1});
    shift_.push_back(0);
  }
  categorical_.push_back(std::move(term));
}

FoldedParameters WindowMap::fold(const RawDesign& design, const double* beta) const {
  FoldedParameters out;
  out.intercept = static_cast<float>(beta[shift_.size()]);
  for (const NumericTerm& term : numeric_) {
    const double coefficient = term.model < 0 ? 0 : beta[term.model] / term.scale;
    out.numeric.push_back({design.numeric[term.column].name, term.mean, static_cast<float>(coefficient)});
  }
  for (const CategoricalTerm& term : categorical_) {
    const RawDesign::Categorical& column = design.categorical[term.column];
    FoldedParameters::Categorical folded;
    folded.column = column.name;
    folded.other = term.other < 0 ? 0.0f : static_cast<float>(beta[term.other]);
    folded.missing = folded.other;
    for (std::size_t code = 0; code < term.model_of_code.size(); ++code) {
      if (term.model_of_code[code] < 0) continue;
      const float coefficient = static_cast<float>(beta[term.model_of_code[code]]);
      if (static_cast<int>(code) == column.missing_code()) {
        folded.missing = coefficient;
      } else {
        folded.categories.push_back(column.categories[code]);
        folded.coefficients.push_back(coefficient);
      }
    }
    out.categorical.push_back(std::move(folded));
  }
  return out;
}

WindowMap make_window_map(const RawDesign& design, const WindowStatistics& statistics,
                          const std::vector<std::string>& features, Index min_category_rows) {
  std::vector<std::string> known;
  for (const auto& column : design.numeric) known.push_back(column.name);
  for (const auto& column : design.categorical) known.push_back(column.name);
  for (const std::string& name : features)
    if (std::find(known.begin(), known.end(), name) == known.end())
      throw SpecError("feature_sets: '" + printable(name) + "' is none of the features" + hint(name, known));
  const auto used = [&](const std::string& name) {
    return features.empty() || std::find(features.begin(), features.end(), name) != features.end();
  };
  WindowMap map;
  map.raw_parameters_ = design.parameters();
  for (std::size_t j = 0; j < design.numeric.size(); ++j)
    if (used(design.numeric[j].name)) map.add_numeric(design, static_cast<int>(j), statistics.numeric[j]);
  for (std::size_t j = 0; j < design.categorical.size(); ++j)
    if (used(design.categorical[j].name))
      map.add_categorical(design, static_cast<int>(j), statistics.category_rows[j], min_category_rows);
  return map;
}

}  // namespace bakeoff
