#include "train/batch_trainer.h"

#include <gmock/gmock.h>

#include "core/error.h"
#include "linear_oracle.h"

namespace bakeoff {
namespace {

using testing::HasSubstr;

constexpr Index kRows = 3000;
const Execution kTwo(Device::cpu, 2);

// Hourly rows, two numbers (one with gaps), a skewed categorical with rare categories, and the hour of the day.
struct Table {
  NumericColumn speed, height;
  CategoricalColumn city;
  TimeColumn when;
  std::vector<double> late, amount;
  Dataset data;
  RawDesign design;
  TrainingInput input;

  Table() {
    std::mt19937_64 random(3);
    std::normal_distribution<double> normal;
    for (int c = 0; c < 9; ++c) city.categories.push_back("city " + std::to_string(c));
    for (Index i = 0; i < kRows; ++i) {
      speed.values.push_back(300 + 40 * normal(random) + 0.01 * static_cast<double>(i));
      height.values.push_back(random() % 5 ? std::exp(normal(random)) : kNaN);
      city.codes.push_back(random() % 30 == 0 ? -1 : static_cast<int>(std::min(8.0, std::abs(normal(random)) * 3)));
      when.micros.push_back(i * 3600 * kSecond);
      const double z =
          0.02 * (speed.values[i] - 310) + 0.3 * city.codes[i] - 0.6 + 0.5 * std::sin(static_cast<double>(i % 24));
      late.push_back(normal(random) * 1.5 < z ? 1 : 0);
      amount.push_back(1000 + 20 * z + normal(random));
    }
    data = Dataset({{"speed", speed}, {"height", height}, {"city", city}, {"when", when}}, "test");
    design = make_raw_design(kTwo, data, {{"speed", "height"}, {"city"}, {"when.hour"}});
    input.design = &design;
    input.labels = &late;
    input.begin = 100;
    input.end = 2800;
    input.times = &when.micros;
    input.cutoff = 2800 * Micros{3600} * kSecond;
    input.feature_sets = {{"", {"speed", "height", "city", "when.hour"}}, {"small", {"speed", "city"}}};
  }

