// Launches: blocks in a random order on several OS threads.
#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <exception>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "emulation/block_runner.h"
#include "emulation/session.h"

namespace bakeoff::emulation {

namespace {

// A runner has 1024 stacks of two mappings each, and Linux allows 65530 mappings a process. TSan knows about 8000
// threads and fibers at once, and a runner has 1024 of them.
constexpr std::size_t kMaxRunners = kUnderTsan ? 6 : 16;

// Fewer CUDA threads than this run on the caller's own OS thread: starting another takes longer.
constexpr std::uint64_t kThreadsWorthAnotherWorker = 4096;

constexpr std::uint64_t kMaxBlocks = std::uint64_t{1} << 24;

class RunnerPool {
 public:
  using Runners = std::vector<std::unique_ptr<BlockRunner>>;

  static RunnerPool& instance() {
    static RunnerPool pool;
    return pool;
  }

  /// At least one, for which it waits, and up to `wanted` of those that are there at once: two host threads that both
  /// waited for several would block each other.
  Runners take(std::size_t wanted) {
    Runners taken;
    std::unique_lock lock(mutex_);
    returned_.wait(lock, [&] { return !idle_.empty() || made_ < kMaxRunners; });
    while (taken.size() < wanted && (!idle_.empty() || made_ < kMaxRunners)) {
      if (idle_.empty()) {
        taken.push_back(std::make_unique<BlockRunner>());
        ++made_;
      } else {
        taken.push_back(std::move(idle_.back()));
        idle_.pop_back();
      }
    }
    return taken;
  }

  void give(Runners runners) {
    {
      const std::lock_guard lock(mutex_);
      for (auto& runner : runners) idle_.push_back(std::move(runner));
    }
    returned_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable returned_;
  Runners idle_;
  std::size_t made_ = 0;
};

std::vector<std::uint32_t> block_order(const Launch& launch, std::uint64_t blocks) {
  std::vector<std::uint32_t> order(blocks);
  for (std::uint64_t i = 0; i < blocks; ++i) order[i] = static_cast<std::uint32_t>(i);
  if (launch.options.schedule == Schedule::kReverse) std::reverse(order.begin(), order.end());
  if (launch.options.schedule < Schedule::kUniform) return order;
  for (std::uint64_t i = blocks; i > 1; --i) {
    std::swap(order[i - 1], order[mix_key(launch.options.seed, launch.number, i) % i]);
  }
  return order;
}

// Runs every block of a launch on a team of OS threads.
class Team {
 public:
  Team(const Launch& launch, std::uint64_t blocks) : launch_(launch), order_(block_order(launch, blocks)) {}

  // Runners are taken before and given back after, by the caller: a lock between two workers would be, to TSan, an
  // order between their blocks.
  void run(RunnerPool::Runners& runners) {
    team_size_ = runners.size();
    std::vector<std::thread> others;
    for (std::size_t i = 1; i < team_size_; ++i) {
      others.emplace_back([this, &runners, i] { work(*runners[i], i); });
    }
    work(*runners[0], 0);
    for (auto& other : others) other.join();
    if (failure_) std::rethrow_exception(failure_);
  }

 private:
  void work(BlockRunner& runner, std::size_t worker) {
    try {
      for (std::uint64_t turn = 0; !failed_.load(std::memory_order_relaxed); ++turn) {
        const std::uint64_t i = choose(worker, turn);
        if (i >= order_.size()) break;
        runner.run(launch_, order_[i]);
      }
    } catch (...) {
      const std::lock_guard lock(mutex_);
      if (!failure_) failure_ = std::current_exception();
      failed_ = true;
    }
  }

  // Under TSan neighbours always run on different workers, because blocks on one worker are ordered and a race between
  // them would stay hidden. Otherwise whoever is free takes the next.
  std::uint64_t choose(std::size_t worker, std::uint64_t turn) {
    return kUnderTsan ? worker + turn * team_size_ : taken_.fetch_add(1, std::memory_order_relaxed);
  }

  const Launch& launch_;
  std::vector<std::uint32_t> order_;
  std::size_t team_size_ = 1;
  std::atomic<std::uint64_t> taken_{0};
  std::atomic<bool> failed_{false};
  std::mutex mutex_;
  std::exception_ptr failure_;
};

std::size_t team_size(const Launch& launch, std::uint64_t blocks) {
  const bool alone = !kUnderTsan && blocks * launch.block_threads() < kThreadsWorthAnotherWorker;
  return alone ? 1 : static_cast<std::size_t>(std::min<std::uint64_t>({launch.options.workers, blocks, kMaxRunners}));
}

}  // namespace

void run_grid(KernelCall kernel, dim3 grid, dim3 block, std::size_t shared_bytes) {
  if (BlockRunner::current() != nullptr) throw EmulationError("launch() inside a kernel");
  const std::uint64_t blocks = std::uint64_t{grid.x} * grid.y * grid.z;
  if (blocks > kMaxBlocks) throw EmulationError("more than 2^24 blocks are not for the emulation; use a smaller test");
  Launch launch{kernel, grid, block, shared_bytes, options(), session().launches++, {}};
  launch.deadline = std::chrono::steady_clock::now() + launch.options.time_limit;
  RunnerPool& pool = RunnerPool::instance();
  Team team(launch, blocks);
  RunnerPool::Runners runners = pool.take(std::max<std::size_t>(1, team_size(launch, blocks)));
  try {
    team.run(runners);
  } catch (...) {
    pool.give(std::move(runners));
    throw;
  }
  pool.give(std::move(runners));
}

BarrierVotes barrier(bool predicate, const std::source_location& site) {
  return BlockRunner::required("__syncthreads").barrier(predicate, site);
}

std::uint64_t collective(Collective op, unsigned mask, std::uint64_t value, int source,
                         const std::source_location& site) {
  return BlockRunner::required("a warp collective").collective(op, mask, value, source, site);
}

unsigned current_lane() { return BlockRunner::required("a warp collective").current_lane(); }
void fence() { BlockRunner::required("__threadfence").fence(); }
void yield() { BlockRunner::required("__nanosleep").yield(); }
void preemption_point() { BlockRunner::required("an atomic").preemption_point(); }
void trap(const std::source_location& site) { BlockRunner::required("__trap").trap(site); }
void* SharedSlot::address() { return BlockRunner::required("static shared memory").slot(*this); }
void* dynamic_shared() { return BlockRunner::required("dynamic shared memory").dynamic_shared(); }

}  // namespace bakeoff::emulation
