// One format that a model can be written in.
#pragma once
#include <string>

#include "train/model.h"

namespace bakeoff {

struct Exporter {
  const char* name;  // as a spec's `export` says it
  // Writes its files into `folder`, which exists. The same model gives the same bytes. SpecError if the format can't
  // hold the model.
  void (*write)(const Model& model, const std::string& folder);
};

}  // namespace bakeoff
