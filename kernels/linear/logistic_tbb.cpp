#include <algorithm>

#include "kernels/linear/chunk.h"

namespace bakeoff::kernels {
namespace {

// Slots of chunks times groups of panels are the pieces of work. A group shares what it costs to load a chunk.
constexpr int kSlots = kLogisticSlots, kGroup = 8;

struct Layout {
  int rows, groups;  // panel rows; panel groups
  Index chunk, chunks;
  Layout(const RowsView& view, int panels)
      : rows(panel_rows(view.dense_columns, view.categories)),
        groups((panels + kGroup - 1) / kGroup),
        chunk(chunk_rows(view.dense_columns)),
        chunks((view.rows + chunk - 1) / chunk) {}
  Index panel_size() const { return static_cast<Index>(rows) * kPanel; }
};

struct Scratch {
  double* gradient;  // slots x panels x panel rows x 16
  double* loss;      // slots x panels x 16
  char* task;        // slots x groups pieces
  std::size_t task_bytes, bytes;
};

struct TaskScratch {
  ChunkView chunk;
  float *residuals, *gradient;
  std::size_t bytes;
  TaskScratch(const RowsView& rows, const Layout& layout, void* base) {
    Carver carver(base);
    chunk = take_chunk(rows, carver);
    residuals = carver.take<float>(kRowBlock * kPanel);
    gradient = carver.take<float>(layout.panel_size());
    bytes = carver.used();
  }
};

Scratch cut(const RowsView& rows, const Layout& layout, int panels, void* base) {
  Carver carver(base);
  Scratch s;
  s.gradient = carver.take<double>(kSlots * panels * layout.panel_size());
  s.loss = carver.take<double>(static_cast<Index>(kSlots) * panels * kPanel);
  s.task_bytes = TaskScratch(rows, layout, nullptr).bytes;
  s.task = carver.take<char>(static_cast<Index>(s.task_bytes) * kSlots * layout.groups);
  s.bytes = carver.used();
  return s;
}

// One slot of chunks under one group of panels.
void run_task(const RowsView& rows, const PanelsView& panels, const Layout& layout, const Scratch& scratch, int slot,
              int group, Isa isa) {
  TaskScratch task(rows, layout,
                   scratch.task + (static_cast<std::size_t>(slot) * layout.groups + group) * scratch.task_bytes);
  const int first = group * kGroup, last = std::min(panels.panels, first + kGroup);
  const Index size = layout.panel_size();
  double* gradient = scratch.gradient + (static_cast<Index>(slot) * panels.panels + first) * size;
  double* loss = scratch.loss + (static_cast<Index>(slot) * panels.panels + first) * kPanel;
  std::fill_n(gradient, (last - first) * size, 0.0);
  std::fill_n(loss, (last - first) * kPanel, 0.0);
  for (Index c = layout.chunks * slot / kSlots; c < layout.chunks * (slot + 1) / kSlots; ++c) {
    const Index from = c * layout.chunk, to = std::min(rows.rows, from + layout.chunk);
    Index loaded_from = 0, loaded_to = 0;
    for (int p = first; p < last; ++p) {
      const Index begin = std::max(from, panels.begin[p]), end = std::min(to, panels.end[p]);
      if (begin >= end) continue;
      if (begin != loaded_from || end != loaded_to) load_chunk(rows, begin, end, task.chunk, isa);
      loaded_from = begin;
      loaded_to = end;
      std::fill_n(task.gradient, size, 0.0f);
      logistic_chunk(task.chunk, panels.theta + p * size, panels.left_out ? panels.left_out + p * kPanel : nullptr,
                     task.residuals, task.gradient, loss + (p - first) * kPanel, isa);
      double* sum = gradient + (p - first) * size;
      for (Index i = 0; i < size; ++i) sum[i] += task.gradient[i];
    }
  }
}

}  // namespace

std::size_t logistic_scratch_bytes(const RowsView& rows, int panels) {
  return cut(rows, Layout(rows, panels), panels, nullptr).bytes;
}

void logistic_gradient(const Workers& workers, const RowsView& rows, const PanelsView& panels, void* scratch, Isa isa) {
  const Layout layout(rows, panels.panels);
  const Scratch s = cut(rows, layout, panels.panels, scratch);
  workers.for_each(kSlots * layout.groups, [&](Index task) {
    run_task(rows, panels, layout, s, static_cast<int>(task % kSlots), static_cast<int>(task / kSlots), isa);
  });
  const Index size = layout.panel_size();
  workers.for_each(panels.panels, [&](Index p) {
    for (Index i = 0; i < size; ++i) {
      double sum = 0;
      for (int slot = 0; slot < kSlots; ++slot) sum += s.gradient[(slot * panels.panels + p) * size + i];
      panels.gradient[p * size + i] = sum;
    }
    for (int i = 0; i < kPanel; ++i) {
      double sum = 0;
      for (int slot = 0; slot < kSlots; ++slot) sum += s.loss[(slot * panels.panels + p) * kPanel + i];
      panels.loss[p * kPanel + i] = sum;
    }
  });
}

namespace {

std::size_t logits_task_bytes(const RowsView& rows) {
  Carver carver(nullptr);
  take_chunk(rows, carver);
  carver.take<float>(static_cast<Index>(chunk_rows(rows.dense_columns)) * kPanel);
  return carver.used();
}

}  // namespace

std::size_t logits_scratch_bytes(const RowsView& rows, int) { return kSlots * logits_task_bytes(rows); }

void linear_logits(const Workers& workers, const RowsView& rows, Index first, Index last, int panels,
                   const float* theta, float* logits, void* scratch, Isa isa) {
  const Layout layout(rows, panels);
  const Index count = last - first, chunks = (count + layout.chunk - 1) / layout.chunk;
  workers.for_each(kSlots, [&](Index slot) {
    Carver carver(static_cast<char*>(scratch) + slot * logits_task_bytes(rows));
    ChunkView chunk = take_chunk(rows, carver);
    float* block = carver.take<float>(layout.chunk * kPanel);
    for (Index c = chunks * slot / kSlots; c < chunks * (slot + 1) / kSlots; ++c) {
      const Index from = c * layout.chunk, to = std::min(count, from + layout.chunk);
      load_chunk(rows, first + from, first + to, chunk, isa);
      for (int p = 0; p < panels; ++p) {
        logits_chunk(chunk, theta + p * layout.panel_size(), block, isa);
        for (int column = 0; column < kPanel; ++column) {
          float* out = logits + (static_cast<Index>(p) * kPanel + column) * count + from;
          for (Index r = 0; r < to - from; ++r) out[r] = block[r * kPanel + column];
        }
      }
    }
  });
}

}  // namespace bakeoff::kernels
