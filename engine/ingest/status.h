// Arrow's failures as ours. Inner to this layer.
#pragma once
#include <arrow/result.h>
#include <arrow/status.h>

#include <string>

#include "core/error.h"
#include "core/text.h"

namespace bakeoff {

// RetryableError when memory ran out, else DataError: `file`, what was `expected`, and what Arrow says.
inline void require(const arrow::Status& status, const std::string& file, const std::string& expected) {
  if (status.ok()) return;
  const std::string text = file + ": expected " + expected + ": " + printable(status.message(), 400);
  if (status.IsOutOfMemory()) throw RetryableError(text);
  throw DataError(text);
}

template <class T>
T require(arrow::Result<T> result, const std::string& file, const std::string& expected) {
  require(result.status(), file, expected);
  return std::move(result).ValueUnsafe();
}

}  // namespace bakeoff
