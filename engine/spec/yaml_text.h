// JSON values as YAML that people read.
#pragma once
#include <string>

#include "core/json_text.h"

namespace bakeoff::spec_reading {

// Maps in block style in their order; lists of plain values on one line. The same value gives the same text.
std::string yaml_text(const Json& value);

}  // namespace bakeoff::spec_reading
