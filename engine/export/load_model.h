// Back from a model folder.
#pragma once
#include <memory>
#include <string>

#include "train/model.h"

namespace bakeoff {

// From the model.safetensors in `folder`, bit for bit the model that was written. SpecError if it isn't there or can't
// be read, DataError if it is damaged or not a model of ours.
std::shared_ptr<const Model> load_model(const std::string& folder);

}  // namespace bakeoff
