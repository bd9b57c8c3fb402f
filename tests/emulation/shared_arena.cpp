#include "emulation/shared_arena.h"

#include <algorithm>
#include <cstring>

#include "emulation/options.h"
#include "emulation/sanitizers.h"

namespace bakeoff::emulation {

namespace {

constexpr std::size_t kAlignment = 128;
constexpr std::size_t kRedZone = 64;
constexpr std::size_t kMaxArrays = 64;
constexpr std::size_t kArenaBytes = kMaxSharedBytes + kMaxArrays * (2 * kRedZone + kAlignment);
constexpr unsigned char kRedZonePattern = 0xA5;
constexpr unsigned char kNotANumber = 0xFF;  // in every byte it is a NaN, and -1

constexpr std::size_t round_up(std::size_t n, std::size_t to) { return (n + to - 1) / to * to; }

}  // namespace

int SharedSlot::id() {
  static std::atomic<int> count{0};
  int id = id_.load(std::memory_order_acquire);
  if (id >= 0) return id;
  const int fresh = count.fetch_add(1);
  return id_.compare_exchange_strong(id, fresh) ? fresh : id;
}

SharedArena::SharedArena() : storage_(new std::byte[kArenaBytes + kAlignment]) {
  const auto start = reinterpret_cast<std::uintptr_t>(storage_.get());
  arena_ = storage_.get() + (round_up(start, kAlignment) - start);
}

SharedArena::~SharedArena() { asan_unpoison(storage_.get(), kArenaBytes + kAlignment); }

void SharedArena::reset(std::size_t dynamic_bytes, bool fill) {
  ++block_;
  used_ = 0;
  static_bytes_ = 0;
  dynamic_bytes_ = dynamic_bytes;
  fill_ = fill;
  arrays_.clear();
  asan_poison(arena_, kArenaBytes);
  dynamic_ = dynamic_bytes == 0 ? nullptr : place(dynamic_bytes, kAlignment, "dynamic shared memory");
}

void* SharedArena::dynamic() {
  if (dynamic_ == nullptr) throw Refused{"dynamic shared memory is used, but the launch asked for 0 bytes of it"};
  return dynamic_;
}

void* SharedArena::slot(SharedSlot& slot) {
  const auto id = static_cast<std::size_t>(slot.id());
  if (id >= slots_.size()) slots_.resize(id + 16);
  Placed& placed = slots_[id];
  if (placed.block == block_) return placed.address;
  static_bytes_ += slot.bytes();
  if (static_bytes_ > kMaxStaticSharedBytes) {
    throw Refused{std::string("more than 48 KiB of static shared memory with '") + slot.label() +
                  "'; use BAKEOFF_DYNAMIC_SHARED"};
  }
  if (static_bytes_ + dynamic_bytes_ > kMaxSharedBytes) {
    throw Refused{std::string("more than 227 KiB of shared memory with '") + slot.label() + "'"};
  }
  placed = {block_, place(slot.bytes(), slot.alignment(), slot.label())};
  return placed.address;
}

std::byte* SharedArena::place(std::size_t bytes, std::size_t alignment, const char* label) {
  const std::size_t begin = round_up(used_ + kRedZone, std::max<std::size_t>(alignment, 16));
  const std::size_t end = round_up(begin + bytes, 16) + kRedZone;
  if (end > kArenaBytes) throw Refused{std::string("too many shared arrays in one block, at '") + label + "'"};
  asan_unpoison(arena_ + used_, end - used_);
  std::memset(arena_ + used_, kRedZonePattern, end - used_);
  if (fill_) std::memset(arena_ + begin, kNotANumber, bytes);
  asan_poison(arena_ + used_, end - used_);
  asan_unpoison(arena_ + begin, bytes);
  used_ = end;
  arrays_.push_back({arena_ + begin, bytes, label});
  return arena_ + begin;
}

std::string SharedArena::overflow() const {
  if constexpr (kUnderAsan) return {};  // has stopped at the access itself
  const std::byte* before = arena_;
  for (const Array& array : arrays_) {
    const std::byte* after = array.address + array.bytes;
    const std::byte* zone_end = arena_ + round_up(static_cast<std::size_t>(after - arena_), 16) + kRedZone;
    const auto intact = [](std::byte b) { return b == std::byte{kRedZonePattern}; };
    if (!std::all_of(before, static_cast<const std::byte*>(array.address), intact) ||
        !std::all_of(after, zone_end, intact)) {
      return std::string("a write outside shared array '") + array.label + "' (" + std::to_string(array.bytes) +
             " bytes); the ASan flavour of the test names the statement";
    }
    before = zone_end;
  }
  return {};
}

}  // namespace bakeoff::emulation
