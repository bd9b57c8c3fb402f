#include "core/text.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace bakeoff {
namespace {

std::string lower(std::string_view word) {
  std::string out(word);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

// Optimal string alignment with three rows: the restricted Damerau-Levenshtein distance.
std::size_t distance(const std::string& a, const std::string& b) {
  std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), now(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    now[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      now[j] = std::min({last[j] + 1, now[j - 1] + 1, last[j - 1] + (a[i - 1] != b[j - 1])});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) now[j] = std::min(now[j], before[j - 2] + 1);
    }
    before.swap(last);
    last.swap(now);
  }
  return last[b.size()];
}

// Bytes of the UTF-8 sequence that starts at text[i], 0 if it isn't one.
std::size_t sequence_length(std::string_view text, std::size_t i) {
  const auto byte = static_cast<unsigned char>(text[i]);
  const std::size_t n = byte < 0x80                   ? 1
                        : byte >= 0xC2 && byte < 0xE0 ? 2
                        : byte >= 0xE0 && byte < 0xF0 ? 3
                        : byte >= 0xF0 && byte < 0xF5 ? 4
                                                      : 0;
  if (n == 0 || i + n > text.size()) return 0;
  for (std::size_t k = 1; k < n; ++k)
    if ((static_cast<unsigned char>(text[i + k]) & 0xC0) != 0x80) return 0;
  return n;
}

}  // namespace

std::string nearest(std::string_view word, const std::vector<std::string>& known) {
  constexpr std::size_t kLongest = 100;  // nobody mistypes a longer name, and the alignment is quadratic
  if (word.empty() || word.size() > kLongest) return "";
  const std::string wanted = lower(word);
  std::string best;
  std::size_t best_distance = kLongest;
  for (const std::string& name : known) {
    if (name.empty() || name.size() > kLongest) continue;
    const std::size_t d = distance(wanted, lower(name));
    const std::size_t allowed = std::max<std::size_t>(1, std::max(wanted.size(), name.size()) / 3);
    if (d <= allowed && d < std::max(wanted.size(), name.size()) && d < best_distance) best = name, best_distance = d;
  }
  if (!best.empty() || wanted.size() < 3) return best;
  for (const std::string& name : known) {
    const std::string candidate = lower(name);
    const bool contains = candidate.find(wanted) != std::string::npos ||
                          (candidate.size() >= 3 && wanted.find(candidate) != std::string::npos);
    if (contains && (best.empty() || name.size() < best.size())) best = name;
  }
  return best;
}

std::string hint(std::string_view word, const std::vector<std::string>& known) {
  const std::string meant = nearest(word, known);
  if (!meant.empty()) return "; did you mean '" + meant + "'?";
  return known.empty() ? "" : "; known: " + join(known);
}

std::string join(const std::vector<std::string>& words, std::string_view separator) {
  std::string out;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) out += separator;
    out += words[i];
  }
  return out;
}

std::string shortest(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  char buffer[32];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
  return std::string(buffer, end);
}

std::string printable(std::string_view text, std::size_t limit) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t n = sequence_length(text, i);
    if (out.size() + std::max<std::size_t>(n, 1) > limit) return out + "...";
    const bool control = n == 1 && (static_cast<unsigned char>(text[i]) < 0x20 || text[i] == 0x7F);
    if (n == 0 || control)
      out += '?';
    else
      out.append(text.substr(i, n));
    i += std::max<std::size_t>(n, 1);
  }
  return out;
}

}  // namespace bakeoff
