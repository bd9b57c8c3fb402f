// oneTBB behind one facade: the only file that names it. Everything parallel on the CPU goes through `Workers`.
#pragma once
#include <tbb/blocked_range.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include <thread>

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
    arena_.execute([&] {
      tbb::parallel_for(
          tbb::blocked_range<Index>(0, n, 1),
          [&](const tbb::blocked_range<Index>& r) {
            for (Index i = r.begin(); i != r.end(); ++i) f(i);
          },
          tbb::auto_partitioner{});
    });
  }

 private:
  int threads_;
  mutable tbb::task_arena arena_;
};

}  // namespace bakeoff::kernels
