// A spec as it was written: YAML or JSON as a tree whose every node knows where it came from.
#pragma once
#include <string>
#include <utility>
#include <vector>

#include "spec/spec.h"

namespace bakeoff::spec_reading {

struct Node {
  enum class Kind : std::uint8_t { null, scalar, list, map };
  Kind kind = Kind::null;
  std::string text;               // of a scalar
  bool quoted = false;            // "256" is a text, 256 a number
  std::vector<std::string> keys;  // of a map, as many as items
  std::vector<Node> items;        // of a list or a map
  std::string place;              // "flights.yaml:12" or "--set split.at=x"
  std::string path;               // "split.at"; empty at the root

  const Node* find(const std::string& key) const;
  // What it is, for "expected ..., got ...": "the text 'x'", "256", "a list", "a map", "nothing".
  std::string describe() const;
};

// SpecError "place: path: text" for a node.
[[noreturn]] void fail(const Node& node, const std::string& text);

// One YAML document (JSON is one) with a map at its root. SpecError for syntax, duplicate keys, aliases that expand
// without end, several documents. `path` is named in errors.
Node read_tree(const std::string& text, const std::string& path);
// Sets each path to its value, which is read as YAML; missing maps are made; null takes the field away.
void apply_overrides(Node& root, const Overrides& overrides);
// The node at a path such as "split.at", or the nearest one above it that is there.
const Node& at_or_above(const Node& root, const std::string& path);

}  // namespace bakeoff::spec_reading
