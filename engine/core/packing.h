// Numbers and texts as bytes and back, on one machine: what a checkpoint keeps.
#pragma once
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace bakeoff {

class Packing {
 public:
  template <class T>
  Packing& add(const T* values, std::int64_t count) {
    static_assert(std::is_trivially_copyable_v<T>);
    bytes_.append(reinterpret_cast<const char*>(values), static_cast<std::size_t>(count) * sizeof(T));
    return *this;
  }
  template <class T>
  Packing& add(const T& value) {
    return add(&value, 1);
  }
  template <class T>
  Packing& add_list(const T& list) {  // a vector or a text
    return add(static_cast<std::int64_t>(list.size())).add(list.data(), static_cast<std::int64_t>(list.size()));
  }
  std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

// Borrows the bytes. False, and nothing taken, where fewer are left than what is asked for.
class Unpacking {
 public:
  explicit Unpacking(std::string_view bytes) : bytes_(bytes) {}
  template <class T>
  bool take(T* values, std::int64_t count) {
    static_assert(std::is_trivially_copyable_v<T>);
    const std::size_t left = bytes_.size() - at_;
    if (count < 0 || static_cast<std::size_t>(count) > left / sizeof(T)) return false;
    const std::size_t size = static_cast<std::size_t>(count) * sizeof(T);
    if (size > 0) std::memcpy(values, bytes_.data() + at_, size);
    at_ += size;
    return true;
  }
  template <class T>
  bool take(T& value) {
    return take(&value, 1);
  }
  template <class T>
  bool take_list(T& list) {
    std::int64_t count = 0;
    if (!take(count) || count < 0 || static_cast<std::size_t>(count) > bytes_.size()) return false;
    list.resize(static_cast<std::size_t>(count));
    return take(list.data(), count);
  }
  bool done() const { return at_ == bytes_.size(); }

 private:
  std::string_view bytes_;
  std::size_t at_ = 0;
};

}  // namespace bakeoff
