// JSON in and out, the same way everywhere: valid UTF-8, shortest doubles, null for what JSON has no number for.
#pragma once
#include <nlohmann/json.hpp>
#include <string>

namespace bakeoff {

using Json = nlohmann::ordered_json;

// One line, no line break inside or after. Invalid UTF-8 becomes U+FFFD; NaN and infinities become null.
std::string json_line(const Json& value);
// Indented by two spaces, with a line break at the end: for files that people open.
std::string json_pretty(const Json& value);
// DataError with `path`, line and column if `text` isn't JSON.
Json parse_json(const std::string& text, const std::string& path);

}  // namespace bakeoff
