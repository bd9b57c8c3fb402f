#include <algorithm>
#include <cmath>

#include "kernels/linear/chunk.h"
#include "kernels/linear/gram_simd.h"

namespace bakeoff::kernels {
namespace {

// A segment's blocks are dealt in order to slots, each with its own sums. As many slots as give work to 16 threads, as
// long as all sums together stay below 256 MB; never a matter of the threads. Rounded up: five folds of 4,000 rows are
// then ten tasks, not five, for two threads. Half as many rows a slot took longer, 500 columns wide: 40 MB of sums are
// more than malloc keeps, and 10,000 page faults a call.
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
    slots = static_cast<int>(std::clamp(std::min(most, (longest + 2047) / 2048), Index{1}, Index{16}));
  }
  GramSums sums(double* at) const {
    return {at, at + static_cast<Index>(columns) * columns, at + static_cast<Index>(columns) * (columns + categories),
            categories};
  }
};

struct TaskScratch {
  double *z, *panels, *root;
  std::int32_t* entry;
  std::size_t bytes;
  TaskScratch(const RowsView& rows, const Layout& layout, void* base) {
    Carver carver(base);
    z = carver.take<double>(static_cast<Index>(kGramRows) * layout.columns);
    panels = carver.take<double>(static_cast<Index>(kGramRows) * layout.columns);
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
  GramBlock block{0, layout.columns, source.rows.categoricals, task.z, task.panels, task.entry, task.root};
  const Index blocks = (segment.end - segment.begin + kGramRows - 1) / kGramRows;
  for (Index b = blocks * slot / layout.slots; b < blocks * (slot + 1) / layout.slots; ++b) {
    const Index first = segment.begin + b * kGramRows;
    fill_block(source, first, std::min(segment.end, first + kGramRows), task, block);
    gram_block(block, layout.sums(sums), source.isa);
  }
}

// The slots' sums, added in order, as one symmetric matrix: rows [kBand * band, kBand * (band + 1)) of its upper
// triangle and the same columns of the lower one, which is written in squares that stay in the first cache.
constexpr int kBand = 32;
int bands(const RowsView& rows) { return (rows.dense_columns + 2 + kBand - 1) / kBand; }

void assemble_dense(const RowsView& rows, const Layout& layout, const double* slots, int band, double* out) {
  const int dense = rows.dense_columns, n = gram_order(rows);
  const auto place = [&](int k) { return k < dense ? k : k + rows.categories; };  // 1 and the label stand last
  double square[kBand][kBand];
  const int top = kBand * band, bottom = std::min(dense + 2, top + kBand);
  for (int left = top; left < dense + 2; left += kBand) {
    const int right = std::min(dense + 2, left + kBand);
    for (int i = top; i < bottom; ++i)
      for (int j = std::max(i, left); j < right; ++j) {
        const double* from = slots + static_cast<Index>(i) * layout.columns + j;
        double sum = *from;
        for (int slot = 1; slot < layout.slots; ++slot) sum += from[slot * layout.sums_size];
        square[i - top][j - left] = out[static_cast<Index>(place(i)) * n + place(j)] = sum;
      }
    for (int j = left; j < right; ++j)
      for (int i = top; i < std::min(bottom, j); ++i)
        out[static_cast<Index>(place(j)) * n + place(i)] = square[i - top][j - left];
  }
}

// What category c has to do with columns and with categories from c on.
void assemble_category(const RowsView& rows, const Layout& layout, double* slots, int c, double* out) {
  const int dense = rows.dense_columns, n = gram_order(rows);
  const GramSums sums = layout.sums(slots);
  const auto set = [&](int i, int j, const double* from) {
    double sum = *from;
    for (int slot = 1; slot < layout.slots; ++slot) sum += from[slot * layout.sums_size];
    out[static_cast<Index>(i) * n + j] = out[static_cast<Index>(j) * n + i] = sum;
  };
  for (int k = 0; k < dense + 2; ++k)
    set(dense + c, k < dense ? k : k + rows.categories, sums.tables + static_cast<Index>(c) * layout.columns + k);
  for (int d = c; d < rows.categories; ++d)
    set(dense + c, dense + d, sums.counts + static_cast<Index>(c) * rows.categories + d);
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
  const Index size = static_cast<Index>(gram_order(rows)) * gram_order(rows), parts = bands(rows) + rows.categories;
  workers.for_each(count * parts, [&](Index task) {
    const Index s = task / parts;
    const int part = static_cast<int>(task % parts);
    double* const from = sums + s * layout.slots * layout.sums_size;
    if (part < bands(rows))
      assemble_dense(rows, layout, from, part, out + s * size);
    else
      assemble_category(rows, layout, from, part - bands(rows), out + s * size);
  });
}

}  // namespace bakeoff::kernels
