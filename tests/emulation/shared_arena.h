// A block's shared memory. Internal.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "emulation/runtime.h"

namespace bakeoff::emulation {

/// Shared arrays in one piece of memory with red zones between them: poisoned for ASan, which then names the access
/// that ran over; without ASan filled with a pattern that is looked at after the block. The functions that place
/// arrays throw Refused.
class SharedArena {
 public:
  struct Refused {
    std::string what;
  };

  SharedArena();
  ~SharedArena();
  SharedArena(const SharedArena&) = delete;
  SharedArena& operator=(const SharedArena&) = delete;

  /// Forgets all arrays, for a new block with this much dynamic shared memory. `fill`: arrays start as NaN, or -1.
  void reset(std::size_t dynamic_bytes, bool fill);

  void* dynamic();
  void* slot(SharedSlot& slot);

  /// What was written outside an array, or an empty string.
  std::string overflow() const;

 private:
  struct Array {
    std::byte* address;
    std::size_t bytes;
    const char* label;
  };
  struct Placed {
    std::uint64_t block = 0;
    void* address = nullptr;
  };

  std::byte* place(std::size_t bytes, std::size_t alignment, const char* label);

  std::unique_ptr<std::byte[]> storage_;
  std::byte* arena_;
  std::size_t used_ = 0;
  std::size_t static_bytes_ = 0;
  std::size_t dynamic_bytes_ = 0;
  std::byte* dynamic_ = nullptr;
  bool fill_ = true;
  std::uint64_t block_ = 0;     // counts blocks, so that a reset need not clear `slots_`
  std::vector<Placed> slots_;   // by SharedSlot::id
  std::vector<Array> arrays_;
};

}  // namespace bakeoff::emulation
