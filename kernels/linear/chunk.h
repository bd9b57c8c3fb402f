// Rows, converted chunk by chunk into what the inner loops of loss_pass_simd.h read. Shared by the passes over the
// rows.
#pragma once
#include "kernels/linear/dense_rows_simd.h"
#include "kernels/linear/loss_pass_simd.h"

namespace bakeoff::kernels {

// Cuts scratch into aligned pieces. With a null base it only measures.
class Carver {
 public:
  explicit Carver(void* base) : base_(static_cast<char*>(base)) {}
  template <class T>
  T* take(Index count) {
    T* const p = base_ ? reinterpret_cast<T*>(base_ + used_) : nullptr;
    used_ += (static_cast<std::size_t>(count) * sizeof(T) + 63) / 64 * 64;
    return p;
  }
  std::size_t used() const { return used_; }

 private:
  char* base_;
  std::size_t used_ = 0;
};

inline ChunkView take_chunk(const RowsView& rows, Carver& carver) {
  const Index most = chunk_rows(rows.dense_columns);
  ChunkView chunk;
  chunk.dense_rows = panel_dense_rows(rows.dense_columns);
  chunk.categoricals = rows.categoricals;
  chunk.x = carver.take<float>(most * chunk.dense_rows);
  chunk.entry = carver.take<std::int32_t>(most * rows.categoricals);
  chunk.target = carver.take<float>(most);
  chunk.weight = carver.take<float>(rows.weights ? most : 0);
  chunk.fold = carver.take<std::int32_t>(rows.folds ? most : 0);
  if (!rows.weights) chunk.weight = nullptr;
  if (!rows.folds) chunk.fold = nullptr;
  return chunk;
}

// Loads rows [first, last) of the view: at most chunk_rows of them. Without labels in the view, targets stay unset.
inline void load_chunk(const RowsView& view, Index first, Index last, Loss loss, ChunkView& chunk, Isa isa) {
  chunk.rows = static_cast<int>(last - first);
  const int padded = (chunk.rows + 7) / 8 * 8, dense = view.dense_columns;
  for (int r = 0; r < padded; ++r) {
    float* x = chunk.x + static_cast<Index>(r) * chunk.dense_rows;
    std::int32_t* entry = chunk.entry + static_cast<Index>(r) * chunk.categoricals;
    const bool real = r < chunk.rows;
    if (real) read_dense(view, first + r, x, isa);
    for (int k = real ? dense : 0; k < chunk.dense_rows; ++k) x[k] = 0.0f;
    if (real) x[dense] = 1.0f;
    for (int c = 0; c < chunk.categoricals; ++c)
      entry[c] = real ? panel_row(view, view.offsets[c] + view.codes[(first + r) * view.categoricals + c]) : 0;
  }
  for (int r = 0; r < chunk.rows; ++r) {
    if (view.labels) chunk.target[r] = loss_target(loss, view.labels[first + r]);
    if (view.weights) chunk.weight[r] = static_cast<float>(view.weights[first + r]);
    if (view.folds) chunk.fold[r] = view.folds[first + r];
  }
}

}  // namespace bakeoff::kernels
