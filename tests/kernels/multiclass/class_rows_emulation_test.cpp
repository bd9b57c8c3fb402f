#include "kernels/multiclass/class_rows.cuh"

#include <gtest/gtest.h>

#include "class_cases.h"

namespace bakeoff::kernels {
namespace {

TEST(ClassRowsEmulation, EqualsTheDefinitions) {
  for (const Index rows : {0, 1, 255, 257, 1000}) {
    const ClassCase c = make_classes(rows, 5);
    ClassAnswer answer(rows);
    class_rows<float>(Stream{}, c.view(), answer.out());
    EXPECT_TRUE(answer == class_oracle(c)) << rows;
  }
}

}  // namespace
}  // namespace bakeoff::kernels
