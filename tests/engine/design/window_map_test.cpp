#include "design/window_map.h"

#include <gmock/gmock.h>

#include "../registry/temporary_folder.h"
#include "core/error.h"
#include "random_data.h"

namespace bakeoff {
namespace {

using testing::HasSubstr;

const Execution kTwo(Device::cpu, 2);
constexpr Index kRows = 9000;

struct Case {
  WindowRows window;
  Index min_rows;
};

class WindowMaps : public testing::TestWithParam<Case> {
 protected:
  WindowMaps() {
    for (Index i = 0; i < kRows; ++i) folds_.push_back(static_cast<std::int32_t>(i * 7 % 3));
    const auto statistics =
        window_statistics(kTwo, design_, {{0, kRows}, GetParam().window, {17, 4000, 2}}, folds_.data());
    map_ = make_window_map(design_, statistics[1], {}, GetParam().min_rows);
    trains_ = rows_of(GetParam().window, kRows, folds_.data());
    std::mt19937 random(1);
    std::normal_distribution<double> normal;
    for (int p = 0; p < map_.model_parameters(); ++p) beta_.push_back(normal(random));
  }
  std::vector<double> theta() const {
    std::vector<double> out(map_.raw_parameters());
    map_.to_raw(beta_.data(), out.data());
    return out;
  }
  // What the raw matrix holds of a numeric column, in the units of the data.
  std::vector<double> held(std::size_t j) const {
    const auto& numeric = design_.numeric[j];
    std::vector<double> out(kRows);
    for (Index i = 0; i < kRows; ++i) {
      const float* row = design_.dense.data() + i * design_.dense_columns;
      out[i] = numeric.missing_column >= 0 && row[numeric.missing_column] == 1 ? kNaN
                                                                               : numeric.mean + numeric.scale * row[j];
    }
    return out;
  }
  Textbook expected() const {
    return textbook(
        design_, [&](std::size_t j) { return held(j); },
        [](double mean) { return static_cast<double>(static_cast<float>(mean)); }, trains_, GetParam().min_rows);
  }
  std::vector<double> scores(const Textbook& book) const {
    std::vector<double> out(kRows, beta_.back());
    for (std::size_t p = 0; p < book.columns.size(); ++p)
      for (Index i = 0; i < kRows; ++i) out[i] += beta_[p] * book.columns[p][i];
    return out;
  }

