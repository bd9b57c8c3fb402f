#include <algorithm>
#include <cmath>

#include "kernels/linear/chunk.h"
#include "kernels/linear/gram_simd.h"

namespace bakeoff::kernels {
namespace {

// A segment's blocks are dealt in order to slots, each with its own sums. As many slots as give work to 16 threads, as
// long as all sums together stay below 256 MB; never a matter of the threads.
struct Layout {
  int columns, categories;
  Index sums_size;
  int slots;
  Layout(const RowsView& rows, const GramSegment* segments, int count) {
    columns = (rows.dense_columns + 2 + 7) / 8 * 8;
    categories = rows.categories;
    sums_size = static_cast<Index>(columns) * columns + static_cast<Index>(categories) * (columns + categories);
    sums_size = (sums_size + 7) / 8 * 8;  // every slot's sums are aligned
    Index longest = 0;
    for (int s = 0; s < count; ++s) longest = std::max(longest, segments[s].end - segments[s].begin);
    const Index most = (Index{256} << 20) / (sums_size * static_cast<Index>(sizeof(double)) * std::max(count, 1));
    slots = static_cast<int>(std::clamp(std::min(most, longest / 2048), Index{1}, Index{16}));
  }
  GramSums sums(double* at) const {
    return {at, at + static_cast<Index>(columns) * columns, at + static_cast<Index>(columns) * (columns + categories),
            categories};
  }
};

struct TaskScratch {
  double *z, *root;
  std::int32_t* entry;
  std::size_t bytes;
  TaskScratch(const RowsView& rows, const Layout& layout, void* base) {
    Carver carver(base);
    z = carver.take<double>(static_cast<Index>(kGramRows) * layout.columns);
    root = carver.take<double>(kGramRows);
    entry = carver.take<std::int32_t>(static_cast<Index>(kGramRows) * rows.categoricals);
    bytes = carver.used();
  }
};

struct Source {
  const RowsView& rows;
  const Index* order;
  double label_shift;
  Isa isa;
};

void fill_block(const Source& source, Index first, Index last, const TaskScratch& task, GramBlock& block) {
  const RowsView& rows = source.rows;
  const int dense = rows.dense_columns;
  block.rows = static_cast<int>(last - first);
  for (int r = 0; r < block.rows; ++r) {
    const Index row = source.order ? source.order[first + r] : first + r;
    double* z = task.z + static_cast<Index>(r) * block.columns;
    read_dense(rows, row, z, source.isa);
    z[dense] = 1.0;
    z[dense + 1] = rows.labels[row] - source.label_shift;
    task.root[r] = 1.0;
    if (rows.weights) {
      task.root[r] = std::sqrt(rows.weights[row]);
      for (int k = 0; k < dense + 2; ++k) z[k] *= task.root[r];
    }
    for (int c = 0; c < rows.categoricals; ++c)
      task.entry[r * rows.categoricals + c] = rows.offsets[c] - dense + rows.codes[row * rows.categoricals + c];
  }
}

void run_slot(const Source& source, const GramSegment& segment, int slot, const Layout& layout, double* sums,
              void* scratch) {
  const TaskScratch task(source.rows, layout, scratch);
  std::fill_n(sums, layout.sums_size, 0.0);
  std::fill_n(task.z, static_cast<Index>(kGramRows) * layout.columns, 0.0);
  GramBlock block{0, layout.columns, source.rows.categoricals, task.z, task.entry, task.root};
  const Index blocks = (segment.end - segment.begin + kGramRows - 1) / kGramRows;
  for (Index b = blocks * slot / layout.slots; b < blocks * (slot + 1) / layout.slots; ++b) {
    const Index first = segment.begin + b * kGramRows;
    fill_block(source, first, std::min(segment.end, first + kGramRows), task, block);
    gram_block(block, layout.sums(sums), source.isa);
  }
}

// The slots' sums, added in order, as one symmetric matrix.
void assemble(const RowsView& rows, const Layout& layout, double* slots, double* out) {
  for (int slot = 1; slot < layout.slots; ++slot)
    for (Index i = 0; i < layout.sums_size; ++i) slots[i] += slots[slot * layout.sums_size + i];
  const GramSums sums = layout.sums(slots);
  const int dense = rows.dense_columns, n = gram_order(rows);
  const auto place = [&](int k) { return k < dense ? k : k + rows.categories; };  // 1 and the label stand last
  const auto set = [&](int i, int j, double value) {
    out[static_cast<Index>(i) * n + j] = value;
    out[static_cast<Index>(j) * n + i] = value;
  };
  for (int i = 0; i < dense + 2; ++i)
    for (int j = i; j < dense + 2; ++j) set(place(i), place(j), sums.dense[static_cast<Index>(i) * layout.columns + j]);
  for (int c = 0; c < rows.categories; ++c) {
    for (int k = 0; k < dense + 2; ++k)
      set(dense + c, place(k), sums.tables[static_cast<Index>(c) * layout.columns + k]);
    for (int d = c; d < rows.categories; ++d)
      set(dense + c, dense + d, sums.counts[static_cast<Index>(c) * rows.categories + d]);
  }
}

}  // namespace

std::size_t gram_scratch_bytes(const RowsView& rows, const GramSegment* segments, int count) {
  const Layout layout(rows, segments, count);
  const std::size_t sums =
      (static_cast<std::size_t>(layout.sums_size) * sizeof(double) * layout.slots * count + 63) / 64 * 64;
  return sums + TaskScratch(rows, layout, nullptr).bytes * layout.slots * count;
}

void gram(const Workers& workers, const RowsView& rows, const Index* order, const GramSegment* segments, int count,
          double label_shift, double* out, void* scratch, Isa isa) {
  const Layout layout(rows, segments, count);
  const Source source{rows, order, label_shift, isa};
  Carver carver(scratch);
  double* sums = carver.take<double>(layout.sums_size * layout.slots * count);
  const std::size_t task_bytes = TaskScratch(rows, layout, nullptr).bytes;
  char* tasks = carver.take<char>(static_cast<Index>(task_bytes) * layout.slots * count);
  workers.for_each(static_cast<Index>(count) * layout.slots, [&](Index task) {
    run_slot(source, segments[task / layout.slots], static_cast<int>(task % layout.slots), layout,
             sums + task * layout.sums_size, tasks + task * task_bytes);
  });
  const Index size = static_cast<Index>(gram_order(rows)) * gram_order(rows);
  workers.for_each(
      count, [&](Index s) { assemble(rows, layout, sums + s * layout.slots * layout.sums_size, out + s * size); });
}

}  // namespace bakeoff::kernels
