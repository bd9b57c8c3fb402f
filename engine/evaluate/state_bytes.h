// A state as bytes and back: the fields in order, little-endian, arrays behind their lengths. Written and read by one
// function of the state, `fields(archive)`, so that the two can't drift apart.
#pragma once
#include <bit>
#include <cstring>
#include <map>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "core/error.h"

namespace bakeoff {

static_assert(std::endian::native == std::endian::little, "states are written as they lie in memory");

template <class T>
concept Plain = std::is_trivially_copyable_v<T>;

class StateWriter {
 public:
  template <Plain T>
  void operator()(T& value) {
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof(T));
  }
  template <class T>
  void operator()(std::vector<T>& values) {
    count(values.size());
    if constexpr (Plain<T>)
      bytes_.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T));
    else
      for (T& value : values) (*this)(value);
  }
  void operator()(std::string& text) {
    count(text.size());
    bytes_ += text;
  }
  template <class T>
  void operator()(std::map<std::int64_t, T>& values) {
    count(values.size());
    for (auto& [key, value] : values) {
      std::int64_t written = key;
      (*this)(written);
      (*this)(value);
    }
  }
  template <class T>
  requires requires(T& value, StateWriter& archive) { value.fields(archive); }
  void operator()(T& value) { value.fields(*this); }
  std::string take() { return std::move(bytes_); }

 private:
  void count(std::uint64_t n) { (*this)(n); }

  std::string bytes_;
};

class StateReader {
 public:
  explicit StateReader(std::string_view bytes) : left_(bytes) {}

  template <Plain T>
  void operator()(T& value) {
    std::memcpy(&value, next(sizeof(T)), sizeof(T));
  }
  template <class T>
  void operator()(std::vector<T>& values) {
    values.resize(count(Plain<T> ? sizeof(T) : 1));
    if constexpr (Plain<T>) {
      if (!values.empty()) std::memcpy(values.data(), next(values.size() * sizeof(T)), values.size() * sizeof(T));
    } else {
      for (T& value : values) (*this)(value);
    }
  }
  void operator()(std::string& text) {
    const std::size_t size = count(1);
    text.assign(next(size), size);
  }
  template <class T>
  void operator()(std::map<std::int64_t, T>& values) {
    values.clear();
    for (std::size_t left = count(sizeof(std::int64_t)); left > 0; --left) {
      std::int64_t key = 0;
      (*this)(key);
      (*this)(values[key]);
    }
  }
  template <class T>
  requires requires(T& value, StateReader& archive) { value.fields(archive); }
  void operator()(T& value) { value.fields(*this); }
  bool done() const { return left_.empty(); }

 private:
  const char* next(std::size_t size) {
    if (size > left_.size()) throw DataError("state: it ends too early; it was cut or is of another version");
    const char* const at = left_.data();
    left_.remove_prefix(size);
    return at;
  }
  // So many elements of at least `each` bytes are still there.
  std::size_t count(std::size_t each) {
    std::uint64_t n = 0;
    (*this)(n);
    if (n > left_.size() / each) throw DataError("state: it ends too early; it was cut or is of another version");
    return static_cast<std::size_t>(n);
  }

  std::string_view left_;
};

}  // namespace bakeoff
