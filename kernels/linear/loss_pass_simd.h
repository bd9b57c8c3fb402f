// One unit of panels over one chunk of rows: the inner loops of loss_pass.h.
#pragma once
#include "kernels/linear/loss_pass.h"

namespace bakeoff::kernels {

inline constexpr int kRowBlock = 64;  // rows whose logits of one panel stay in the first cache (4 KB)

// Rows of a chunk, converted for the inner loops: `rows` rounded up to a multiple of 8, the surplus all zero.
struct ChunkView {
  int rows = 0, dense_rows = 0, categoricals = 0;
  float* x = nullptr;             // rows x dense_rows, the intercept's 1 among them
  std::int32_t* entry = nullptr;  // rows x categoricals: the panel's row
  float* target = nullptr;        // loss_target of the labels
  float* weight = nullptr;        // null: 1
  std::int32_t* fold = nullptr;   // null: nobody is left out
};

// A unit of panels: what is read and what is added to.
struct UnitView {
  Loss kind = Loss::logistic;
  ClassLayout classes;                     // softmax
  Index panel_size = 0;                    // floats
  const float* theta = nullptr;            // panels x panel_size
  const std::int32_t* left_out = nullptr;  // panels x 16; null: nobody is left out
  const float* shape = nullptr;            // panels x 16; null: the loss has none
  float* residuals = nullptr;              // panels x kRowBlock x 16
  float* gradient = nullptr;               // panels x panel_size
  double* loss = nullptr;                  // panels x 16
  double* slope = nullptr;                 // panels x 16, with shape
  const float* dead = nullptr;             // panels x 16, of tubes
};

namespace v2 {
void loss_chunk(const ChunkView&, const UnitView&);
void logits_chunk(const ChunkView&, const float*, float*);
}  // namespace v2
namespace v3 {
void loss_chunk(const ChunkView&, const UnitView&);
void logits_chunk(const ChunkView&, const float*, float*);
}  // namespace v3
namespace v4 {
void loss_chunk(const ChunkView&, const UnitView&);
void logits_chunk(const ChunkView&, const float*, float*);
}  // namespace v4

inline void loss_chunk(const ChunkView& chunk, const UnitView& unit, Isa isa) {
  BAKEOFF_FOR_ISA(isa, loss_chunk(chunk, unit));
}
// logits: rows (rounded up to 8) x 16.
inline void logits_chunk(const ChunkView& chunk, const float* theta, float* logits, Isa isa) {
  BAKEOFF_FOR_ISA(isa, logits_chunk(chunk, theta, logits));
}

}  // namespace bakeoff::kernels
