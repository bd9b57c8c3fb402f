// Stacks and switches between them. Internal.
//
// boost's fcontext because a switch takes 30-40 ns; ucontext saves the signal mask with a system call and takes 15
// times as long.
#pragma once

#include <boost/context/detail/fcontext.hpp>
#include <cstddef>

#include "emulation/sanitizers.h"

namespace bakeoff::emulation {

/// A flow of control that is not running: where it goes on, and its stack (for ASan).
struct Context {
  boost::context::detail::fcontext_t handle = nullptr;
  const void* stack_bottom = nullptr;
  std::size_t stack_bytes = 0;
  void* fake_stack = nullptr;
};

/// Must be the first statement of an entry function.
// Whoever jumps here is suspended from now on, and its context is known only on this side.
inline void note_switch(boost::context::detail::transfer_t transfer) {
  static_cast<Context*>(transfer.data)->handle = transfer.fctx;
}

/// Leaves `from`, goes on in `to`; returns when somebody switches back to `from`.
inline void switch_context(Context& from, Context& to) {
  asan_start_switch(&from.fake_stack, to.stack_bottom, to.stack_bytes);
  note_switch(boost::context::detail::jump_fcontext(to.handle, &from));
  asan_finish_switch(from.fake_stack);
}

/// Fills in the stack of the calling OS thread.
void describe_own_stack(Context& context);

/// One stack for each thread of a block, each behind a guard page.
class FiberStacks {
 public:
  using Entry = void (*)(boost::context::detail::transfer_t);

  FiberStacks();
  ~FiberStacks();
  FiberStacks(const FiberStacks&) = delete;
  FiberStacks& operator=(const FiberStacks&) = delete;

  /// A context that begins with `entry` on stack `index`; whatever was on the stack is forgotten.
  Context make(std::size_t index, Entry entry);

 private:
  std::byte* memory_;
};

}  // namespace bakeoff::emulation
