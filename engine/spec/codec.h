// How a value is read from a spec, written back and described in the schema: one codec for all three, so that they
// can't disagree. A struct is a table of fields (fields.cpp).
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/error.h"
#include "core/json_text.h"
#include "core/text.h"
#include "spec/tree.h"

namespace bakeoff::spec_reading {

// What reading carries along: the zone of times without an offset, and the errors, so that all are told at once.
struct Reading {
  std::string zone = "UTC";
  std::vector<std::string> errors;
};

template <class M>
struct Codec {
  std::function<M(const Node&, Reading&)> read;  // throws SpecError
  std::function<Json(const M&)> write;           // null: left out
  Json schema;
};

Codec<std::string> text();
// One of these words. `later` are words of the contract that this version doesn't have yet: their error says so.
Codec<std::string> one_of(std::vector<std::string> words, std::vector<std::string> later = {});
Codec<double> number(double low, double high);          // both ends allowed
Codec<double> number_between(double low, double high);  // neither end allowed
Codec<int> integer(int low, int high);
Codec<std::uint64_t> seed();
Codec<Micros> period(bool zero_allowed);
Codec<Micros> window();               // a period, or "all"
Codec<std::optional<Micros>> time();  // in the zone of the unit unless it says its own offset
Codec<Task> task();
// A number, a list, {linear: [low, high]} or {log: [low, high]}; values within both ends.
Codec<ParameterSpec> parameter(double low, double high);

template <class M>
Codec<std::vector<M>> list_of(Codec<M> item, std::size_t least = 0) {
  Codec<std::vector<M>> codec;
  codec.read = [item, least](const Node& node, Reading& reading) {
    if (node.kind != Node::Kind::list) fail(node, "expected a list [a, b, ...], got " + node.describe());
    std::vector<M> out;
    for (const Node& entry : node.items) {
      out.push_back(item.read(entry, reading));
      for (std::size_t i = 0; i + 1 < out.size(); ++i)
        if (out[i] == out.back()) fail(entry, entry.describe() + " is in the list twice; remove one");
    }
    if (out.size() < least) fail(node, "expected at least " + std::to_string(least) + " in the list, got none");
    return out;
  };
  codec.write = [item](const std::vector<M>& values) {
    Json out = Json::array();
    for (const M& value : values) out.push_back(item.write(value));
    return out;
  };
  codec.schema = {{"type", "array"}, {"items", item.schema}, {"uniqueItems", true}};
  if (least > 0) codec.schema["minItems"] = least;
  return codec;
}

template <class M>
Codec<std::optional<M>> maybe(Codec<M> inner) {
  return {[inner](const Node& node, Reading& reading) { return std::optional<M>(inner.read(node, reading)); },
          [inner](const std::optional<M>& value) { return value ? inner.write(*value) : Json(); }, inner.schema};
}

// One field of a struct.
template <class T>
struct Field {
  std::string name, meaning;
  bool required = false;
  std::function<void(const Node&, Reading&, T&)> read;
  std::function<Json(const T&)> write;
  Json schema;
};
template <class T>
using Fields = std::vector<Field<T>>;

enum class Need : std::uint8_t { optional, required };

template <class T, class M>
Field<T> field(std::string name, M T::*member, Codec<M> codec, std::string meaning, Need need = Need::optional) {
  return {std::move(name),
          std::move(meaning),
          need == Need::required,
          [member, codec](const Node& node, Reading& reading, T& to) { to.*member = codec.read(node, reading); },
          [member, codec](const T& from) { return codec.write(from.*member); },
          codec.schema};
}

template <class T>
std::vector<std::string> names(const Fields<T>& fields) {
  std::vector<std::string> out;
  for (const Field<T>& field : fields) out.push_back(field.name);
  return out;
}

template <class T>
void read_fields(const Fields<T>& fields, const Node& node, Reading& reading, T& to) {
  if (node.kind != Node::Kind::map)
    fail(node, "expected a map with the fields " + join(names(fields)) + ", got " + node.describe());
  const auto attempt = [&](const auto& f) {
    try {
      f();
    } catch (const SpecError& error) {
      reading.errors.push_back(error.what());
    }
  };
  const std::vector<std::string> known = names(fields);
  for (std::size_t i = 0; i < node.keys.size(); ++i)
    if (std::find(known.begin(), known.end(), node.keys[i]) == known.end())
      attempt([&] { fail(node.items[i], "unknown field" + hint(node.keys[i], known)); });
  for (const Field<T>& field : fields) {
    const Node* value = node.find(field.name);
    if (value && value->kind != Node::Kind::null)
      attempt([&] { field.read(*value, reading, to); });
    else if (field.required)
      attempt([&] { fail(value ? *value : node, "the field '" + field.name + "' is missing: " + field.meaning); });
  }
}

template <class T>
Codec<T> object(const Fields<T>& fields) {
  Codec<T> codec;
  codec.read = [fields](const Node& node, Reading& reading) {
    T out;
    read_fields(fields, node, reading, out);
    return out;
  };
  codec.write = [fields](const T& from) {
    Json out = Json::object();
    for (const Field<T>& field : fields)
      if (Json value = field.write(from); !value.is_null()) out[field.name] = std::move(value);
    return out;
  };
  codec.schema = {{"type", "object"}, {"additionalProperties", false}};
  Json required = Json::array();
  const T defaults;
  for (const Field<T>& field : fields) {
    Json property = {{"description", field.meaning}};
    property.update(field.schema);
    if (field.required)
      required.push_back(field.name);
    else if (Json value = field.write(defaults); !value.is_null() && !value.is_object())
      property["default"] = value;
    codec.schema["properties"][field.name] = std::move(property);
  }
  if (!required.empty()) codec.schema["required"] = std::move(required);
  return codec;
}

// {name: value} for a struct that keeps the value alone.
template <class M>
Codec<M> alone(const std::string& name, Codec<M> inner, const std::string& meaning) {
  struct Box {
    M value{};
  };
  const Codec<Box> box = object<Box>({field(name, &Box::value, inner, meaning, Need::required)});
  return {[box](const Node& node, Reading& reading) { return box.read(node, reading).value; },
          [box](const M& value) { return box.write(Box{value}); }, box.schema};
}

}  // namespace bakeoff::spec_reading
