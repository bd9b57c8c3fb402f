// A model as an ONNX graph that takes the raw columns and gives the score: nothing has to be computed before it.
//
// Inputs, each [batch, 1]: a numeric column is float64 (NaN where missing), a categorical one is text ("" where
// missing), a time column is int64 UTC microseconds (INT64_MIN where missing). Output: "score", float32 [batch, 1], or
// [batch, classes], whose names in their order are the metadata "classes", a JSON list.
#pragma once
#include <string>

#include "train/model.h"

namespace bakeoff {

inline constexpr const char* kOnnxFile = "model.onnx";

// The bytes of model.onnx: operator set 17, ai.onnx.ml 3, IR version 8 (ONNX Runtime 1.12 and later).
// SpecError for a model that isn't linear, has no column at all, or has the empty text as a category that counts other
// than a missing value (ONNX has no null for text).
std::string onnx_bytes(const Model& model);
void write_onnx(const Model& model, const std::string& folder);

}  // namespace bakeoff
