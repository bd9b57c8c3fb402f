// A dataset with everything that design must cope with, and the textbook way to the same scores.
#pragma once
#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "design/design.h"
#include "design/window_statistics.h"

namespace bakeoff {

inline Dataset random_data(std::int64_t rows, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<double> normal;
  NumericColumn plain, gaps, far, constant;
  CategoricalColumn city, plane;
  TimeColumn when;
  city.categories = {"JFK", "EWR", "LGA", "rare 1", "rare 2", "never"};
  for (int c = 0; c < 40; ++c) plane.categories.push_back("plane " + std::to_string(c));
  for (std::int64_t i = 0; i < rows; ++i) {
    plain.values.push_back(normal(random) * 3 + 0.001 * static_cast<double>(i));
    gaps.values.push_back(random() % 4 ? std::exp(normal(random)) : kNaN);
    far.values.push_back(random() % 50 ? 2013 + 8 * normal(random) : kNaN);
    constant.values.push_back(i < rows / 2 ? 7.1 : normal(random));
    const auto rare = random() % 100;
    city.codes.push_back(rare < 2 ? 3 + static_cast<int>(rare) : static_cast<int>(random() % 3));
    // Skewed: the last ones are rare, and some rows have none.
    plane.codes.push_back(static_cast<int>(std::min(39.0, std::floor(std::abs(normal(random)) * 13))) -
                          (random() % 20 == 0 ? 40 : 0));
    if (plane.codes.back() < 0) plane.codes.back() = -1;
    when.micros.push_back(static_cast<Micros>(random() % 60) * 60 * kSecond + i * 1800 * kSecond);
  }
  return Dataset({{"plain", plain},
                  {"gaps", gaps},
                  {"far", far},
                  {"constant", constant},
                  {"city", city},
                  {"plane", plane},
                  {"when", when}},
                 "random");
}

inline FeatureSpec all_features() { return {{"plain", "gaps", "far", "constant"}, {"city", "plane"}, {"when.hour"}}; }

// Imputed, standardised, one-hot: each row as its list of values, columns named. Written from scikit-learn's
// definitions (SimpleImputer, StandardScaler, OneHotEncoder with infrequent_if_exist), over the rows that `trains`
// names.
struct Textbook {
  std::vector<std::string> names;            // numeric columns, "column=category", "column=other"
  std::vector<std::vector<double>> columns;  // N values each
};

// `values(column)`: the N numbers of a numeric column, NaN where missing. `carried(mean)`: as the model will hold it.
template <class Values, class Carried>
Textbook textbook(const RawDesign& design, const Values& values, const Carried& carried,
                  const std::vector<bool>& trains, Index min_rows) {
  Textbook out;
  double n = 0;
  for (bool t : trains) n += t;
  for (std::size_t j = 0; j < design.numeric.size(); ++j) {
    const std::vector<double> x = values(j);
    double present = 0, sum = 0, squares = 0, low = INFINITY, high = -INFINITY;
    for (std::size_t i = 0; i < x.size(); ++i) {
      if (!trains[i] || std::isnan(x[i])) continue;
      present += 1;
      sum += x[i];
      low = std::min(low, x[i]);
      high = std::max(high, x[i]);
    }
    if (present == 0 || low == high) continue;
    const double mean = sum / present;
    for (std::size_t i = 0; i < x.size(); ++i)
      if (trains[i] && !std::isnan(x[i])) squares += (x[i] - mean) * (x[i] - mean);
    const double deviation = std::sqrt(squares / n);
    std::vector<double> z(x.size());
    for (std::size_t i = 0; i < x.size(); ++i) z[i] = std::isnan(x[i]) ? 0 : (x[i] - carried(mean)) / deviation;
    out.names.push_back(design.numeric[j].name);
    out.columns.push_back(z);
  }
  const std::size_t width = design.categorical.size();
  for (std::size_t j = 0; j < width; ++j) {
    const auto& column = design.categorical[j];
    const auto code = [&](std::size_t i) { return design.codes[static_cast<Index>(i * width + j)]; };
    std::vector<Index> count(column.categories.size());
    for (std::size_t i = 0; i < trains.size(); ++i)
      if (trains[i]) ++count[code(i)];
    std::vector<double> other(trains.size());
    bool rare = false;
    for (std::size_t c = 0; c < count.size(); ++c) {
      const bool known = count[c] >= min_rows;
      rare |= !known && count[c] > 0;
      std::vector<double> one(trains.size());
      for (std::size_t i = 0; i < trains.size(); ++i) (known ? one : other)[i] += code(i) == static_cast<int>(c);
      if (!known) continue;
      out.names.push_back(column.name + "=" + column.categories[c]);
      out.columns.push_back(one);
    }
    if (!rare) continue;
    out.names.push_back(column.name + "=other");
    out.columns.push_back(other);
  }
  return out;
}

inline std::vector<bool> rows_of(const WindowRows& window, Index rows, const std::int32_t* folds) {
  std::vector<bool> trains(rows);
  for (Index i = window.begin; i < window.end; ++i) trains[i] = !folds || folds[i] != window.left_out;
  return trains;
}

// Raw design times theta, in double.
inline std::vector<double> raw_scores(const RawDesign& design, const std::vector<double>& theta) {
  std::vector<double> out(design.rows, theta.back());
  const Index width = static_cast<Index>(design.categorical.size());
  for (Index i = 0; i < design.rows; ++i) {
    for (Index k = 0; k < design.dense_columns; ++k) out[i] += theta[k] * design.dense[i * design.dense_columns + k];
    for (Index j = 0; j < width; ++j) out[i] += theta[design.offsets[j] + design.codes[i * width + j]];
  }
  return out;
}

}  // namespace bakeoff
