// Replicates of sums by code (metrics/code_sums.h), under the weight law of weights.h.
#pragma once
#include "kernels/execute_tbb.h"
#include "kernels/isa.h"
#include "kernels/launch.h"
#include "kernels/metrics/coded_rows.h"
#include "kernels/resample/exact_sum.h"
#include "kernels/resample/resample_units.h"

namespace bakeoff::kernels {

// The exponent of rows without weights: each counts 1.
inline constexpr int kCountExponent = kTermBits;

/// Bytes of scratch that code_bootstrap needs on the CPU, aligned to 64. The GPU needs none.
std::size_t code_bootstrap_scratch_bytes(const Workers& workers, const CodedRows& rows);

/// Adds, for each resample r and code c of column j, the sum over the column's rows with that code of
///   weight(unit of the row, r) * round(row's weight * 2^(36 - exponent))
/// to totals[r * rows.sums + rows.first[j] + c], which the caller has zeroed before the first block of rows;
/// value_of(total, exponent) gives the sum. exponent: term_exponent() of the largest weight, kCountExponent without
/// weights. The same integers for any order and sharding of rows (with the same unit ids), any threads, any device.
void code_bootstrap(const Workers& workers, const CodedRows& rows, const ResampleUnits& units,
                    const Resamples& resamples, int exponent, ExactSum* totals, void* scratch, Isa isa = best_isa());

/// On the GPU all pointers, those of `rows` and `units` too, are the device's.
void code_bootstrap(Stream stream, const CodedRows& rows, const ResampleUnits& units, const Resamples& resamples,
                    int exponent, ExactSum* totals);

}  // namespace bakeoff::kernels
