#include "spec/tree.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>

#include "core/error.h"
#include "core/text.h"

namespace bakeoff::spec_reading {
namespace {

// A spec is a page; ten thousand columns are a few hundred kilobytes. The limits stop aliases that expand without end.
constexpr int kDeepest = 32;
constexpr int kMostNodes = 200'000;

class Builder {
 public:
  // `line_prefix` "flights.yaml:" makes places "flights.yaml:12"; a fixed place is used as it is.
  Builder(std::string place, bool with_lines) : place_(std::move(place)), with_lines_(with_lines) {}

  std::string place(const YAML::Mark& mark) const {
    return with_lines_ && mark.line >= 0 ? place_ + ":" + std::to_string(mark.line + 1) : place_;
  }

  Node build(const YAML::Node& from, const std::string& path, const std::string& at, int depth) {
    Node node;
    node.place = at;
    node.path = path;
    if (depth > kDeepest || ++nodes_ > kMostNodes)
      fail(node, "the document is nested or repeated too much (aliases?); a spec has at most " +
                     std::to_string(kDeepest) + " levels and " + std::to_string(kMostNodes) + " values");
    if (from.IsScalar()) {
      node.kind = Node::Kind::scalar;
      node.text = from.Scalar();
      node.quoted = from.Tag() != "?" && !from.Tag().empty();
    } else if (from.IsSequence()) {
      node.kind = Node::Kind::list;
      for (std::size_t i = 0; i < from.size(); ++i)
        node.items.push_back(build(from[i], path + "[" + std::to_string(i) + "]", place(from[i].Mark()), depth + 1));
    } else if (from.IsMap()) {
      node.kind = Node::Kind::map;
      for (const auto& entry : from) add_field(node, entry.first, entry.second, depth);
    }
    return node;
  }

 private:
  void add_field(Node& node, const YAML::Node& key, const YAML::Node& value, int depth) {
    Node here;
    here.place = place(key.Mark());
    here.path = node.path;
    if (!key.IsScalar()) fail(here, "expected the name of a field, got a list, a map or nothing");
    const std::string& name = key.Scalar();
    if (name == "<<") fail(here, "merge keys (<<) are not read; write the fields out");
    if (node.find(name)) fail(here, "the field '" + printable(name) + "' is there twice; remove one");
    const std::string path = node.path.empty() ? name : node.path + "." + name;
    node.keys.push_back(name);
    node.items.push_back(build(value, path, here.place, depth + 1));
  }

  std::string place_;
  bool with_lines_;
  int nodes_ = 0;
};

// JSON indented with tabs is fine JSON but not YAML. A tab inside a JSON string has to be escaped, so none is lost.
std::string without_json_tabs(std::string text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
  if (first != std::string::npos && text[first] == '{') std::replace(text.begin(), text.end(), '\t', ' ');
  return text;
}

Node parse(const std::string& text, const std::string& place, bool with_lines) {
  Builder builder(place, with_lines);
  Node at_root;
  at_root.place = place;
  try {
    const std::vector<YAML::Node> documents = YAML::LoadAll(without_json_tabs(text));
    if (documents.size() > 1) fail(at_root, "expected one YAML document, got " + std::to_string(documents.size()));
    return documents.empty() ? at_root : builder.build(documents[0], "", builder.place(documents[0].Mark()), 0);
  } catch (const YAML::Exception& error) {
    at_root.place = builder.place(error.mark);
    fail(at_root, "expected YAML or JSON: " + error.msg +
                      (text.find('\t') != std::string::npos ? " (YAML is indented with spaces, not tabs)" : ""));
  }
}

void replant(Node& node, const std::string& path) {
  node.path = path;
  for (std::size_t i = 0; i < node.items.size(); ++i)
    replant(node.items[i],
            node.kind == Node::Kind::map ? path + "." + node.keys[i] : path + "[" + std::to_string(i) + "]");
}

void apply_override(Node& root, const std::string& path, const std::string& value) {
  const std::string place = "--set " + printable(path + "=" + value);
  Node* node = &root;
  for (std::size_t begin = 0; begin <= path.size();) {
    const std::size_t end = std::min(path.find('.', begin), path.size());
    const std::string key = path.substr(begin, end - begin);
    if (key.empty())
      throw SpecError(place + ": expected a path of fields such as split.at, got '" + printable(path) + "'");
    if (node->kind == Node::Kind::null) node->kind = Node::Kind::map;
    if (node->kind != Node::Kind::map)
      throw SpecError(place + ": " + node->path + " is " + node->describe() +
                      ", which has no fields; set it as a whole");
    if (!node->find(key)) {
      node->keys.push_back(key);
      node->items.emplace_back();
      node->items.back().place = place;
      node->items.back().path = node->path.empty() ? key : node->path + "." + key;
    }
    const auto at = std::find(node->keys.begin(), node->keys.end(), key) - node->keys.begin();
    node = &node->items[static_cast<std::size_t>(at)];
    begin = end + 1;
  }
  const std::string whole_path = node->path;
  *node = parse(value, place, false);
  replant(*node, whole_path);
}

}  // namespace

const Node* Node::find(const std::string& key) const {
  const auto at = std::find(keys.begin(), keys.end(), key);
  return at == keys.end() ? nullptr : &items[static_cast<std::size_t>(at - keys.begin())];
}

std::string Node::describe() const {
  switch (kind) {
    case Kind::null:
      return "nothing";
    case Kind::scalar:
      return "'" + printable(text) + "'";
    case Kind::list:
      return "a list";
    case Kind::map:
      return "a map";
  }
  return "";
}

void fail(const Node& node, const std::string& text) {
  throw SpecError(node.place + ": " + (node.path.empty() ? "" : printable(node.path, 200) + ": ") + text);
}

Node read_tree(const std::string& text, const std::string& path) {
  Node root = parse(text, path, true);
  if (root.kind == Node::Kind::null) root.place = path;
  if (root.kind != Node::Kind::map)
    fail(root, "expected a spec (apiVersion, kind, metadata, data, ...), got " + root.describe());
  return root;
}

void apply_overrides(Node& root, const Overrides& overrides) {
  for (const auto& [path, value] : overrides) apply_override(root, path, value);
}

const Node& at_or_above(const Node& root, const std::string& path) {
  const Node* node = &root;
  for (std::size_t begin = 0; begin <= path.size();) {
    const std::size_t end = std::min(path.find('.', begin), path.size());
    const Node* next = node->find(path.substr(begin, end - begin));
    if (!next) break;
    node = next;
    begin = end + 1;
  }
  return *node;
}

}  // namespace bakeoff::spec_reading