  // The columns of the window's own pipeline (mean imputation, standardisation, one-hot from 10 rows on, the rest in
  // one "other"), intercept last: written from scikit-learn's definitions.
  test::Matrix pipeline(Index begin, Index end, bool small) const {
    test::Matrix x(static_cast<std::size_t>(end - begin));
    const auto numeric = [&](const std::vector<double>& values) {
      double sum = 0, count = 0, squares = 0;
      for (Index i = begin; i < end; ++i)
        if (!std::isnan(values[i])) sum += values[i], ++count;
      const double mean = sum / count;
      for (Index i = begin; i < end; ++i)
        if (!std::isnan(values[i])) squares += std::pow(values[i] - mean, 2);
      const double scale = std::sqrt(squares / static_cast<double>(end - begin));
      for (Index i = begin; i < end; ++i)
        x[i - begin].push_back(std::isnan(values[i]) ? 0 : (values[i] - mean) / scale);
    };
    const auto one_hot = [&](int size, const auto& code_of) {
      std::vector<int> rows(static_cast<std::size_t>(size), 0);
      for (Index i = begin; i < end; ++i) ++rows[code_of(i)];
      for (int code = 0; code <= size; ++code) {
        bool any = false;
        for (int c = 0; c < size; ++c) any |= code < size ? c == code && rows[c] >= 10 : rows[c] > 0 && rows[c] < 10;
        if (!any) continue;
        for (Index i = begin; i < end; ++i) {
          const int c = code_of(i);
          x[i - begin].push_back(code < size ? c == code : rows[c] < 10);
        }
      }
    };
    numeric(speed.values);
    if (!small) numeric(height.values);
    one_hot(10, [&](Index i) { return city.codes[i] < 0 ? 9 : city.codes[i]; });
    if (!small) one_hot(24, [&](Index i) { return static_cast<int>(i % 24); });
    for (auto& row : x) row.push_back(1);
    return x;
  }
};

Candidate candidate(double l2, Micros window, std::string features, std::string family = "logistic") {
  return {std::move(family), {{"l2", l2}}, window, std::move(features), false};
}

CandidateSet windows_and_features() {
  CandidateSet set;
  for (Micros window : {CandidatesSpec::kAllHistory, 60 * kDay, 3 * kDay})
    for (const char* features : {"", "small"})
      for (double l2 : {0.01, 1.0, 100.0}) set.push_back(candidate(l2, window, features));
  return set;
}

TEST(BatchTrainer, ReachesTheOptimumOfEachWindowsOwnPipeline) {
  const Table table;
  const CandidateSet candidates = windows_and_features();
  const TrainedBatch batch = train(kTwo, table.input, candidates);
  ASSERT_EQ(batch.candidates.size(), candidates.size());
  for (std::size_t c = 0; c < candidates.size(); ++c) {
    const TrainedCandidate& got = batch.candidates[c];
    const Index begin =
        candidates[c].window == CandidatesSpec::kAllHistory ? 100 : 2800 - candidates[c].window / (3600 * kSecond);
    ASSERT_EQ(got.status, FitStatus::converged) << got.reason;
    EXPECT_EQ(got.training_rows, 2800 - begin);
    const test::Matrix x = table.pipeline(begin, 2800, candidates[c].feature_set == "small");
    const std::vector<double> y(table.late.begin() + begin, table.late.begin() + 2800), weight(y.size(), 1.0);
    const double l2 = candidates[c].parameters.at("l2");
    const double want = test::logistic_objective(x, y, weight, l2, test::newton(x, y, weight, l2, true, 12));
    EXPECT_NEAR(got.objective, want, 1e-6 * want)
        << candidates[c].window << " " << candidates[c].feature_set << " " << l2;
  }
  EXPECT_GT(batch.seconds, 0);
}

TEST(BatchTrainer, RidgeIsTheSameForEveryWayToTheScores) {
  Table table;
  table.input.labels = &table.amount;
  table.input.task = Task::regression;
  const TrainedBatch batch =
      train(kTwo, table.input,
            {candidate(0.5, 60 * kDay, "", "ridge"), candidate(50, CandidatesSpec::kAllHistory, "small", "ridge")});
  const Index begin = 2800 - 60 * 24;
  const test::Matrix x = table.pipeline(begin, 2800, false);
  const std::vector<double> y(table.amount.begin() + begin, table.amount.begin() + 2800), weight(y.size(), 1.0);
  const std::vector<double> best = test::newton(x, y, weight, 0.5, false);
  EXPECT_NEAR(batch.candidates[0].objective, test::ridge_objective(x, y, weight, 0.5, best), 1e-3);
  const std::vector<float> scores = batch.candidates[0].model->predict(kTwo, table.data);
  for (Index i = begin; i < 2800; i += 97) EXPECT_NEAR(scores[i], test::dot(x[i - begin], best), 1e-3);
}

// What an l1 penalty leaves out must not come back as a small number on its way into the model's tables.
TEST(BatchTrainer, ZerosOfAnElasticNetAreExactInTheModel) {
  Table table;
  for (const char* family : {"logistic", "elastic_net"}) {
    const bool binary = family == std::string("logistic");
    table.input.labels = binary ? &table.late : &table.amount;
    table.input.task = binary ? Task::binary : Task::regression;
    Candidate sparse = candidate(binary ? 60 : 3000, CandidatesSpec::kAllHistory, "", family);
    sparse.parameters["l1_ratio"] = 0.9;
    const TrainedBatch batch = train(kTwo, table.input, {sparse});
    ASSERT_EQ(batch.candidates[0].status, FitStatus::converged) << batch.candidates[0].reason;
    const LinearModel::Parts& parts = batch.candidates[0].model->linear()->parts();
    EXPECT_NE(parts.numeric[0].coefficient, 0.0f);
    EXPECT_EQ(parts.numeric[1].coefficient, 0.0f) << "height tells nothing";
    int zeros = 0;
    for (const LinearModel::Categorical& term : parts.categorical)
      zeros += static_cast<int>(std::count(term.coefficients.begin(), term.coefficients.end(), 0.0f));
    EXPECT_GT(zeros, 10) << family;
  }
}

TEST(BatchTrainer, ScoresOfTheBatchAreThoseOfItsModels) {
  const Table table;
  const TrainedBatch batch = train(kTwo, table.input, windows_and_features());
  const std::vector<float> scores = batch_scores(kTwo, table.design, batch, 2800, kRows);
  for (std::size_t c = 0; c < batch.candidates.size(); ++c) {
    const std::vector<float> predicted = batch.candidates[c].model->predict(kTwo, table.data);
    for (Index i = 2800; i < kRows; ++i)
      ASSERT_NEAR(scores[c * (kRows - 2800) + i - 2800], predicted[i], 1e-6) << c << " row " << i;
  }
}

TEST(BatchTrainer, OutOfFoldScoresComeFromModelsWithoutTheFold) {
  Table table;
  std::vector<std::int32_t> folds;
  for (Index i = 0; i < kRows; ++i) folds.push_back(static_cast<std::int32_t>(i * 5 % 3));
  table.input.folds = &folds;
  table.input.begin = 0;
  table.input.end = kRows;
  const CandidateSet candidates = {candidate(5, CandidatesSpec::kAllHistory, ""),
                                   candidate(50, CandidatesSpec::kAllHistory, "small")};
  const TrainedBatch batch = train(kTwo, table.input, candidates);
  const std::vector<float> scores = out_of_fold_scores(kTwo, table.design, batch, folds, 0, kRows);
  for (int fold = 0; fold < 3; ++fold) {
    std::vector<std::int64_t> rows;
    std::vector<double> labels;
    for (Index i = 0; i < kRows; ++i)
      if (folds[i] != fold) rows.push_back(i), labels.push_back(table.late[i]);
    const Dataset rest = table.data.take(rows);
    const RawDesign design = make_raw_design(kTwo, rest, {{"speed", "height"}, {"city"}, {"when.hour"}});
    TrainingInput input = table.input;
    input.design = &design;
    input.labels = &labels;
    input.folds = nullptr;
    input.times = nullptr;
    input.end = design.rows;
    const TrainedBatch alone = train(kTwo, input, candidates);
    for (std::size_t c = 0; c < candidates.size(); ++c) {
      const std::vector<float> want = alone.candidates[c].model->predict(kTwo, table.data);
      for (Index i = 0; i < kRows; ++i)
        if (folds[i] == fold) ASSERT_NEAR(scores[c * kRows + i], want[i], 5e-4) << "fold " << fold << " row " << i;
    }
  }
  EXPECT_THROW(out_of_fold_scores(kTwo, table.design, train(kTwo, Table().input, candidates), folds, 0, kRows),
               SpecError);
}

TEST(BatchTrainer, ADivergedCandidateIsMarkedAndTheBatchGoesOn) {
  Table table;
  for (Index i = 2800 - 24; i < 2800; ++i) table.late[i] = 1;
  const TrainedBatch batch =
      train(kTwo, table.input, {candidate(1, kDay, ""), candidate(1, 60 * kDay, ""), candidate(1, 0, "")});
  EXPECT_EQ(batch.candidates[0].status, FitStatus::diverged);
  EXPECT_THAT(batch.candidates[0].reason, HasSubstr("one class"));
  EXPECT_EQ(batch.candidates[0].model, nullptr);
  EXPECT_EQ(batch.candidates[1].status, FitStatus::converged);
  EXPECT_THAT(batch.candidates[2].reason, HasSubstr("no training rows"));
  const std::vector<float> scores = batch_scores(kTwo, table.design, batch, 2800, kRows);
  EXPECT_TRUE(std::isnan(scores[0]));
  EXPECT_FALSE(std::isnan(scores[kRows - 2800]));
}

TEST(BatchTrainer, AloneAndInABatchOfAHundredAgree) {
  const Table table;
  CandidateSet many;
  for (int i = 0; i < 100; ++i)
    many.push_back(
        candidate(std::pow(10, i % 7 - 3), i % 3 ? 60 * kDay : CandidatesSpec::kAllHistory, i % 2 ? "small" : ""));
  const TrainedBatch batch = train(kTwo, table.input, many);
  for (int i : {0, 37, 99}) {
    const TrainedBatch alone = train(Execution(Device::cpu, 1), table.input, {many[i]});
    EXPECT_NEAR(alone.candidates[0].objective, batch.candidates[i].objective, 1e-6 * alone.candidates[0].objective);
  }
}

template <class F>
std::string error_of(const F& f) {
  try {
    f();
  } catch (const Error& e) {
    return e.what();
  }
  return "no error";
}

TEST(BatchTrainer, SaysWhatIsWrong) {
  Table table;
  const auto with = [&](const Candidate& c) { return error_of([&] { train(kTwo, table.input, {c}); }); };
  EXPECT_THAT(with(candidate(1, kDay, "", "logistik")), HasSubstr("did you mean 'logistic'?"));
  EXPECT_THAT(with(candidate(1, kDay, "", "ridge")),
              HasSubstr("family ridge is for regression tasks, but data.task is binary"));
  EXPECT_THAT(with(candidate(1, kDay, "smal")), HasSubstr("did you mean 'small'?"));
  EXPECT_THAT(with(candidate(-1, kDay, "")), HasSubstr("l2"));
  table.late[150] = kNaN;
  EXPECT_THAT(with(candidate(1, kDay, "")), HasSubstr("label of row 150: expected 0 or 1, got nan"));
  table.late[150] = 1;
  table.input.times = nullptr;
  EXPECT_THAT(with(candidate(1, kDay, "")), HasSubstr("data.time"));
}

}  // namespace
}  // namespace bakeoff
