#include <algorithm>

#include "bake_off.h"
#include "core/memory.h"
#include "core/text.h"

namespace bakeoff {
namespace {

// Candidates of a batch where a budget of time has to be looked at in between: enough to share a pass over the rows
// well. Without one there is one batch.
constexpr std::size_t kBatch = 64;

// The champion's own configuration always competes; the others in their order, of which any beginning covers the space.
std::vector<std::size_t> order_of(const CandidateSet& candidates) {
  std::vector<std::size_t> order;
  for (const bool champion : {true, false})
    for (std::size_t i = 0; i < candidates.size(); ++i)
      if (candidates[i].champion_configuration == champion) order.push_back(i);
  return order;
}

// Every candidate of a batch has the same number of columns in its panels, whatever its window or penalty: the
// process's peak while the batch trained, rows and all, is shared out evenly.
void add(TrainedBatch& to, TrainedBatch&& batch, const std::vector<std::size_t>& places, std::int64_t peak) {
  to.outputs = batch.outputs;
  for (std::size_t i = 0; i < places.size(); ++i) {
    to.candidates[places[i]] = std::move(batch.candidates[i]);
    to.candidates[places[i]].peak_bytes = static_cast<double>(peak) / static_cast<double>(places.size());
  }
  to.seconds += batch.seconds;
  to.peak_bytes = std::max(to.peak_bytes, peak);
}

std::string why_not_run(const BudgetSpec& spec, const Budget& budget, std::size_t run, std::size_t all) {
  const bool by_number = spec.candidates > 0 && run == static_cast<std::size_t>(spec.candidates);
  return "budget: " + (by_number ? "candidates " + std::to_string(spec.candidates) : budget.text()) +
         " ended the training after " + std::to_string(run) + " of " + std::to_string(all) + " candidates";
}

}  // namespace

TrainedBatch train_candidates(const Execution& execution, const Spec& spec, const RunTable& table,
                              const RawDesign& design, const Plan& plan, Budget& budget, Checkpoint& checkpoint,
                              EventSink& events) {
  const TrainingInput input = training_input(spec, table, design, plan, {&checkpoint, "train"});
  const std::vector<std::size_t> order = order_of(plan.candidates);
  const std::size_t all = order.size();
  const std::size_t most =
      spec.budget.candidates > 0 ? std::min(all, static_cast<std::size_t>(spec.budget.candidates)) : all;
  TrainedBatch trained;
  trained.candidates.resize(all);
  std::size_t done = 0;
  for (int number = 0; done < most; ++number) {
    const std::size_t size = std::min(most - done, budget.limited() ? kBatch : most);
    const double each = done > 0 ? trained.seconds / static_cast<double>(done) : 0.0;
    if (!budget.allows("batch", number, each * static_cast<double>(size))) break;
    const std::vector<std::size_t> places(order.begin() + static_cast<std::ptrdiff_t>(done),
                                          order.begin() + static_cast<std::ptrdiff_t>(done + size));
    CandidateSet some;
    for (const std::size_t i : places) some.push_back(plan.candidates[i]);
    PeakMemory memory;
    TrainedBatch batch = train(execution, input, some, [&](int fits, int of) {
      memory.look();
      const std::size_t finished =
          done + size * static_cast<std::size_t>(fits) / static_cast<std::size_t>(std::max(of, 1));
      events.progress("train", static_cast<std::int64_t>(finished), static_cast<std::int64_t>(most));
    });
    add(trained, std::move(batch), places, memory.bytes());
    done += size;
    execution.check_stop();
  }
  if (done == all) return trained;
  trained.not_run = static_cast<int>(all - done);
  trained.why_not_run = why_not_run(spec.budget, budget, done, all);
  for (std::size_t i = done; i < all; ++i) {
    TrainedCandidate& one = trained.candidates[order[i]];
    one.candidate = plan.candidates[order[i]];
    one.status = FitStatus::not_run;
    one.reason = trained.why_not_run;
  }
  events.emit("budget", {{"reason", trained.why_not_run}});
  return trained;
}

}  // namespace bakeoff
