// Writes ONNX's protobuf (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto) node by node, on the wire format
// alone: a protobuf library of our own would collide with those of LibTorch and ONNX Runtime in one process.
#pragma once
#include <cstdint>
#include <initializer_list>
#include <map>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace bakeoff::onnx {

// TensorProto.DataType.
enum class Element : std::int32_t { float32 = 1, int64 = 7, text = 8, boolean = 9, float64 = 11 };

using Value = std::string;  // the name of a tensor in the graph
using Attribute =
    std::pair<const char*, std::variant<std::int64_t, float, std::vector<std::string>, std::vector<float>>>;

class Graph {
 public:
  // A [batch, 1] input; asked for again, the same. SpecError if the column is there with another type.
  Value input(const std::string& column, Element type);
  bool has_input(const std::string& column) const { return inputs_.count(column) > 0; }
  bool empty() const { return inputs_.empty(); }

  // Constants. Without `dims`: a vector, or a scalar if it is made from one number.
  Value scalar(double value) { return constant(std::vector{value}, {}); }
  Value scalar(std::int64_t value) { return constant(std::vector{value}, {}); }
  Value constant(const std::vector<double>& values, const std::vector<std::int64_t>& dims);
  Value constant(const std::vector<std::int64_t>& values, const std::vector<std::int64_t>& dims);

  Value node(const char* operation, const std::vector<Value>& inputs, const std::vector<Attribute>& attributes = {},
             const char* domain = "");

  // The whole ModelProto, `score` being the one output, [batch, outputs] float32.
  std::string model(const Value& score, const std::vector<std::pair<std::string, std::string>>& metadata,
                    std::int64_t outputs = 1) const;

 private:
  Value fresh(const char* what);
  Value raw_constant(Element type, const void* data, std::size_t bytes, const std::vector<std::int64_t>& dims);
  std::string graph(const Value& score, std::int64_t outputs) const;

  std::map<std::string, Element> inputs_;
  std::vector<std::string> input_order_;
  std::string nodes_, constants_;  // fields of GraphProto, as they will be written
  int count_ = 0;
};

}  // namespace bakeoff::onnx
