// All terms, in two sets: those of any row, and the deviances, which want labels and scores above 0.
#pragma once
#include "kernels/metrics/terms.h"

namespace bakeoff::kernels::testing {

inline constexpr int kAnyRowTerms = int(Term::poisson_deviance);
static_assert(kAnyRowTerms + 3 == kTermCount, "a new term stands before the deviances, or is one");

inline TermSet any_row_terms() {
  TermSet terms;
  terms.bits = (1u << kAnyRowTerms) - 1;
  return terms;
}
inline TermSet deviance_terms() {
  return TermSet(Term::weight, Term::poisson_deviance, Term::gamma_deviance, Term::tweedie_deviance);
}

}  // namespace bakeoff::kernels::testing
