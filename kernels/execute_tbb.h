// oneTBB behind one facade: the only file that names it. Everything parallel on the CPU goes through `Workers`.
#pragma once
#include <tbb/blocked_range.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include <thread>
#if defined(__SANITIZE_THREAD__)
#include <atomic>
#include <exception>
#include <mutex>
#include <vector>
#endif

#include "kernels/portable.h"

namespace bakeoff::kernels {

// A fixed number of threads to work with. Copies share the arena.
class Workers {
 public:
  // `threads` <= 0: all cores the machine shows.
  explicit Workers(int threads = 0)
      : threads_(threads > 0 ? threads : static_cast<int>(std::thread::hardware_concurrency())),
        arena_(threads_) {}
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  int threads() const { return threads_; }

  // Calls f(i) for every i in [0, n), each exactly once, in any order. What f writes must depend on i alone: then the
  // answer does not depend on the number of threads. Exceptions of f reach the caller.
  template <class F>
  void for_each(Index n, const F& f) const {
    if (n <= 0) return;
    if (threads_ == 1 || n == 1) {
      for (Index i = 0; i < n; ++i) f(i);
      return;
    }
#if defined(__SANITIZE_THREAD__)
    fork_and_join(n, f);
#else
    arena_.execute([&] {
      tbb::parallel_for(
          tbb::blocked_range<Index>(0, n, 1),
          [&](const tbb::blocked_range<Index>& r) {
            for (Index i = r.begin(); i != r.end(); ++i) f(i);
          },
          tbb::auto_partitioner{});
    });
#endif
  }

 private:
#if defined(__SANITIZE_THREAD__)
  // ThreadSanitizer doesn't see what a libtbb that isn't built for it keeps in order, and would call every handover a
  // race. It sees threads that are started and joined; calls inside of calls stay on their thread.
  template <class F>
  void fork_and_join(Index n, const F& f) const {
    static thread_local bool inside = false;
    if (inside) {
      for (Index i = 0; i < n; ++i) f(i);
      return;
    }
    std::atomic<Index> next{0};
    std::mutex guard;
    std::exception_ptr failed;
    const auto work = [&] {
      inside = true;
      try {
        for (Index i; (i = next.fetch_add(1, std::memory_order_relaxed)) < n;) f(i);
      } catch (...) {
        const std::lock_guard lock(guard);
        if (!failed) failed = std::current_exception();
        next = n;
      }
      inside = false;
    };
    std::vector<std::thread> others;
    for (Index t = 1; t < threads_ && t < n; ++t) others.emplace_back(work);
    work();
    for (std::thread& other : others) other.join();
    if (failed) std::rethrow_exception(failed);
  }
#endif

  int threads_;
  mutable tbb::task_arena arena_;
};

}  // namespace bakeoff::kernels
