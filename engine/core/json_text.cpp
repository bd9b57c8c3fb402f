#include "core/json_text.h"

#include <algorithm>

#include "core/error.h"
#include "core/text.h"

namespace bakeoff {

std::string json_line(const Json& value) { return value.dump(-1, ' ', false, Json::error_handler_t::replace); }

std::string json_pretty(const Json& value) { return value.dump(2, ' ', false, Json::error_handler_t::replace) + "\n"; }

Json parse_json(const std::string& text, const std::string& path) {
  try {
    return Json::parse(text);
  } catch (const Json::parse_error& error) {
    const std::size_t at = std::min<std::size_t>(error.byte > 0 ? error.byte - 1 : 0, text.size());
    const auto begin = text.begin();
    const auto line = 1 + std::count(begin, begin + static_cast<std::ptrdiff_t>(at), '\n');
    const std::size_t start = at == 0 ? std::string::npos : text.rfind('\n', at - 1);
    const std::size_t column = start == std::string::npos ? at + 1 : at - start;
    throw DataError(path + ":" + std::to_string(line) + ":" + std::to_string(column) +
                    ": expected JSON; the file is damaged or was written by something else (at '" +
                    printable(std::string_view(text).substr(at), 20) + "')");
  }
}

}  // namespace bakeoff
