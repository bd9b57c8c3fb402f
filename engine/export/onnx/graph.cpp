#include "export/onnx/graph.h"

#include <bit>
#include <protozero/pbf_writer.hpp>

#include "core/error.h"
#include "core/text.h"

namespace bakeoff::onnx {
namespace {

using protozero::pbf_writer;
static_assert(std::endian::native == std::endian::little, "raw_data is little endian");

constexpr std::int64_t kIrVersion = 8, kOperatorSet = 17, kMlOperatorSet = 3;
constexpr const char* kPrefix = "bakeoff/";  // of all names that aren't columns

// Field numbers of onnx.proto.
namespace field {
constexpr int kModelIr = 1, kModelProducer = 2, kModelProducerVersion = 3, kModelGraph = 7, kModelOperatorSet = 8,
              kModelMetadata = 14;
constexpr int kOperatorSetDomain = 1, kOperatorSetVersion = 2, kEntryKey = 1, kEntryValue = 2;
constexpr int kGraphNode = 1, kGraphName = 2, kGraphInitializer = 5, kGraphInput = 11, kGraphOutput = 12;
constexpr int kNodeInput = 1, kNodeOutput = 2, kNodeName = 3, kNodeOperation = 4, kNodeAttribute = 5, kNodeDomain = 7;
constexpr int kAttributeName = 1, kAttributeInt = 3, kAttributeFloat = 2, kAttributeFloats = 7, kAttributeStrings = 9,
              kAttributeType = 20;
constexpr int kTensorDims = 1, kTensorType = 2, kTensorName = 8, kTensorRaw = 9;
constexpr int kValueName = 1, kValueType = 2, kTypeTensor = 1, kTensorElement = 1, kTensorShape = 2, kShapeDim = 1,
              kDimValue = 1, kDimName = 2;
}  // namespace field

// AttributeProto.AttributeType.
struct WriteAttribute {
  pbf_writer& out;
  void type(std::int32_t code) const { out.add_int32(field::kAttributeType, code); }
  void operator()(std::int64_t value) const {
    out.add_int64(field::kAttributeInt, value);
    type(2);
  }
  void operator()(float value) const {
    out.add_float(field::kAttributeFloat, value);
    type(1);
  }
  void operator()(const std::vector<float>& values) const {
    for (const float value : values) out.add_float(field::kAttributeFloats, value);
    type(6);
  }
  void operator()(const std::vector<std::string>& values) const {
    for (const auto& value : values) out.add_bytes(field::kAttributeStrings, value);
    type(8);
  }
};

// ValueInfoProto of a tensor [batch, width].
std::string column_of(const std::string& name, Element type, std::int64_t width = 1) {
  std::string bytes;
  pbf_writer info(bytes);
  info.add_string(field::kValueName, name);
  pbf_writer value_type(info, field::kValueType);
  pbf_writer tensor(value_type, field::kTypeTensor);
  tensor.add_int32(field::kTensorElement, static_cast<std::int32_t>(type));
  pbf_writer shape(tensor, field::kTensorShape);
  {
    pbf_writer batch(shape, field::kShapeDim);
    batch.add_string(field::kDimName, "batch");
  }
  pbf_writer one(shape, field::kShapeDim);
  one.add_int64(field::kDimValue, width);
  one.commit();
  shape.commit();
  tensor.commit();
  value_type.commit();
  return bytes;
}

}  // namespace

Value Graph::fresh(const char* what) { return kPrefix + std::to_string(++count_) + "/" + what; }

Value Graph::input(const std::string& column, Element type) {
  if (column.starts_with(kPrefix))
    throw SpecError("column '" + printable(column) + "': names that start with " + kPrefix +
                    " are the exported graph's own; rename the column");
  const auto [found, added] = inputs_.emplace(column, type);
  if (!added && found->second != type)
    throw SpecError("column '" + printable(column) +
                    "' is read in two ways (as number, text or time) by one model; give "
                    "each of them a column of its own to export it");
  if (added) input_order_.push_back(column);
  return column;
}

Value Graph::raw_constant(Element type, const void* data, std::size_t bytes, const std::vector<std::int64_t>& dims) {
  const Value name = fresh("constant");
  std::string tensor_bytes;
  pbf_writer tensor(tensor_bytes);
  for (const std::int64_t dim : dims) tensor.add_int64(field::kTensorDims, dim);
  tensor.add_int32(field::kTensorType, static_cast<std::int32_t>(type));
  tensor.add_string(field::kTensorName, name);
  tensor.add_bytes(field::kTensorRaw, static_cast<const char*>(data), bytes);
  pbf_writer(constants_).add_message(field::kGraphInitializer, tensor_bytes);
  return name;
}

Value Graph::constant(const std::vector<double>& values, const std::vector<std::int64_t>& dims) {
  return raw_constant(Element::float64, values.data(), values.size() * sizeof(double), dims);
}
Value Graph::constant(const std::vector<std::int64_t>& values, const std::vector<std::int64_t>& dims) {
  return raw_constant(Element::int64, values.data(), values.size() * sizeof(std::int64_t), dims);
}

Value Graph::node(const char* operation, const std::vector<Value>& inputs, const std::vector<Attribute>& attributes,
                  const char* domain) {
  const Value output = fresh(operation);
  std::string node_bytes;
  pbf_writer node(node_bytes);
  for (const auto& input : inputs) node.add_string(field::kNodeInput, input);
  node.add_string(field::kNodeOutput, output);
  node.add_string(field::kNodeName, output);
  node.add_string(field::kNodeOperation, operation);
  for (const auto& [name, value] : attributes) {
    pbf_writer attribute(node, field::kNodeAttribute);
    attribute.add_string(field::kAttributeName, name);
    std::visit(WriteAttribute{attribute}, value);
  }
  if (*domain) node.add_string(field::kNodeDomain, domain);
  pbf_writer(nodes_).add_message(field::kGraphNode, node_bytes);
  return output;
}

std::string Graph::graph(const Value& score, std::int64_t outputs) const {
  // A feature may be called "score", too; no two tensors may share a name.
  const std::string output = has_input("score") ? std::string(kPrefix) + "score" : "score";
  std::string bytes = nodes_;
  pbf_writer graph(bytes);
  {
    pbf_writer last(graph, field::kGraphNode);
    last.add_string(field::kNodeInput, score);
    last.add_string(field::kNodeOutput, output);
    last.add_string(field::kNodeName, std::string(kPrefix) + "output");
    last.add_string(field::kNodeOperation, "Identity");
  }
  graph.add_string(field::kGraphName, "bakeoff");
  bytes += constants_;
  pbf_writer rest(bytes);
  for (const auto& name : input_order_) rest.add_message(field::kGraphInput, column_of(name, inputs_.at(name)));
  rest.add_message(field::kGraphOutput, column_of(output, Element::float32, outputs));
  return bytes;
}

std::string Graph::model(const Value& score, const std::vector<std::pair<std::string, std::string>>& metadata,
                         std::int64_t outputs) const {
  std::string bytes;
  pbf_writer model(bytes);
  model.add_int64(field::kModelIr, kIrVersion);
  model.add_string(field::kModelProducer, "bakeoff");
  model.add_string(field::kModelProducerVersion, BAKEOFF_VERSION);
  model.add_message(field::kModelGraph, graph(score, outputs));
  for (const auto& [domain, version] : {std::pair("", kOperatorSet), std::pair("ai.onnx.ml", kMlOperatorSet)}) {
    pbf_writer set(model, field::kModelOperatorSet);
    set.add_string(field::kOperatorSetDomain, domain);
    set.add_int64(field::kOperatorSetVersion, version);
  }
  for (const auto& [key, value] : metadata) {
    pbf_writer entry(model, field::kModelMetadata);
    entry.add_string(field::kEntryKey, key);
    entry.add_string(field::kEntryValue, value);
  }
  return bytes;
}

}  // namespace bakeoff::onnx
