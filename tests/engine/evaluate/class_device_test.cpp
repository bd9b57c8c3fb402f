// evaluate_classes() with Device::cuda against Device::cpu: the same bits of every value and replicate.
#include <gtest/gtest.h>

#include <cstring>

#include "evaluate/class_evaluate.h"

namespace bakeoff {
namespace {

constexpr Index kRows = 500, kCandidates = 2, kClasses = 5;

struct Classes {
  std::vector<double> scores, weights;
  std::vector<std::int32_t> labels;
  std::vector<std::uint8_t> matrix;
  std::vector<std::int64_t> units;

  Classes() {
    for (Index m = 0; m < kCandidates; ++m)
      for (Index i = 0; i < kRows; ++i) {
        double sum = 0;
        for (Index c = 0; c < kClasses; ++c) sum += raw(m, i, c);
        for (Index c = 0; c < kClasses; ++c) scores.push_back(raw(m, i, c) / sum);
      }
    for (Index i = 0; i < kRows; ++i) {
      labels.push_back(static_cast<std::int32_t>(i * i % kClasses));
      weights.push_back(static_cast<double>(i % 4) / 3);
      units.push_back(i / 3 * 991 % 1009 - 500);
      for (Index c = 0; c < kClasses; ++c) matrix.push_back((i + c) % 3 == 0);
    }
  }
  static double raw(Index m, Index i, Index c) { return static_cast<double>((i * 31 + c * 17 + m * 7) % 19) + 1; }
  ClassInput input(bool multilabel) const {
    ClassInput in;
    in.scores = kernels::TensorView<const double, 3>{
        scores.data(), {kCandidates, kRows, kClasses}, {kRows * kClasses, kClasses, 1}, Device::cpu};
    if (multilabel)
      in.label_matrix = matrix.data();
    else
      in.labels = labels.data();
    Slice slice{"some", {}};
    for (Index i = 1; i < kRows; i += 3) slice.rows.push_back(i);
    in.slices = {slice};
    return in;
  }
};

void expect_same(const ClassInput& input) {
  EvaluateOptions options;
  options.task = Task::binary;
  options.resamples = 20;
  options.seed = 3;
  const Scoreboard cpu = evaluate_classes(Execution(Device::cpu, 2), input, options);
  const Scoreboard device = evaluate_classes(Execution(Device::cuda, 2), input, options);
  ASSERT_EQ(cpu.cells.size(), device.cells.size());
  for (std::size_t c = 0; c < cpu.cells.size(); ++c)
    EXPECT_EQ(std::memcmp(&cpu.cells[c].value, &device.cells[c].value, sizeof(double)), 0) << c;
  ASSERT_EQ(cpu.replicates.size(), device.replicates.size());
  EXPECT_EQ(std::memcmp(cpu.replicates.data(), device.replicates.data(), cpu.replicates.size() * sizeof(double)), 0);
}

TEST(ClassesOnDevice, OneOfMany) {
  const Classes classes;
  ClassInput input = classes.input(false);
  expect_same(input);
  input.units = classes.units.data();
  expect_same(input);
  input.weights = classes.weights.data();
  expect_same(input);
}

TEST(ClassesOnDevice, ManyLabels) {
  const Classes classes;
  ClassInput input = classes.input(true);
  expect_same(input);
  input.weights = classes.weights.data();
  expect_same(input);
}

}  // namespace
}  // namespace bakeoff