  const Dataset data_ = random_data(kRows, 5);
  const RawDesign design_ = make_raw_design(kTwo, data_, all_features(), "America/New_York");
  std::vector<std::int32_t> folds_;
  WindowMap map_;
  std::vector<bool> trains_;
  std::vector<double> beta_;
};

TEST_P(WindowMaps, RawScoresAreTheTextbooks) {
  const Textbook book = expected();
  ASSERT_EQ(map_.model_parameters(), static_cast<int>(book.columns.size()) + 1);
  const std::vector<double> want = scores(book), got = raw_scores(design_, theta());
  for (Index i = 0; i < kRows; ++i) ASSERT_NEAR(got[i], want[i], 1e-10) << i;
}

// From the data as they are, with exact means: what float32 costs.
TEST_P(WindowMaps, RawScoresAreScikitLearnsUpToFloat32) {
  const Textbook book = textbook(
      design_, [&](std::size_t j) { return data_.numeric(design_.numeric[j].name).values; },
      [](double mean) { return mean; }, trains_, GetParam().min_rows);
  const std::vector<double> want = scores(book), got = raw_scores(design_, theta());
  for (Index i = 0; i < kRows; ++i) ASSERT_NEAR(got[i], want[i], 1e-4) << i;  // "far" is 250 deviations from 0
}

TEST_P(WindowMaps, FoldedParametersScoreTheDataAlike) {
  const FoldedParameters folded = map_.fold(design_, beta_.data());
  const std::vector<double> want = raw_scores(design_, theta());
  for (Index i = 0; i < kRows; ++i) {
    double score = folded.intercept;
    for (const auto& numeric : folded.numeric) {
      const double x = data_.numeric(numeric.column).values[i];
      if (!std::isnan(x)) score += static_cast<double>(numeric.coefficient) * (x - static_cast<double>(numeric.mean));
    }
    for (std::size_t j = 0; j < folded.categorical.size(); ++j) {
      const auto& column = folded.categorical[j];
      const auto& raw = design_.categorical[j];
      const int code = design_.codes[i * static_cast<Index>(design_.categorical.size()) + static_cast<Index>(j)];
      const auto at = std::find(column.categories.begin(), column.categories.end(), raw.categories[code]);
      score += code == raw.missing_code()      ? column.missing
               : at == column.categories.end() ? column.other
                                               : column.coefficients[at - column.categories.begin()];
    }
    ASSERT_NEAR(score, want[i], 1e-5) << i;
  }
}

TEST_P(WindowMaps, FloatParametersAreTheDoubleOnesRounded) {
  std::vector<float> rounded(map_.raw_parameters() * 3, -1.0f);
  map_.to_raw(beta_.data(), rounded.data(), 3);
  const std::vector<double> exact = theta();
  for (std::size_t r = 0; r < exact.size(); ++r) EXPECT_EQ(rounded[3 * r], static_cast<float>(exact[r])) << r;
  EXPECT_EQ(rounded[1], -1.0f);
}

TEST_P(WindowMaps, PullingBackIsTheAdjoint) {
  std::mt19937 random(2);
  std::normal_distribution<double> normal;
  std::vector<double> gradient(map_.raw_parameters()), pulled(map_.model_parameters());
  for (double& g : gradient) g = normal(random);
  map_.pull_back(gradient.data(), pulled.data());
  const std::vector<double> there = theta();
  double raw = 0, model = 0;
  for (std::size_t r = 0; r < gradient.size(); ++r) raw += there[r] * gradient[r];
  for (std::size_t m = 0; m < pulled.size(); ++m) model += beta_[m] * pulled[m];
  EXPECT_NEAR(raw, model, 1e-9 * (1 + std::abs(raw)));
}

TEST_P(WindowMaps, TheGramPulledBackIsThatOfTheTextbook) {
  const Textbook book = expected();
  const int raw = map_.raw_parameters(), model = map_.model_parameters();
  std::vector<double> gram(static_cast<std::size_t>(raw) * raw), pulled(static_cast<std::size_t>(model) * model);
  const Index width = static_cast<Index>(design_.categorical.size());
  for (Index i = 0; i < 500; ++i) {
    std::vector<double> row(raw);
    for (int k = 0; k < design_.dense_columns; ++k) row[k] = design_.dense[i * design_.dense_columns + k];
    for (Index j = 0; j < width; ++j) row[design_.offsets[j] + design_.codes[i * width + j]] = 1;
    row.back() = 1;
    for (int a = 0; a < raw; ++a)
      for (int b = 0; b < raw; ++b) gram[static_cast<std::size_t>(a) * raw + b] += row[a] * row[b];
  }
  map_.pull_back_gram(gram.data(), pulled.data());
  const auto value = [&](int p, Index i) { return p + 1 == model ? 1.0 : book.columns[p][i]; };
  for (int a = 0; a < model; ++a)
    for (int b = 0; b < model; ++b) {
      double want = 0;
      for (Index i = 0; i < 500; ++i) want += value(a, i) * value(b, i);
      ASSERT_NEAR(pulled[static_cast<std::size_t>(a) * model + b], want, 1e-9 * (500 + std::abs(want)))
          << a << " " << b;
    }
}

INSTANTIATE_TEST_SUITE_P(Windows, WindowMaps,
                         testing::Values(Case{{0, kRows}, 10}, Case{{0, kRows, 1}, 10}, Case{{5000, 9000}, 10},
                                         Case{{1000, 4400, 2}, 40},  // "constant" is
                                         Case{{8000, 8030}, 1}, Case{{0, kRows}, kRows + 1}, Case{{44, 46, 0}, 1}));

RawDesign tiny_design() {
  const Dataset data({{"x", NumericColumn{{1, 3, kNaN, kNaN, 5, 5}, false, {}}},
                      {"c", CategoricalColumn{{0, 0, 1, -1, 2, 2}, {"a", "b", "z"}}}},
                     "tiny");
  return make_raw_design(kTwo, data, {{"x"}, {"c"}, {}});
}

WindowMap tiny_map(const RawDesign& design, const WindowRows& window, Index min_rows,
                   const std::vector<std::string>& features = {}) {
  return make_window_map(design, window_statistics(kTwo, design, {window})[0], features, min_rows);
}

TEST(WindowMap, AColumnWithoutVariationHasNoParameterAndNoEffect) {
  const RawDesign design = tiny_design();
  for (const WindowRows window : {WindowRows{2, 4}, WindowRows{4, 6}, WindowRows{0, 1}, WindowRows{3, 3}}) {
    const WindowMap map = tiny_map(design, window, 1, {"x"});
    ASSERT_EQ(map.model_parameters(), 1) << window.begin;
    const double beta[] = {0.5};
    std::vector<double> theta(map.raw_parameters());
    map.to_raw(beta, theta.data());
    for (const double score : raw_scores(design, theta)) EXPECT_EQ(score, 0.5);
    EXPECT_EQ(map.fold(design, beta).numeric[0].coefficient, 0);
  }
}

TEST(WindowMap, WithoutRareRowsWhatIsNotKnownCountsNothing) {
  const RawDesign design = tiny_design();
  const WindowMap map = tiny_map(design, {0, 2}, 1, {"c"});
  ASSERT_EQ(map.model_parameters(), 2);  // "a" and the intercept
  const double beta[] = {2, 1};
  std::vector<double> theta(map.raw_parameters());
  map.to_raw(beta, theta.data());
  EXPECT_THAT(raw_scores(design, theta), testing::ElementsAre(3, 3, 1, 1, 1, 1));
  const auto folded = map.fold(design, beta).categorical[0];
  EXPECT_THAT(folded.categories, testing::ElementsAre("a"));
  EXPECT_EQ(folded.other, 0);
  EXPECT_EQ(folded.missing, 0);
}

TEST(WindowMap, RareAndUnseenCategoriesAndMissingOnesShareOther) {
  const RawDesign design = tiny_design();
  const WindowMap map = tiny_map(design, {0, 4}, 2, {"c"});
  ASSERT_EQ(map.model_parameters(), 3);  // "a", other ("b" and missing are rare, "z" is unseen), the intercept
  const double beta[] = {2, -4, 1};
  std::vector<double> theta(map.raw_parameters());
  map.to_raw(beta, theta.data());
  EXPECT_THAT(raw_scores(design, theta), testing::ElementsAre(3, 3, -3, -3, -3, -3));
  const auto folded = map.fold(design, beta).categorical[0];
  EXPECT_EQ(folded.other, -4);
  EXPECT_EQ(folded.missing, -4);
}

TEST(WindowMap, AFrequentMissingValueHasACoefficientOfItsOwn) {
  const RawDesign design = tiny_design();
  const WindowMap map = tiny_map(design, {2, 5}, 1, {"c"});
  ASSERT_EQ(map.model_parameters(), 4);  // "b", "z", missing, the intercept
  const double beta[] = {1, 2, 3, 0};
  const auto folded = map.fold(design, beta).categorical[0];
  EXPECT_THAT(folded.categories, testing::ElementsAre("b", "z"));
  EXPECT_EQ(folded.missing, 3);
  EXPECT_EQ(folded.other, 0);
}

TEST(WindowMap, AFeatureSetLeavesOutParameters) {
  const RawDesign design = tiny_design();
  EXPECT_EQ(tiny_map(design, {0, 6}, 1).model_parameters(), 1 + 4 + 1);
  EXPECT_EQ(tiny_map(design, {0, 6}, 1, {"x"}).model_parameters(), 2);
  EXPECT_EQ(tiny_map(design, {0, 6}, 1, {"c"}).raw_parameters(), design.parameters());
  EXPECT_THAT(error_text<SpecError>([&] {
                tiny_map(design, {0, 6}, 1, {"x", "cc"});
              }),
              HasSubstr("'cc' is none of the features"));
}

TEST(WindowStatistics, HaveTheSameBitsForAnyNumberOfThreads) {
  const RawDesign design = make_raw_design(kTwo, random_data(20'000, 8), all_features());
  std::vector<std::int32_t> folds(20'000);
  for (std::size_t i = 0; i < folds.size(); ++i) folds[i] = static_cast<std::int32_t>(i % 5);
  const std::vector<WindowRows> windows{{0, 20'000, 1}, {3000, 20'000, -1}, {3000, 12'345, 4}};
  const auto one = window_statistics(Execution(Device::cpu, 1), design, windows, folds.data());
  for (int threads : {2, 7}) {
    const auto other = window_statistics(Execution(Device::cpu, threads), design, windows, folds.data());
    for (std::size_t w = 0; w < windows.size(); ++w) {
      EXPECT_EQ(one[w].rows, other[w].rows);
      EXPECT_EQ(one[w].category_rows, other[w].category_rows);
      for (std::size_t j = 0; j < one[w].numeric.size(); ++j) {
        EXPECT_EQ(one[w].numeric[j].mean, other[w].numeric[j].mean);
        EXPECT_EQ(one[w].numeric[j].scale, other[w].numeric[j].scale);
      }
    }
  }
}

}  // namespace
}  // namespace bakeoff
