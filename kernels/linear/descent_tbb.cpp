#include "kernels/linear/descent_simd.h"

namespace bakeoff::kernels {

void descend(const Workers& workers, const DescentProblem* problems, int count, Isa isa) {
  workers.for_each(count, [&](Index i) { descend(problems[i], isa); });
}

}  // namespace bakeoff::kernels
