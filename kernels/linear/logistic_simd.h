// One panel over one chunk of rows: the inner loops of logistic.h.
#pragma once
#include "kernels/linear/logistic.h"

namespace bakeoff::kernels {

inline constexpr int kRowBlock = 64;  // rows whose logits of one panel stay in the first cache (4 KB)

// Rows of a chunk, converted for the inner loops: `rows` rounded up to a multiple of 8, the surplus all zero.
struct ChunkView {
  int rows = 0, dense_rows = 0, categoricals = 0;
  float* x = nullptr;             // rows x dense_rows, the intercept's 1 among them
  std::int32_t* entry = nullptr;  // rows x categoricals: the panel's row
  float* sign = nullptr;          // 1 for label 1, -1 for label 0
  float* weight = nullptr;        // null: 1
  std::int32_t* fold = nullptr;   // null: nobody is left out
};

namespace v2 {
void logistic_chunk(const ChunkView&, const float*, const std::int32_t*, float*, float*, double*);
void logits_chunk(const ChunkView&, const float*, float*);
}  // namespace v2
namespace v3 {
void logistic_chunk(const ChunkView&, const float*, const std::int32_t*, float*, float*, double*);
void logits_chunk(const ChunkView&, const float*, float*);
}  // namespace v3
namespace v4 {
void logistic_chunk(const ChunkView&, const float*, const std::int32_t*, float*, float*, double*);
void logits_chunk(const ChunkView&, const float*, float*);
}  // namespace v4

// Adds to gradient (a panel of floats) and to loss[16]. `left_out` may be null; `residuals` is kRowBlock x 16 floats.
inline void logistic_chunk(const ChunkView& chunk, const float* theta, const std::int32_t* left_out, float* residuals,
                           float* gradient, double* loss, Isa isa) {
  BAKEOFF_FOR_ISA(isa, logistic_chunk(chunk, theta, left_out, residuals, gradient, loss));
}
// logits: rows (rounded up to 8) x 16.
inline void logits_chunk(const ChunkView& chunk, const float* theta, float* logits, Isa isa) {
  BAKEOFF_FOR_ISA(isa, logits_chunk(chunk, theta, logits));
}

}  // namespace bakeoff::kernels
