#include "kernels/multiclass/class_rows.h"

#include <gtest/gtest.h>

#include "class_cases.h"

namespace bakeoff::kernels {
namespace {

TEST(ClassRows, EqualsTheDefinitions) {
  for (const Index rows : {0, 1, 4095, 4097})
    for (const int classes : {1, 2, 7}) {
      const ClassCase c = make_classes(rows, classes);
      for (const int threads : {1, 3}) {
        ClassAnswer answer(rows);
        class_rows<float>(Workers(threads), c.view(), answer.out());
        EXPECT_TRUE(answer == class_oracle(c)) << rows << " rows, " << classes << " classes";
      }
    }
}

TEST(ClassRows, ReadsAnyStrides) {
  const ClassCase c = make_classes(50, 3);
  std::vector<float> turned(c.scores.size());
  for (Index i = 0; i < 50; ++i)
    for (int k = 0; k < 3; ++k) turned[k * 50 + i] = c.scores[i * 3 + k];
  ClassAnswer answer(50);
  const TensorView<const float, 2> view{turned.data(), {50, 3}, {1, 50}};
  class_rows<float>(Workers(1), {view, c.labels.data()}, answer.out());
  EXPECT_TRUE(answer == class_oracle(c));
}

TEST(ClassRows, LeavesOutWhatIsNotAskedFor) {
  const ClassCase c = make_classes(10, 3);
  ClassAnswer answer(10);
  ClassRowsOut<float> out;
  out.above = answer.above.data();
  class_rows<float>(Workers(1), c.view(), out);
  EXPECT_EQ(answer.above, class_oracle(c).above);
  EXPECT_EQ(answer.predicted, ClassAnswer(10).predicted);
}

}  // namespace
}  // namespace bakeoff::kernels
