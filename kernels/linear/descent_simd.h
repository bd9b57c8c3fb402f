// The inner loops of descent.h, for one problem on the calling thread.
#pragma once
#include "kernels/linear/descent.h"

namespace bakeoff::kernels {

namespace v2 {
void descend(const DescentProblem&);
void subtract_scaled(double, const double*, Index, double*);
double dot(const double*, const double*, Index);
}  // namespace v2
namespace v3 {
void descend(const DescentProblem&);
void subtract_scaled(double, const double*, Index, double*);
double dot(const double*, const double*, Index);
}  // namespace v3
namespace v4 {
void descend(const DescentProblem&);
void subtract_scaled(double, const double*, Index, double*);
double dot(const double*, const double*, Index);
}  // namespace v4

inline void descend(const DescentProblem& problem, Isa isa) { BAKEOFF_FOR_ISA(isa, descend(problem)); }
// to[i] -= factor * from[i]
inline void subtract_scaled(double factor, const double* from, Index count, double* to, Isa isa) {
  BAKEOFF_FOR_ISA(isa, subtract_scaled(factor, from, count, to));
}
inline double dot(const double* a, const double* b, Index count, Isa isa) {
  return BAKEOFF_FOR_ISA(isa, dot(a, b, count));
}

}  // namespace bakeoff::kernels
