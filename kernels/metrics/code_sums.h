// Sums of sample weights by code: all that accuracy, precision, recall, F1, MCC and kappa need of many classes.
#pragma once
#include "kernels/execute_tbb.h"
#include "kernels/launch.h"
#include "kernels/metrics/coded_rows.h"

namespace bakeoff::kernels {

/// Bytes of scratch for code_sums, aligned for double.
constexpr std::size_t code_sums_scratch_bytes(Index sums, Index rows) {
  return sizeof(double) * static_cast<std::size_t>(sums * chunk_count(rows));
}

/// sums[first[j] + c] = the weights of the rows with code c in column j. Rows of a chunk are added one by one, chunks
/// are halved (order.h): the same bits on any device and with any threads; without weights exact.
void code_sums(const Workers& workers, const CodedRows& rows, double* sums, void* scratch);
/// On the GPU all pointers are the device's, `first` too.
void code_sums(Stream stream, const CodedRows& rows, double* sums, void* scratch);

}  // namespace bakeoff::kernels
