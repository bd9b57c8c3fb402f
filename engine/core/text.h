// Words for people: what was meant, and numbers as they were written.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace bakeoff {

// The word of `known` that was probably meant, "" if none is near: by optimal string alignment (insertions, deletions,
// substitutions and swaps of neighbours, case ignored) up to a third of the longer word; else one that contains the
// other.
std::string nearest(std::string_view word, const std::vector<std::string>& known);
// "; did you mean 'roc_auc'?" or, if nothing is near, "; known: accuracy, brier, ...": the tail of an error text.
std::string hint(std::string_view word, const std::vector<std::string>& known);

std::string join(const std::vector<std::string>& words, std::string_view separator = ", ");
// The shortest decimal that reads back as the same double: 0.1, 1e-06, nan, inf.
std::string shortest(double value);
// `text` without control characters and invalid UTF-8, at most `limit` bytes: what an error may quote.
std::string printable(std::string_view text, std::size_t limit = 80);

}  // namespace bakeoff
