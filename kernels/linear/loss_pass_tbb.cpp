#include <algorithm>

#include "kernels/linear/chunk.h"

namespace bakeoff::kernels {
namespace {

// Slots of chunks times groups of panels are the pieces of work. A group, whole units of about 8 panels, shares what it
// costs to load a chunk.
constexpr int kSlots = kPassSlots, kGroup = 8;

struct Layout {
  int rows, unit, group, groups;  // panel rows; panels of a unit and of a group
  Index chunk, chunks;
  Layout(const RowsView& view, int panels, const ClassLayout& classes)
      : rows(panel_rows(view.dense_columns, view.categories)),
        unit(classes.panels()),
        group(std::max(1, kGroup / unit) * unit),
        groups((panels + group - 1) / group),
        chunk(chunk_rows(view.dense_columns)),
        chunks((view.rows + chunk - 1) / chunk) {}
  Index panel_size() const { return static_cast<Index>(rows) * kPanel; }
};

struct Scratch {
  double* gradient;      // slots x panels x panel rows x 16
  double *loss, *slope;  // slots x panels x 16
  char* task;            // slots x groups pieces
  std::size_t task_bytes, bytes;
};

struct TaskScratch {
  ChunkView chunk;
  float *residuals, *gradient;
  std::size_t bytes;
  TaskScratch(const RowsView& rows, const Layout& layout, void* base) {
    Carver carver(base);
    chunk = take_chunk(rows, carver);
    residuals = carver.take<float>(static_cast<Index>(layout.unit) * kRowBlock * kPanel);
    gradient = carver.take<float>(layout.unit * layout.panel_size());
    bytes = carver.used();
  }
};

Scratch cut(const RowsView& rows, const Layout& layout, int panels, void* base) {
  Carver carver(base);
  Scratch s;
  s.gradient = carver.take<double>(kSlots * panels * layout.panel_size());
  s.loss = carver.take<double>(static_cast<Index>(kSlots) * panels * kPanel);
  s.slope = carver.take<double>(static_cast<Index>(kSlots) * panels * kPanel);
  s.task_bytes = TaskScratch(rows, layout, nullptr).bytes;
  s.task = carver.take<char>(static_cast<Index>(s.task_bytes) * kSlots * layout.groups);
  s.bytes = carver.used();
  return s;
}

// The chunk's rows of one window under one unit, added to the slot's sums.
void run_unit(const PanelsView& panels, const Layout& layout, const TaskScratch& task, int panel, double* gradient,
              double* loss, double* slope, Isa isa) {
  const Index size = layout.unit * layout.panel_size(), column = static_cast<Index>(panel) * kPanel;
  std::fill_n(task.gradient, size, 0.0f);
  const UnitView unit{panels.kind,
                      panels.classes,
                      layout.panel_size(),
                      panels.theta + panel * layout.panel_size(),
                      panels.left_out ? panels.left_out + column : nullptr,
                      panels.shape ? panels.shape + column : nullptr,
                      task.residuals,
                      task.gradient,
                      loss,
                      slope,
                      panels.dead ? panels.dead + column : nullptr};
  loss_chunk(task.chunk, unit, isa);
  for (Index i = 0; i < size; ++i) gradient[i] += task.gradient[i];
}

// One slot of chunks under one group of panels.
void run_task(const RowsView& rows, const PanelsView& panels, const Layout& layout, const Scratch& scratch, int slot,
              int group, Isa isa) {
  TaskScratch task(rows, layout,
                   scratch.task + (static_cast<std::size_t>(slot) * layout.groups + group) * scratch.task_bytes);
  const int first = group * layout.group, last = std::min(panels.panels, first + layout.group);
  const Index size = layout.panel_size(), at = static_cast<Index>(slot) * panels.panels + first;
  double *const gradient = scratch.gradient + at * size, *const loss = scratch.loss + at * kPanel,
                *const slope = scratch.slope + at * kPanel;
  std::fill_n(gradient, (last - first) * size, 0.0);
  std::fill_n(loss, (last - first) * kPanel, 0.0);
  std::fill_n(slope, (last - first) * kPanel, 0.0);
  for (Index c = layout.chunks * slot / kSlots; c < layout.chunks * (slot + 1) / kSlots; ++c) {
    const Index from = c * layout.chunk, to = std::min(rows.rows, from + layout.chunk);
    Index loaded_from = 0, loaded_to = 0;
    for (int p = first; p < last; p += layout.unit) {
      const Index begin = std::max(from, panels.begin[p]), end = std::min(to, panels.end[p]);
      if (begin >= end) continue;
      if (begin != loaded_from || end != loaded_to) load_chunk(rows, begin, end, panels.kind, task.chunk, isa);
      loaded_from = begin;
      loaded_to = end;
      run_unit(panels, layout, task, p, gradient + (p - first) * size, loss + (p - first) * kPanel,
               slope + (p - first) * kPanel, isa);
    }
  }
}

// out[i] = the slots' values of i, added in order; `stride` values a slot.
void add_slots(const double* slots, Index stride, Index count, double* out) {
  for (Index i = 0; i < count; ++i) {
    double sum = 0;
    for (int slot = 0; slot < kSlots; ++slot) sum += slots[slot * stride + i];
    out[i] = sum;
  }
}

}  // namespace

std::size_t loss_scratch_bytes(const RowsView& rows, const PanelsView& panels) {
  return cut(rows, Layout(rows, panels.panels, panels.classes), panels.panels, nullptr).bytes;
}

void loss_gradient(const Workers& workers, const RowsView& rows, const PanelsView& panels, void* scratch, Isa isa) {
  const Layout layout(rows, panels.panels, panels.classes);
  const Scratch s = cut(rows, layout, panels.panels, scratch);
  workers.for_each(kSlots * layout.groups, [&](Index task) {
    run_task(rows, panels, layout, s, static_cast<int>(task % kSlots), static_cast<int>(task / kSlots), isa);
  });
  const Index size = layout.panel_size(), columns = static_cast<Index>(panels.panels) * kPanel;
  workers.for_each(panels.panels, [&](Index p) {
    add_slots(s.gradient + p * size, panels.panels * size, size, panels.gradient + p * size);
    add_slots(s.loss + p * kPanel, columns, kPanel, panels.loss + p * kPanel);
    if (panels.slope) add_slots(s.slope + p * kPanel, columns, kPanel, panels.slope + p * kPanel);
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
  const Layout layout(rows, panels, 1);
  const Index count = last - first, chunks = (count + layout.chunk - 1) / layout.chunk;
  workers.for_each(kSlots, [&](Index slot) {
    Carver carver(static_cast<char*>(scratch) + slot * logits_task_bytes(rows));
    ChunkView chunk = take_chunk(rows, carver);
    float* block = carver.take<float>(layout.chunk * kPanel);
    for (Index c = chunks * slot / kSlots; c < chunks * (slot + 1) / kSlots; ++c) {
      const Index from = c * layout.chunk, to = std::min(count, from + layout.chunk);
      load_chunk(rows, first + from, first + to, Loss::logistic, chunk, isa);
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
