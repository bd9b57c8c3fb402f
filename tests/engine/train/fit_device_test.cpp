// fit_arrays() with Device::cuda against Device::cpu: the same optimum. Not the same bits: the CPU's
// passes are compiled for several instruction sets, of which the device has the sums of one (loss_pass.h).
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "train/array_fit.h"

namespace bakeoff {
namespace {

using Parameters = std::vector<std::map<std::string, double>>;

const Parameters kPenalties = {{{"l2", 0.5}}, {{"l2", 20.0}}};

struct Data {
  Index rows, columns;
  std::vector<double> x, labels, weights;
  std::vector<std::int32_t> folds;

  // Labels are classes below `classes`, or with 0 positive numbers.
  Data(Index rows, Index columns, int classes) : rows(rows), columns(columns) {
    std::mt19937_64 random(7);
    std::normal_distribution<double> normal;
    for (Index i = 0; i < rows; ++i) {
      double signal = 0;
      for (Index k = 0; k < columns; ++k) {
        x.push_back(normal(random));
        signal += x.back() * std::cos(static_cast<double>(k));
      }
      const double noisy = signal + normal(random);
      labels.push_back(classes == 0 ? std::exp(.3 * noisy)
                                    : std::clamp(std::floor(noisy + classes / 2.0), 0.0, classes - 1.0));
      weights.push_back(.25 * static_cast<double>(1 + random() % 5));
      folds.push_back(static_cast<std::int32_t>(random() % 3));
    }
  }
  ArrayInput input(int classes) const {
    ArrayInput in;
    in.x = kernels::matrix_view(x.data(), rows, columns);
    in.labels = labels.data();
    in.weights = weights.data();
    in.folds = folds.data();
    in.fold_count = 3;
    in.classes = std::max(classes, 2);
    return in;
  }
};

void expect_same_optimum(const std::vector<ArrayModel>& cpu, const std::vector<ArrayModel>& device) {
  ASSERT_EQ(cpu.size(), device.size());
  for (std::size_t i = 0; i < cpu.size(); ++i) {
    ASSERT_EQ(cpu[i].status, FitStatus::converged) << cpu[i].reason;
    ASSERT_EQ(device[i].status, FitStatus::converged) << device[i].reason;
    if (!std::isnan(cpu[i].objective)) {
      EXPECT_NEAR(device[i].objective / cpu[i].objective, 1, 1e-6);
    }
    ASSERT_EQ(cpu[i].coefficients.size(), device[i].coefficients.size());
    for (std::size_t k = 0; k < cpu[i].coefficients.size(); ++k)
      EXPECT_NEAR(cpu[i].coefficients[k], device[i].coefficients[k], 1e-3) << "model " << i << ", coefficient " << k;
  }
}

void expect_same_optimum(const ArrayFit& cpu, const ArrayFit& device) {
  expect_same_optimum(cpu.models, device.models);
  expect_same_optimum(cpu.fold_models, device.fold_models);
}

void fit_both(const std::string& family, int classes, const Parameters& candidates) {
  const Data data(900, 6, classes);
  const ArrayInput input = data.input(classes);
  const HeldOutMetric* const none = nullptr;
  expect_same_optimum(fit_arrays(Execution(Device::cpu, 2), input, family, candidates, none),
                      fit_arrays(Execution(Device::cuda, 2), input, family, candidates, none));
}

TEST(FitOnDevice, Ridge) { fit_both("ridge", 0, kPenalties); }
TEST(FitOnDevice, RidgeOfColumnsOfAWiderAndReversedMatrix) {
  const Data data(300, 12, 0);
  ArrayInput input = data.input(0);
  const HeldOutMetric* const none = nullptr;
  for (const Index step : {Index{4}, Index{-1}}) {
    const double* const first = step > 0 ? data.x.data() : data.x.data() + (data.rows - 1) * data.columns;
    const Index columns = step > 0 ? data.columns / step : data.columns;
    input.x = kernels::TensorView<const double, 2>{
        first, {data.rows, columns}, {step > 0 ? data.columns : -data.columns, step > 0 ? step : 1}, Device::cpu};
    expect_same_optimum(fit_arrays(Execution(Device::cpu, 2), input, "ridge", kPenalties, none),
                        fit_arrays(Execution(Device::cuda, 2), input, "ridge", kPenalties, none));
  }
}
TEST(FitOnDevice, ElasticNet) {
  fit_both("elastic_net", 0, {{{"l2", 5.0}, {"l1_ratio", .5}}, {{"l2", 50.0}, {"l1_ratio", 1.0}}});
}
TEST(FitOnDevice, Logistic) { fit_both("logistic", 2, kPenalties); }
TEST(FitOnDevice, LogisticWithL1) { fit_both("logistic", 2, {{{"l2", 5.0}, {"l1_ratio", .7}}}); }
TEST(FitOnDevice, Softmax) { fit_both("logistic", 4, kPenalties); }
TEST(FitOnDevice, LinearSvm) { fit_both("linear_svm", 2, kPenalties); }
TEST(FitOnDevice, Poisson) { fit_both("poisson", 0, kPenalties); }
TEST(FitOnDevice, Gamma) { fit_both("gamma", 0, kPenalties); }
TEST(FitOnDevice, Huber) { fit_both("huber", 0, kPenalties); }
TEST(FitOnDevice, Quantile) { fit_both("quantile", 0, {{{"l2", 5.0}, {"quantile", 0.8}}}); }
TEST(FitOnDevice, LinearSvr) { fit_both("linear_svr", 0, {{{"l2", 5.0}, {"epsilon", 0.2}}}); }
TEST(FitOnDevice, LinearSvrSquared) { fit_both("linear_svr_squared", 0, {{{"l2", 5.0}, {"epsilon", 0.2}}}); }

TEST(FitOnDevice, Sparse) {
  // Columns beyond those of a Gram: the pass is all that the device has to do.
  for (const auto& [family, classes] : {std::pair{"ridge", 0}, {"huber", 0}, {"logistic", 2}, {"logistic", 4}}) {
    const Data data(400, 12, classes);
    std::vector<double> values;
    std::vector<std::int32_t> indices;
    std::vector<Index> starts = {0};
    for (Index i = 0; i < data.rows; ++i) {
      for (Index k = 0; k < data.columns; ++k)
        if ((i * 7 + k * 3) % 4 == 0) {
          values.push_back(data.x[i * data.columns + k]);
          indices.push_back(static_cast<std::int32_t>(50 * k));
        }
      starts.push_back(static_cast<Index>(values.size()));
    }
    kernels::SparseRowsView rows;
    rows.values = values.data();
    rows.scalar = kernels::SparseRowsView::Scalar::f64;
    rows.indices = indices.data();
    rows.starts = starts.data();
    rows.rows = data.rows;
    rows.columns = 600;
    ArrayInput input = data.input(classes);
    input.x = rows;
    const HeldOutMetric first{"first", [](const double* s, const double*, const double*, Index) { return s[0]; }};
    const ArrayFit cpu = fit_arrays(Execution(Device::cpu, 2), input, family, kPenalties, &first);
    const ArrayFit device = fit_arrays(Execution(Device::cuda, 2), input, family, kPenalties, &first);
    expect_same_optimum(cpu, device);
    for (std::size_t i = 0; i < cpu.scores.size(); ++i) EXPECT_NEAR(cpu.scores[i], device.scores[i], 1e-4);
  }
}

}  // namespace
}  // namespace bakeoff
