// A linear model, or a softmax of them, as model.safetensors. Tensors: intercept [1], numeric.mean and
// numeric.coefficient [columns], categorical.<i>.coefficient [categories], categorical.other and categorical.missing
// [columns]. The metadata "bakeoff" is JSON: format, family, task, link, zone, and the names of columns and categories
// in the order of the tensors; of task multiclass also `classes`, and all tensors but numeric.mean hold their values
// class by class.
#pragma once
#include <memory>
#include <string>

#include "train/model.h"

namespace bakeoff {

inline constexpr const char* kSafetensorsFile = "model.safetensors";

// SpecError for a model that isn't linear; DataError if a name isn't UTF-8.
std::string safetensors_bytes(const Model& model);
void write_safetensors(const Model& model, const std::string& folder);

// DataError naming `path` for anything that safetensors_bytes() would not have written.
std::shared_ptr<const Model> model_from_safetensors(const std::string& bytes, const std::string& path);

}  // namespace bakeoff
