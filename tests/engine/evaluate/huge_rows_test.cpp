// More rows than 31 bits count. A few MiB are mapped again and again, so that the memory is that of one period of rows.
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstring>

#include "core/error.h"
#include "evaluate/evaluate.h"

namespace bakeoff {
namespace {

constexpr Index kPeriod = Index{1} << 18, kPeriods = (Index{1} << 13) + 1, kRows = kPeriod * kPeriods;
static_assert(kRows > (Index{1} << 31));

// kPeriods copies of `period` side by side.
template <class T>
class Repeated {
 public:
  explicit Repeated(const std::vector<T>& period) : bytes_(period.size() * sizeof(T)) {
    const int file = memfd_create("rows", 0);
    if (file < 0 || ftruncate(file, static_cast<off_t>(bytes_)) != 0) return;
    void* const all = mmap(nullptr, bytes_ * kPeriods, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (all != MAP_FAILED) {
      at_ = static_cast<char*>(all);
      for (Index p = 0; p < kPeriods && mapped_; ++p)
        mapped_ = mmap(at_ + static_cast<std::size_t>(p) * bytes_, bytes_, PROT_READ | PROT_WRITE,
                       MAP_SHARED | MAP_FIXED, file, 0) != MAP_FAILED;
      if (mapped_) std::memcpy(at_, period.data(), bytes_);
    }
    close(file);
  }
  ~Repeated() {
    if (at_) munmap(at_, bytes_ * kPeriods);
  }
  Repeated(const Repeated&) = delete;
  bool good() const { return at_ && mapped_; }
  const T* data() const { return reinterpret_cast<const T*>(at_); }

 private:
  std::size_t bytes_;
  char* at_ = nullptr;
  bool mapped_ = true;
};

TEST(HugeRows, PointMetricsCountBeyond31BitsAndRankingsRefuse) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "a sanitizer keeps notes on each of 25 GB";
#endif
  std::vector<float> scores;
  std::vector<double> labels;
  for (Index i = 0; i < kPeriod; ++i) {
    scores.push_back(static_cast<float>((i * 7919 % kPeriod + .5) / kPeriod));
    labels.push_back(i * 104729 % 5 < 2);
  }
  const Repeated<float> many_scores(scores);
  const Repeated<double> many_labels(labels);
  if (!many_scores.good() || !many_labels.good()) GTEST_SKIP() << "this machine maps no 25 GB of addresses";

  EvaluateInput one, all;
  one.scores = kernels::matrix_view(static_cast<const float*>(scores.data()), 1, kPeriod);
  one.labels = labels.data();
  all.scores = kernels::matrix_view(many_scores.data(), 1, kRows);
  all.labels = many_labels.data();
  all.slices = {{"last", {kRows - kPeriod, kRows - 2, kRows - 1}}};
  one.slices = {{"last", {0, kPeriod - 2, kPeriod - 1}}};
  EvaluateOptions options;
  options.metrics = {"accuracy", "recall", "brier", "log_loss"};
  const Execution execution;
  const Scoreboard period = evaluate(execution, one, options), whole = evaluate(execution, all, options);
  EXPECT_EQ(whole.count[0], kRows);
  EXPECT_EQ(whole.positives[0], period.positives[0] * kPeriods);
  for (Index k = 0; k < 4; ++k) {
    EXPECT_NEAR(whole.cell(0, 0, k).value, period.cell(0, 0, k).value, 1e-13) << k;
    EXPECT_EQ(whole.cell(0, 1, k).value, period.cell(0, 1, k).value) << k;
  }

  options.metrics = {"roc_auc"};
  EXPECT_THROW(evaluate(execution, all, options), DataError);
}

}  // namespace
}  // namespace bakeoff
