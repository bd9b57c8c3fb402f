#include "cli/text_table.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>

namespace bakeoff::cli {
namespace {

// Code points: what a terminal shows side by side, but for wide scripts.
std::size_t width(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

bool is_number(const std::string& text) {
  if (text == "-") return true;
  char* end = nullptr;
  std::strtod(text.c_str(), &end);
  return !text.empty() && end == text.c_str() + text.size();
}

}  // namespace

std::string TextTable::text() const {
  const std::size_t columns = rows_[0].size();
  std::vector<std::size_t> widths(columns, 0);
  std::vector<bool> right(columns, rows_.size() > 1);
  for (std::size_t r = 0; r < rows_.size(); ++r)
    for (std::size_t c = 0; c < columns; ++c) {
      widths[c] = std::max(widths[c], width(rows_[r][c]));
      if (r > 0 && !is_number(rows_[r][c])) right[c] = false;
    }
  std::string out;
  for (std::size_t r = 0; r < rows_.size(); ++r) {
    std::string line;
    for (std::size_t c = 0; c < columns; ++c) {
      const std::string space(widths[c] - width(rows_[r][c]), ' ');
      line += (c > 0 ? "  " : "") + (right[c] ? space + rows_[r][c] : rows_[r][c] + space);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + "\n";
    if (r > 0) continue;
    for (std::size_t c = 0; c < columns; ++c) out += (c > 0 ? "  " : "") + std::string(widths[c], '-');
    out += "\n";
  }
  return out;
}

std::string cell(double value) {
  if (std::isnan(value)) return "-";
  char text[32];
  std::snprintf(text, sizeof text, "%.6g", value);
  return text;
}

std::string cell(const Interval& interval) {
  if (std::isnan(interval.low) && std::isnan(interval.high)) return cell(interval.value);
  return cell(interval.value) + " [" + cell(interval.low) + ", " + cell(interval.high) + "]";
}

}  // namespace bakeoff::cli
