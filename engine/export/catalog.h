// Every format, one line each in catalog.cpp.
#pragma once
#include <span>
#include <string>
#include <vector>

#include "export/exporter.h"

namespace bakeoff {

std::span<const Exporter> exporters();
// SpecError for a name that isn't in the catalog.
const Exporter& find_exporter(const std::string& name);
// Writes all `formats` into `folder` (made if missing).
void export_model(const Model& model, const std::vector<std::string>& formats, const std::string& folder);

}  // namespace bakeoff
