#include "spec/yaml_text.h"

#include <array>

#include "core/text.h"

namespace bakeoff::spec_reading {
namespace {

// Words that YAML parsers read as something other than a text.
bool reserved(const std::string& word) {
  static constexpr std::array kWords = {"null", "true", "false", "yes", "no", "on", "off", "y", "n", "nan", "inf"};
  std::string lower = word;
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return std::find(kWords.begin(), kWords.end(), lower) != kWords.end();
}

// A JSON string is a double-quoted YAML one. Bare: what starts with a letter and has nothing that YAML gives a meaning.
std::string yaml_string(const std::string& value) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  const auto plain = [&](char c) { return letter(c) || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '/'; };
  const bool bare =
      !value.empty() && letter(value[0]) && std::all_of(value.begin(), value.end(), plain) && !reserved(value);
  return bare ? value : json_line(value);
}

std::string yaml_scalar(const Json& value) {
  if (value.is_string()) return yaml_string(value.get<std::string>());
  return value.is_number_float() ? shortest(value.get<double>()) : json_line(value);
}

std::string yaml_flow(const Json& value) {
  std::vector<std::string> parts;
  if (value.is_array()) {
    for (const Json& entry : value) parts.push_back(yaml_flow(entry));
    return "[" + join(parts) + "]";
  }
  if (!value.is_object()) return yaml_scalar(value);
  for (const auto& [key, entry] : value.items()) parts.push_back(yaml_string(key) + ": " + yaml_flow(entry));
  return "{" + join(parts) + "}";
}

void write_block(const Json& map, const std::string& indent, std::string& out) {
  for (const auto& [key, value] : map.items()) {
    out += indent + yaml_string(key) + ":";
    if (value.is_object() && !value.empty()) {
      out += "\n";
      write_block(value, indent + "  ", out);
    } else {
      out += " " + yaml_flow(value) + "\n";
    }
  }
}

}  // namespace

std::string yaml_text(const Json& value) {
  if (!value.is_object() || value.empty()) return yaml_flow(value) + "\n";
  std::string out;
  write_block(value, "", out);
  return out;
}

}  // namespace bakeoff::spec_reading
