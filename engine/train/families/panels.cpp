#include "train/families/panels.h"

#include <algorithm>
#include <chrono>

#include "core/hash.h"
#include "core/packing.h"
#include "train/families/device_pass.h"

namespace bakeoff {

using kernels::kPanel;
using kernels::Loss;

Panels::Panels(const Execution& execution, const LinearProblem& problem, Loss kind, double centre)
    : execution_(execution),
      problem_(problem),
      kind_(kind),
      centre_(centre),
      layout_(kernels::dense_layout(problem.classes)),
      rows_(problem.rows),
      sparse_(problem.sparse),
      size_(sparse_ ? sparse_->panel_size()
                    : Index{kernels::panel_rows(rows_.dense_columns, rows_.categories)} * kPanel),
      slot_(problem.fits.size(), -1) {
  if (kind == Loss::poisson || kind == Loss::gamma || centre != 0) {
    const auto n = static_cast<std::size_t>(rows_.rows);
    labels_.resize(n);
    if (kind == Loss::poisson) weights_.resize(n);
    for (std::size_t i = 0; i < n; ++i) {
      const kernels::LossRow row =
          kernels::loss_row(kind, rows_.labels[i], rows_.weights ? rows_.weights[i] : 1.0, centre);
      labels_[i] = row.label;
      if (kind == Loss::poisson) weights_[i] = row.weight;
    }
    rows_.labels = labels_.data();
    if (kind == Loss::poisson) rows_.weights = weights_.data();
  }
  if (sparse_) {
    sparse_->labels = rows_.labels;
    sparse_->weights = rows_.weights;
  }
  if (execution.device() != Device::cuda) return;
  if (sparse_) {
    device_ = std::make_unique<DevicePass>(*sparse_);
    return;
  }
  if (!kernels::loss_fits_device(rows_, view())) layout_ = {problem.classes};
  if (kernels::loss_fits_device(rows_, view())) device_ = std::make_unique<DevicePass>(execution, rows_);
}

Panels::~Panels() = default;

void Panels::pack(const std::vector<int>& fits) {
  std::vector<int> order = fits;
  const auto set = [&](int fit) -> const TrainingSet& { return problem_.sets[problem_.fits[fit].set]; };
  std::stable_sort(order.begin(), order.end(), [&](int a, int b) {
    return std::pair(set(a).begin, set(a).end) < std::pair(set(b).begin, set(b).end);
  });
  begin_.clear();
  end_.clear();
  left_out_.clear();
  const int most = layout_.models();  // in a unit
  int used = most;                    // of the last unit
  for (int fit : order) {
    if (used == most || set(fit).begin != begin_.back() || set(fit).end != end_.back()) {
      begin_.resize(begin_.size() + layout_.panels(), set(fit).begin);
      end_.resize(begin_.size(), set(fit).end);
      left_out_.resize(begin_.size() * kPanel, -1);
      used = 0;
    }
    slot_[fit] = (panels() - layout_.panels()) * kPanel + used * problem_.classes;
    std::fill_n(left_out_.begin() + slot_[fit], problem_.classes, set(fit).left_out);
    ++used;
  }
  if (theta_.size() < panels() * size_) {
    const Index columns = static_cast<Index>(panels()) * kPanel;
    theta_ = Buffer<float>(panels() * size_);
    gradient_ = Buffer<double>(panels() * size_);
    loss_ = Buffer<double>(columns);
    if (kernels::has_shape(kind_)) {
      shape_ = Buffer<float>(columns);
      slope_ = Buffer<double>(columns);
      if (kind_ == Loss::tube) dead_ = Buffer<float>(columns);
    }
    const int at_once = std::min(panels(), most_at_once());
    const kernels::PanelsView most = view(0, at_once);
    if (!device_)
      scratch_ = Buffer<char>(static_cast<Index>(sparse_ ? kernels::loss_scratch_bytes(*sparse_, most)
                                                         : kernels::loss_scratch_bytes(rows_, most)));
  }
  std::fill_n(theta_.data(), panels() * size_, 0.0f);
  if (kernels::has_shape(kind_)) std::fill_n(shape_.data(), panels() * kPanel, 1.0f);
  if (kind_ == Loss::tube) std::fill_n(dead_.data(), panels() * kPanel, 0.0f);
}

Index Panels::place(int parameter) const {
  return Index{sparse_ ? parameter : kernels::panel_row(rows_, parameter)} * kPanel;
}

void Panels::set_theta(int fit, const double* theta) {
  const int parameters = rows_.parameters();
  for (int k = 0; k < problem_.classes; ++k) {
    float* to = column(theta_.data(), fit, k);
    for (int p = 0; p < parameters; ++p) to[place(p)] = static_cast<float>(theta[Index{k} * parameters + p]);
  }
}

kernels::PanelsView Panels::view(int first, int last) {
  const bool folded = std::any_of(left_out_.begin(), left_out_.end(), [](std::int32_t f) { return f >= 0; });
  const Index panel = static_cast<Index>(first) * size_, column = static_cast<Index>(first) * kPanel;
  kernels::PanelsView view;
  view.panels = last - first;
  view.theta = theta_.data() + panel;
  view.begin = begin_.data() + first;
  view.end = end_.data() + first;
  view.left_out = folded ? left_out_.data() + column : nullptr;
  view.gradient = gradient_.data() + panel;
  view.loss = loss_.data() + column;
  view.kind = kind_;
  view.classes = layout_;
  if (kernels::has_shape(kind_)) {
    view.shape = shape_.data() + column;
    view.slope = slope_.data() + column;
  }
  if (kind_ == Loss::tube) view.dead = dead_.data() + column;
  return view;
}

// Whole units of about 8 panels are what the pass shares a load of rows among, and what the memory holds.
int Panels::group() const { return std::max(1, 8 / layout_.panels()) * layout_.panels(); }

// Some two seconds of work, so that a stop is soon heard (a core does about 70 GF/s of it: smooth.h; of sparse rows,
// which wait for memory, 3), but enough groups for all threads: the pass cuts a group's rows into 16 or 32 pieces.
int Panels::most_at_once() const {
  constexpr double kWork = 1.4e11, kSparse = 20;
  const int threads = execution_.threads();
  const double values = sparse_ ? kSparse * static_cast<double>(sparse_->starts[sparse_->rows]) * kPanel
                                : static_cast<double>(rows_.rows) * static_cast<double>(size_);
  const double each = 4.0 * values * group();
  const int groups = static_cast<int>(std::min(1e6, kWork * threads / std::max(each, 1.0)));
  return std::max({groups, threads / 8, 1}) * group();
}

void Panels::run(int first, int last) {
  if (device_)
    device_->run(view(first, last));
  else if (sparse_)
    kernels::loss_gradient(execution_.workers(), *sparse_, view(first, last), scratch_.data());
  else
    kernels::loss_gradient(execution_.workers(), rows_, view(first, last), scratch_.data());
}

// All that the answer depends on, apart from the rows, which the memory's section stands for.
std::string Panels::question(const kernels::PanelsView& view) const {
  const Index columns = static_cast<Index>(view.panels) * kPanel;
  const std::int32_t kind[] = {static_cast<std::int32_t>(kind_), view.classes.classes};
  Fingerprint asked;
  asked.add_all(kind, 2).add_all(&centre_, 1).add_all(view.theta, view.panels * size_);
  asked.add_all(view.begin, view.panels).add_all(view.end, view.panels);
  if (view.left_out) asked.add_all(view.left_out, columns);
  if (view.shape) asked.add_all(view.shape, columns);
  if (view.dead) asked.add_all(view.dead, columns);
  return problem_.memory.question("pass", asked.text());
}

bool Panels::remember(const kernels::PanelsView& view) {
  const std::string answer = problem_.memory.checkpoint->find(question(view)).value_or("");
  Unpacking unpacking(answer);
  const Index columns = static_cast<Index>(view.panels) * kPanel;
  return unpacking.take(view.gradient, view.panels * size_) && unpacking.take(view.loss, columns) &&
         (!view.slope || unpacking.take(view.slope, columns)) && unpacking.done();
}

void Panels::keep(const kernels::PanelsView& view, double seconds) {
  const Index columns = static_cast<Index>(view.panels) * kPanel;
  Packing packing;
  packing.add(view.gradient, view.panels * size_).add(view.loss, columns);
  if (view.slope) packing.add(view.slope, columns);
  problem_.memory.checkpoint->keep(question(view), packing.take(), seconds);
}

void Panels::evaluate() {
  if (!problem_.memory && device_) return run(0, panels());
  for (int first = 0; first < panels();) {
    execution_.check_stop();
    const int end = device_ ? panels() : std::min(panels(), first + most_at_once());
    const auto next = [&](int panel) { return std::min(panels(), panel + group()); };
    std::vector<kernels::PanelsView> fresh;
    int last = first;
    bool known = false;  // the group at `last`, which ends the piece
    while (last < end) {
      const kernels::PanelsView some = view(last, next(last));
      known = problem_.memory && remember(some);
      if (known) break;
      fresh.push_back(some);
      last = next(last);
    }
    if (!fresh.empty()) evaluate(first, last, fresh);
    first = known ? next(last) : last;
  }
}

void Panels::evaluate(int first, int last, const std::vector<kernels::PanelsView>& groups) {
  const auto start = std::chrono::steady_clock::now();
  run(first, last);
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  if (!problem_.memory) return;
  for (const kernels::PanelsView& each : groups) keep(each, seconds / static_cast<double>(groups.size()));
}

void Panels::gradient(int fit, double* out) const {
  const int parameters = rows_.parameters();
  for (int k = 0; k < problem_.classes; ++k) {
    const double* from = column(gradient_.data(), fit, k);
    for (int p = 0; p < parameters; ++p) out[Index{k} * parameters + p] = from[place(p)];
  }
}

}  // namespace bakeoff
